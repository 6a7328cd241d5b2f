"""What only shows when all layers of a rulebook lie on each other: values that must agree, and what no value may do."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

from schemas.factors import NEVER, REGIME, STATUTORY
from schemas.layering import METHOD, number_of
from schemas.rulebook import Certainty, Rulebook, Source

METHODS = "purchase.methods"
GATES = ("bidder.gates", "scoring.factors")
BANDS, FACTORS, UNRATED = "evaluation.bands", "evaluation.factors", "evaluation.unrated"
DECIMALS, WEIGHTS = "evaluation.score_decimals", "evaluation.weights"
APPRAISED, GRADES = "community.appraisal_criteria", "community.appraisal_bands"
SATISFACTION = "satisfaction"
_RESIDENTS = Source("信阳市民政局 信民函〔2020〕41号:以社区居民满意度为主要衡量标准", Certainty.FOUNDING)
_PEOPLE = Source("信阳市民政局 信民函〔2020〕41号:建立群众满意度占主要权重的社区工作者评价机制", Certainty.FOUNDING)

Found = tuple[str, tuple[str, str], Source | None]
"""path, what is wrong in Chinese and in English, the rule that is broken"""


def together(book: Rulebook, bad: set[str]) -> Iterator[Found]:
    """`bad`: paths that are wrong in themselves, and not looked at again."""
    sound = {path: rule.value for path, rule in book.rules.items() if path not in bad}
    if {METHOD, METHODS} <= sound.keys() and sound[METHOD] not in sound[METHODS]:
        zh, en = f"{METHODS} 中没有 {sound[METHOD]}", f"{METHODS} does not have {sound[METHOD]}"
        yield METHOD, (zh, en), None
    yield from _statutory(sound)
    yield from _graded(sound)
    yield from _appraised(sound)
    for path, most in sound.items():
        least = sound.get(f"{path.removesuffix('_most')}_least") if path.endswith("_most") else None
        low, high = number_of(least), number_of(most)
        if low is not None and high is not None and low > high:
            yield path, (f"上限 {most} 低于下限 {least}", f"the most, {most}, is below the least, {least}"), None


def _statutory(sound: dict[str, Any]) -> Iterator[Found]:
    if sound.get(REGIME) != STATUTORY:
        return
    for path in GATES:
        for item in sound.get(path, ()):
            if item in NEVER:
                zh = f"{item} 在法定政府采购中不得作为资格条件或评分因素"
                yield path, (zh, f"{item} may neither gate nor score a statutory purchase"), NEVER[item]


def _graded(sound: dict[str, Any]) -> Iterator[Found]:
    if BANDS in sound:
        step = Fraction(1, 10 ** sound[DECIMALS]) if DECIMALS in sound else None
        for gap in _gaps(sound[BANDS], step):
            zh = f"等级之间有空档 {gap},须由 {DECIMALS} 规定先四舍五入到几位小数"
            yield BANDS, (zh, f"a gap between grades, {gap}: {DECIMALS} must say how scores are rounded first"), None
        grades = {band["grade"] for band in sound[BANDS]}
        if FACTORS in sound and grades != set(sound[FACTORS]):
            one = min(grades ^ set(sound[FACTORS]))
            yield FACTORS, (f"等级与系数不对应:{one}", f"grades and factors differ: {one}"), None
        if UNRATED in sound and sound[UNRATED]["grade"] not in grades:
            one = sound[UNRATED]["grade"]
            yield UNRATED, (f"没有等级 {one}", f"there is no grade {one}"), None
    if WEIGHTS in sound:
        weights = sound[WEIGHTS]
        missing = sorted({"residents", "funder", "community"} - set(weights))
        others = [weight for name, weight in weights.items() if name != "residents"]
        if missing:
            yield WEIGHTS, (f"缺少 {missing[0]}", f"{missing[0]} is missing"), None
        elif weights["residents"] <= max(others):
            yield WEIGHTS, ("居民的权重须为最大", "the residents' weight must be the largest"), _RESIDENTS


def _appraised(sound: dict[str, Any]) -> Iterator[Found]:
    """Of a community's workers: whole points, and no criterion weighs as much as the residents' satisfaction."""
    for gap in _gaps(sound.get(GRADES, []), Fraction(1)):
        zh = f"等次之间有空档 {gap}:得分四舍五入到整数分,上下两档须相接"
        yield GRADES, (zh, f"a gap between grades, {gap}: scores are rounded to whole points, so bands must meet"), None
    weights = {name: of["weight"] for name, of in sound.get(APPRAISED, {}).items()}
    if not weights:
        return
    if SATISFACTION not in weights:
        yield APPRAISED, (f"缺少 {SATISFACTION}(居民满意度)", f"{SATISFACTION}, the residents', is missing"), _PEOPLE
    elif weights[SATISFACTION] <= max((of for name, of in weights.items() if name != SATISFACTION), default=0):
        yield APPRAISED, ("居民满意度的权重须为最大", "residents' satisfaction must have the largest weight"), _PEOPLE
    if (total := sum(weights.values())) != 100:
        yield APPRAISED, (f"各项权重合计应为 100,实为 {total}", f"weights must add up to 100, not {total}"), None


def _gaps(bands: list[dict[str, Any]], step: Fraction | None) -> Iterator[str]:
    """Between one band's `to` and the next one's `from`: only scores that rounding leaves none of may lie there."""
    for higher, lower in pairwise(bands):
        if "to" in lower and (step is None or higher["from"] - lower["to"] > step):
            yield f"{lower['to']}—{higher['from']}"
