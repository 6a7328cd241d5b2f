"""A refund that was recorded by mistake."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from schemas.fund import CorrectionReason
from schemas.ids import PartyId
from schemas.money import Money
from schemas.project import FundShare, ProjectFact


class RefundCorrected(ProjectFact):
    """Of a refund, so much had never come back: mirrors of its transfers took it off each lot again."""

    type: ClassVar[str] = "refund.corrected"

    refund_id: UUID
    amount: Money
    payee_id: PartyId
    shares: tuple[FundShare, ...]
    reason: CorrectionReason
    basis: str
    effective_date: date
    """of the refund"""
    booked_on: date
    """the same day, or the first one open when its period is closed"""
    corrected_by: PartyId
    """another person than the one who had recorded it"""
