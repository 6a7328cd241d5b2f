"""What became of a chosen need: its project's public steps, as far as needs hears of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from schemas.arranging import AwardArranged
from schemas.awarding import AwardSetAside
from schemas.contract import Milestone, MilestoneAccepted, ProjectPublished
from schemas.deciding import Context, Ref, State, World
from schemas.fact import Note
from schemas.ids import NeedId, PartyId
from schemas.model import Model
from schemas.project import ProjectDeclined, ProjectFact, ProjectProposed
from schemas.tender import AwardConfirmed, TenderClosed, TenderOpened, TenderVoided
from schemas.termination import ContractTerminated
from services.needs.rules.need import Need


class CourseStep(StrEnum):
    PROPOSED = "proposed"
    DECLINED = "declined"
    OPENED = "opened"
    """for bids"""
    CLOSED = "closed"
    VOIDED = "voided"
    AWARDED = "awarded"
    SET_ASIDE = "set_aside"
    """the award; another may follow"""
    ACCEPTED = "accepted"
    """a milestone of the delivery"""
    TERMINATED = "terminated"
    PUBLISHED = "published"


STEPS: Mapping[type[ProjectFact], CourseStep] = {
    ProjectProposed: CourseStep.PROPOSED,
    ProjectDeclined: CourseStep.DECLINED,
    TenderOpened: CourseStep.OPENED,
    TenderClosed: CourseStep.CLOSED,
    TenderVoided: CourseStep.VOIDED,
    AwardConfirmed: CourseStep.AWARDED,
    AwardArranged: CourseStep.AWARDED,
    AwardSetAside: CourseStep.SET_ASIDE,
    MilestoneAccepted: CourseStep.ACCEPTED,
    ContractTerminated: CourseStep.TERMINATED,
    ProjectPublished: CourseStep.PUBLISHED,
}


class Happened(Model):
    step: CourseStep
    on: date
    milestone: Milestone | None = None
    """which was accepted"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course(State):
    """Its id is the project's."""

    need_id: NeedId
    happened: tuple[Happened, ...] = ()
    bids: int | None = None
    """how many there were at the deadline"""
    provider_id: PartyId | None = None
    grade: str | None = None
    """as it was published with the result"""


class CourseKept(Note):
    course: Course


def course_refs(fact: ProjectFact, cause: UUID) -> tuple[Ref, ...]:
    need = fact.brief.need_id if isinstance(fact, ProjectProposed) else None
    about: tuple[Ref, ...] = () if need is None else ((Need, need),)
    return ((Course, fact.project_id), *about)


def follow(world: World, fact: ProjectFact, context: Context) -> list[Note]:
    """Of a need that is known here; what a round grants or a funder asks for came of none."""
    course = world.find(Course, fact.project_id)
    if isinstance(fact, ProjectProposed) and course is None:
        need = fact.brief.need_id
        known = None if need is None else world.find(Need, need)
        course = None if known is None or need is None else Course(id=fact.project_id, need_id=need)
    if course is None:
        return []
    milestone = fact.milestone if isinstance(fact, MilestoneAccepted) else None
    happened = Happened(step=STEPS[type(fact)], on=context.day_said, milestone=milestone)
    return [CourseKept(course=_with(replace(course, happened=(*course.happened, happened)), fact))]


def _with(course: Course, fact: ProjectFact) -> Course:
    match fact:
        case TenderClosed():
            return replace(course, bids=fact.bids)
        case AwardConfirmed() | AwardArranged():
            return replace(course, provider_id=fact.provider_id)
        case AwardSetAside():
            return replace(course, provider_id=None)
        case ProjectPublished():
            return replace(course, grade=fact.grade)
        case _:
            return course


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    return (fact.course,) if isinstance(fact, CourseKept) else ()
