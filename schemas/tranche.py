"""Tranche plans are data: shares of the price, each behind a gate."""

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.model import Model, up_to
from schemas.money import Money


def _nothing(value: object) -> bool:
    """Left out where it is not used, so that terms signed before it existed keep their digest."""
    return not value


class Gate(StrEnum):
    """What must have happened before a tranche may be paid."""

    SIGNED = "signed"
    MID_TERM_ACCEPTED = "mid_term_accepted"
    MID_TERM_PASSED = "mid_term_passed"
    """the mid-term was judged, and good enough"""
    FINAL_ACCEPTED = "final_accepted"
    AUDIT_REPORTED = "audit_reported"
    """the report of an independent auditor is there; never the state audit office's (保障中小企业款项支付条例)"""
    FINAL_GRADED = "final_graded"


class Gated(Model):
    """What stands behind gates: all of them must be open."""

    gate: Gate
    also: Annotated[tuple[Gate, ...], Field(max_length=5, exclude_if=_nothing)] = ()
    """further gates"""
    grade_at_least: Annotated[str | None, Field(max_length=20, exclude_if=_nothing)] = None
    """the lowest grade of the rulebook's bands with which it opens; only behind `final_graded`"""

    @property
    def gates(self) -> tuple[Gate, ...]:
        return (self.gate, *self.also)

    @model_validator(mode="after")
    def _gates_make_sense(self) -> Self:
        if len(set(self.gates)) < len(self.gates):
            raise PydanticCustomError("gate_twice", "a gate stands twice")
        if self.grade_at_least is not None and Gate.FINAL_GRADED not in self.gates:
            raise PydanticCustomError("grade_without_gate", "a least grade needs the gate final_graded")
        return self


class PlannedTranche(Gated):
    share_percent: Annotated[Decimal, Field(gt=0, le=100, decimal_places=2), up_to(100)]


class TranchePlan(Model):
    """E.g. 50 % on signing, 40 % after the mid-term, 10 % after the final grade."""

    tranches: Annotated[tuple[PlannedTranche, ...], Field(min_length=1, max_length=12)]

    @model_validator(mode="after")
    def _shares_make_a_whole(self) -> Self:
        if sum(t.share_percent for t in self.tranches) != 100:
            raise PydanticCustomError("no_whole", "tranche shares must add up to 100 percent")
        return self

    def of(self, price: Money) -> "tuple[Tranche, ...]":
        """The plan in fen: parts add up to the price, largest remainder first."""
        amounts = price.split([int(t.share_percent * 100) for t in self.tranches])
        return tuple(
            Tranche(
                number=i, amount=amount, gate=planned.gate, also=planned.also, grade_at_least=planned.grade_at_least
            )
            for i, (planned, amount) in enumerate(zip(self.tranches, amounts, strict=True), start=1)
        )


class Tranche(Gated):
    """One instalment of an agreement."""

    number: int
    amount: Money

    def payable(self, factor_percent: int) -> Money:
        """What of it a grade leaves payable, rounded half up to the fen."""
        return self.amount.portion(Fraction(factor_percent, 100))
