"""Receipt lines (回单) come back from the treasury or the bank; only they make a payment paid."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import Field, StringConstraints

from schemas import receipt
from schemas.deciding import State
from schemas.fact import Command, Note
from schemas.ids import PartyId
from schemas.model import Model
from schemas.money import Money, Positive
from schemas.personal import personal_data
from services.funds.rules.appropriate import PRINTABLE
from services.funds.rules.payment import REFERENCE, Payment, payment_of

_RECEIPTS = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000011")
MOST_TEXT = 2000
"""characters: a hundred of our numbers"""

Reference = Annotated[
    str, StringConstraints(strip_whitespace=True, to_upper=True, min_length=1, max_length=64, pattern=PRINTABLE)
]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MOST_TEXT, pattern=PRINTABLE)]


class ReceiptLine(Model):
    line_reference: Reference
    """the bank's or treasury's own number of this line"""
    payment_reference: Reference
    """the number of our application, as it stands on the line"""
    amount: Positive
    paid_on: date
    text: Words | None = None
    """what else stands on the line (摘要、附言); numbers of ours in it count as well"""
    returned: Words | None = None
    """the bank's reason for sending the payment back (退票); absent when it went through"""

    @property
    def digest(self) -> str:
        """SHA-256; the same line again has the same one. Words around it do not make it another line."""
        parts = [self.line_reference, self.payment_reference, str(self.amount.fen), self.paid_on.isoformat()]
        if self.returned is not None:
            parts.append("returned")
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()

    @property
    def payments(self) -> tuple[UUID, ...]:
        """Of the numbers that stand on the line, each once; whether they are ours or not."""
        plain = unicodedata.normalize("NFKC", f"{self.payment_reference} {self.text or ''}").upper()
        return tuple(payment_of(number) for number in dict.fromkeys(REFERENCE.findall(plain)))


class StatementLine(ReceiptLine):
    """A line of a funder's file. One that names no number of ours is its own: two banks may count alike."""

    funder_id: PartyId

    @property
    def digest(self) -> str:
        plain = super().digest
        return plain if self.payments else hashlib.sha256(f"{self.funder_id}\x1f{plain}".encode()).hexdigest()


class ImportReceipts(Command):
    lines: Annotated[tuple[ReceiptLine, ...], Field(min_length=1, max_length=500)]


class WhyOpen(StrEnum):
    """Why a line matches no payment; it stays open, with its age, until somebody explains it."""

    UNKNOWN_PAYMENT = "unknown_payment"
    AMOUNT_DIFFERS = "amount_differs"
    ALREADY_PAID = "already_paid"
    PAYMENT_RETURNED = "payment_returned"
    """names a payment that the bank had sent back; its tranche goes by another number now"""
    PART_OF_PAYMENT = "part_of_payment"
    """less than the payment it names: waits for other lines that make it whole"""
    AMBIGUOUS = "ambiguous"
    """several choices add up to the fen, and none is better than the others"""
    BEFORE_ORDER = "before_order"
    """dated before the payment it names was ordered: it would be in time for what was late"""
    RETURN_UNMATCHED = "return_unmatched"
    """says that money came back, but no payment under way is named that has its amount"""
    RETURNED_AFTER_PAID = "returned_after_paid"
    """sends back what an earlier line had paid, but not whole, or earlier, or what came back by a refund before"""


class Explanation(StrEnum):
    NOT_OURS = "not_ours"
    BANK_FEE = "bank_fee"
    RETURNED = "returned"
    """it sends back the payment that is named"""
    ASSIGNED = "assigned"
    """it pays the payment that is named"""


class Explained(Model):
    code: Explanation
    text: str
    by: UUID
    """the person, by id"""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InFile:
    """Where a line was read."""

    statement_id: UUID
    digest: str
    """SHA-256 of the file"""
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(State):
    funder_id: PartyId
    line_reference: str
    payment_reference: str
    amount: Money
    paid_on: date
    text: str | None = None
    returned: str | None = None
    digest: str
    imported_at: datetime
    imported_by: UUID | None = None
    """the person; None where it was imported before this was kept"""
    statement_id: UUID | None = None
    """the file it came in"""
    statement_digest: str | None = None
    """of that file; None without one, and where it was imported before this was kept"""
    row: int | None = None
    """where it stands in that file"""
    day_checked: bool = False
    """it was looked at when it came in that its day is not ahead, nor before the order; lines from before this was
    kept may have any day"""
    named: tuple[UUID, ...] = ()
    """payments of ours it names"""
    payment_ids: tuple[UUID, ...] = ()
    """what it pays, alone or with other lines: one payment by many lines, or many by one"""
    returns: tuple[UUID, ...] = ()
    """payments it sends back"""
    why_open: WhyOpen | None
    candidates: tuple[str, ...] = ()
    """between what it is ambiguous: numbers of payments, or of lines that pay one together with it"""
    explained: Explained | None = None


class ReceiptKept(Note):
    """A line as it stands now, and the payments that it changes."""

    receipt: Receipt
    payments: tuple[Payment, ...] = ()


def receipt_of(line: ReceiptLine) -> UUID:
    return uuid5(_RECEIPTS, line.digest)


def digest_over(receipts: Sequence[Receipt]) -> str:
    """What a payment keeps of its lines."""
    return receipt.digest_over(one.digest for one in receipts)


def matched(receipts: Sequence[Receipt]) -> tuple[receipt.MatchedLine, ...]:
    """As the log tells of them, in the order of their days; a number that points at a person stays here."""
    return tuple(
        receipt.MatchedLine(
            receipt_id=one.id,
            line_reference=None if personal_data(one.line_reference) is not None else one.line_reference,
            paid_on=one.paid_on,
            amount=one.amount,
            digest=one.digest,
            statement_digest=one.statement_digest,
            row=one.row,
        )
        for one in sorted(receipts, key=lambda one: (one.paid_on, one.id.int))
    )
