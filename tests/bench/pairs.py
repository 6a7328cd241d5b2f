"""Alternating pairs, so that a noisy machine disturbs both sides alike."""

import statistics
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Measure = Callable[[], Awaitable[float]]
"""One run; events per second. It verifies what it did, or raises."""

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
    """One unmeasured pair to warm up, then `pairs` measured ones; who goes first alternates."""
    await ours()
    await limit()
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(pairs):
        order = (0, 1) if number % 2 == 0 else (1, 0)
        for side in order:
            found[side].append(await (ours, limit)[side]())
    return Ratio(name, found[0], found[1], goal)
