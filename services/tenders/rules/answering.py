"""The buyer answers an objection; one that is upheld and may change the result changes what comes next."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.awarding import EvaluationReopened
from schemas.deciding import Context, World
from schemas.fact import Command
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.objection import ObjectionAnswered, Remedy
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.tender import TenderVoided
from services.tenders.rules.aftermath import REPLY, SUSPENDS, Objection
from services.tenders.rules.holding_up import held_up
from services.tenders.rules.objecting import open_objection
from services.tenders.rules.project import TENDERED, Phase, Project
from services.tenders.rules.setting_aside import REOPENED, UPHELD, pass_on, set_aside

PHASES = {
    Remedy.REEVALUATE: (Phase.RANKED, Phase.AWARDED),
    Remedy.NEXT: (Phase.AWARDED,),
    Remedy.RERUN: (Phase.OPEN, Phase.OPENED, Phase.SCORING, Phase.RANKED, Phase.AWARDED),
}


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
    return [told, *_consequence(project, found, command, context)]


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
    if command.remedy is Remedy.NONE:
        return
    if project.aftermath.signed:
        raise Refused("agreement_signed", source, project=str(project.id))
    project.must_be_in(*PHASES[command.remedy])


def _consequence(project: Project, found: Objection, command: AnswerObjection, context: Context) -> list[Model]:
    match command.remedy:
        case Remedy.NONE:
            answered = found.model_copy(update={"upheld": command.upheld})
            return [*held_up(project, project.aftermath.with_objection(answered), context)]
        case Remedy.NEXT:
            return pass_on(project, UPHELD, context)
        case Remedy.REEVALUATE:
            reopened = EvaluationReopened(project_id=project.project_id, objection_id=found.id)
            return [*set_aside(project, REOPENED), reopened]
        case Remedy.RERUN:
            source = context.rulebooks.by_hash(project.agreed.rulebook).source(REPLY).text
            voided = TenderVoided(project_id=project.project_id, code="objection_upheld", source=source)
            return [*set_aside(project, UPHELD), voided]
