"""A payment that did not arrive."""

from typing import ClassVar

from schemas.ids import PaymentId
from schemas.money import Money
from schemas.project import ProjectFact


class PaymentReturned(ProjectFact):
    """The bank refused the payment and sent it back (退票); its tranche can be ordered again, under a new number."""

    type: ClassVar[str] = "payment.returned"

    payment_id: PaymentId
    number: int
    amount: Money
    reason: str
    """the bank's words"""
    line_digest: str
    """SHA-256 of the statement line that says so"""
