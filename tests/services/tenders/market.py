"""A street with a project in it, through the public doors; funds' voice is the teller's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from schemas.ids import BallotId, FundAccountId, NeedId, ProjectId
from schemas.need import NeedChosen
from schemas.party import Certificate, CertificateLevel, PartyKind
from schemas.project import BudgetReserved, FundShare
from schemas.role import Role
from services import matching, tenders
from tests.services.tenders.stories import CEILING, a_draft
from tests.support.fixtures import Running
from tests.support.system import DIVISION, Person, Reply, System
from tests.support.waiting import eventually

CERTIFICATE = Certificate(level=CertificateLevel.SOCIAL_WORKER, registered_until=date(2027, 1, 1))


@dataclass(slots=True)
class Market:
    system: System
    community: Person
    drafter: Person
    approver: Person
    project: ProjectId = field(default_factory=lambda: ProjectId(uuid4()))

    async def post(self, noun: str, body: Any, by: Person | None, **headers: str) -> Reply:
        return await self.system.post(f"/v1/projects/{self.project}/{noun}", body, by, **headers)

    async def get(self, noun: str = "", by: Person | None = None) -> Reply:
        return await self.system.get(f"/v1/projects/{self.project}{noun}", by)

    async def must(self, noun: str, body: Any, by: Person) -> Any:
        """A step that succeeds."""
        reply = await self.post(noun, body, by)
        assert reply.status == 201, reply.json
        return reply.json

    async def phase(self) -> str:
        return str((await self.get()).json["phase"])

    async def reaches(self, phase: str) -> None:
        async def there() -> bool:
            return await self.phase() == phase

        await eventually(there, f"the project to be {phase}")

    async def propose(self) -> None:
        chosen = NeedChosen(
            community_id=self.community.party_id,
            ballot_id=BallotId(uuid4()),
            need_id=NeedId(uuid4()),
            project_id=self.project,
            funder_id=self.drafter.party_id,
            title="独居老人助餐",
            category="健康养老",
            division=DIVISION,
            beneficiaries=60,
            cost=CEILING,
            votes=321,
        )
        await self.system.seen(await self.system.teller.tell(chosen, "needs"))

    async def open(self) -> None:
        """Proposed, drafted, approved by another, reserved and opened."""
        await self.propose()
        draft = a_draft().model_dump(mode="json", exclude={"project_id"})
        drafted = await self.must("drafts", draft, self.drafter)
        await self.must(f"drafts/{drafted['draft_id']}/approval", {}, self.approver)
        share = FundShare(account_id=FundAccountId(uuid4()), amount=CEILING)
        reserved = BudgetReserved(project_id=self.project, ceiling=CEILING, shares=(share,))
        await self.system.seen(await self.system.teller.tell(reserved, "funds"))
        await self.must("tender", {}, self.drafter)

    async def bidder(self, kind: PartyKind = PartyKind.ORGANIZATION) -> Person:
        certificate = CERTIFICATE if kind is PartyKind.SOCIAL_WORKER else None
        return await self.system.person(kind, Role.PROVIDER, certificate=certificate)

    async def bid(self, by: Person, price: int, proposal: str = "每周五次送餐", **headers: str) -> Reply:
        return await self.post("bids", a_bid(by, price, proposal), by, **headers)

    async def close(self, phase: str) -> None:
        await self.system.advance(timedelta(days=7))
        await self.reaches(phase)

    async def qualify(self) -> list[dict[str, Any]]:
        bidders = (await self.get("/bidders", self.approver)).json["bidders"]
        judgements = [
            {
                "bid_id": bidder["bid_id"],
                "bidder_id": bidder["bidder_id"],
                "qualified": not bidder["above_ceiling"],
                "reason": "材料齐全" if not bidder["above_ceiling"] else "超过最高限价",
            }
            for bidder in bidders
        ]
        await self.must("qualification", {"judgements": judgements}, self.approver)
        return [judgement for judgement in judgements if judgement["qualified"]]

    async def score(self, qualified: list[dict[str, Any]], by: Person, plan: dict[str, str]) -> Reply:
        """`plan` holds the points by bidder."""
        scores = [
            {"bid_id": one["bid_id"], "points": {"plan": plan[one["bidder_id"]], "team": "20"}} for one in qualified
        ]
        return await self.post("scores", {"evaluator_id": str(by.party_id), "scores": scores}, by)


def a_bid(by: Person, price: int, proposal: str = "每周五次送餐", replaces: UUID | str | None = None) -> dict[str, Any]:
    body = {"bidder_id": str(by.party_id), "price": {"fen": price}, "proposal": proposal}
    return body | ({"replaces": str(replaces)} if replaces else {})


@asynccontextmanager
async def a_market(running: Running) -> AsyncIterator[Market]:
    async with running(tenders.SERVICE, matching.SERVICE, virtual=True) as system:
        drafter = await system.person(PartyKind.FUNDER, Role.FUNDER)
        yield Market(
            system=system,
            community=await system.person(PartyKind.COMMUNITY, Role.COMMUNITY),
            drafter=drafter,
            approver=await system.person(PartyKind.FUNDER, Role.FUNDER, party_id=drafter.party_id),
        )
