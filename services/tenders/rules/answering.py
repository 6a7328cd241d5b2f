"""The buyer answers an objection; one that is upheld and may change the result changes what comes next."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, World
from schemas.fact import Command
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.objection import ObjectionAnswered, Remedy
from schemas.personal import must_be_public
from schemas.refused import Refused
from services.tenders.rules.aftermath import REPLY, SUSPENDS, Objection
from services.tenders.rules.objecting import open_objection
from services.tenders.rules.project import TENDERED, Project
from services.tenders.rules.remedying import Cause, check_remedy, remedied


class AnswerObjection(Command):
    project_id: ProjectId
    objection_id: UUID
    upheld: bool
    remedy: Remedy = Remedy.NONE
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    """for everybody to read; business secrets do not belong here"""


def answer_objection(world: World, command: AnswerObjection, context: Context) -> list[Model]:
    """Once, also late."""
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, *TENDERED)
    found = open_objection(project, command.objection_id)
    _check_remedy(project, found, command, context)
    must_be_public(command.text, "text")
    told = ObjectionAnswered(
        project_id=project.project_id,
        objection_id=found.id,
        upheld=command.upheld,
        remedy=command.remedy,
        text=command.text,
        answered_by=PartyId(context.by.person_id),
        answered_at=context.at,
    )
    after = project.aftermath.with_objection(found.model_copy(update={"upheld": command.upheld}))
    source = context.rulebooks.by_hash(project.agreed.rulebook).source(REPLY).text
    cause = Cause(code="objection_upheld", objection_id=found.id, source=source)
    return [told, *remedied(project, command.remedy, cause, after, context)]


def _check_remedy(project: Project, found: Objection, command: AnswerObjection, context: Context) -> None:
    """There is one exactly when an upheld objection may change the result; and none undoes a signed agreement."""
    source = context.rulebooks.by_hash(project.agreed.rulebook).source(SUSPENDS)
    if not command.upheld:
        if command.remedy is not Remedy.NONE:
            raise Refused("remedy_without_ground", source, status=422, field="remedy")
        return
    if found.may_change is None:
        raise Refused("objection_not_assessed", source, objection=str(found.id))
    if found.may_change is (command.remedy is Remedy.NONE):
        raise Refused("remedy_differs_from_assessment", source, status=422, field="remedy", remedy=command.remedy)
    if command.remedy is not Remedy.NONE:
        check_remedy(project, command.remedy, source)
