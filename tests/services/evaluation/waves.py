"""Planted waves and honest meetings, as a random number generator from outside makes them; and how many are found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

from services.evaluation.rules import Level, Row
from services.evaluation.rules.bursts import set_apart

BEGINNING = datetime.fromisoformat("2026-03-01T16:00:00+00:00")
HONEST = 4_700
RHYTHM = (1, 0, 0, 0, 0, 1, 4, 8, 14, 18, 18, 14, 10, 8, 12, 14, 14, 12, 10, 14, 18, 14, 7, 3)
"""how busy each hour of the day is"""
MIXES: Mapping[str, Sequence[int]] = {
    "mixed": (45, 33, 14, 5, 3),
    "content": (70, 20, 7, 2, 1),
    "unhappy": (15, 25, 25, 20, 15),
}
"""of a hundred, how many say which level, best first"""

Rating = tuple[datetime, Level, bool]
"""when, what, entered by the community"""
Attack = Callable[[Random], list[Rating]]


def honest(random: Random, mix: str) -> list[Rating]:
    """Over two weeks in the rhythm of the day; one in ten on paper, which the community enters in piles of 25."""
    levels = random.choices(list(Level), MIXES[mix], k=HONEST)
    hours = random.choices(range(24), RHYTHM, k=HONEST)
    days = random.choices(range(14), k=HONEST)
    at = [
        BEGINNING + timedelta(days=day, hours=hour, seconds=random.uniform(0, 3600))
        for day, hour in zip(days, hours, strict=True)
    ]
    said = list(zip(at, levels, [False] * HONEST, strict=True))
    for pile in range(0, HONEST // 10, 25):
        entered = BEGINNING + timedelta(days=random.randrange(14), hours=9, seconds=random.uniform(0, 28_800))
        for place in range(pile, pile + 25):
            said[place] = (entered, levels[place], True)
    return said


def some_time(random: Random) -> datetime:
    return BEGINNING + timedelta(days=random.randrange(1, 13), hours=8, seconds=random.uniform(0, 36_000))


def with_meetings(random: Random, said: list[Rating], meetings: int, people: int = 200) -> list[Rating]:
    """So many of those who rate themselves do it at meetings, within a quarter of an hour each."""
    said = list(said)
    for _ in range(meetings):
        start = some_time(random)
        own = [place for place, (_, _, by_community) in enumerate(said) if not by_community]
        for place in random.sample(own, people):
            said[place] = (start + timedelta(seconds=random.uniform(0, 900)), said[place][1], False)
    return said


@dataclass(frozen=True, slots=True)
class Waves:
    """So many waves of a size, each within so many seconds of some time of the day, in a mix of levels, best first."""

    count: int
    size: int
    seconds: int
    mix: Sequence[float]

    def __call__(self, random: Random) -> list[Rating]:
        starts = [some_time(random) for _ in range(self.count)]
        return [
            (start + timedelta(seconds=random.uniform(0, self.seconds)), level, False)
            for start in starts
            for level in random.choices(list(Level), self.mix, k=self.size)
        ]


def rows_of(ratings: list[Rating]) -> tuple[Row, ...]:
    inflow = sorted(ratings, key=lambda rating: rating[0])
    return tuple(Row(number, at, level, side) for number, (at, level, side) in enumerate(inflow, start=1))


def caught(true: list[Rating], planted: list[Rating], by: Mapping[str, Any]) -> tuple[Fraction, Fraction]:
    """Which part of the planted and which of the honest are set apart; told apart by being the same object."""
    inflow = sorted([*true, *planted], key=lambda rating: rating[0])
    alien = {id(rating) for rating in planted}
    apart = {row.number for group in set_apart(rows_of(inflow), by) for row in group.rows}
    found = sum(number in apart for number, rating in enumerate(inflow, start=1) if id(rating) in alien)
    return Fraction(found, len(planted) or 1), Fraction(len(apart) - found, len(true))
