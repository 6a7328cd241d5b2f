"""Chapters two and three: needs, and the residents' choice among four of them."""

from datetime import timedelta
from random import Random

from deploy.demo.client import Problem
from deploy.demo.stage import Stage
from deploy.demo.story import choosing
from deploy.demo.story.choosing import BallotTerms, Cast
from deploy.demo.street.people import COMMUNITIES, Street, division_of
from deploy.demo.street.wishes import DEPARTMENTS_TASK, ELSEWHERE, ON_THE_BALLOT, Wish
from deploy.demo.telling import Narrator
from schemas.ids import NeedId
from schemas.money import Money
from schemas.need import BallotItem, Origin
from services.needs.rules.intake import NeedDraft
from services.tenders.api.answers import ProjectAnswer

SEED = 20
VOTERS = 120
BUDGET = Money(150_000_00)
WEIGHTS = (9, 5, 6, 4)
"""how much the four wishes draw residents"""
WAYS = {"project": "项目", "administrative": "行政", "volunteer": "志愿", "market": "市场"}


async def needs(stage: Stage, street: Street, narrator: Narrator) -> list[NeedId]:
    """All nine kinds are posted; those of the first community go to the ballot."""
    on_ballot = [await _post(stage, street, narrator, 0, wish) for wish in ON_THE_BALLOT]
    others = len(street.communities) - 1
    for place, wish in enumerate(ELSEWHERE):
        await _post(stage, street, narrator, 1 + place % others, wish)
    try:
        task = _draft(DEPARTMENTS_TASK, division_of(0), Origin.DEPARTMENT)
        await choosing.post_need(stage.api, street.communities[0], task)
    except Problem as problem:
        narrator.refusal(
            f"某部门想把《{DEPARTMENTS_TASK.title}》交给社区:按负面清单不予准入",
            f"A department wanted the community to answer for “{DEPARTMENTS_TASK.english}”: refused by the list",
            problem,
        )
    return on_ballot


async def _post(stage: Stage, street: Street, narrator: Narrator, community: int, wish: Wish) -> NeedId:
    draft = _draft(wish, division_of(community), Origin.RESIDENT)
    need = await choosing.post_need(stage.api, street.communities[community], draft)
    assert need.route is not None  # routed in the same breath
    narrator.step(
        f"{COMMUNITIES[community]}发布居民需求《{wish.title}》,分流到{WAYS[need.route]},查询号 {need.tracking_number}",
        f"A community posted “{wish.english}”; routed to {need.route}, tracking number {need.tracking_number}",
        f"/v1/needs/{need.tracking_number}",
    )
    return need.id


def _draft(wish: Wish, division: str, origin: Origin) -> NeedDraft:
    return NeedDraft(
        origin=origin,
        category=wish.category,
        division=division,
        beneficiaries=wish.beneficiaries,
        title=wish.title,
        description=wish.description,
    )


async def ballot(stage: Stage, street: Street, narrator: Narrator, items: list[NeedId]) -> ProjectAnswer:
    """A week to vote; the first chosen need is the project the tour follows."""
    staff = street.communities[0]
    terms = BallotTerms(
        funder_id=street.buyer.drafter.party_id,
        items=tuple(
            BallotItem(need_id=id, cost=Money(wish.cost_yuan * 100))
            for id, wish in zip(items, ON_THE_BALLOT, strict=True)
        ),
        budget=BUDGET,
        closes_at=await stage.clock.now() + timedelta(days=7),
        max_choices=2,
    )
    opened = await choosing.open_ballot(stage.api, staff, terms)
    path = f"/v1/ballots/{opened.id}"
    narrator.step(
        f"{COMMUNITIES[0]}就 {len(items)} 项需求发起投票,预算 {BUDGET},每人最多选 2 项,7 天后截止",
        f"The community opened a ballot over {len(items)} needs, CNY 150,000, two choices each, for a week",
        path,
    )
    random = Random(SEED)
    votes = [Cast(f"{opened.id}/{voter}", _choices(random, items)) for voter in range(VOTERS)]
    taken = await choosing.cast_votes(stage.api, staff, opened.id, votes)
    narrator.step(
        f"{taken} 位居民投票;截止前谁也看不到票数", f"{taken} residents voted; nobody sees how it stands", path
    )
    await stage.clock.until(terms.closes_at)
    result = (await choosing.counted(stage.api, opened.id)).result
    assert result is not None  # counted
    narrator.step(
        f"到点自动截止并计票:{result.arithmetic}", f"Closed and counted by its timer: {len(result.chosen)} chosen", path
    )
    projects = [await choosing.proposed(stage.api, opened.id, id) for id in result.chosen]
    for project in projects:
        narrator.step(
            f"《{project.brief.title}》成为项目建议,送交街道",
            f"“{project.brief.title}” became a proposal to the street office",
            f"/v1/projects/{project.project_id}",
        )
    return next(project for project in projects if project.brief.category == ON_THE_BALLOT[0].category)


def _choices(random: Random, items: list[NeedId]) -> tuple[NeedId, ...]:
    first, second = random.choices(items, WEIGHTS, k=2)
    return (first,) if first == second else (first, second)
