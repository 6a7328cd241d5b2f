"""What becomes of a payment beside being ordered and paid: two persons decide on it, the bank sends it back."""

from typing import ClassVar

from schemas.ids import PartyId, PaymentId
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


class ApplicationDrawnUp(ProjectFact):
    """A payment application above the limit of the rulebook waits for a second person of the funder.

    Nothing moves before: up to the limit an application leaves at once, and this is not told of it.
    """

    type: ClassVar[str] = "payment.drawn_up"

    payment_id: PaymentId
    number: int
    """the tranche"""
    amount: Money
    payee_id: PartyId
    limit: Money
    """above which two persons are needed"""
    source: str
    """where the rulebook has the limit from"""
    drawn_up_by: PartyId
    """the person"""
    rulebook: str


class PaymentApproved(ProjectFact):
    """Another person than the one who drew it up let it leave; `payment.ordered` follows in the same breath."""

    type: ClassVar[str] = "payment.approved"

    payment_id: PaymentId
    number: int
    amount: Money
    payee_id: PartyId
    drawn_up_by: PartyId
    approved_by: PartyId
    """both are persons"""


class PaymentDeclined(ProjectFact):
    """The second person sent the application back; its tranche can be drawn up again, under another number."""

    type: ClassVar[str] = "payment.declined"

    payment_id: PaymentId
    number: int
    amount: Money
    payee_id: PartyId
    drawn_up_by: PartyId
    declined_by: PartyId
    """both are persons"""
    reason: str
