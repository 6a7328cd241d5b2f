"""How far each evaluator stands from the others: shown, never acted upon. No score is removed (财政部令第87号).

For each bid and evaluator: the distance of its total from the median of the *others'* totals, in units of their median
absolute deviation: the modified z-score of Iglewicz and Hoaglin (How to Detect and Handle Outliers, 1993),
z = 0.6745 × (x − median) ÷ MAD, of note from |z| > 3.5. Exact: all fractions, rounded to two decimals for the eye.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from schemas.ids import PartyId

FACTOR = Fraction(6745, 10_000)
OF_NOTE = Fraction(35, 10)
OTHERS_LEAST = 2
"""below which there is nothing to compare with"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """`z` is none where the others agree exactly: then only the distance says something."""

    evaluator_id: PartyId
    scored_id: UUID
    total: Decimal
    median: Fraction
    spread: Fraction
    """median absolute deviation of the others"""
    z: Fraction | None

    @property
    def distance(self) -> Fraction:
        return Fraction(self.total) - self.median

    @property
    def of_note(self) -> bool:
        return self.z is not None and abs(self.z) > OF_NOTE


def median(values: Sequence[Fraction]) -> Fraction:
    """`values`: one at least."""
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2


def deviations(totals: Mapping[UUID, Mapping[PartyId, Decimal]]) -> tuple[Deviation, ...]:
    """`totals`: each evaluator's sum for each bid. Bids and evaluators in the order of their ids."""
    return tuple(
        _deviation(scored_id, evaluator_id, given)
        for scored_id, given in sorted(totals.items(), key=lambda one: str(one[0]))
        if len(given) > OTHERS_LEAST
        for evaluator_id in sorted(given, key=str)
    )


def _deviation(scored_id: UUID, evaluator_id: PartyId, given: Mapping[PartyId, Decimal]) -> Deviation:
    others = [Fraction(total) for id, total in given.items() if id != evaluator_id]
    middle = median(others)
    spread = median([abs(other - middle) for other in others])
    own = given[evaluator_id]
    return Deviation(
        evaluator_id=evaluator_id,
        scored_id=scored_id,
        total=own,
        median=middle,
        spread=spread,
        z=FACTOR * (Fraction(own) - middle) / spread if spread else None,
    )


def rounded(value: Fraction) -> Decimal:
    """Half up by size, to two decimals."""
    hundredths = int(abs(value) * 100 + Fraction(1, 2))
    return (Decimal(hundredths) / 100).copy_sign(Decimal(-1 if value < 0 else 1)).quantize(Decimal("0.01"))
