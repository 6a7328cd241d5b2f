"""What opened each gate of a project, when, and by whom."""

from collections.abc import Iterator
from datetime import datetime

from schemas.contract import ContractEndorsed, ContractSigned, MilestoneAccepted
from schemas.deciding import SYSTEM
from schemas.evaluation import ProjectGraded
from schemas.fact import Fact
from schemas.ids import EventId, PartyId
from schemas.judging import AuditReported, MidTermDeemedPassed, MidTermGraded
from schemas.model import Model
from schemas.tranche import Gate
from services.audit.rules.completeness import opened_by
from services.audit.rules.standing import Project

OPENS: frozenset[type[Fact]] = frozenset(
    (
        *(ContractEndorsed, ContractSigned, MilestoneAccepted),
        *(MidTermGraded, MidTermDeemedPassed, AuditReported, ProjectGraded),
    )
)


class Opening(Model):
    gate: Gate
    at: datetime
    event_id: EventId
    """that opened it"""
    by: tuple[PartyId, ...]
    """persons, by id; none where nobody did: a window passed unanswered, or the grade was computed"""


def openings_of(project: Project) -> tuple[Opening, ...]:
    """A gate opens once, with the first event that opens it."""
    found: dict[Gate, Opening] = {}
    signers: list[PartyId] = []
    for entry in project.entries:
        if isinstance(entry.fact, ContractEndorsed):
            signers.append(entry.fact.signed_by)
        gate = opened_by(entry.fact)
        if gate is not None and gate not in found:
            by = tuple(signers) if gate is Gate.SIGNED else tuple(_who(entry.fact))
            found[gate] = Opening(gate=gate, at=entry.at, event_id=entry.event_id, by=by)
    return tuple(found.values())


def _who(fact: Fact) -> Iterator[PartyId]:
    match fact:
        case MilestoneAccepted(accepted_by=person) if person != SYSTEM:
            yield person
        case MidTermGraded():
            yield fact.graded_by
        case AuditReported():
            yield fact.reported_by
