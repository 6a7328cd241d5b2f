"""Which ratings are set apart: groups that came too fast, or by another's hand, and say too much the same.

A group is (a) a run of ratings entered by the same side (residents themselves, or the community for them), each
following the one before within the rulebook's `gap` of the average time between two ratings; or (b) everything the
community entered. It is set apart if it holds at least `least` ratings and at most half of all, at least `share` of it
say one level, and so many of that level would meet in a random group of its size with a chance of at most `chance`:
Fisher's exact test (R. A. Fisher, Statistical Methods for Research Workers, 5th ed. 1934, section 21.02), one-sided,
in integers. So a crowd that says many things is no burst, nor is agreement where all agree; and speed is measured
against the project's own pace. Where most agree anyway, a disguised burst passes this test; a rulebook with `dense`
also looks for waves that came far too fast and lean away from the others (`dense.py`).

What no test of times and levels can tell from honest ratings: what trickles in at the pace of the others, and a wave
that says what the others say, which moves no mean. `python -m tests.bench.bursts` measures what is found.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import comb
from typing import Any

from services.evaluation.rules.dense import MICROSECOND, Row, leaning
from services.evaluation.rules.evaluation import Level


@dataclass(frozen=True, slots=True)
class Group:
    """Ratings set apart together, in order of arrival."""

    rows: tuple[Row, ...]
    level: Level
    of_level: int
    dense: bool = False
    """whether it is a wave that leans, and not a burst that agrees"""


def set_apart(rows: Sequence[Row], by: Mapping[str, Any]) -> list[Group]:
    """No rating is in two groups: what the community entered is looked at whole, and else run by run."""
    counts = Counter(row.level for row in rows)
    found: list[Group] = []
    for by_community in (True, False):
        own = [row for row in rows if row.by_community is by_community]
        whole = _judged(own, counts, by) if by_community else None
        if whole is not None:
            found.append(whole)
        else:
            found += [group for run in _runs(own, rows, by) if (group := _judged(run, counts, by)) is not None]
    if "dense" not in by:
        return found
    apart = {row.number for group in found for row in group.rows}
    rest = [row for row in rows if row.number not in apart]
    return found + [_wave(wave) for wave in leaning(rest, by["least"], by["dense"])]


def _wave(rows: tuple[Row, ...]) -> Group:
    inside = Counter(row.level for row in rows)
    level = max(Level, key=lambda one: inside[one])
    return Group(rows, level, inside[level], dense=True)


def _runs(own: Sequence[Row], rows: Sequence[Row], by: Mapping[str, Any]) -> Iterator[list[Row]]:
    """Cut where the next came later than `gap` of the average; the average is over all sides."""
    if not own:
        return
    span = (max(row.at for row in rows) - min(row.at for row in rows)) // MICROSECOND
    gap = Fraction(str(by["gap"]).removesuffix("%")) / 100
    run = [own[0]]
    for before, row in pairwise(own):
        if (row.at - before.at) // MICROSECOND * (len(rows) - 1) > span * gap:
            yield run
            run = []
        run.append(row)
    yield run


def _judged(rows: Sequence[Row], counts: Mapping[Level, int], by: Mapping[str, Any]) -> Group | None:
    total = sum(counts.values())
    if len(rows) < by["least"] or 2 * len(rows) > total:
        return None
    inside = Counter(row.level for row in rows)
    level = max(Level, key=lambda one: inside[one])
    if inside[level] < Fraction(str(by["share"]).removesuffix("%")) / 100 * len(rows):
        return None
    if not unlikely(inside[level], len(rows), counts[level], total, Fraction(by["chance"])):
        return None
    return Group(tuple(rows), level, inside[level])


def unlikely(inside: int, size: int, of_level: int, total: int, chance: Fraction) -> bool:
    """Whether a random group of `size` out of `total`, of which `of_level` say it, has `inside` or more that do.

    The hypergeometric tail Σ C(K, j)·C(N − K, n − j) ÷ C(N, n), j ≥ inside, is at most `chance`.
    """
    others = total - of_level
    limit = comb(total, size) * chance.numerator
    j = max(inside, size - others)
    term = comb(of_level, j) * comb(others, size - j)
    tail = 0
    while term:
        tail += term
        if tail * chance.denominator > limit:
            return False
        term = term * (of_level - j) * (size - j) // ((j + 1) * (others - size + j + 1))
        j += 1
    return True
