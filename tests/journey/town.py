"""A town to tell stories in: all services, its registrars, and parties that entered through the registry's doors."""

import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from deploy import keys
from deploy.condition import Observer
from deploy.demo.client import Client, Person, Problem
from deploy.demo.clock import Clock
from deploy.demo.story import choosing, paying
from deploy.demo.story.choosing import BallotTerms, Cast
from deploy.demo.story.registering import Entry, Registry, admit, certified, credit_code
from deploy.demo.story.whole import Buyer, Offer, Plan
from deploy.founding import founded
from deploy.installed import SERVICES
from deploy.serve import Servers, at_work
from deploy.verify import verify
from events.kafka import Cluster, delete_topics
from schemas.fact import STREAMS
from schemas.finding import Finding
from schemas.fund import SourceType
from schemas.ids import FundAccountId, ProjectId
from schemas.money import Money
from schemas.need import BallotItem, Origin
from schemas.party import Certificate, PartyKind
from schemas.project import FundShare
from schemas.role import Role
from services.audit.api import EventsAnswer
from services.evaluation.rules import Level
from services.kit.settings import Settings
from services.needs.rules.intake import NeedDraft
from tests.support.databases import fresh_database
from tests.support.system import System
from tests.support.telling import Teller

COUNTY = "320508"
STREET = f"{COUNTY}001"
COMMUNITY = f"{STREET}001"
WEALTH = Money(100_000_000_00)
COST = Money(50_000_00)
PRICE = Money(40_000_00)


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
    """An installation as `sanshe up` starts it; what happens in it happens through its public doors.

    `inside` is for looking where no door leads: at all rows and all records.
    """

    api: Client
    clock: Clock
    registry: Registry
    auditor: Person
    observer: Observer
    inside: System
    keys: Path
    """the installation's keys.json"""
    operator: Person
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _committees: dict[str, Person] = field(default_factory=dict)

    def credit_code(self, category: str) -> str:
        return credit_code(category, COUNTY, "TWNA", next(self._numbers))

    async def now(self) -> datetime:
        return await self.clock.now()

    async def until(self, moment: datetime) -> None:
        await self.clock.until(moment)

    async def days(self, number: int) -> None:
        await self.until(await self.now() + timedelta(days=number))

    async def told(self, type: str, key: UUID) -> list[dict[str, Any]]:
        """What was said about a thing, as an auditor reads it once it is quiet."""
        await self.clock.quiet()
        events = await self.api.get("/v1/audit/events", EventsAnswer, self.auditor, type=type, key=str(key), limit=200)
        return [event.data for event in events.events]

    async def findings(self) -> tuple[Finding, ...]:
        """What `sanshe verify` finds, over everything in the database."""
        await self.clock.quiet()
        return (await verify(self.observer)).findings

    async def register(self, entry: Entry, *people: tuple[Role, str]) -> tuple[Person, ...]:
        """Keys and certificates run from today's business time."""
        return await admit(self.api, await self.clerks(), entry, *people)

    async def clerks(self) -> Registry:
        return replace(self.registry, now=await self.now())

    async def community(self) -> Person:
        entry = an_entry(PartyKind.COMMUNITY, self.credit_code("55"))
        (staff,) = await self.register(entry, (Role.COMMUNITY, "社区工作者"))
        return staff

    async def committee(self, division: str = COMMUNITY) -> Person:
        """The supervision committee of a community; a community has one."""
        if division not in self._committees:
            entry = Entry(kind=PartyKind.SUPERVISION_COMMITTEE, name="示例监督委员会", division=division)
            (self._committees[division],) = await self.register(entry, (Role.SUPERVISOR, "监督委员"))
        return self._committees[division]

    async def supervisor(self) -> Person:
        """Of the county's finance department."""
        uscc = self.credit_code("11")
        entry = Entry(kind=PartyKind.PROCUREMENT_SUPERVISOR, name="示例区财政局", division=COUNTY, uscc=uscc)
        (officer,) = await self.register(entry, (Role.PROCUREMENT_SUPERVISOR, "采购监督人员"))
        return officer

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


def a_plan(of: Players, project_id: ProjectId, *, price: Money = PRICE, **changes: Any) -> Plan:
    """The providers bid, the first for the least; the residents are content, the parties less so."""
    offers = tuple(
        Offer(provider=provider, price=price + yuan(1000 * place), quality=80, proposal=f"示例方案{place}")
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
    settings = Settings(
        data=folder,
        prefix=f"t{secrets.token_hex(4)}.",
        partitions=2,
        pool=4,
        session_ms=6000,
        port=0,
        requests_per_second=10_000,
        virtual_clock=True,
    )
    cluster = Cluster(bootstrap=bootstrap, prefix=settings.prefix, partitions=settings.partitions)
    async with fresh_database(dsn, SERVICES) as own:
        try:
            async with at_work(settings, Servers(dsn=own, bootstrap=bootstrap), SERVICES, SERVICES) as house:
                assert await founded(house, street=False) is not None
                async with Client(house.address) as api, townsfolk(api, own, cluster, folder) as town:
                    yield town
        finally:
            await delete_topics(cluster, STREAMS)


@asynccontextmanager
async def townsfolk(api: Client, dsn: str, cluster: Cluster, folder: Path) -> AsyncIterator[Town]:
    """The town around an installation that was founded in `folder`."""
    ring = keys.read(folder)
    assert ring is not None
    one, other, operator, auditor = (key.person() for key in ring.keys)
    inside = System(dsn, cluster, [], Teller(cluster), api.url)
    try:
        async with Observer(dsn, cluster, SERVICES) as observer:
            clock = Clock(api, operator)
            registry = Registry(enters=one, verifies=other, now=await clock.now())
            yield Town(api, clock, registry, auditor, observer, inside, folder / keys.NAME, operator)
    finally:
        await inside.http.close()
