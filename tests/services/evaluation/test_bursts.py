"""Of 300 planted ratings among 5,000 the test sets at least 95 % apart, of honest ones at most 1 %."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from math import comb
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.contract import Milestone
from schemas.evaluation import ProjectGraded
from schemas.rulebook import Rulebook
from services.evaluation.rules import Level
from services.evaluation.rules.bursts import set_apart, unlikely
from tests.services.evaluation import waves
from tests.services.evaluation.evaluated import BOOK, COMMUNITY, FIRST_BOOK, FUNDER, PROVIDER, Evaluated, window_open
from tests.services.evaluation.waves import BEGINNING, MIXES, Rating, honest, rows_of, some_time

BY = BOOK.value("evaluation.set_apart")
PLANTED = 300
BEST, GOOD = Level.VERY_SATISFIED, Level.SATISFIED


def one_rush(random: Random) -> list[Rating]:
    """Ten minutes, all the same."""
    start = some_time(random)
    return [(start + timedelta(seconds=random.uniform(0, 600)), BEST, False) for _ in range(PLANTED)]


def six_waves(random: Random) -> list[Rating]:
    """Fifty at a time within five minutes, on six days."""
    starts = [BEGINNING + timedelta(days=2 * day, hours=random.randrange(8, 21)) for day in range(6)]
    return [(start + timedelta(seconds=random.uniform(0, 300)), BEST, False) for start in starts for _ in range(50)]


def disguised(random: Random) -> list[Rating]:
    """Three waves of a hundred in which one in ten is not the best."""
    starts = [some_time(random) for _ in range(3)]
    return [
        (start + timedelta(seconds=random.uniform(0, 400)), random.choices([BEST, GOOD], [9, 1])[0], False)
        for start in starts
        for _ in range(100)
    ]


def slander(random: Random) -> list[Rating]:
    """A competitor's: the worst level, in a quarter of an hour."""
    start = some_time(random)
    worst = Level.VERY_DISSATISFIED
    return [(start + timedelta(seconds=random.uniform(0, 900)), worst, False) for _ in range(PLANTED)]


def by_one_script(random: Random) -> list[Rating]:
    """Batches of one request: the same instant, in the night."""
    starts = [BEGINNING + timedelta(days=day, hours=2, minutes=random.randrange(60)) for day in range(5)]
    return [(start, BEST, False) for start in starts for _ in range(PLANTED // 5)]


ATTACKS = (one_rush, six_waves, disguised, slander, by_one_script)


def caught(true: list[Rating], planted: list[Rating]) -> tuple[Fraction, Fraction]:
    return waves.caught(true, planted, BY)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("mix", ["mixed", "unhappy"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_planted_ratings_are_set_apart_and_honest_ones_stay(
    attack: Callable[[Random], list[Rating]], mix: str, seed: int
) -> None:
    random = Random(seed)

    found, wrongly = caught(honest(random, mix), attack(random))

    assert found >= Fraction(95, 100)
    assert wrongly <= Fraction(1, 100)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("attack", [one_rush, six_waves, slander, by_one_script])
def test_also_where_most_are_very_satisfied_anyway(attack: Callable[[Random], list[Rating]], seed: int) -> None:
    random = Random(seed)

    found, wrongly = caught(honest(random, "content"), attack(random))

    assert found >= Fraction(95, 100)
    assert wrongly <= Fraction(1, 100)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("mix", MIXES)
def test_where_nothing_is_planted_at_most_one_in_a_hundred_is_set_apart(mix: str, seed: int) -> None:
    _, wrongly = caught(honest(Random(seed), mix), [])

    assert wrongly <= Fraction(1, 100)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_the_community_enters_at_leisure_all_alike_is_set_apart_whole(seed: int) -> None:
    """Three hundred over three working days, one every few minutes: no burst, but by one hand and all the same."""
    random = Random(seed)
    own = [rating for rating in honest(random, "mixed") if not rating[2]]
    days = [BEGINNING + timedelta(days=day, hours=9) for day in range(3)]
    entered = [(day + timedelta(minutes=4 * place), BEST, True) for day in days for place in range(100)]

    found, wrongly = caught(own, entered)

    assert found == 1
    assert wrongly == 0


def test_a_crowd_that_says_many_things_is_no_burst() -> None:
    random = Random(7)
    true = honest(random, "mixed")
    start = some_time(random)
    levels = random.choices(list(Level), MIXES["mixed"], k=300)
    meeting = [(start + timedelta(seconds=random.uniform(0, 600)), level, False) for level in levels]

    assert caught([*true, *meeting], [])[1] == 0


def test_where_all_agree_or_all_came_at_once_nothing_is_set_apart() -> None:
    pace = [(BEGINNING + timedelta(minutes=minute), BEST, False) for minute in range(200)]
    rush = [(BEGINNING + timedelta(minutes=50, seconds=second), BEST, False) for second in range(60)]
    random = Random(1)
    at_once = [(BEGINNING, random.choice(list(Level)), False) for _ in range(500)]

    assert set_apart(rows_of([*pace, *rush]), BY) == []
    assert set_apart(rows_of(at_once), BY) == []
    assert set_apart((), BY) == []


def test_the_same_rows_give_the_same_groups() -> None:
    random = Random(5)
    rows = rows_of([*honest(random, "mixed"), *one_rush(random)])

    assert set_apart(rows, BY) == set_apart(rows, BY)


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12), st.fractions(0, 1))
def test_the_tail_is_fishers(of_level: int, others: int, size: int, chance: Fraction) -> None:
    total = of_level + others
    size = min(size, total)
    for inside in range(min(size, of_level) + 1):
        ways = (comb(of_level, j) * comb(others, size - j) for j in range(inside, size + 1))
        tail = Fraction(sum(ways), comb(total, size))
        assert unlikely(inside, size, of_level, total, chance) == (tail <= chance)


def test_fishers_tea_taster() -> None:
    """Fisher, The Design of Experiments (1935), section 5: all four of eight cups right has the chance 1/70."""
    assert unlikely(4, 4, 4, 8, Fraction(1, 70))
    assert not unlikely(4, 4, 4, 8, Fraction(1, 71))


def graded_with_a_burst(book: Rulebook) -> tuple[ProjectGraded, Evaluated]:
    """A hundred mixed ratings, one an hour, then fifty of the best within two minutes."""
    story = window_open(tokens=200, book=book)
    for number in range(1, 101):
        story.at += timedelta(minutes=60)
        story.rate([(number, list(Level)[number % 5])])
    story.at += timedelta(minutes=60)
    for number in range(101, 151):
        story.at += timedelta(seconds=2)
        story.rate([(number, BEST)])
    story.score(FUNDER, PROVIDER, "60")
    story.score(COMMUNITY, PROVIDER, "60")
    for followup in story.evaluation.followups:
        story.answer(followup.grievance)
    return story.graded(), story


def test_both_grades_are_shown_and_the_one_without_counts() -> None:
    grade, story = graded_with_a_burst(BOOK)

    assessed = story.evaluation.assessments[Milestone.FINAL]
    assert (assessed.set_apart, assessed.counted) == (50, 100)
    assert (assessed.mean, assessed.mean_of_all) == (Decimal("60.00"), Decimal("73.33"))
    assert grade.score == 60
    assert "第 101—150 号之间居民自评的一组 50 份中 50 份为同一等次" in grade.arithmetic
    assert "若全部评价一并计入,为 66.67 分、合格,只作对照" in grade.arithmetic


def test_under_a_rulebook_without_the_test_every_rating_counts() -> None:
    grade, story = graded_with_a_burst(FIRST_BOOK)

    assert story.evaluation.assessments == {}
    assert grade.score == Decimal("66.67")
    assert story.evaluation.of_all is None
