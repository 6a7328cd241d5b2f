"""What each fact and note of a complaint leaves behind; never fails, and what does not fit changes nothing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from schemas.cancelled import CancellationFact, ContractCancelled, ContractStands
from schemas.complaint import (
    ComplaintAccepted,
    ComplaintDecided,
    ComplaintFact,
    ComplaintFiled,
    ComplaintRejected,
    ComplaintWithdrawn,
    PurchaseResumed,
    PurchaseSuspended,
)
from schemas.deciding import State, World
from schemas.objection import Remedy
from services.tenders.rules.aftermath import Aftermath, Suspension
from services.tenders.rules.complaints.complaint import (
    Complaint,
    ComplaintStatus,
    Decision,
    Effect,
    Rejection,
    Stay,
)
from services.tenders.rules.complaints.filing import ComplaintKept
from services.tenders.rules.complaints.reviewing import AnswerKept, OthersAsked
from services.tenders.rules.project import Project

COMPLAINED = (ComplaintFact, ContractCancelled, ContractStands, ComplaintKept, OthersAsked, AnswerKept)
Complained = ComplaintFact | ContractCancelled | ContractStands | ComplaintKept | OthersAsked | AnswerKept


def evolve_complaint(world: World, said: Complained) -> Iterable[State]:
    match said:
        case ComplaintKept():
            return (said.complaint,)
        case OthersAsked():
            return tuple(replace(one, others=said.others) for one in _loaded(world, said.complaint_id))
        case AnswerKept():
            return tuple(replace(one, answers=(*one.answers, said.answer)) for one in _loaded(world, said.complaint_id))
        case _:
            project = world.find(Project, said.project_id)
            complaints = [_next(one, said) for one in _loaded(world, said.complaint_id)]
            after = [] if project is None else [replace(project, aftermath=_after(project.aftermath, said, complaints))]
            return (*complaints, *after)


def _loaded(world: World, id: UUID) -> list[Complaint]:
    """None where a timer of the project rings: what that ends is seen by its time."""
    return [one for one in world.each(Complaint) if one.id == id]


def _next(one: Complaint, fact: ComplaintFact | CancellationFact) -> Complaint:
    match fact:
        case ContractCancelled():
            return replace(one, effect=Effect(cancelled=True, performed=None, source=fact.source))
        case ContractStands():
            return replace(one, effect=Effect(cancelled=False, performed=fact.performed, source=fact.source))
        case ComplaintAccepted():
            return replace(one, status=ComplaintStatus.ACCEPTED, answers_due=fact.answers_due)
        case ComplaintRejected():
            said = {name: getattr(fact, name) for name in Rejection.model_fields}
            return replace(one, status=ComplaintStatus.REJECTED, rejection=Rejection(**said))
        case PurchaseSuspended():
            return replace(one, stay=Stay(reason=fact.reason, suspended_at=fact.suspended_at, until=fact.until))
        case PurchaseResumed():
            return _freed(one, fact.resumed_at)
        case ComplaintDecided():
            said = {name: getattr(fact, name) for name in Decision.model_fields}
            decided = replace(one, status=ComplaintStatus.DECIDED, decision=Decision(**said))
            return _freed(decided, fact.decided_at)
        case ComplaintWithdrawn():
            withdrawn = replace(one, status=ComplaintStatus.WITHDRAWN, withdrawn_at=fact.withdrawn_at)
            return _freed(withdrawn, fact.withdrawn_at)
        case _:
            return one


def _freed(one: Complaint, at: datetime) -> Complaint:
    if one.stay is None or one.stay.until <= at:
        return one
    return replace(one, stay=one.stay.model_copy(update={"until": at}))


def _after(before: Aftermath, fact: ComplaintFact | CancellationFact, complaints: list[Complaint]) -> Aftermath:
    match fact:
        case ComplaintFiled():
            return _about(before, fact.objection_id, fact.complaint_id)
        case ComplaintRejected():
            objections = [one.objection_id for one in complaints]
            return _about(before, objections[0], None) if objections else before
        case PurchaseSuspended():
            return before.with_suspension(Suspension(complaint_id=fact.complaint_id, until=fact.until))
        case ComplaintDecided() if before.signed and fact.remedy is not Remedy.NONE:
            contested = before.model_copy(update={"contested": fact.complaint_id})
            return contested.without_suspensions((fact.complaint_id,))
        case PurchaseResumed() | ComplaintDecided() | ComplaintWithdrawn():
            return before.without_suspensions((fact.complaint_id,))
        case ContractCancelled():
            return before.model_copy(update={"signed": False, "winner_signed": False})
        case ContractStands() if before.contested == fact.complaint_id:
            return before.model_copy(update={"contested": None})
        case _:
            return before


def _about(before: Aftermath, objection_id: UUID, complaint_id: UUID | None) -> Aftermath:
    found = before.objection(objection_id)
    return before if found is None else before.with_objection(found.model_copy(update={"complaint_id": complaint_id}))
