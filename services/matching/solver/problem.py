"""A round as integers: what may be chosen, and what binds the choice.

A 0-1 knapsack with groups (Kellerer, Pferschy and Pisinger, Knapsack Problems, 2004, chapter 11), floors and conflicts.
Scores are hundredths of a point, amounts fen, time hours.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Item:
    """An application that may be chosen with any amount from `least` to `most`."""

    id: str
    score: int
    least: int
    most: int
    owner: str
    groups: tuple[str, ...]
    """its theme and its area, where they have floors"""
    hours: tuple[tuple[str, int], ...] = ()
    """by named social worker"""

    @property
    def spread(self) -> int:
        return self.most - self.least


@dataclass(frozen=True)
class Problem:
    """`items` stand in the order of the draw, which breaks ties: the earlier is preferred."""

    items: tuple[Item, ...]
    budget: int
    per_owner: int
    floors: tuple[tuple[str, int], ...] = ()
    """the least amount by group"""
    hours_most: int = 0
    """of one social worker, over all that is chosen"""
    pairs: tuple[tuple[int, int], ...] = ()
    """places of items of which at most one may be chosen"""

    @cached_property
    def of_owner(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for place, item in enumerate(self.items):
            found[item.owner].append(place)
        return found

    @cached_property
    def of_worker(self) -> dict[str, list[tuple[int, int]]]:
        """Places and hours, of workers who are named more than once or for too long."""
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for place, item in enumerate(self.items):
            for worker, hours in item.hours:
                found[worker].append((place, hours))
        return {worker: uses for worker, uses in found.items() if sum(h for _, h in uses) > self.hours_most}

    @cached_property
    def of_group(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {group: [] for group, _ in self.floors}
        for place, item in enumerate(self.items):
            for group in item.groups:
                if group in found:
                    found[group].append(place)
        return found

    @cached_property
    def cells(self) -> dict[tuple[str, ...], list[int]]:
        """Places of items that may get more than their least, by the floors they count for."""
        found: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for place, item in enumerate(self.items):
            if item.spread:
                found[tuple(sorted(group for group in item.groups if group in self.of_group))].append(place)
        return found

    def score(self, chosen: Iterable[int]) -> int:
        return sum(self.items[place].score for place in chosen)


@dataclass(frozen=True, slots=True)
class Prices:
    """Multipliers of the constraints, in 1/SCALE hundredths of a point per fen, hour or pair; none is negative."""

    budget: int = 0
    floors: dict[str, int] = field(default_factory=dict)
    hours: dict[str, int] = field(default_factory=dict)
    pairs: dict[tuple[int, int], int] = field(default_factory=dict)


SCALE = 10**9
