"""What registry remembers of a community worker's yearly appraisal."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from schemas.appraisal import AppraisalResult
from schemas.deciding import State, World
from schemas.fact import Note
from schemas.ids import PartyId
from schemas.model import Model


class AppraisalPhase(StrEnum):
    WAITING = "waiting"
    """for the worker's reply and another registrar"""
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal(State):
    """One for each worker of a community and year; what was rejected is entered in its place."""

    party_id: PartyId
    worker_id: PartyId
    year: int
    phase: AppraisalPhase
    result: AppraisalResult
    """as it stands: entered, or corrected"""
    rulebook: str
    """hash of the one it is reckoned by, corrections as well"""
    ground: str
    document: str
    entered_by: UUID
    entered_on: date
    reply_until: date
    """the last day on which it waits for the worker's reply"""
    reply: str | None = None
    correction: str | None = None
    """why the second person corrected it"""
    settled_by: UUID | None = None
    settled_on: date | None = None
    reason: str | None = None
    """of a rejection"""


class AppraisalHandedIn(Note):
    appraisal_id: UUID
    result: AppraisalResult
    rulebook: str
    ground: str
    document: str
    by: UUID
    on: date
    reply_until: date


class AppraisalReplied(Note):
    appraisal_id: UUID
    words: str


class AppraisalSettled(Note):
    """Confirmed, or rejected for a `reason`."""

    appraisal_id: UUID
    phase: AppraisalPhase
    result: AppraisalResult
    correction: str | None = None
    reason: str | None = None
    by: UUID
    on: date


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case AppraisalHandedIn():
            return (_handed_in(fact),)
        case AppraisalReplied():
            return (replace(world.get(Appraisal, fact.appraisal_id), reply=fact.words),)
        case AppraisalSettled():
            settled = replace(
                world.get(Appraisal, fact.appraisal_id),
                phase=fact.phase,
                result=fact.result,
                correction=fact.correction,
                reason=fact.reason,
                settled_by=fact.by,
                settled_on=fact.on,
            )
            return (settled,)
        case _:
            return ()


def _handed_in(fact: AppraisalHandedIn) -> Appraisal:
    return Appraisal(
        id=fact.appraisal_id,
        party_id=fact.result.community_id,
        worker_id=fact.result.worker_id,
        year=fact.result.year,
        phase=AppraisalPhase.WAITING,
        result=fact.result,
        rulebook=fact.rulebook,
        ground=fact.ground,
        document=fact.document,
        entered_by=fact.by,
        entered_on=fact.on,
        reply_until=fact.reply_until,
    )
