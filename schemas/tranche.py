"""Tranche plans are data: shares of the price, each behind a gate."""

from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.model import Model
from schemas.money import Money


class Gate(StrEnum):
    """What must have happened before a tranche may be paid."""

    SIGNED = "signed"
    MID_TERM_ACCEPTED = "mid_term_accepted"
    FINAL_GRADED = "final_graded"


class PlannedTranche(Model):
    share_percent: Annotated[int, Field(ge=1, le=100)]
    gate: Gate


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
        amounts = price.split([t.share_percent for t in self.tranches])
        return tuple(
            Tranche(number=i, amount=amount, gate=planned.gate)
            for i, (planned, amount) in enumerate(zip(self.tranches, amounts, strict=True), start=1)
        )


class Tranche(Model):
    """One instalment of an agreement."""

    number: int
    amount: Money
    gate: Gate

    def payable(self, factor_percent: int) -> Money:
        """What of it a grade leaves payable, rounded half up to the fen."""
        return self.amount.portion(Fraction(factor_percent, 100))
