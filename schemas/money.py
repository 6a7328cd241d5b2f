"""Amounts of public money: integer fen, currency CNY in the type, never a float, never below zero."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

MOST_FEN = 10**15  # ten trillion yuan: above any budget, far below a 64-bit overflow of sums


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in fen (分), CNY. On the wire `{"fen": 1250000}`, so that nobody takes it for yuan."""

    __pydantic_config__ = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"examples": [{"fen": 1250000}]},  # 12,500.00 yuan
    )

    fen: Annotated[int, Field(ge=0, le=MOST_FEN, description="integer fen (分), CNY; 100 fen are one yuan")]

    def __post_init__(self) -> None:
        if type(self.fen) is not int or not 0 <= self.fen <= MOST_FEN:
            raise ValueError("an amount is an integer number of fen between 0 and 10^15")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.fen + other.fen)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.fen - other.fen)

    def __bool__(self) -> bool:
        return self.fen != 0

    def __str__(self) -> str:
        return f"{self.fen // 100:,}.{self.fen % 100:02d} 元"

    def portion(self, share: Fraction) -> "Money":
        """`share` of this amount, rounded half up to the fen."""
        return Money(int(self.fen * share + Fraction(1, 2)))

    def split(self, weights: Sequence[int]) -> tuple["Money", ...]:
        """Parts in proportion to `weights` that add up to the whole.

        Largest remainder (Hamilton); equal remainders go to the earlier part, so a replay splits alike.
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights must be natural numbers and not all zero")
        parts = [self.fen * weight // total for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(self.fen * weights[i] % total), i))
        for i in by_remainder[: self.fen - sum(parts)]:
            parts[i] += 1
        return tuple(Money(part) for part in parts)


ZERO = Money(0)


def _above_zero(amount: Money) -> Money:
    if not amount:
        raise PydanticCustomError("above_zero", "the amount must be above zero")
    return amount


Positive = Annotated[Money, AfterValidator(_above_zero)]


def sum_of(amounts: Iterable[Money]) -> Money:
    return Money(sum(amount.fen for amount in amounts))
