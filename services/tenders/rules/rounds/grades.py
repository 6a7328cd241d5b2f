"""What the grades of an organization's projects do in a venture: they may bar it for a while, or put it first.

In a statutory purchase they neither admit nor score anybody; there nobody asks this module.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from schemas.days import day_of
from schemas.deciding import Context, Ref, State, World
from schemas.evaluation import ProjectGraded
from schemas.fact import Note
from schemas.ids import PartyId, ProjectId, RoundId
from schemas.preferring import ApplicantsPreferred
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from services.tenders.rules.project import Bid, Project
from services.tenders.rules.rounds.round import Application

BARRED = "venture.barred"
PRIORITY_GRADES = "venture.priority_grades"
AT_ONCE = 500
"""applications in one fact"""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedProject(State):
    """`id` is the project's."""

    organization_id: PartyId
    grade: str
    graded_on: date
    """in China"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRecord(State):
    """All graded projects of an organization; its id is that. It is put together when it is loaded, and no row."""

    projects: tuple[GradedProject, ...]

    @property
    def latest(self) -> GradedProject | None:
        return max(self.projects, key=lambda one: (one.graded_on, one.id.int), default=None)


class GradeKept(Note):
    project_id: ProjectId
    organization_id: PartyId
    grade: str
    graded_on: date


def graded_refs(fact: ProjectGraded, cause: UUID) -> tuple[Ref, ...]:
    return ((Project, fact.project_id), (GradedProject, fact.project_id))


def keep_grade(world: World, fact: ProjectGraded, context: Context) -> list[GradeKept]:
    """The final grade, for whoever performs the project."""
    project = world.find(Project, fact.project_id)
    provider = None if project is None else _provider(world, project)
    if provider is None:
        return []
    day = day_of(context.said_at or context.at)
    return [GradeKept(project_id=fact.project_id, organization_id=provider, grade=fact.grade, graded_on=day)]


def _provider(world: World, project: Project) -> PartyId | None:
    if project.arrangement is not None:
        return project.arrangement.provider_id
    return next((bid.bidder_id for bid in world.each(Bid) if bid.id == project.award), None)


def evolve_grade(note: GradeKept) -> GradedProject:
    return GradedProject(
        id=note.project_id, organization_id=note.organization_id, grade=note.grade, graded_on=note.graded_on
    )


def must_not_be_barred(record: ProviderRecord, rulebook: Rulebook, today: date) -> None:
    """A grade bars from the year after it on, for as many calendar years as the rulebook says."""
    if BARRED not in rulebook.rules:
        return
    barred = rulebook.value(BARRED)
    grades, years = barred["grades"], int(barred["years"])
    for one in record.projects:
        if one.grade in grades and one.graded_on.year < today.year <= one.graded_on.year + years:
            raise Refused(
                "applicant_barred",
                rulebook.source(BARRED),
                status=403,
                field="organization_id",
                party=str(record.id),
                project=str(one.id),
                grade=one.grade,
                graded_on=one.graded_on,
                until=one.graded_on.year + years,
            )


def preferred(
    world: World, round_id: RoundId, applications: Iterable[Application], rulebook: Rulebook
) -> list[ApplicantsPreferred]:
    """Those whose organization's latest grade brings priority, where the rulebook has any."""
    if PRIORITY_GRADES not in rulebook.rules:
        return []
    grades = tuple(rulebook.value(PRIORITY_GRADES))
    found = []
    for one in applications:
        latest = world.get(ProviderRecord, one.organization_id).latest
        if latest is not None and latest.grade in grades:
            found.append(one.application_id)
    source = rulebook.source(PRIORITY_GRADES).text
    parts = [tuple(found[start : start + AT_ONCE]) for start in range(0, len(found), AT_ONCE)]
    return [ApplicantsPreferred(round_id=round_id, applications=p, grades=grades, source=source) for p in parts]
