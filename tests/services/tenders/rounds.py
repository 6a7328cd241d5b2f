"""A venture round through the public doors, told by verbs."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from schemas.party import PartyKind
from schemas.role import Role
from services import matching, tenders
from tests.support.fixtures import Running
from tests.support.system import BEGINNING, Person, Reply, System
from tests.support.waiting import eventually

CALL_DAYS = 20
ACCOUNTS = [str(uuid4()), str(uuid4())]
PLAN = {"tranches": [{"share_percent": "60", "gate": "signed"}, {"share_percent": "40", "gate": "final_accepted"}]}
TEXTS = (
    ("独居老人助餐", "为高龄独居老人每周上门送餐五次,并查看身体状况。"),
    ("青少年暑期托管", "暑假在活动室开设作业辅导与手工课程,接送由家长负责。"),
    ("残障人士就业技能课堂", "聘请烘焙师傅教授面点制作,帮助学员到店实习。"),
    ("楼道消防与急救培训", "组织楼组长学习灭火器使用与心肺复苏,逐栋演练。"),
    ("流动家庭亲子阅读", "每周三晚在图书角陪伴外来务工家庭共读绘本。"),
    ("社区花园共建", "把闲置绿地改为居民自己种植和维护的花圃。"),
)


def yuan(amount: int) -> dict[str, int]:
    return {"fen": amount * 100}


def a_call(funder: Person, **changes: Any) -> dict[str, Any]:
    budget = changes.get("budget", yuan(300_000))
    first = {"fen": budget["fen"] // 3}
    rest = {"fen": budget["fen"] - first["fen"]}
    call = {
        "title": "2026 年公益创投(示例)",
        "funder_id": str(funder.party_id),
        "budget": budget,
        "shares": [
            {"account_id": account, "amount": amount} for account, amount in zip(ACCOUNTS, (first, rest), strict=True)
        ],
        "themes": [{"id": "elderly", "name": "扶老"}, {"id": "youth", "name": "助幼"}],
        "criteria": [
            {"id": "plan", "name": "方案", "points": "70"},
            {"id": "pitch", "name": "路演", "points": "30"},
        ],
        "amount_most": yuan(200_000),
        "cofunding_percent": 40,
        "worker_hours": 1000,
        "closes_at": (BEGINNING + timedelta(days=CALL_DAYS)).isoformat(),
        "tranche_plan": PLAN,
        "requirements": "中期、末期各报告一次(示例)。",
    }
    return call | changes


@dataclass(slots=True)
class Venture:
    system: System
    community: Person
    drafter: Person
    approver: Person
    round: str = ""
    applied: list[str] = field(default_factory=list)
    owners: dict[str, Person] = field(default_factory=dict)

    async def post(self, noun: str, body: Any, by: Person | None) -> Reply:
        return await self.system.post(f"/v1/rounds/{self.round}/{noun}", body, by)

    async def must(self, noun: str, body: Any, by: Person) -> Any:
        reply = await self.post(noun, body, by)
        assert reply.status == 201, reply.json
        return reply.json

    async def get(self, noun: str = "", by: Person | None = None) -> Any:
        return (await self.system.get(f"/v1/rounds/{self.round}{noun}", by)).json

    async def reaches(self, phase: str) -> None:
        async def there() -> bool:
            return bool((await self.get())["phase"] == phase)

        await eventually(there, f"the round to be {phase}")

    async def call(self, **changes: Any) -> None:
        body = {"call": a_call(self.drafter, **changes)}
        drafted = await self.system.post("/v1/rounds", body, self.drafter)
        assert drafted.status == 201, drafted.json
        self.round = drafted.json["round_id"]
        await self.must("approval", None, self.approver)

    async def organization(self) -> Person:
        return await self.system.person(PartyKind.ORGANIZATION, Role.PROVIDER)

    def a_proposal(self, number: int = 0, asked: int = 60_000, **changes: Any) -> dict[str, Any]:
        title, summary = TEXTS[number % len(TEXTS)]
        proposal = {
            "title": title,
            "summary": summary,
            "theme": "elderly" if number % 2 == 0 else "youth",
            "community_id": str(self.community.party_id),
            "beneficiaries": 40,
            "asked": yuan(asked),
            "own_funds": yuan(asked),
        }
        return proposal | changes

    async def apply(self, by: Person | None = None, number: int = 0, asked: int = 60_000, **changes: Any) -> str:
        by = by or await self.organization()
        proposal = self.a_proposal(number, asked, **changes)
        body = {"organization_id": str(by.party_id), "proposal": proposal}
        id = str((await self.must("applications", body, by))["application_id"])
        self.applied.append(id)
        self.owners[id] = by
        return id

    async def close(self) -> None:
        await self.system.advance(timedelta(days=CALL_DAYS))
        await self.reaches("closed")

    async def check(self, *incomplete: str) -> None:
        checks = [
            {
                "application_id": id,
                "organization_id": str(self.owners[id].party_id),
                "complete": id not in incomplete,
                "reason": "材料齐全" if id not in incomplete else "缺预算表",
            }
            for id in self.applied
        ]
        await self.must("checks", {"checks": checks}, self.drafter)

    async def score(self, points: Mapping[str, int], experts: Sequence[Person] | None = None) -> None:
        """The same by every expert: `points` of 100 by application, three tenths of them for the pitch."""
        for expert in experts or [await self.expert() for _ in range(3)]:
            await self.must("scores", self.a_score(expert, points), expert)

    async def expert(self) -> Person:
        return await self.system.person(PartyKind.EVALUATOR, Role.EVALUATOR)

    def a_score(self, expert: Person, points: Mapping[str, int]) -> dict[str, Any]:
        scores = [
            {"application_id": id, "points": {"plan": f"{given * 7 / 10:.2f}", "pitch": f"{given * 3 / 10:.2f}"}}
            for id, given in points.items()
        ]
        return {"evaluator_id": str(expert.party_id), "scores": scores}

    async def compared(self) -> None:
        async def done() -> bool:
            sql = "SELECT 1 FROM tenders.rounds WHERE (state ->> 'paired')::boolean AND id = $1"
            return bool(await self.system.fetch(sql, UUID(self.round)))

        await eventually(done, "similar applications to be looked for")

    async def solve(self, phase: str = "solved") -> None:
        await self.compared()
        await self.must("scores/closing", None, self.drafter)
        await self.reaches(phase)

    async def chosen(self) -> dict[str, int]:
        """Amounts in yuan by application."""
        found = (await self.get())["chosen"]
        return {one["choice"]["application_id"]: one["choice"]["amount"]["fen"] // 100 for one in found}

    async def why_not(self) -> dict[str, Any]:
        found = (await self.get("/alternatives"))["alternatives"]
        return {one["application_id"]: one for one in found}


@asynccontextmanager
async def a_venture(running: Running) -> AsyncIterator[Venture]:
    async with running(tenders.SERVICE, matching.SERVICE, virtual=True) as system:
        drafter = await system.person(PartyKind.FUNDER, Role.FUNDER)
        yield Venture(
            system=system,
            community=await system.person(PartyKind.COMMUNITY, Role.COMMUNITY),
            drafter=drafter,
            approver=await system.person(PartyKind.FUNDER, Role.FUNDER, party_id=drafter.party_id),
        )
