"""A town to tell stories in: all services, its registrars, and parties that entered through the registry's doors."""

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from deploy.demo.client import Client, Person
from deploy.demo.story import choosing, paying, tendering
from deploy.demo.story.choosing import BallotTerms, Cast
from deploy.demo.story.registering import Entry, Registry, admit, certified, credit_code
from deploy.demo.story.whole import Buyer, Offer, Plan
from deploy.founding import found
from deploy.installed import SERVICES
from schemas.fund import SourceType
from schemas.ids import BallotId, FundAccountId, NeedId, ProjectId, project_of
from schemas.money import Money
from schemas.need import BallotItem, Origin
from schemas.party import PartyKind
from schemas.project import FundShare
from schemas.role import Role
from services.evaluation.rules import Level
from services.kit.running import Running
from services.needs.rules.intake import NeedDraft
from tests.support.system import System, system

COUNTY = "320508"
STREET = f"{COUNTY}001"
COMMUNITY = f"{STREET}001"


def yuan(amount: int) -> Money:
    return Money(amount * 100)


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

    async def now(self) -> datetime:
        rows = await self.system.fetch("SELECT now FROM clock.virtual_time")
        moment: datetime = rows[0]["now"]
        return moment

    async def until(self, moment: datetime) -> None:
        await self.system.settled()
        await self.system.fetch("UPDATE clock.virtual_time SET now = $1 WHERE now < $1", moment)

    async def community(self) -> Person:
        name = "示例社区居民委员会"
        entry = Entry(kind=PartyKind.COMMUNITY, name=name, division=COMMUNITY, uscc=self.credit_code("55"))
        (staff,) = await admit(self.api, self.registry, entry, (Role.COMMUNITY, "社区工作者"))
        return staff

    async def buyer(self) -> Buyer:
        entry = Entry(kind=PartyKind.FUNDER, name="示例街道办事处", division=STREET, uscc=self.credit_code("11"))
        people = ((Role.FUNDER, "起草人"), (Role.FUNDER, "批准人"), (Role.FINANCE, "财务"))
        drafter, approver, finance = await admit(self.api, self.registry, entry, *people)
        return Buyer(drafter=drafter, approver=approver, finance=finance)

    async def organization(self) -> Person:
        entry = Entry(kind=PartyKind.ORGANIZATION, name="示例社工机构", division=STREET, uscc=self.credit_code("52"))
        (lead,) = await admit(self.api, self.registry, entry, (Role.PROVIDER, "项目负责人"))
        return lead

    async def social_worker(self) -> Person:
        certificate = certified(self.registry.now)
        entry = Entry(kind=PartyKind.SOCIAL_WORKER, name="示例社工", division=STREET, certificate=certificate)
        (worker,) = await admit(self.api, self.registry, entry, (Role.PROVIDER, "示例社工"))
        return worker

    async def evaluator(self) -> Person:
        entry = Entry(kind=PartyKind.EVALUATOR, name="示例专家", division=STREET)
        (evaluator,) = await admit(self.api, self.registry, entry, (Role.EVALUATOR, "示例专家"))
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
class Cast_:
    """Who takes part in a project, and the two accounts its money comes from."""

    community: Person
    buyer: Buyer
    providers: tuple[Person, ...]
    evaluators: tuple[Person, ...]
    accounts: tuple[FundAccountId, FundAccountId]


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
