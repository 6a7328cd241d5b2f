"""One project's money: what is set aside, its tranches, and the payments each of them was ordered by."""

from dataclasses import dataclass, field
from datetime import date

from tests.services.funds.model.dividing import Shares, add, minus, total

STANDS = ("paid", "refunded")


@dataclass
class APayment:
    amount: int
    shares: Shares
    ordered_on: date
    state: str = "ordered"
    """or void, by the bank's refusal; paid; returned, when its tranche is open again; refunded, to its sources"""
    paid_on: date | None = None
    part_lines: list[tuple[int, date]] = field(default_factory=list)
    """of less than its amount, which wait for others"""


@dataclass
class ATranche:
    planned: int
    gate: str
    amount: int | None = None
    """released; None while it waits, and zero when nothing is due"""
    shares: Shares = field(default_factory=dict)
    payments: list[APayment] = field(default_factory=list)
    """in the order of their orders: the place of one is in its number"""

    @property
    def paid(self) -> Shares:
        paid: Shares = {}
        for payment in self.payments:
            add(paid, payment.shares if payment.state in STANDS else {})
        return paid

    @property
    def left(self) -> int:
        return (self.amount or 0) - total(self.paid)

    @property
    def under_way(self) -> int:
        return sum(payment.amount for payment in self.payments if payment.state == "ordered")

    @property
    def step(self) -> str:
        if not self.amount:
            return "waiting" if self.amount is None else "nothing_due"
        if self.under_way:
            return "ordered"
        return "released" if self.left else "paid"

    @property
    def not_ordered(self) -> int:
        return self.planned if self.amount is None else self.left - self.under_way


@dataclass
class AProject:
    held: Shares
    """set aside"""
    phase: str = "reserved"
    price: int | None = None
    tranches: list[ATranche] = field(default_factory=list)
    opened: set[str] = field(default_factory=set)
    """gates"""
    factor: int | None = None
    """of the grade"""
    due: int | None = None
    """in all, since the agreement was terminated"""
    holds: list[tuple[int, bool]] = field(default_factory=list)
    """how much each keeps back, and whether it was lifted"""
    returned: int = 0
    refunded: Shares = field(default_factory=dict)
    refund_lines: dict[str, Shares] = field(default_factory=dict)
    """what of each line went to which lot, and was not corrected"""
    returned_lines: set[str] = field(default_factory=set)
    """of the bank, by which a payment came back after the end"""
    mirrored: int = 0
    """paid, and sent back after that: the postings stay"""

    @property
    def released(self) -> int:
        return sum(tranche.amount or 0 for tranche in self.tranches)

    @property
    def paid(self) -> Shares:
        """And not given back; lots in the order in which they were released."""
        paid: Shares = {}
        for tranche in self.tranches:
            add(paid, minus(tranche.shares, minus(tranche.shares, tranche.paid)))
        return minus(paid, self.refunded)

    @property
    def kept_back(self) -> int:
        return sum(fen for fen, lifted in self.holds if not lifted)

    def undisputed(self, tranche: ATranche) -> int:
        """What of it no hold keeps back: holds lie on all that is not ordered, so the last money first."""
        return min(tranche.left, max(0, sum(t.not_ordered for t in self.tranches) - self.kept_back))

    @property
    def expected_refund(self) -> int:
        return 0 if self.due is None else max(0, self.released - self.due - total(self.refunded))

    @property
    def totals(self) -> tuple[int, int, int, int]:
        """Set aside, released, ordered and not paid, paid."""
        ordered = sum(tranche.under_way for tranche in self.tranches)
        paid = sum(total(tranche.paid) for tranche in self.tranches)
        return total(self.held), self.released + self.mirrored, ordered, paid + self.mirrored
