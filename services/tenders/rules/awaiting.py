"""Until when the buyer chooses and announces; nothing under an edition that does not know the terms."""

from datetime import date, datetime

from schemas.deciding import Context, World
from schemas.fact import Note
from schemas.ids import ProjectId
from schemas.legal_term import term_ends
from schemas.tender import BidsRanked
from services.tenders.rules.aftermath import ANNOUNCE, CHOOSE
from services.tenders.rules.project import Phase, Project


class ChoiceAwaited(Note):
    """`ranked_on`: the day the report came. By `until`, exclusive, the buyer chooses, or chooses again."""

    project_id: ProjectId
    ranked_on: date
    until: datetime


class AnnouncementAwaited(Note):
    """`until` is exclusive."""

    project_id: ProjectId
    until: datetime


def await_choice(world: World, fact: BidsRanked, context: Context) -> list[ChoiceAwaited]:
    """The report has reached the buyer: matching hands it over as soon as it is made."""
    project = world.find(Project, fact.project_id)
    return [] if project is None or project.phase is not Phase.RANKED else choice_awaited(project, context)


def choice_awaited(project: Project, context: Context) -> list[ChoiceAwaited]:
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    if CHOOSE not in rulebook.rules:
        return []
    day = context.day_said
    ranked_on = project.aftermath.ranked_on or day
    return [
        ChoiceAwaited(project_id=project.project_id, ranked_on=ranked_on, until=term_ends(rulebook, CHOOSE, day).at)
    ]


def announcement_awaited(project: Project, context: Context) -> list[AnnouncementAwaited]:
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    if ANNOUNCE not in rulebook.rules:
        return []
    until = term_ends(rulebook, ANNOUNCE, context.today).at
    return [AnnouncementAwaited(project_id=project.project_id, until=until)]
