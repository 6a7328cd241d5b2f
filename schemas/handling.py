"""Needs at departments (前台一口受理、后台分工协同): handed over by the authority matrix (权责清单).

One department leads (主办), others assist (会办). What stays unanswered goes up to the street, once.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from schemas.gate import GateFact
from schemas.ids import NeedId, PartyId
from schemas.need import NeedFact
from schemas.party import DivisionCode

STREET = "street"
"""The entry of a matrix whose party is told of overdue needs (街道)."""


class Closing(StrEnum):
    """How the community, with the resident, sees an answer (办复)."""

    SOLVED = "solved"
    EXPLAINED = "explained"
    NOT_SOLVED = "not_solved"


class DepartmentAssigned(GateFact):
    """A registrar said which party is a department of the matrix in one division."""

    type: ClassVar[str] = "department.assigned"

    division: DivisionCode
    kind: str
    """an entry of the rulebook's `window.matrix`, or `street`"""
    department_id: PartyId
    on: date
    assigned_by: PartyId


class NeedHandedOver(NeedFact):
    """`until` is exclusive; on `escalates_on`, the first working day after, it goes up if nobody answered."""

    type: ClassVar[str] = "need.handed_over"

    need_id: NeedId
    tracking_number: str
    kind: str
    lead_id: PartyId
    assisting: tuple[PartyId, ...]
    on: date
    workdays: int
    until: datetime
    escalates_on: date
    holidays_known: bool
    """false: Mondays to Fridays were counted, because the year's calendar is not published"""
    overseer_id: PartyId
    """who is told when it is overdue: the street, else the registrar who assigned its departments"""
    reason: str
    rulebook: str
    """hash of the edition whose `window.matrix` says so"""


class HandoverAccepted(NeedFact):
    type: ClassVar[str] = "handover.accepted"

    need_id: NeedId
    department_id: PartyId
    on: date


class HandoverReturned(NeedFact):
    """Not this department's; the community hands it to another."""

    type: ClassVar[str] = "handover.returned"

    need_id: NeedId
    department_id: PartyId
    on: date
    right: str | None
    """the entry of the matrix that it belongs to, as far as the department knows"""
    reason: str


class NeedAssisted(NeedFact):
    """What an assisting department says to the one that leads (会办意见)."""

    type: ClassVar[str] = "need.assisted"

    need_id: NeedId
    department_id: PartyId
    on: date
    text: str


class NeedAnswered(NeedFact):
    type: ClassVar[str] = "need.answered"

    need_id: NeedId
    department_id: PartyId
    on: date
    text: str
    late: bool


class NeedEscalated(NeedFact):
    """Nobody answered in time; the street is told, once for every hand-over."""

    type: ClassVar[str] = "need.escalated"

    need_id: NeedId
    tracking_number: str
    lead_id: PartyId
    overseer_id: PartyId
    on: date
    workdays: int
    chase_until: datetime
    """exclusive: in which time the street sees to it"""


class NeedClosed(NeedFact):
    """The community confirms, having asked the resident."""

    type: ClassVar[str] = "need.closed"

    need_id: NeedId
    outcome: Closing
    on: date
    text: str
    """what the resident said of it, without a name"""


class NeedReopened(NeedFact):
    """Once: the same department answers again, in a period as long as the first."""

    type: ClassVar[str] = "need.reopened"

    need_id: NeedId
    lead_id: PartyId
    on: date
    until: datetime
    escalates_on: date
    holidays_known: bool
    reason: str
