"""The evaluation a question is about, and who may see it before it is public."""

from uuid import UUID

from events.database import Connection
from schemas.contract import Milestone
from schemas.refused import Refused
from schemas.role import Role
from services.evaluation import rules, store
from services.kit.asked import Asked


async def found(tx: Connection, asked: Asked) -> tuple[rules.Evaluation, int]:
    """With its version."""
    project_id = asked.id("project_id")
    found = await store.evaluation_of(tx, project_id)
    if found is None:
        raise unknown(project_id)
    return found


def unknown(project_id: UUID) -> Refused:
    return Refused("not_found", status=404, what="Evaluation", id=str(project_id))


async def visible(tx: Connection, asked: Asked) -> tuple[rules.Evaluation, int]:
    """To a stranger an ungraded one does not exist."""
    evaluation, version = await found(tx, asked)
    by = asked.by
    involved = by is not None and (by.role is Role.AUDITOR or by.party_id in evaluation.parties)
    if evaluation.grade is None and not involved:
        raise unknown(evaluation.id)
    return evaluation, version


def milestone_in(asked: Asked) -> Milestone:
    milestone = asked.path["milestone"]
    if milestone not in list(Milestone):
        raise Refused("not_found", status=404, what="Milestone", id=milestone)
    return Milestone(milestone)
