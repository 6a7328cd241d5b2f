"""A town to tell stories in: all services, its registrars, and parties that entered through the registry's doors."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.client import Client, Person, Problem
from deploy.demo.story import choosing, paying
from deploy.demo.story.choosing import BallotTerms, Cast
from deploy.demo.story.registering import Entry, Registry, admit, certified, credit_code
from deploy.demo.story.whole import Buyer, Offer, Plan
from deploy.founding import found
from deploy.installed import SERVICES
from schemas.fund import SourceType
from schemas.ids import FundAccountId, ProjectId
from schemas.money import Money
from schemas.need import BallotItem, Origin
from schemas.party import Certificate, PartyKind
from schemas.project import FundShare
from schemas.role import Role
from services.evaluation.rules import Level
from services.kit.running import Running
from services.needs.rules.intake import NeedDraft
from tests.support.system import System, system

COUNTY = "320508"
STREET = f"{COUNTY}001"
COMMUNITY = f"{STREET}001"
WEALTH = Money(100_000_000_00)
COST = Money(50_000_00)


def yuan(amount: int) -> Money:
    return Money(amount * 100)


def an_entry(kind: PartyKind, uscc: str | None = None, certificate: Certificate | None = None) -> Entry:
    division = COMMUNITY if kind is PartyKind.COMMUNITY else STREET
    return Entry(kind=kind, name=f"示例 {kind}", division=division, uscc=uscc, certificate=certificate)


@contextmanager
def refused(code: str, rule: str | None = None) -> Iterator[pytest.ExceptionInfo[Problem]]:
    """`rule`: a part of the source that the refusal names."""
    with pytest.raises(Problem) as caught:
        yield caught
    assert caught.value.code == code, caught.value
    assert rule is None or rule in (caught.value.rule or "")


@dataclass(slots=True)
class Town:
    """`until` moves the virtual clock; everything else happens through the public API."""

    system: System
    api: Client
    registry: Registry
    operator: Person
    auditor: Person
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def credit_code(self, category: str) -> str:
        return credit_code(category, COUNTY, "TWNA", next(self._numbers))

    async def register(self, entry: Entry, *people: tuple[Role, str]) -> tuple[Person, ...]:
        """Keys and certificates run from today's business time."""
        return await admit(self.api, replace(self.registry, now=await self.now()), entry, *people)

    async def now(self) -> datetime:
        rows = await self.system.fetch("SELECT now FROM clock.virtual_time")
        moment: datetime = rows[0]["now"]
        return moment

    async def until(self, moment: datetime) -> None:
        await self.system.settled()
        await self.system.fetch("UPDATE clock.virtual_time SET now = $1 WHERE now < $1", moment)

    async def community(self) -> Person:
        entry = an_entry(PartyKind.COMMUNITY, self.credit_code("55"))
        (staff,) = await self.register(entry, (Role.COMMUNITY, "社区工作者"))
        return staff

    async def buyer(self) -> Buyer:
        entry = an_entry(PartyKind.FUNDER, self.credit_code("11"))
        people = ((Role.FUNDER, "起草人"), (Role.FUNDER, "批准人"), (Role.FINANCE, "财务"))
        drafter, approver, finance = await self.register(entry, *people)
        return Buyer(drafter=drafter, approver=approver, finance=finance)

    async def organization(self) -> Person:
        entry = an_entry(PartyKind.ORGANIZATION, self.credit_code("52"))
        (lead,) = await self.register(entry, (Role.PROVIDER, "项目负责人"))
        return lead

    async def social_worker(self) -> Person:
        entry = an_entry(PartyKind.SOCIAL_WORKER, certificate=certified(await self.now()))
        (worker,) = await self.register(entry, (Role.PROVIDER, "示例社工"))
        return worker

    async def evaluator(self) -> Person:
        entry = an_entry(PartyKind.EVALUATOR)
        (evaluator,) = await self.register(entry, (Role.EVALUATOR, "示例专家"))
        return evaluator

    async def findings(self) -> list[str]:
        """What the services find wrong with their own rows, over everything in the database."""
        await self.system.settled()
        found: list[str] = []
        for one in self.system.running:
            if one.shell.service.verify is not None:
                async with one.database.connection() as connection:
                    found += await one.shell.service.verify(connection)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Players:
    """Who takes part in a project, and the accounts its money comes from."""

    community: Person
    buyer: Buyer
    providers: tuple[Person, ...]
    """organizations, and last a certified social worker"""
    evaluators: tuple[Person, ...]
    accounts: tuple[FundAccountId, FundAccountId]
    """budget and lottery"""


async def players(town: Town, money: Money = WEALTH) -> Players:
    buyer = await town.buyer()
    return Players(
        community=await town.community(),
        buyer=buyer,
        providers=(*[await town.organization() for _ in range(2)], await town.social_worker()),
        evaluators=tuple([await town.evaluator() for _ in range(3)]),
        accounts=(
            await paying.appropriate(town.api, buyer.finance, SourceType.BUDGET, "示例指标 2082001", money),
            await paying.appropriate(town.api, buyer.finance, SourceType.LOTTERY, "示例指标 2296002", money),
        ),
    )


def a_need(title: str = "独居老人助餐", *, category: str = "health_elderly", **changes: Any) -> NeedDraft:
    draft = {
        "origin": Origin.RESIDENT,
        "category": category,
        "division": COMMUNITY,
        "beneficiaries": 60,
        "title": title,
        "description": "希望每周上门送餐五次。",
    }
    return NeedDraft.model_validate(draft | changes)


async def choose(town: Town, of: Players, *drafts: NeedDraft, cost: Money = COST) -> list[ProjectId]:
    """Posted, voted for by three residents, chosen: one proposal for each need."""
    needs = await choosing.post_needs(town.api, of.community, drafts)
    terms = BallotTerms(
        funder_id=of.buyer.drafter.party_id,
        items=tuple(BallotItem(need_id=need, cost=cost) for need in needs),
        budget=Money(cost.fen * len(needs)),
        max_choices=len(needs),
        closes_at=await town.now() + timedelta(days=7),
    )
    ballot = await choosing.open_ballot(town.api, of.community, terms)
    votes = [Cast(f"{ballot.id}/{voter}", tuple(needs)) for voter in range(3)]
    await choosing.cast_votes(town.api, of.community, ballot.id, votes)
    await town.until(terms.closes_at)
    await choosing.counted(town.api, ballot.id)
    return [(await choosing.proposed(town.api, ballot.id, need)).project_id for need in needs]


def shares(of: Players, *amounts: Money) -> tuple[FundShare, ...]:
    return tuple(FundShare(account_id=id, amount=amount) for id, amount in zip(of.accounts, amounts, strict=False))


def a_plan(of: Players, project_id: ProjectId, **changes: Any) -> Plan:
    """Two organizations and a social worker bid; the residents are content, the parties less so."""
    offers = tuple(
        Offer(provider=provider, price=yuan(40_000 + 1000 * place), quality=80, proposal=f"示例方案{place}")
        for place, provider in enumerate(of.providers)
    )
    plan: dict[str, Any] = {
        "project_id": project_id,
        "buyer": of.buyer,
        "community": of.community,
        "evaluators": of.evaluators,
        "shares": shares(of, yuan(30_000), yuan(15_000)),
        "offers": offers,
        "beneficiaries": 5,
        "levels": (Level.SATISFIED,),
        "scores": (75, 75),
    }
    return Plan(**(plan | changes))


@asynccontextmanager
async def a_town(dsn: str, bootstrap: str, folder: Path) -> AsyncIterator[Town]:
    """Its virtual clock begins at the full hour that passed last on the wall: keys end by wall time."""
    async with system(dsn, bootstrap, SERVICES, virtual=True) as one, Client(one.url) as api:
        now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        await one.fetch("UPDATE clock.virtual_time SET now = $1", now)
        ring = await found(_registry_of(one.running), folder, one.url, street=False)
        assert ring is not None
        people = {name: ring[name].person() for name in ("registrar-1", "registrar-2", "operator", "auditor")}
        registry = Registry(enters=people["registrar-1"], verifies=people["registrar-2"], now=now)
        yield Town(one, api, registry, people["operator"], people["auditor"])


def _registry_of(running: Sequence[Running]) -> Running:
    return next(one for one in running if one.shell.service.name == "registry")
