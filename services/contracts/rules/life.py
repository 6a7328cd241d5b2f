"""What may happen to an agreement between signing and its end: changes, a standstill, a proceeding to terminate it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from schemas.cancelled import Performance
from schemas.change import ChangeReason
from schemas.contract import Agreement
from schemas.ids import PartyId
from schemas.money import Money, sum_of
from schemas.objection import Remedy
from schemas.rulebook import Source
from schemas.suspension import SuspensionReason
from schemas.termination import SettlementLine, TerminationReason


class ContractState(StrEnum):
    """Where an agreement is in its life, in one word."""

    DRAFTED = "drafted"
    SIGNED = "signed"
    SUSPENDED = "suspended"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    """before both had signed"""
    CANCELLED = "cancelled"
    """by the decision of a complaint, before anything of it was performed"""
    TERMINATED = "terminated"
    COMPLETED = "completed"


class ChangeStage(StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    """signed by both; its money is not set aside yet"""
    EFFECTIVE = "effective"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    """there was no money for it"""
    DROPPED = "dropped"
    """the agreement ended before it took effect"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    id: UUID
    number: int
    reason: ChangeReason
    text: str
    before: Agreement
    agreement: Agreement
    digest: str
    proposed_by: PartyId
    signed_by: PartyId
    """the person who proposed"""
    agreed_by: PartyId | None = None
    """the person who consented"""
    stage: ChangeStage = ChangeStage.PROPOSED
    why: str | None = None
    """it did not come about"""
    paper_digest: str | None = None

    @property
    def is_open(self) -> bool:
        return self.stage in (ChangeStage.PROPOSED, ChangeStage.AGREED)

    @property
    def moves_money(self) -> bool:
        return self.agreement.tranches != self.before.tranches

    @property
    def increase_fen(self) -> int:
        return max(0, self.agreement.price.fen - self.before.price.fen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """`ends_at` is exclusive."""

    reason: SuspensionReason
    text: str
    since: datetime
    ends_at: datetime


class ProceedingStage(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    """a notice the other party does not agree with: to be decided"""
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    DISMISSED = "dismissed"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proceeding:
    """A proposal or notice to terminate, and what came of it."""

    id: UUID
    reason: TerminationReason
    text: str
    lines: tuple[SettlementLine, ...]
    proposed_by: PartyId
    signed_by: PartyId
    answer_due: datetime | None
    """exclusive; none where only consent ends the agreement"""
    answer: str | None = None
    answered_by: PartyId | None = None
    """the person"""
    stage: ProceedingStage = ProceedingStage.OPEN
    outcome: str | None = None
    """why it was closed, or how it was decided"""

    @property
    def is_open(self) -> bool:
        return self.stage in (ProceedingStage.OPEN, ProceedingStage.ANSWERED)

    @property
    def due(self) -> Money:
        return sum_of(line.amount for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contested:
    """By a complaint that was decided after signing; `source` is the rule by which such an agreement is cancelled."""

    complaint_id: UUID
    remedy: Remedy
    source: Source
    performed: Performance | None = None
    """why it stands; none while that is open, and where it was cancelled"""
