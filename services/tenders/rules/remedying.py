"""What an upheld objection or complaint leads to: scored anew, the next in rank, another run; or the result stays."""

from uuid import UUID

from schemas.awarding import EvaluationReopened
from schemas.deciding import Context
from schemas.model import Model
from schemas.objection import Remedy
from schemas.refused import Refused
from schemas.rulebook import Source
from schemas.tender import TenderVoided
from services.tenders.rules.aftermath import Aftermath
from services.tenders.rules.holding_up import held_up
from services.tenders.rules.project import Phase, Project
from services.tenders.rules.setting_aside import REOPENED, pass_on, set_aside

PHASES = {
    Remedy.REEVALUATE: (Phase.RANKED, Phase.AWARDED),
    Remedy.NEXT: (Phase.AWARDED,),
    Remedy.RERUN: (Phase.OPEN, Phase.OPENED, Phase.SCORING, Phase.RANKED, Phase.AWARDED),
}


class Cause(Model):
    """Of a remedy: the code that the award is set aside with, the objection it began with, and the rule."""

    code: str
    objection_id: UUID
    source: str


def check_remedy(project: Project, remedy: Remedy, source: Source, *, cancels: bool = False) -> None:
    """None undoes a signed agreement, unless it `cancels` it; one such decision at a time."""
    if project.aftermath.signed and (not cancels or project.aftermath.contested is not None):
        raise Refused("agreement_signed", source, project=str(project.id))
    project.must_be_in(*PHASES[remedy])


def remedied(project: Project, remedy: Remedy, cause: Cause, after: Aftermath, context: Context) -> list[Model]:
    """`after`: what is left once this is settled; where the result stays, signing goes by it."""
    match remedy:
        case Remedy.NONE:
            return [*held_up(project, after, context)]
        case Remedy.NEXT:
            return pass_on(project, cause.code, context)
        case Remedy.REEVALUATE:
            reopened = EvaluationReopened(project_id=project.project_id, objection_id=cause.objection_id)
            return [*set_aside(project, REOPENED), reopened]
        case Remedy.RERUN:
            voided = TenderVoided(project_id=project.project_id, code=cause.code, source=cause.source)
            return [*set_aside(project, cause.code), voided]
