"""How far an evaluator stands from the others: exact, shown beside the scores, and nothing is removed."""

from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest

from schemas.ids import BidId, PartyId
from services.tenders.rules.deviation import Deviation, deviations, median, rounded

BID = BidId(UUID(int=1))


def of(*totals: str) -> tuple[Deviation, ...]:
    return deviations({BID: {PartyId(UUID(int=place)): Decimal(total) for place, total in enumerate(totals)}})


def test_each_total_is_measured_against_the_median_of_the_others() -> None:
    """By hand: beside 95 stand 78, 80, 82, 84; their median is 81, the distances 3, 1, 1, 3, so MAD = 2."""
    far = of("78", "80", "82", "84", "95")[-1]

    assert [far.median, far.spread, far.distance] == [81, 2, 14]
    assert far.z == Fraction(6745, 10_000) * 14 / 2
    assert (rounded(far.z), far.of_note) == (Decimal("4.72"), True)


def test_who_stands_among_the_others_is_not_of_note() -> None:
    assert [one.of_note for one in of("78", "80", "82", "84", "95")] == [False] * 4 + [True]


def test_where_the_others_agree_exactly_only_the_distance_is_told() -> None:
    far = of("80", "80", "80", "60")[-1]

    assert (far.z, far.of_note) == (None, False)
    assert far.distance == -20


@pytest.mark.parametrize("totals", [("80",), ("80", "20")])
def test_two_have_nobody_to_be_compared_with(totals: tuple[str, ...]) -> None:
    assert of(*totals) == ()


def test_the_median_of_an_even_number_lies_between_the_two_in_the_middle() -> None:
    assert median([Fraction(4), Fraction(1), Fraction(2), Fraction(3)]) == Fraction(5, 2)


@pytest.mark.parametrize(
    ("value", "shown"), [(Fraction(1, 200), "0.01"), (Fraction(-1, 200), "-0.01"), (Fraction(2, 3), "0.67")]
)
def test_the_eye_sees_two_decimals_half_up(value: Fraction, shown: str) -> None:
    assert rounded(value) == Decimal(shown)
