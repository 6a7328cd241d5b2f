"""Alternating pairs, so that a noisy machine disturbs both sides alike."""

import itertools
import statistics
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Measure = Callable[[], Awaitable[float]]
"""One run; events per second. It verifies what it did, or raises."""

Pair = Callable[[], Awaitable[tuple[float, float]]]
"""A run of both sides, ours first in what it returns."""

PAIRS = 5


@dataclass(frozen=True, slots=True)
class Ratio:
    """Ours over the limit's, pair by pair."""

    name: str
    ours: list[float]
    limit: list[float]
    goal: float | None

    @property
    def each(self) -> list[float]:
        return [ours / limit for ours, limit in zip(self.ours, self.limit, strict=True)]

    @property
    def median_ours(self) -> float:
        return statistics.median(self.ours)

    @property
    def median_limit(self) -> float:
        return statistics.median(self.limit)

    @property
    def median(self) -> float:
        return statistics.median(self.each)

    @property
    def worst(self) -> float:
        return min(self.each)


async def alternate(name: str, ours: Measure, limit: Measure, goal: float | None, pairs: int = PAIRS) -> Ratio:
    """A whole run of each; who goes first alternates."""
    turns = itertools.cycle((False, True))

    async def both() -> tuple[float, float]:
        if next(turns):
            second = await limit()
            return await ours(), second
        return await ours(), await limit()

    return await in_pairs(name, both, goal, pairs)


async def in_pairs(name: str, both: Pair, goal: float | None, pairs: int = PAIRS) -> Ratio:
    """One unmeasured pair to warm up, then `pairs` measured ones."""
    await both()
    found = [await both() for _ in range(pairs)]
    return Ratio(name, [ours for ours, _ in found], [limit for _, limit in found], goal)
