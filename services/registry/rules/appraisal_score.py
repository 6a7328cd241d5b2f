"""How a community worker's year is reckoned: by the rulebook's criteria, residents' satisfaction among them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from schemas.appraisal import AppraisalResult, CriterionScore, RatedLevel
from schemas.ids import PartyId
from schemas.model import Model
from schemas.refused import Refused
from schemas.rulebook import Rulebook

CRITERIA, POINTS, BANDS = (f"community.appraisal_{what}" for what in ("criteria", "level_points", "bands"))
LEAST_RATINGS, REPLY_DAYS = "community.appraisal_least_ratings", "community.appraisal_reply_days"
SMALLEST = "community.appraisal_smallest_cell"
APPRAISAL = (CRITERIA, POINTS, BANDS, LEAST_RATINGS, REPLY_DAYS, SMALLEST)
SATISFACTION = "satisfaction"

Count = Annotated[int, Field(ge=0, le=100_000)]
Criterion = Annotated[str, Field(min_length=1, max_length=80)]
Score = Annotated[int, Field(ge=0, le=100)]


class Ratings(Model):
    """How many residents were satisfied with the worker to each degree."""

    very_satisfied: Count
    """非常满意"""
    satisfied: Count
    """满意"""
    basically_satisfied: Count
    """基本满意"""
    dissatisfied: Count
    """不满意"""
    very_dissatisfied: Count
    """非常不满意"""


class Figures(Model):
    """What an appraisal rests on. `scores`: whole points, 0 to 100, of every criterion but the satisfaction."""

    ratings: Ratings
    scores: Annotated[dict[Criterion, Score], Field(max_length=50)]


class GradeCount(Model):
    """`count`: none where so few, or none at all, have the grade that it would tell of somebody."""

    grade: str
    count: int | None


def result(community: UUID, worker: UUID, year: int, figures: Figures, book: Rulebook) -> AppraisalResult:
    """Exact until the end, and rounded once: half up, to whole points."""
    levels, satisfaction = _satisfaction(figures.ratings, book)
    criteria = _in_order(book.value(CRITERIA))
    wanted = tuple(name for name in criteria if name != SATISFACTION)
    if set(figures.scores) != set(wanted):
        raise Refused("scores_of_criteria", book.source(CRITERIA), status=422, field="scores", among=wanted)
    scores: dict[str, Fraction] = {name: Fraction(points) for name, points in figures.scores.items()}
    scores[SATISFACTION] = satisfaction
    exact = sum((scores[name] * of["weight"] for name, of in criteria.items()), Fraction(0)) / 100
    whole = half_up(exact)
    band = next(one for one in book.value(BANDS) if whole >= one["from"])
    return AppraisalResult(
        community_id=PartyId(community),
        worker_id=PartyId(worker),
        year=year,
        levels=levels,
        rated=sum(one.count for one in levels),
        criteria=tuple(_criterion(name, of, scores[name]) for name, of in criteria.items()),
        exact=str(exact),
        score=whole,
        grade=band["grade"],
        grade_from=band["from"],
        how=_how(levels, {name: (of["weight"], scores[name]) for name, of in criteria.items()}, exact),
    )


def _in_order(criteria: Mapping[str, Any]) -> dict[str, Any]:
    """The heaviest first: a table that was adopted comes back from the database in no order of its own."""
    return dict(sorted(criteria.items(), key=lambda one: (-one[1]["weight"], one[0])))


def _satisfaction(ratings: Ratings, book: Rulebook) -> tuple[tuple[RatedLevel, ...], Fraction]:
    """Σ count × points ÷ Σ count; of too few residents there is none."""
    points, counts = book.value(POINTS), ratings.model_dump()
    levels = tuple(RatedLevel(level=name, count=count, points=points[name]) for name, count in counts.items())
    rated, least = sum(counts.values()), book.integer(LEAST_RATINGS)
    if rated < least:
        source = book.source(LEAST_RATINGS)
        raise Refused("too_few_ratings", source, status=422, field="ratings", rated=rated, least=least)
    return levels, Fraction(sum(one.count * one.points for one in levels), rated)


def _criterion(name: str, of: Mapping[str, str | int], score: Fraction) -> CriterionScore:
    return CriterionScore.model_validate({"criterion": name, **of, "score": str(score)})


def half_up(exact: Fraction) -> int:
    return (exact + Fraction(1, 2)).__floor__()


def _how(levels: Iterable[RatedLevel], parts: Mapping[str, tuple[int, Fraction]], exact: Fraction) -> str:
    sum_of_levels = " + ".join(f"{one.count}×{one.points}" for one in levels)
    rated = sum(one.count for one in levels)
    terms = (
        f"{weight}×({sum_of_levels})÷{rated}" if name == SATISFACTION else f"{weight}×{score}"
        for name, (weight, score) in parts.items()
    )
    return f"({' + '.join(terms)}) ÷ 100 = {exact} → {half_up(exact)}"


def published(grades: Iterable[str], book: Rulebook) -> tuple[GradeCount, ...]:
    """How many have each grade. Where one cell alone would be withheld, the next smallest is too: else the number of
    all who were appraised would tell it.
    """
    found = Counter(grades)
    named = dict.fromkeys((*(str(band["grade"]) for band in book.value(BANDS)), *sorted(found)))
    smallest = book.integer(SMALLEST)
    withheld = {grade for grade in named if found[grade] < smallest}
    if len(withheld) == 1 and len(named) > 1:
        withheld.add(min((grade for grade in named if grade not in withheld), key=lambda grade: found[grade]))
    return tuple(GradeCount(grade=grade, count=None if grade in withheld else found[grade]) for grade in named)
