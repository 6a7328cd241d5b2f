"""What providers have in hand and have done, as contracts reports it: one row per project and per batch of visits."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from schemas.cancelled import ContractCancelled
from schemas.contract import ContractDrafted, ContractSigned, ProjectPublished
from schemas.deciding import Context, State, World
from schemas.delivery import VisitsRecorded, VisitsVoided
from schemas.evaluation import ProjectGraded
from schemas.fact import Note
from schemas.ids import PartyId, ProjectId, project_of_application
from schemas.model import Model
from schemas.round import ApplicationSubmitted
from schemas.termination import ContractLapsed, ContractTerminated

UPPER_BANDS = 2
"""the grades that speak for a provider: the two highest of the scheme, whatever it calls them"""


class EngagementStage(StrEnum):
    DRAFTED = "drafted"
    RUNNING = "running"
    """signed, and not over"""
    DONE = "done"
    ENDED = "ended"
    """terminated, cancelled or lapsed: no experience to speak of"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement(State):
    """One agreement; `id` is the project's."""

    provider_id: PartyId
    category: str
    division: str
    stage: EngagementStage = EngagementStage.DRAFTED
    upper: bool | None = None
    """whether its grade is one of the highest; none before it is graded"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedVisits(State):
    """`id` is the batch's."""

    project_id: ProjectId
    minutes: int
    voided: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedHours(State):
    """What an application promises of named social workers; counts while its project runs. `id` is the project's."""

    hours: int


class GradeRead(Note):
    """A grade, placed by the bands of the rulebook it was given under."""

    project_id: ProjectId
    upper: bool


def read_grade(world: World, fact: ProjectGraded, context: Context) -> list[Note]:
    bands = context.rulebooks.by_hash(fact.rulebook).value("evaluation.bands")
    upper = fact.grade in [str(band["grade"]) for band in bands[:UPPER_BANDS]]
    return [GradeRead(project_id=fact.project_id, upper=upper)]


def evolve_track(world: World, fact: Model) -> Iterable[State]:
    match fact:
        case ContractDrafted():
            return _drafted(world, fact)
        case ContractSigned():
            return _of_engagement(world, fact.project_id, stage=EngagementStage.RUNNING)
        case ProjectPublished():
            return _over(world, fact.project_id, EngagementStage.DONE)
        case ContractTerminated() | ContractLapsed() | ContractCancelled():
            return _over(world, fact.project_id, EngagementStage.ENDED)
        case GradeRead():
            return _of_engagement(world, fact.project_id, upper=fact.upper)
        case VisitsRecorded():
            return (ReportedVisits(id=fact.batch_id, project_id=fact.project_id, minutes=fact.minutes),)
        case VisitsVoided():
            batch = world.find(ReportedVisits, fact.batch_id)
            return () if batch is None else (replace(batch, voided=True),)
        case ApplicationSubmitted() if fact.proposal.workers:
            hours = sum(worker.hours for worker in fact.proposal.workers)
            return (NamedHours(id=project_of_application(fact.round_id, fact.application_id), hours=hours),)
        case _:
            return ()


def _drafted(world: World, fact: ContractDrafted) -> tuple[Engagement, ...]:
    known = world.find(Engagement, fact.project_id)
    if known is not None and known.stage is not EngagementStage.ENDED:
        return ()
    brief = fact.agreement.brief
    engagement = Engagement(
        id=fact.project_id,
        provider_id=fact.agreement.provider_id,
        category=brief.category,
        division=brief.division,
    )
    return (engagement,)


def _over(world: World, project_id: UUID, stage: EngagementStage) -> tuple[Engagement, ...]:
    """What was terminated stays so when its end is published."""
    known = world.find(Engagement, project_id)
    if known is None or known.stage is EngagementStage.ENDED:
        return ()
    return (replace(known, stage=stage),)


def _of_engagement(world: World, project_id: UUID, **changes: object) -> tuple[Engagement, ...]:
    known = world.find(Engagement, project_id)
    return () if known is None else (replace(known, **changes),)  # type: ignore[arg-type]  # fields by their names
