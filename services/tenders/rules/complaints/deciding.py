"""The finance department decides a complaint; one that is upheld may change what comes next, as an objection may."""

from schemas.complaint import ComplaintDecided
from schemas.deciding import Context, World
from schemas.ids import PartyId
from schemas.model import Model
from schemas.objection import Remedy
from schemas.personal import must_be_public
from schemas.refused import Refused
from services.tenders.rules.complaints.complaint import (
    CANCELS,
    DECISION,
    Complaint,
    ComplaintStatus,
    OfComplaint,
    Published,
    complaint_of,
)
from services.tenders.rules.holding_up import held_up
from services.tenders.rules.remedying import Cause, check_remedy, remedied


class DecideComplaint(OfComplaint):
    upheld: bool
    remedy: Remedy = Remedy.NONE
    """none, upheld: without effect on the result"""
    text: Published
    """for everybody to read"""


def decide_complaint(world: World, command: DecideComplaint, context: Context) -> list[Model]:
    """Once, also late; with it the suspension ends."""
    project, found = complaint_of(world, command)
    found.for_authority(context.by, ComplaintStatus.ACCEPTED)
    source = context.rulebooks.by_hash(found.rulebook).source(DECISION)
    if command.remedy is not Remedy.NONE:
        if not command.upheld:
            raise Refused("decision_without_ground", source, status=422, field="remedy")
        if found.run != project.run:
            raise Refused("complaint_of_earlier_run", source, complaint=str(found.id))
        check_remedy(project, command.remedy, source, cancels=_cancels(found, context))
    must_be_public(command.text, "text")
    told = ComplaintDecided(
        project_id=project.project_id,
        complaint_id=found.id,
        upheld=command.upheld,
        remedy=command.remedy,
        text=command.text,
        source=source.text,
        decided_by=PartyId(context.by.person_id),
        decided_at=context.at,
    )
    after = project.aftermath.without_suspensions((found.id,))
    if project.aftermath.signed:  # contracts tells what becomes of the agreement
        return [told, *held_up(project, after, context)]
    cause = Cause(code="complaint_upheld", objection_id=found.objection_id, source=source.text)
    return [told, *remedied(project, command.remedy, cause, after, context)]


def _cancels(complaint: Complaint, context: Context) -> bool:
    """A decision after signing may cancel the agreement; never under an edition that does not say so."""
    return CANCELS in context.rulebooks.by_hash(complaint.rulebook).rules
