"""Residents' words: kept out of events, and public only when a person of the funder has looked at them.

Not the provider, whose work they are about, nor the community, which handed out the tokens. What is withheld has a
reason of a short list, how often each was given is public, and auditors read everything.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from schemas.deciding import Context, State, World
from schemas.fact import Command, Note
from schemas.ids import ProjectId
from schemas.refused import Refused
from services.evaluation.rules.evaluation import Evaluation


class Withheld(StrEnum):
    """Why a remark is not shown. That it is unfavourable is no reason."""

    NAMES_A_PERSON = "names_a_person"
    INSULTS = "insults"
    NOT_ABOUT_THE_SERVICE = "not_about_the_service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark(State):
    """The words of one rating, by their random id; the words themselves stay in the row."""

    project_id: ProjectId
    published: bool | None = None
    reason: Withheld | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None


class ModerateRemark(Command):
    """Show a remark to everyone, or withhold it for the reason given. It may be decided anew."""

    project_id: ProjectId
    comment_id: UUID
    withheld_for: Withheld | None = None


class RemarkModerated(Note):
    project_id: ProjectId
    comment_id: UUID
    withheld_for: Withheld | None
    decided_by: UUID
    decided_at: datetime


def moderate(world: World, command: ModerateRemark, context: Context) -> list[Note]:
    """After the grade, so that no rating is influenced."""
    evaluation = world.get(Evaluation, command.project_id)
    context.by.must_be(evaluation.funder_id)
    if evaluation.grade is None:
        raise Refused("comments_before_grade", project=str(evaluation.id))
    remark = world.get(Remark, command.comment_id)
    if remark.project_id != evaluation.id:
        raise Refused("not_found", status=404, what="Remark", id=str(command.comment_id))
    moderated = RemarkModerated(
        project_id=command.project_id,
        comment_id=command.comment_id,
        withheld_for=command.withheld_for,
        decided_by=context.by.person_id,
        decided_at=context.at,
    )
    return [moderated]


def moderated(note: RemarkModerated) -> Remark:
    return Remark(
        id=note.comment_id,
        project_id=note.project_id,
        published=note.withheld_for is None,
        reason=note.withheld_for,
        decided_by=note.decided_by,
        decided_at=note.decided_at,
    )
