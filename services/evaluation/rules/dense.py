"""Waves of ratings that came too fast whatever they say, and lean away from what the others say.

A wave is dense if a window of the rulebook's `minutes` (the shortest first) holds at least `least` ratings of one side
and at least `times` as many as that side's own pace of the hours around leads to expect: a scan statistic (J. I. Naus,
Journal of the American Statistical Association 60 (1965) 532–538) with the project's own, local pace. In a steady
stream of that pace a rating is followed so densely with a chance of at most (e^(1 − 1/times) ÷ times)^(least − 1)
(Chernoff's bound): with 8 and 20 less than 1 in 10^9, in all windows over 100,000 ratings less than 1 in 1,000.

But an honest meeting is dense too. So a dense wave is set apart only if its levels lean: the permutation test of its
mean level against all ratings outside dense waves, in its normal approximation (E. L. Lehmann, Nonparametrics:
Statistical Methods Based on Ranks, 1975), exact in integers. It leans `lean` (z = 2.81: 1 in 200, both sides), or all
dense waves of a side do so together and it leans `each` (1.28: 1 in 10) the same way. So an honest meeting stays, but
for these chances; and what leans little moves the grade little.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from services.evaluation.rules.evaluation import Level

MICROSECOND = timedelta(microseconds=1)
PLACE = {level: place for place, level in enumerate(Level)}


@dataclass(frozen=True, slots=True)
class Row:
    """A rating as the test sees it; `asked` is None where no sample was drawn."""

    number: int
    at: datetime
    level: Level
    by_community: bool
    asked: bool | None = None


Wave = tuple[Row, ...]


def leaning(rows: Sequence[Row], least: int, by: Mapping[str, Any]) -> list[Wave]:
    """Of `rows` in order of arrival, those to be set apart; none where most of them came in dense waves."""
    sides = [list(dense_waves([row for row in rows if row.by_community is side], least, by)) for side in (True, False)]
    dense = {row.number for waves in sides for wave in waves for row in wave}
    others = Counter(PLACE[row.level] for row in rows if row.number not in dense)
    if 2 * others.total() < len(rows):
        return []
    return [wave for waves in sides for wave in _leaning(waves, others, by)]


def _leaning(waves: Sequence[Wave], others: Mapping[int, int], by: Mapping[str, Any]) -> Iterator[Wave]:
    lean, each = Fraction(by["lean"]), Fraction(by["each"])
    side = _lean([row for wave in waves for row in wave], others)
    for wave in waves:
        own = _lean(wave, others)
        if abs(own) >= lean**2 or (abs(side) >= lean**2 and own * (1 if side > 0 else -1) >= each**2):
            yield wave


def _lean(wave: Sequence[Row], others: Mapping[int, int]) -> Fraction:
    """The square of z, with its sign: (S·N − n·T)²·(N − 1) ÷ (n·(N − n)·(N·Q − T²)), below 0 for the better levels.

    S is the sum of the wave's n places (best level 0), T the sum and Q the sum of squares of all N, the wave's and the
    others'. 0 where there is nothing to compare.
    """
    own = Counter(PLACE[row.level] for row in wave)
    all = own + Counter(others)
    n, total = own.total(), all.total()
    sum_of_own, sum_of_all = (sum(place * count for place, count in of.items()) for of in (own, all))
    squares = sum(place * place * count for place, count in all.items())
    spread = n * (total - n) * (total * squares - sum_of_all**2)
    if spread == 0:
        return Fraction(0)
    off = sum_of_own * total - n * sum_of_all
    return Fraction(off * abs(off) * (total - 1), spread)


def dense_waves(own: list[Row], least: int, by: Mapping[str, Any]) -> Iterator[Wave]:
    """Shortest windows first; what they hold is no part of longer ones, so that few bystanders are."""
    for minutes in sorted(by["minutes"]):
        length = timedelta(minutes=minutes) // MICROSECOND
        at = [(row.at - own[0].at) // MICROSECOND for row in own]
        dense = _dense(at, length, least, by)
        yield from _joined([(row, when) for row, when, inside in zip(own, at, dense, strict=True) if inside], length)
        own = [row for row, inside in zip(own, dense, strict=True) if not inside]


def _dense(at: Sequence[int], length: int, least: int, by: Mapping[str, Any]) -> list[bool]:
    """Which of the times lie in a dense window of this length."""
    around = timedelta(hours=by["around_hours"]) // MICROSECOND
    dense = [False] * len(at)
    marked = 0
    for first, start in enumerate(at):
        after = bisect_right(at, start + length)
        if after - first < least:
            continue
        begin, end = max(start - around, at[0]), min(start + length + around, at[-1])
        outside = bisect_right(at, end) - bisect_left(at, begin) - (after - first)
        if (after - first) * max(end - begin - length, 0) >= by["times"] * outside * length:
            for place in range(max(first, marked), after):
                dense[place] = True
            marked = max(marked, after)
    return dense


def _joined(dense: Sequence[tuple[Row, int]], length: int) -> Iterator[Wave]:
    """Dense windows that touch are one wave."""
    wave: list[Row] = []
    before = 0
    for row, when in dense:
        if wave and when - before > length:
            yield tuple(wave)
            wave = []
        wave.append(row)
        before = when
    if wave:
        yield tuple(wave)
