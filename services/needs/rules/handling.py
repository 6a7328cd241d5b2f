"""A need at a department: one leads (主办), others assist (会办); answered in working days, or it goes up, once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from schemas.days import day_of, end_of
from schemas.deciding import Context, Due, State, World
from schemas.fact import Fact
from schemas.handling import (
    Closing,
    HandoverAccepted,
    HandoverReturned,
    NeedAnswered,
    NeedClosed,
    NeedEscalated,
    NeedHandedOver,
    NeedReopened,
)
from schemas.ids import PartyId
from schemas.model import Model
from schemas.need import NeedFact
from schemas.obligation import Duty, Obligation
from schemas.refused import Refused
from schemas.role import Role
from schemas.workdays import deadline
from services.needs.rules.departments import CHASE, MATRIX
from services.needs.rules.need import Need

ESCALATES = "escalates"
_INSTANT = timedelta(microseconds=1)


class HandlingPhase(StrEnum):
    HANDED_OVER = "handed_over"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    ANSWERED = "answered"
    CLOSED = "closed"


OPEN = frozenset({HandlingPhase.HANDED_OVER, HandlingPhase.ACCEPTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling(State):
    """Has the id of its need. `told` is the last hand-over, word for word."""

    told: NeedHandedOver
    division: str
    phase: HandlingPhase
    until: datetime
    """exclusive; a reopened need has a new one"""
    escalates_on: date
    escalated_on: date | None = None
    chase_until: datetime | None = None
    answered_on: date | None = None
    late: bool = False
    outcome: Closing | None = None
    reopened: bool = False

    def must_be_in(self, *phases: HandlingPhase) -> None:
        if self.phase not in phases:
            raise Refused("handling_elsewhere", need=self.told.tracking_number, phase=self.phase)

    def due(self) -> Mapping[str, datetime]:
        if self.phase not in OPEN or self.escalated_on is not None:
            return {}
        return {ESCALATES: end_of(self.escalates_on - timedelta(days=1))}

    def owed(self) -> tuple[Obligation, ...]:
        if self.phase not in OPEN:
            return ()
        answer = self._obligation(Duty.ANSWER_NEED, self.told.lead_id, Role.FUNDER, self.until, MATRIX)
        if self.chase_until is None:
            return (answer,)
        return (answer, self._obligation(Duty.CHASE_NEED, self.told.overseer_id, None, self.chase_until, CHASE))

    def _obligation(self, duty: Duty, party_id: PartyId, role: Role | None, until: datetime, rule: str) -> Obligation:
        return Obligation(
            duty=duty,
            name=duty,
            party_id=party_id,
            role=role,
            until=until,
            subject=self.told.tracking_number,
            path=f"/v1/needs/{self.told.tracking_number}",
            rulebook=self.told.rulebook,
            rule=rule,
        )


def period_of(today: date, days: int) -> tuple[datetime, date, bool]:
    """End of the period, exclusive; the first working day after it; whether all its holidays are known."""
    whole = deadline(today, days)
    after = deadline(day_of(whole.at - _INSTANT), 1)
    return whole.at, day_of(after.at - _INSTANT), whole.holidays_known and after.holidays_known


def escalate(world: World, due: Due, context: Context) -> list[Fact]:
    """The first working day after the deadline has begun, and nobody answered."""
    handling = world.find(Handling, due.ref[1])
    if handling is None or context.at < handling.due().get(ESCALATES, datetime.max.replace(tzinfo=context.at.tzinfo)):
        return []
    told = handling.told
    days = context.rulebooks.by_hash(told.rulebook).value(CHASE)
    escalated = NeedEscalated(
        community_id=told.community_id,
        need_id=told.need_id,
        tracking_number=told.tracking_number,
        lead_id=told.lead_id,
        overseer_id=told.overseer_id,
        on=handling.escalates_on,
        workdays=told.workdays,
        chase_until=deadline(handling.escalates_on, days).at,
    )
    return [escalated]


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    if isinstance(fact, NeedHandedOver):
        need = world.find(Need, fact.need_id)
        return () if need is None else (_handed(fact, need.division),)
    if not isinstance(fact, NeedFact) or not isinstance(fact, _FACTS):
        return ()
    handling = world.find(Handling, fact.need_id)
    return () if handling is None else (_after(handling, fact),)


_FACTS = (HandoverAccepted, HandoverReturned, NeedAnswered, NeedClosed, NeedReopened, NeedEscalated)


def _handed(fact: NeedHandedOver, place: str) -> Handling:
    return Handling(
        id=fact.need_id,
        told=fact,
        division=place,
        phase=HandlingPhase.HANDED_OVER,
        until=fact.until,
        escalates_on=fact.escalates_on,
    )


def _after(handling: Handling, fact: NeedFact) -> Handling:
    match fact:
        case HandoverAccepted():
            return replace(handling, phase=HandlingPhase.ACCEPTED)
        case HandoverReturned():
            return replace(handling, phase=HandlingPhase.RETURNED)
        case NeedAnswered():
            return replace(handling, phase=HandlingPhase.ANSWERED, answered_on=fact.on, late=fact.late)
        case NeedEscalated():
            return replace(handling, escalated_on=fact.on, chase_until=fact.chase_until)
        case NeedClosed():
            return replace(handling, phase=HandlingPhase.CLOSED, outcome=fact.outcome)
        case NeedReopened():
            fresh = replace(handling, until=fact.until, escalates_on=fact.escalates_on, reopened=True)
            fresh = replace(fresh, escalated_on=None, chase_until=None, answered_on=None, late=False, outcome=None)
            return replace(fresh, phase=HandlingPhase.ACCEPTED)
        case _:
            return handling
