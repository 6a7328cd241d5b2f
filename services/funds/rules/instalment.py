"""One tranche of an agreement as money: how far it has come, and what of it is left to order and to pay."""

from dataclasses import dataclass
from enum import StrEnum

from schemas.ids import PaymentId
from schemas.money import ZERO, Money, sum_of
from schemas.project import FundShare
from schemas.tranche import Gate
from services.funds.rules.clock import PaymentClock
from services.funds.rules.shares import less


class Step(StrEnum):
    WAITING = "waiting"
    RELEASED = "released"
    ORDERED = "ordered"
    PAID = "paid"
    NOTHING_DUE = "nothing_due"
    """nothing of it is payable, by the grade, or the agreement was terminated before its gates opened"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What of a tranche was paid before the rest, which a hold kept back."""

    payment_id: PaymentId
    amount: Money
    shares: tuple[FundShare, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    """One tranche of the agreement and how far it has come."""

    number: int
    planned: Money
    gate: Gate
    also: tuple[Gate, ...] = ()
    grade_at_least: str | None = None
    step: Step = Step.WAITING
    amount: Money = ZERO
    """released"""
    withheld: Money = ZERO
    shares: tuple[FundShare, ...] = ()
    clock: PaymentClock | None = None
    """runs once released; none under an edition of the rulebook that sets no term"""
    payment_id: PaymentId | None = None
    """of the order that is under way or paid"""
    returns: int = 0
    """how often the bank sent its payment back"""
    drawn: PaymentId | None = None
    """an application that waits for a second person; the tranche stays released meanwhile"""
    declined: int = 0
    """how often the second person sent an application back"""
    ordered: tuple[FundShare, ...] = ()
    """of the order under way; empty in rows from before a tranche could be paid in parts"""
    parts: tuple[Part, ...] = ()
    """paid, in their order, while something was left"""
    orders_before: int = 0
    """of agreements for the same project that were cancelled"""
    settles: bool = False
    """of no tranche of the agreement: what was left to pay when it was terminated; no gate stands before it"""

    @property
    def orders_over(self) -> int:
        """How many orders of it came to their end before: each has its own number."""
        return self.orders_before + self.returns + self.declined + len(self.parts)

    @property
    def left(self) -> Money:
        """Released, and not paid in an earlier part."""
        return self.amount - sum_of(part.amount for part in self.parts)

    @property
    def left_shares(self) -> tuple[FundShare, ...]:
        return less(self.shares, tuple(share for part in self.parts for share in part.shares))

    @property
    def under_way(self) -> Money:
        """Ordered, and no receipt yet."""
        if self.step is not Step.ORDERED:
            return ZERO
        return sum_of(share.amount for share in self.ordered) if self.ordered else self.left

    @property
    def not_ordered(self) -> Money:
        match self.step:
            case Step.WAITING:
                return self.planned
            case Step.RELEASED | Step.ORDERED:
                return self.left - self.under_way
            case _:
                return ZERO

    @property
    def paid(self) -> Money:
        return self.amount if self.step is Step.PAID else self.amount - self.left

    @property
    def paid_by(self) -> tuple[PaymentId, ...]:
        last = (self.payment_id,) if self.step is Step.PAID and self.payment_id is not None else ()
        return (*(part.payment_id for part in self.parts), *last)

    @property
    def gates(self) -> tuple[Gate, ...]:
        return () if self.settles else (self.gate, *self.also)
