"""The districts as communities of one county, each with a funder of its own, and the providers of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from deploy.demo.client import Person
from deploy.demo.stage import Stage
from deploy.demo.story import paying
from deploy.demo.story.registering import Entry, admit, certified, credit_code
from deploy.demo.story.whole import Buyer
from schemas.fund import SourceType
from schemas.ids import FundAccountId
from schemas.money import Money
from schemas.pabulib import Pabulib
from schemas.party import PartyKind
from schemas.role import Role

COUNTY = "320508"
"""Codes must lie in a county that exists; streets 401 and up do not exist in it."""
ORGANIZATIONS, WORKERS, EVALUATORS = 16, 4, 6
SOURCES = (SourceType.BUDGET, SourceType.LOTTERY, SourceType.DONATION)
ROUND = 1000 * 100
"""Money arrives in whole thousands of yuan, so that dividing every project to the fen never lacks one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    name: str
    published: Pabulib
    division: str
    community: Person
    buyer: Buyer
    accounts: tuple[FundAccountId, ...]
    arrived: tuple[Money, ...]
    """from each of SOURCES"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Providers:
    bidders: Sequence[Person]
    evaluators: Sequence[Person]


async def enter_district(
    stage: Stage, run: str, number: int, published: Pabulib, scale: Fraction, weights: Sequence[int]
) -> District:
    """`number` counts from 1. The district's budget arrives, scaled, from three sources."""
    name = published.meta["district"]
    street = f"{COUNTY}{400 + number}"
    community = Entry(
        kind=PartyKind.COMMUNITY,
        name=f"示例 {name} 社区居民委员会",
        division=f"{street}001",
        uscc=credit_code("55", COUNTY, run, number),
    )
    office = Entry(
        kind=PartyKind.FUNDER,
        name=f"示例 {name} 街道办事处",
        division=street,
        uscc=credit_code("11", COUNTY, run, 100 + number),
    )
    (staff,) = await admit(stage.api, stage.registry, community, (Role.COMMUNITY, "社区工作者"))
    people = ((Role.FUNDER, "起草人"), (Role.FUNDER, "批准人"), (Role.FINANCE, "财务人员"))
    drafter, approver, finance = await admit(stage.api, stage.registry, office, *people)
    budget = Money(published.budget * 100 // published.unit).portion(scale)
    arrived = tuple(Money(-(-part.fen // ROUND) * ROUND) for part in budget.split(weights))
    accounts = [
        await paying.appropriate(stage.api, finance, source, f"示例 {name} {source}", amount)
        for source, amount in zip(SOURCES, arrived, strict=True)
    ]
    return District(
        name=name,
        published=published,
        division=community.division,
        community=staff,
        buyer=Buyer(drafter=drafter, approver=approver, finance=finance),
        accounts=tuple(accounts),
        arrived=arrived,
    )


def provider_entries(stage: Stage, run: str) -> list[Entry]:
    """Organizations, then social workers, then evaluators."""
    organizations = [
        Entry(
            kind=PartyKind.ORGANIZATION,
            name=f"示例社会组织{number:02}",
            division=COUNTY,
            uscc=credit_code("52", COUNTY, run, 200 + number),
        )
        for number in range(1, ORGANIZATIONS + 1)
    ]
    certificate = certified(stage.registry.now)
    workers = [
        Entry(kind=PartyKind.SOCIAL_WORKER, name=f"示例社工{number}", division=COUNTY, certificate=certificate)
        for number in range(1, WORKERS + 1)
    ]
    evaluators = [
        Entry(kind=PartyKind.EVALUATOR, name=f"示例专家{number}", division=COUNTY)
        for number in range(1, EVALUATORS + 1)
    ]
    return [*organizations, *workers, *evaluators]


async def enter_provider(stage: Stage, entry: Entry) -> Person:
    role = Role.EVALUATOR if entry.kind is PartyKind.EVALUATOR else Role.PROVIDER
    (person,) = await admit(stage.api, stage.registry, entry, (role, entry.name))
    return person
