"""A market under a sealing rule of its county, with keepers of shares, and bidders who seal at home."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from deploy.sealing import opened_share, sealed
from schemas.adoption import RulebookAdopted
from schemas.envelope import SealingRule, new_key, public_of
from schemas.ids import FundAccountId
from schemas.layering import effective
from schemas.money import Money
from schemas.party import PartyKind
from schemas.project import BudgetReserved, FundShare
from schemas.role import Role
from services.tenders.api.envelopes import SealedShares
from services.tenders.rules.sealing import SealBid
from tests.services.kit.books import a_document, a_rule, chain
from tests.services.tenders.enveloped import NEWEST
from tests.services.tenders.market import Market, a_market
from tests.services.tenders.stories import CEILING, a_draft
from tests.support.fixtures import Running
from tests.support.system import Person, Reply

LOCAL = "320508/sealed"


@dataclass(slots=True)
class SealedMarket:
    market: Market
    auditor: Person
    operator: Person
    buyers_key: bytes = field(default_factory=new_key)
    auditors_key: bytes = field(default_factory=new_key)

    async def register_keepers(self) -> None:
        for person, private in ((self.market.drafter, self.buyers_key), (self.auditor, self.auditors_key)):
            reply = await self.register(person, public_of(private))
            assert reply.status == 201, reply.json

    async def register(self, person: Person, public: bytes) -> Reply:
        body = {"public_key": public.hex()}
        return await self.market.system.post(f"/v1/keepers/{person.party_id}/keys", body, person)

    async def adopt(self, rule: SealingRule) -> None:
        layers = chain(a_document({"tender.sealing": a_rule(rule.value)}, parent=NEWEST, id=LOCAL))
        persons = {"handed_in_by": uuid4(), "adopted_by": uuid4()}
        fact = RulebookAdopted(jurisdiction="320508", rulebook=effective(layers).hash, layers=layers, **persons)
        await self.market.system.seen(await self.market.system.teller.tell(fact, "registry"))

    async def reserve(self) -> None:
        """Proposed, drafted under the county's rulebook, approved by another, and reserved."""
        market = self.market
        await market.propose()
        draft = a_draft(rulebook=LOCAL).model_dump(mode="json", exclude={"project_id"})
        drafted = await market.must("drafts", draft, market.drafter)
        await market.must(f"drafts/{drafted['draft_id']}/approval", {}, market.approver)
        share = FundShare(account_id=FundAccountId(uuid4()), amount=CEILING)
        reserved = BudgetReserved(project_id=market.project, ceiling=CEILING, shares=(share,))
        await market.system.seen(await market.system.teller.tell(reserved, "funds"))

    async def open(self) -> None:
        await self.reserve()
        body = {"supervisor_id": str(self.auditor.party_id)}
        await self.market.must("tender", body, self.market.drafter)

    async def seal(self, by: Person, price: int, proposal: str = "每周五次送餐", key: bytes | None = None) -> Reply:
        """Sealed at home: to the tender's key, or to `key`."""
        return await self.market.post("sealed-bids", await self.sealed(by, price, proposal, key), by)

    async def sealed(self, by: Person, price: int, proposal: str = "每周五次送餐", key: bytes | None = None) -> Any:
        tenders = (await self.market.get("/sealing")).json["public_key"]
        public = public_of(key) if key is not None else bytes.fromhex(tenders)
        offer = SealBid(project_id=self.market.project, bidder_id=by.party_id, price=Money(price), proposal=proposal)
        return sealed(offer, public, own=key is not None).model_dump(mode="json", exclude={"project_id"})

    async def release(self, by: Person, bid_id: UUID | str, key: bytes, **headers: str) -> Reply:
        return await self.market.post(f"bids/{bid_id}/key", {"key": key.hex()}, by, **headers)

    async def share_of(self, person: Person, private: bytes) -> bytes:
        """Fetched, and opened at home."""
        answer = await self.market.get("/shares", person)
        assert answer.status == 200, answer.json
        return opened_share(SealedShares.model_validate(answer.json, strict=False), private)

    async def hand_in(self, person: Person, share: bytes, **headers: str) -> Reply:
        return await self.market.post("shares", {"share": share.hex()}, person, **headers)

    async def deadline(self, phase: str) -> None:
        await self.market.close(phase)

    async def hours(self, number: int) -> None:
        await self.market.system.advance(timedelta(hours=number))


@asynccontextmanager
async def a_sealed_market(running: Running, rule: SealingRule) -> AsyncIterator[SealedMarket]:
    async with a_market(running) as market:
        sealed_market = SealedMarket(
            market=market,
            auditor=await market.system.person(PartyKind.AUDITOR, Role.AUDITOR),
            operator=await market.system.person(PartyKind.OPERATOR, Role.OPERATOR),
        )
        await sealed_market.adopt(rule)
        if rule is SealingRule.ESCROW:
            await sealed_market.register_keepers()
        yield sealed_market
