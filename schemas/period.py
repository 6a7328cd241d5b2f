"""Closing the books of a funder, period by period."""

from datetime import date
from typing import ClassVar

from schemas.fact import FUNDS, Fact
from schemas.ids import PartyId


class PeriodFact(Fact):
    """`through` is the period's last day; it begins where the one closed before it ended."""

    stream: ClassVar[str] = FUNDS
    key_field: ClassVar[str] = "funder_id"

    funder_id: PartyId
    through: date


class PeriodFrozen(PeriodFact):
    """Nothing is booked into the period any more; its sums can be looked at before it is closed."""

    type: ClassVar[str] = "period.frozen"

    frozen_by: PartyId


class PeriodReopened(PeriodFact):
    """Something was found wrong before it was closed."""

    type: ClassVar[str] = "period.reopened"

    reopened_by: PartyId
    reason: str


class PeriodClosed(PeriodFact):
    """Closed for good. The digest covers every transfer booked into it, and the digest of the period before."""

    type: ClassVar[str] = "period.closed"

    transfers: int
    digest: str
    """SHA-256, hexadecimal"""
    closed_on: date
    frozen_by: PartyId
    closed_by: PartyId
    """another person"""
