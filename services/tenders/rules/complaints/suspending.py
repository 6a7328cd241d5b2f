"""A purchase suspended by written notice while a complaint is open, for its days at most, and not twice."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.complaint import PurchaseResumed, PurchaseSuspended
from schemas.days import end_of
from schemas.deciding import Context, Due, World
from schemas.ids import PartyId
from schemas.legal_term import must_know
from schemas.model import Model
from schemas.personal import must_be_public
from schemas.refused import Refused
from services.tenders.rules.aftermath import SUSPENSION, Suspension
from services.tenders.rules.complaints.complaint import (
    ComplaintStatus,
    OfComplaint,
    Published,
    complaint_of,
)
from services.tenders.rules.holding_up import held_up
from services.tenders.rules.project import Project


class SuspendPurchase(OfComplaint):
    days: Annotated[int, Field(ge=1, le=365)]
    """calendar days; the day of the notice is not counted"""
    reason: Published
    """for everybody to read"""


class ResumePurchase(OfComplaint):
    pass


def suspend_purchase(world: World, command: SuspendPurchase, context: Context) -> list[Model]:
    """Its last day does not roll on to a working day: the law's limit is in calendar days."""
    project, found = complaint_of(world, command)
    found.for_authority(context.by, ComplaintStatus.ACCEPTED)
    rulebook = context.rulebooks.by_hash(found.rulebook)
    source = must_know(rulebook, SUSPENSION)
    if command.days > (most := int(rulebook.value(SUSPENSION)["days"])):
        raise Refused("purchase_stay_too_long", source, status=422, field="days", most=most)
    if found.stay is not None:
        raise Refused("purchase_suspended_before", source, complaint=str(found.id), until=found.stay.until)
    if found.run != project.run:
        raise Refused("complaint_of_earlier_run", source, complaint=str(found.id))
    must_be_public(command.reason, "reason")
    until = end_of(context.today + timedelta(days=command.days))
    told = PurchaseSuspended(
        project_id=project.project_id,
        complaint_id=found.id,
        reason=command.reason,
        suspended_at=context.at,
        until=until,
        rulebook=found.rulebook,
        suspended_by=PartyId(context.by.person_id),
    )
    after = project.aftermath.with_suspension(Suspension(complaint_id=found.id, until=until))
    return [told, *held_up(project, after, context)]


def resume_purchase(world: World, command: ResumePurchase, context: Context) -> list[Model]:
    """The finance department ends it before its days are over."""
    project, found = complaint_of(world, command)
    found.for_authority(context.by, ComplaintStatus.ACCEPTED)
    if all(one.complaint_id != found.id for one in project.aftermath.suspensions):
        raise Refused("purchase_not_suspended", complaint=str(found.id))
    return _resumed(project, (found.id,), context, sooner=True)


def end_suspension(world: World, due: Due, context: Context) -> Iterable[Model]:
    """Its days are over."""
    project = world.get(Project, due.ref[1])
    over = tuple(one.complaint_id for one in project.aftermath.suspensions if one.until <= context.at)
    return _resumed(project, over, context, sooner=False) if over else []


def _resumed(project: Project, ids: Sequence[UUID], context: Context, *, sooner: bool) -> list[Model]:
    said: list[Model] = [
        PurchaseResumed(project_id=project.project_id, complaint_id=id, sooner=sooner, resumed_at=context.at)
        for id in ids
    ]
    return [*said, *held_up(project, project.aftermath.without_suspensions(ids), context)]
