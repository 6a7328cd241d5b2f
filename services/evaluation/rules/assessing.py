"""Which ratings of a milestone count, and how sure one can be of what they say.

Counted is what tokens asked by lot said (without a lot every token was asked), less what the test sets apart. The rest
is shown beside it: who was not asked chose to speak, and what came in bursts may be one voice. A rulebook from before
there was sampling counts every rating, as it always did.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from schemas.contract import Milestone
from schemas.evaluation import RatingsAssessed, SetApart
from schemas.rulebook import Rulebook
from services.evaluation.rules import scheme
from services.evaluation.rules.bursts import Group, set_apart
from services.evaluation.rules.certainty import wilson
from services.evaluation.rules.dense import Row
from services.evaluation.rules.evaluation import Evaluation, Level
from services.evaluation.rules.sampling import SAMPLING

SET_APART = "evaluation.set_apart"
SATISFIED = "evaluation.satisfied_levels"


@dataclass(frozen=True, slots=True)
class Assessed:
    """What to tell of a milestone's ratings, and those that count, by level."""

    fact: RatingsAssessed
    counts: Mapping[Level, int]
    groups: Sequence[Group]
    """those set apart, as the fact tells them"""


def assess(evaluation: Evaluation, milestone: Milestone, rows: Sequence[Row], rulebook: Rulebook) -> Assessed | None:
    """None under a rulebook without sampling, or without any rating."""
    if SAMPLING not in rulebook.rules or not rows:
        return None
    sample = evaluation.samples.get(milestone)
    groups = set_apart(rows, rulebook.value(SET_APART))
    apart = {row.number for group in groups for row in group.rows}
    asked = [row for row in rows if sample is None or row.asked]
    counts = Counter(row.level for row in asked if row.number not in apart)
    size = evaluation.tokens_for(milestone) if sample is None else sample.size
    population = evaluation.tokens_for(milestone) if sample is None else sample.population
    by, points = rulebook.value(SAMPLING), rulebook.value("evaluation.level_points")
    counted, few = counts.total(), rulebook.integer("evaluation.small_sample")
    satisfied = sum(counts[Level(level)] for level in rulebook.value(SATISFIED))
    sure = wilson(satisfied, counted, Decimal(by["z"]), population) if counted else None
    fact = RatingsAssessed(
        project_id=evaluation.project_id,
        milestone=milestone,
        population=population,
        asked=size,
        answered=len(asked),
        response_percent=scheme.percent(len(asked), size),
        unasked=len(rows) - len(asked),
        set_apart=tuple(_told(group) for group in groups),
        counted=counted,
        mean=scheme.mean(counts, points) if counted else None,
        mean_of_all=scheme.mean(Counter(row.level for row in rows), points),
        satisfied=satisfied,
        lower_percent=None if sure is None else sure.lower,
        upper_percent=None if sure is None else sure.upper,
        confidence=by["confidence"],
        z=by["z"],
        too_few=counted < few,
        too_few_below=few,
    )
    return Assessed(fact, {level: counts[level] for level in Level if counts[level]}, groups)


def _told(group: Group) -> SetApart:
    return SetApart(
        by_community=group.rows[0].by_community,
        first=group.rows[0].number,
        last=group.rows[-1].number,
        ratings=len(group.rows),
        level=group.level,
        of_level=group.of_level,
    )


def how_assessed(name: str, assessed: Assessed) -> list[str]:
    """In words: asked and answered, what counts, how sure, what does not count and why."""
    fact = assessed.fact
    lot = f"抽签询问 {fact.asked} 个" if fact.asked < fact.population else "全体受邀"
    said = [
        f"{name}:登记 {fact.population} 个凭证,{lot},回应 {fact.answered} 个(回应率 {fact.response_percent}%),"
        f"计入 {fact.counted} 份"
    ]
    if fact.lower_percent is not None:
        said.append(
            f"其中满意 {fact.satisfied} 份,满意率 {fact.confidence} 置信区间 "
            f"{fact.lower_percent}%—{fact.upper_percent}%(Wilson 区间,有限总体校正)"
        )
    if fact.unasked:
        said.append(f"未抽中而自行评价 {fact.unasked} 份,另列不计")
    for group, found in zip(fact.set_apart, assessed.groups, strict=True):
        why = "短时密集而等次偏离其余评价" if found.dense else "集中而雷同"
        side = "社区代录" if group.by_community else "居民自评"
        said.append(
            f"第 {group.first}—{group.last} 号之间{side}的一组 {group.ratings} 份中 {group.of_level} 份为同一等次,"
            f"{why},另列不计"
        )
    if fact.unasked or fact.set_apart:
        said.append(f"{name}计入者均分 {'—' if fact.mean is None else fact.mean},全部评价均分 {fact.mean_of_all}")
    return said
