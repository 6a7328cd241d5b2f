"""A community's governance (社区治理评价), graded from what residents said of all its projects in a period.

信阳市民政局 信民函〔2020〕41号 asks for 以社区居民满意度为主要衡量标准的社区治理评价体系, and to publish the result:
satisfaction is the largest single weight, or the rulebook is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.days import day_of
from schemas.deciding import Context, State, World, new_id
from schemas.fact import Command, Fact
from schemas.governance import CommunityGraded, CountedProject, GovernanceMeasure
from schemas.ids import PartyId, ProjectId
from schemas.party import PartyKind
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from schemas.standing import party
from services.evaluation.rules import scheme
from services.evaluation.rules.certainty import wilson
from services.evaluation.rules.sampling import SAMPLING
from services.evaluation.rules.scheme import Part

RULEBOOK = "example/below-limit"
GOVERNANCE = "evaluation.governance"
NAMES = {"satisfaction": "居民满意度", "followups": "整改按期答复", "street": "街道评价"}
PERIOD = r"^20\d\d(-H[12])?$"


@dataclass(frozen=True, slots=True, kw_only=True)
class GovernedProject:
    """What one project of the community says of it."""

    project_id: ProjectId
    closes_at: datetime
    """when the rating window closed: the period it belongs to"""
    graded: bool
    counted: int
    satisfied: int
    answered_in_time: int
    overdue: int
    """follow-ups of bad ratings"""
    street_score: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityBook(State):
    """All projects of a community whose window was opened; its id is the community's. It has no row of its own."""

    projects: tuple[GovernedProject, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GovernanceGrade(State):
    """A published grade; its id derives from community and period."""

    community_id: PartyId
    period: str
    graded: CommunityGraded


class PublishGovernanceGrade(Command):
    community_id: PartyId
    period: Annotated[str, Field(pattern=PERIOD)]


def governance_id(community_id: UUID, period: str) -> UUID:
    return new_id(community_id, f"governance {period}")


def days_of(period: str) -> tuple[date, date]:
    """First and last day."""
    year = int(period[:4])
    match period[4:]:
        case "-H1":
            return date(year, 1, 1), date(year, 6, 30)
        case "-H2":
            return date(year, 7, 1), date(year, 12, 31)
        case _:
            return date(year, 1, 1), date(year, 12, 31)


def publish(world: World, command: PublishGovernanceGrade, context: Context) -> list[Fact]:
    """By the registrar, once per community and period, when the period is over and its projects are graded."""
    rulebook = context.rulebooks.named(RULEBOOK)
    return [drawn_up(world, command, context.today, rulebook, PartyId(context.by.person_id))]


def drawn_up(
    world: World, command: PublishGovernanceGrade, today: date, rulebook: Rulebook, by: PartyId
) -> CommunityGraded:
    """The grade as it would be published today; whoever looks at it first sees what will be."""
    if party(world, command.community_id).kind is not PartyKind.COMMUNITY:
        raise Refused("not_a_community", status=422, field="community_id", party=str(command.community_id))
    if world.find(GovernanceGrade, governance_id(command.community_id, command.period)) is not None:
        raise Refused("community_already_graded", period=command.period)
    book = world.find(CommunityBook, command.community_id) or CommunityBook(id=command.community_id)
    return graded(book, command.period, today, rulebook, by)


def graded(book: CommunityBook, period: str, today: date, rulebook: Rulebook, by: PartyId) -> CommunityGraded:
    """What the projects of a period come to."""
    source, weights = rulebook.source(GOVERNANCE), rulebook.value(GOVERNANCE)
    if weights["satisfaction"] <= max(weight for name, weight in weights.items() if name != "satisfaction"):
        raise Refused("satisfaction_not_largest", source, rulebook=f"{rulebook.id} {rulebook.version}")
    first, last = days_of(period)
    if today <= last:
        raise Refused("governance_period_running", source, field="period", period=period, last=last)
    projects = [project for project in book.projects if first <= day_of(project.closes_at) <= last]
    if not projects:
        raise Refused("no_project_in_period", source, field="period", period=period)
    if waiting := sum(not project.graded for project in projects):
        raise Refused("projects_not_graded", source, field="period", period=period, projects=waiting)
    few = rulebook.integer("evaluation.small_sample")
    measures = _measures(projects, weights, rulebook)
    counted = sum(project.counted for project in projects)
    parts = [Part(measure.name, measure.score, measure.weight) for measure in measures]
    steps = [measure.working for measure in measures]
    score = grade = None
    if counted < few:
        steps.append(f"计入的评价 {counted} 份,不足 {few} 份,样本小,不评等级,不参与比较")
    else:
        score = scheme.weighted(parts, rulebook.integer("evaluation.score_decimals"))
        grade = scheme.band(score, rulebook)
        steps.append(scheme.how_weighted(parts, score))
        if missing := [NAMES[name] for name in weights if NAMES[name] not in {part.name for part in parts}]:
            steps.append(f"没有 {'、'.join(missing)} 的,其权重由其余各项按比例分摊")
        steps.append(f"等级 {grade}")
    return CommunityGraded(
        community_id=PartyId(book.id),
        period=period,
        projects=tuple(
            CountedProject(project_id=one.project_id, counted=one.counted, satisfied=one.satisfied) for one in projects
        ),
        measures=measures,
        score=score,
        grade=grade,
        too_few_below=few,
        arithmetic=";".join(steps),
        rulebook=rulebook.hash,
        published_by=by,
    )


def _measures(
    projects: list[GovernedProject], weights: Mapping[str, int], rulebook: Rulebook
) -> tuple[GovernanceMeasure, ...]:
    """Those there is anything to say of: satisfaction, follow-ups, the street's rating."""
    found = (
        ("satisfaction", _satisfaction(projects, rulebook)),
        ("followups", _followups(projects)),
        ("street", _street(projects)),
    )
    return tuple(
        GovernanceMeasure(name=NAMES[name], score=said[0], weight=weights[name], working=f"{NAMES[name]}:{said[1]}")
        for name, said in found
        if said is not None
    )


def _satisfaction(projects: list[GovernedProject], rulebook: Rulebook) -> tuple[Decimal, str] | None:
    """The lower bound of the Wilson interval, so that few voices count for less."""
    counted, satisfied = sum(p.counted for p in projects), sum(p.satisfied for p in projects)
    if not counted:
        return None
    by = rulebook.value(SAMPLING)
    lower = wilson(satisfied, counted, Decimal(by["z"])).lower
    share = scheme.percent(satisfied, counted)
    working = (
        f"{len(projects)} 个项目计入 {counted} 份,满意 {satisfied} 份({share}%),{by['confidence']} 置信下限 {lower}"
    )
    return lower, working


def _followups(projects: list[GovernedProject]) -> tuple[Decimal, str] | None:
    in_time, overdue = sum(p.answered_in_time for p in projects), sum(p.overdue for p in projects)
    if not in_time + overdue:
        return None
    share = scheme.percent(in_time, in_time + overdue)
    return share, f"{in_time + overdue} 项中按期 {in_time} 项,{in_time} ÷ {in_time + overdue} × 100 = {share}"


def _street(projects: list[GovernedProject]) -> tuple[Decimal, str] | None:
    scores = [project.street_score for project in projects if project.street_score is not None]
    if not scores:
        return None
    mean = scheme.rounded(sum(map(Fraction, scores), Fraction()) / len(scores))
    return mean, f"({' + '.join(map(str, scores))}) ÷ {len(scores)} = {mean}"


def evolve(fact: CommunityGraded) -> tuple[State, ...]:
    id = governance_id(fact.community_id, fact.period)
    return (GovernanceGrade(id=id, community_id=fact.community_id, period=fact.period, graded=fact),)
