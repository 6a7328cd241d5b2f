"""By which lines of a statement a payment was shown paid: what the digest that `tranche.paid` names stands for."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import ClassVar
from uuid import UUID

from schemas.ids import PaymentId
from schemas.model import Model
from schemas.money import Money
from schemas.project import ProjectFact


class MatchedLine(Model):
    """One line of a statement. Who paid, from which account and what else stands on it are not told."""

    receipt_id: UUID
    line_reference: str | None
    """the bank's or treasury's own number of the line; none where it holds personal data"""
    paid_on: date
    amount: Money
    """of the whole line, which may pay other payments too"""
    digest: str
    """SHA-256 over the line"""
    statement_digest: str | None
    """SHA-256 of the file it came in; none where it was handed over without one"""
    row: int | None
    """where it stands in the file, counted from 1; of camt.053 which entry it is"""


class ReceiptsMatched(ProjectFact):
    """The lines that made a payment paid; said after its `tranche.paid`, and never of what was paid before this was."""

    type: ClassVar[str] = "receipts.matched"

    payment_id: PaymentId
    number: int
    """the tranche"""
    receipt_digest: str
    """as `tranche.paid` names it"""
    lines: tuple[MatchedLine, ...]


def digest_over(digests: Iterable[str]) -> str:
    """What a payment keeps of its lines: the digest of the only one, or SHA-256 over all of theirs in their order."""
    ordered = sorted(digests)
    return ordered[0] if len(ordered) == 1 else hashlib.sha256("\x1f".join(ordered).encode()).hexdigest()
