"""The arithmetic of a grade: exact until one rounding, half up, and written out so that anyone can redo it.

In the residents' scheme satisfaction weighs most (信阳市民政局 信民函〔2020〕41号: 以居民满意度为主要衡量标准).
Each part is rounded to two decimals first, so that the total follows from the figures shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from schemas.rulebook import Rulebook
from services.evaluation.rules.evaluation import Level


@dataclass(frozen=True, slots=True)
class Part:
    """One voice in the grade: a score from 0 to 100 and its weight."""

    name: str
    score: Decimal
    weight: int


def rounded(value: Fraction, decimals: int = 2) -> Decimal:
    """`value` ≥ 0, half up."""
    return Decimal(int(value * 10**decimals + Fraction(1, 2))).scaleb(-decimals)


def percent(part: int, whole: int) -> Decimal:
    return rounded(Fraction(100 * part, whole))


def mean(counts: Mapping[Level, int], points: Mapping[str, int]) -> Decimal:
    """Of at least one rating: Σ(count × points) ÷ Σ count."""
    total = sum(count * points[level] for level, count in counts.items())
    return rounded(Fraction(total, sum(counts.values())))


def added(counts: Sequence[Mapping[Level, int]]) -> dict[Level, int]:
    """All milestones' ratings together: each counts the same."""
    return {level: n for level in Level if (n := sum(of.get(level, 0) for of in counts))}


def weighted(parts: Sequence[Part], decimals: int) -> Decimal:
    """Over the parts present: Σ(score × weight) ÷ Σ weight; so a missing part's weight is spread."""
    total = sum((Fraction(part.score) * part.weight for part in parts), Fraction())
    return rounded(total / sum(part.weight for part in parts), decimals)


def band(score: Decimal, rulebook: Rulebook) -> str:
    """The best grade whose lower bound the rounded score reaches; so none falls between two bands."""
    bands = sorted(rulebook.value("evaluation.bands"), key=lambda b: Decimal(str(b["from"])), reverse=True)
    return next(str(b["grade"]) for b in bands if score >= Decimal(str(b["from"])))


def how_mean(counts: Mapping[Level, int], points: Mapping[str, int], result: Decimal) -> str:
    terms = " + ".join(f"{count}×{points[level]}" for level, count in counts.items())
    return f"居民满意度 = ({terms}) ÷ {sum(counts.values())} = {result}"


def how_weighted(parts: Sequence[Part], result: Decimal) -> str:
    terms = " + ".join(f"{part.name} {part.score}×{part.weight}" for part in parts)
    return f"得分 = ({terms}) ÷ {sum(part.weight for part in parts)} = {result}"
