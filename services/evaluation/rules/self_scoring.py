"""The arithmetic of the fiscal self-evaluation: exact until each line is rounded, half up, to two decimals.

The rulebook says how many points each group has, which of them budget execution and satisfaction take, how
actual ÷ planned becomes points, and how the total is rounded before it is banded, so that 89.5 lies in a band too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from schemas.money import Money
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from schemas.self_evaluation import IndicatorGroup, ScoredIndicator
from services.evaluation.rules.evaluation import Assessment
from services.evaluation.rules.scheme import rounded
from services.evaluation.rules.self_evaluation import SCHEME, SelfEvaluation

SCALE = "evaluation.self_evaluation_scale"
BANDS = "evaluation.self_evaluation_bands"
WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Scheme:
    """Points by group, and what of them is no planned indicator's."""

    points: Mapping[IndicatorGroup, Decimal]
    execution: Decimal
    """of the process group"""
    satisfaction: Decimal
    """of the benefit group"""
    satisfied_planned: Decimal
    """percent"""

    @classmethod
    def of(cls, rulebook: Rulebook) -> "Scheme":
        """Refuses a document whose groups do not make 100 points, or are too small for what they hold."""
        said = rulebook.value(SCHEME)
        points = {group: Decimal(said["groups"][group]) for group in IndicatorGroup}
        scheme = cls(
            points,
            Decimal(said["budget_execution"]),
            Decimal(said["satisfaction"]["points"]),
            Decimal(said["satisfaction"]["planned_percent"]),
        )
        if sum(points.values()) != WHOLE or min(scheme.free.values()) < 0:
            raise Refused("scheme_not_whole", rulebook.source(SCHEME), rulebook=f"{rulebook.id} {rulebook.version}")
        return scheme

    @property
    def free(self) -> dict[IndicatorGroup, Decimal]:
        """What planned indicators share."""
        taken = {IndicatorGroup.PROCESS: self.execution, IndicatorGroup.BENEFIT: self.satisfaction}
        return {group: points - taken.get(group, Decimal(0)) for group, points in self.points.items()}


def reached(actual: Fraction, planned: Fraction, scale: Any) -> Fraction:
    """The share of the points: actual ÷ planned up to 1, or the share of the first step that it reaches."""
    ratio = actual / planned
    if scale == "proportional":
        return min(Fraction(1), ratio)
    steps = sorted(((_share(step["from"]), Fraction(step["share"])) for step in scale), reverse=True)
    return next((share for least, share in steps if ratio >= least), Fraction(0))


def _share(percent: str) -> Fraction:
    return Fraction(percent.removesuffix("%")) / 100


def lines(project: SelfEvaluation, assessed: Sequence[Assessment], rulebook: Rulebook) -> tuple[ScoredIndicator, ...]:
    """By group, budget execution and satisfaction among them. Every indicator must have been measured."""
    scheme, scale = Scheme.of(rulebook), rulebook.value(SCALE)
    scored = [
        _line(
            i.id,
            i.group,
            (i.name, i.unit),
            Decimal(project.actuals[i.id].value),
            Decimal(i.planned),
            i.points,
            scale,
        )
        for i in project.indicators
    ]
    money = ("预算执行 Budget execution", "元 CNY")
    scored.append(
        _line(
            "budget_execution",
            IndicatorGroup.PROCESS,
            money,
            _yuan(project.spent),
            _yuan(project.price),
            scheme.execution,
            "proportional",
        )
    )
    scored.append(_satisfaction(scheme, assessed))
    order = list(IndicatorGroup)
    return tuple(sorted((line for line in scored if line.points), key=lambda line: order.index(line.group)))


def _satisfaction(scheme: Scheme, assessed: Sequence[Assessment]) -> ScoredIndicator:
    """The satisfied share of the ratings that count; where none does nothing is earned, and that is said."""
    counted, satisfied = sum(a.counted for a in assessed), sum(a.satisfied for a in assessed)
    names = ("服务对象满意度 Satisfaction of those served", "%")
    group, planned, points = IndicatorGroup.BENEFIT, scheme.satisfied_planned, scheme.satisfaction
    if counted:
        percent = rounded(Fraction(100 * satisfied, counted))
        line = _line("satisfaction", group, names, percent, planned, points, "proportional")
        how = f"{satisfied} ÷ {counted} × 100 = {percent}; {line.working}"
        return line.model_copy(update={"working": how})
    return ScoredIndicator(
        id="satisfaction",
        group=group,
        name=names[0],
        unit=names[1],
        planned=planned,
        actual=None,
        points=points,
        score=Decimal("0.00"),
        working="没有可计入的居民评价,计 0 分 No rating counts: no points",
    )


def _line(
    id: str,
    group: IndicatorGroup,
    names: tuple[str, str],
    actual: Decimal,
    planned: Decimal,
    points: Decimal,
    scale: Any,
) -> ScoredIndicator:
    share = reached(Fraction(actual), Fraction(planned), scale)
    score = rounded(share * Fraction(points))
    if scale == "proportional":
        working = f"min(1, {actual} ÷ {planned}) × {points} = {score}"
    else:
        working = f"{actual} ÷ {planned} → {share}; {share} × {points} = {score}"
    return ScoredIndicator(
        id=id,
        group=group,
        name=names[0],
        unit=names[1],
        planned=planned,
        actual=actual,
        points=points,
        score=score,
        working=working,
    )


def _yuan(amount: Money) -> Decimal:
    return Decimal(amount.fen).scaleb(-2)


def banded(total: Decimal, rulebook: Rulebook) -> tuple[Decimal, str]:
    """The total, half up to as many decimals as the bands have, and the best band whose lower bound it reaches."""
    said = rulebook.value(BANDS)
    score = rounded(Fraction(total), int(said["decimals"]))
    bands = sorted(said["grades"], key=lambda band: Decimal(str(band["from"])), reverse=True)
    return score, next(str(band["grade"]) for band in bands if score >= Decimal(str(band["from"])))
