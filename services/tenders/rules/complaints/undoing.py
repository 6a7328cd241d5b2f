"""A complaint was decided after signing, and contracts told what became of the agreement: cancelled, or it stands."""

from uuid import UUID

from schemas.cancelled import CancellationFact, ContractCancelled
from schemas.deciding import Context, Ref, World
from schemas.model import Model
from schemas.objection import Remedy
from schemas.tender import TenderVoided
from services.tenders.rules.complaints.complaint import Complaint
from services.tenders.rules.project import Project
from services.tenders.rules.remedying import Cause, remedied
from services.tenders.rules.setting_aside import set_aside

RESERVATION = "funds.reservation"


def refs(fact: CancellationFact, cause: UUID) -> tuple[Ref, ...]:
    return ((Project, fact.project_id), (Complaint, fact.complaint_id))


def undo(world: World, fact: ContractCancelled, context: Context) -> list[Model]:
    """What the decision says comes next, as before signing. Where decision and last signature crossed, it came
    already."""
    project, complaint = world.find(Project, fact.project_id), world.find(Complaint, fact.complaint_id)
    if project is None or complaint is None or project.aftermath.contested != complaint.id:
        return []
    if fact.remedy is not Remedy.RERUN and not fact.reserved:
        source = context.rulebooks.by_hash(project.agreed.rulebook).source(RESERVATION).text
        voided = TenderVoided(project_id=project.project_id, code="money_not_set_aside_again", source=source)
        return [*set_aside(project, voided.code), voided]
    cause = Cause(code="complaint_upheld", objection_id=complaint.objection_id, source=fact.source)
    return remedied(project, fact.remedy, cause, project.aftermath, context)
