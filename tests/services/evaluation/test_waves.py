"""Of 300 planted among 5,000, disguised where seven in ten are very satisfied anyway, at least 95 % are set apart.

And of honest ratings at most 1 %, though they too come in rushes. Figures are the mean over seeds; the table with what
is not found is printed by `python -m tests.bench.bursts`.
"""

from datetime import timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.rules import Level
from services.evaluation.rules.bursts import set_apart
from services.evaluation.rules.dense import dense_waves
from tests.services.evaluation.evaluated import BOOK, SECOND_BOOK
from tests.services.evaluation.waves import (
    BEGINNING,
    MIXES,
    Attack,
    Rating,
    Waves,
    caught,
    honest,
    rows_of,
    some_time,
    with_meetings,
)

BY, BEFORE = BOOK.value("evaluation.set_apart"), SECOND_BOOK.value("evaluation.set_apart")
SEEDS = range(8)
BEST = Level.VERY_SATISFIED
MOST = Fraction(1, 100)

DISGUISED = {
    "all at once": Waves(1, 300, 600, (1, 0, 0, 0, 0)),
    "six small ones": Waves(6, 50, 300, (1, 0, 0, 0, 0)),
    "twelve of 25": Waves(12, 25, 300, (1, 0, 0, 0, 0)),
    "one in ten only satisfied": Waves(3, 100, 400, (9, 1, 0, 0, 0)),
    "one in five only satisfied": Waves(3, 100, 400, (8, 2, 0, 0, 0)),
    "one in ten of any other level, at once": Waves(1, 300, 900, (90, 6, 2, 1, 1)),
    "over an hour": Waves(1, 300, 3_600, (9, 1, 0, 0, 0)),
    "slander": Waves(3, 100, 400, (0, 0, 0, 1, 9)),
}


def mean(parts: list[Fraction]) -> Fraction:
    return sum(parts, Fraction()) / len(parts)


@pytest.mark.parametrize("attack", DISGUISED.values(), ids=DISGUISED.keys())
def test_disguised_waves_among_very_satisfied_people_are_set_apart(attack: Attack) -> None:
    randoms = [Random(seed) for seed in SEEDS]
    both = [caught(honest(random, "content"), attack(random), BY) for random in randoms]

    assert mean([found for found, _ in both]) >= Fraction(95, 100)
    assert mean([wrongly for _, wrongly in both]) <= MOST


def test_the_edition_before_did_not_find_them_and_keeps_its_own_test() -> None:
    assert "dense" not in BEFORE
    attack = DISGUISED["one in five only satisfied"]
    randoms = [Random(seed) for seed in SEEDS]
    both = [caught(honest(random, "content"), attack(random), BEFORE) for random in randoms]

    assert mean([found for found, _ in both]) < Fraction(1, 2)


@pytest.mark.parametrize("mix", MIXES)
@pytest.mark.parametrize("meetings", [0, 5])
def test_of_honest_ratings_at_meetings_at_most_one_in_a_hundred_is_set_apart(meetings: int, mix: str) -> None:
    randoms = [Random(seed) for seed in range(30)]
    wrongly = [caught(with_meetings(random, honest(random, mix), meetings), [], BY)[1] for random in randoms]

    assert mean(wrongly) <= MOST


def test_a_steady_stream_and_the_rhythm_of_a_day_hold_no_dense_wave() -> None:
    """Whatever they say: ratings that came at their own pace are not even looked at."""
    random = Random(3)
    minutes = sorted(random.uniform(0, 14 * 24 * 60) for _ in range(5_000))
    steady = [(BEGINNING + timedelta(minutes=minute), BEST, False) for minute in minutes]
    day = [rating for rating in honest(random, "content") if not rating[2]]

    for said in (steady, day):
        assert list(dense_waves(list(rows_of(said)), BY["least"], BY["dense"])) == []


def test_beside_honest_meetings_a_disguised_wave_is_still_found() -> None:
    attack = Waves(1, 300, 600, (9, 1, 0, 0, 0))
    randoms = [Random(seed) for seed in SEEDS]
    both = [caught(with_meetings(random, honest(random, "content"), 2), attack(random), BY) for random in randoms]

    assert mean([found for found, _ in both]) >= Fraction(95, 100)
    assert mean([wrongly for _, wrongly in both]) <= MOST


def by_the_community(random: Random) -> list[Rating]:
    """Twelve piles of 25, each in ten minutes of some day, nine of ten the best."""
    starts = [some_time(random) for _ in range(12)]
    return [
        (start + timedelta(seconds=24 * place), random.choices([BEST, Level.SATISFIED], [9, 1])[0], True)
        for start in starts
        for place in range(25)
    ]


def test_a_wave_the_community_enters_is_set_apart() -> None:
    """Among piles of paper that are honest."""
    randoms = [Random(seed) for seed in SEEDS]
    both = [caught(honest(random, "mixed"), by_the_community(random), BY) for random in randoms]

    assert mean([found for found, _ in both]) >= Fraction(95, 100)
    assert mean([wrongly for _, wrongly in both]) <= MOST


def test_a_wave_that_says_what_the_others_say_cannot_be_told_from_a_meeting_and_moves_no_mean() -> None:
    attack = Waves(3, 100, 400, MIXES["content"])
    randoms = [Random(seed) for seed in SEEDS]

    assert mean([caught(honest(random, "content"), attack(random), BY)[0] for random in randoms]) < Fraction(1, 10)


def test_what_trickles_in_at_everybodys_pace_is_not_found() -> None:
    random = Random(1)
    planted = [(BEGINNING + timedelta(hours=n), BEST, False) for n in range(300)]

    assert caught(honest(random, "content"), planted, BY)[0] == 0


def test_where_most_came_in_one_rush_there_is_nothing_to_compare_it_with() -> None:
    rush = [(BEGINNING + timedelta(seconds=n), BEST, False) for n in range(200)]
    slow = [(BEGINNING + timedelta(hours=n), Level.DISSATISFIED, False) for n in range(1, 100)]

    assert set_apart(rows_of([*rush, *slow]), BY) == []


@given(st.lists(st.tuples(st.integers(0, 500), st.sampled_from(Level), st.booleans()), max_size=150))
def test_no_rating_is_in_two_groups_and_never_more_than_half_of_a_wave_of_everything(
    some: list[tuple[int, Level, bool]],
) -> None:
    rows = rows_of([(BEGINNING + timedelta(minutes=minute), level, side) for minute, level, side in some])

    groups = set_apart(rows, BY)
    numbers = [row.number for group in groups for row in group.rows]
    assert len(numbers) == len(set(numbers))
    assert all(len(group.rows) <= len(rows) // 2 for group in groups if group.dense)
