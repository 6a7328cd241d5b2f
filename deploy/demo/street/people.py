"""Who lives and works in the example street; all names are marked 示例, and no code belongs to anybody."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from deploy.demo.client import Person
from deploy.demo.stage import Stage
from deploy.demo.story.registering import Entry, a_run, admit, certified, credit_code
from deploy.demo.story.whole import Buyer
from deploy.demo.telling import Narrator
from schemas.party import PartyKind
from schemas.role import Role

COUNTY = "320508"
STREET = f"{COUNTY}001"
"""A real county's code, because a code must exist; street and communities are made up."""
COMMUNITIES = ("示例桂花社区", "示例梧桐社区", "示例银杏社区", "示例香樟社区")
ORGANIZATIONS = (
    ("52", "示例银龄社会工作服务中心"),
    ("52", "示例邻里为老服务中心"),
    ("51", "示例社区教育促进会"),
)
EVALUATORS = ("示例专家甲", "示例专家乙", "示例专家丙")


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    buyer: Buyer
    communities: tuple[Person, ...]
    organizations: tuple[Person, ...]
    worker: Person
    evaluators: tuple[Person, ...]


def division_of(community: int) -> str:
    return f"{STREET}{community + 1:03}"


async def settle(stage: Stage, narrator: Narrator) -> Street:
    """Everybody is registered by one registrar and verified by another; all at once, told in order."""
    run, county = a_run(), COUNTY
    office = Entry(
        kind=PartyKind.FUNDER, name="示例街道办事处", division=STREET, uscc=credit_code("11", county, run, 1)
    )
    communities = [
        Entry(
            kind=PartyKind.COMMUNITY,
            name=f"{name}居民委员会",
            division=division_of(number),
            uscc=credit_code("55", county, run, 100 + number),
        )
        for number, name in enumerate(COMMUNITIES)
    ]
    organizations = [
        Entry(
            kind=PartyKind.ORGANIZATION,
            name=name,
            division=STREET,
            uscc=credit_code(category, county, run, 200 + number),
        )
        for number, (category, name) in enumerate(ORGANIZATIONS)
    ]
    worker = Entry(
        kind=PartyKind.SOCIAL_WORKER, name="示例社工小林", division=STREET, certificate=certified(stage.registry.now)
    )
    evaluators = [Entry(kind=PartyKind.EVALUATOR, name=name, division=STREET) for name in EVALUATORS]
    found = await asyncio.gather(
        _admit(stage, office, (Role.FUNDER, "起草人"), (Role.FUNDER, "批准人"), (Role.FINANCE, "财务人员")),
        *(_admit(stage, entry, (Role.COMMUNITY, "社区工作者")) for entry in communities),
        *(_admit(stage, entry, (Role.PROVIDER, "项目负责人")) for entry in organizations),
        _admit(stage, worker, (Role.PROVIDER, worker.name)),
        *(_admit(stage, entry, (Role.EVALUATOR, entry.name)) for entry in evaluators),
    )
    for entry, people in zip([office, *communities, *organizations, worker, *evaluators], found, strict=True):
        _tell(narrator, entry, people)
    (drafter, approver, finance), *others = found
    singles = [person for (person,) in others]
    return Street(
        buyer=Buyer(drafter=drafter, approver=approver, finance=finance),
        communities=tuple(singles[:4]),
        organizations=tuple(singles[4:7]),
        worker=singles[7],
        evaluators=tuple(singles[8:]),
    )


def _admit(stage: Stage, entry: Entry, *people: tuple[Role, str]) -> Coroutine[Any, Any, tuple[Person, ...]]:
    return admit(stage.api, stage.registry, entry, *people)


def _tell(narrator: Narrator, entry: Entry, people: tuple[Person, ...]) -> None:
    code = f",统一社会信用代码 {entry.uscc}" if entry.uscc else ",自然人,姓名不出登记处"
    english = f", code {entry.uscc}" if entry.uscc else ", a natural person: the name stays in the registry"
    narrator.step(
        f"登记员甲登记{entry.name}{code};登记员乙核验",
        f"One registrar entered {entry.name} ({entry.kind}){english}; another verified it",
        f"/v1/parties/{people[0].party_id}",
    )
