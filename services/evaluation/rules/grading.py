"""From the accepted delivery to the grade: a window in which all may rate, then the rulebook's arithmetic.

What was not asked by lot or is set apart does not count, and the grade says what it would be if it did.

Money is never stuck: parts that are missing leave their weight to the others; when nobody rated at all, the
window is extended once, and then the grade is the one the rulebook states for this case, with the reason shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from schemas.contract import Milestone, MilestoneAccepted
from schemas.deciding import Context, Due, World
from schemas.evaluation import MilestoneRated, ProjectGraded
from schemas.fact import Note
from schemas.ids import ProjectId
from schemas.model import Model
from schemas.rulebook import Rulebook
from services.evaluation.rules import followups, scheme
from services.evaluation.rules.assessing import Assessed, assess, how_assessed
from services.evaluation.rules.box import RatingBox
from services.evaluation.rules.evaluation import Evaluation, Level, OfAll
from services.evaluation.rules.experts import expert_score
from services.evaluation.rules.scheme import Part

NAMES = {Milestone.MID_TERM: "中期", Milestone.FINAL: "末期"}


class WindowSet(Note):
    """Ratings are taken until `closes_at`, exclusive; then the timer grades."""

    project_id: ProjectId
    closes_at: datetime
    extended: bool


def open_window(world: World, fact: MilestoneAccepted, context: Context) -> list[Note]:
    """The buyer accepted the final milestone: the rating window starts to run."""
    evaluation = world.find(Evaluation, fact.project_id)
    if evaluation is None or fact.milestone is not Milestone.FINAL or evaluation.closes_at is not None:
        return []
    return [_window(evaluation, _closing(evaluation, context), extended=False)]


class GradeCompared(Note):
    """What the grade would be if every rating counted."""

    project_id: ProjectId
    score: Decimal
    grade: str


@dataclass(frozen=True, slots=True)
class Residents:
    """What residents said: every rating by level, those that count, and how that was found per milestone."""

    all: Mapping[Level, int]
    counted: Mapping[Level, int]
    assessed: Mapping[Milestone, Assessed]


def ring(world: World, due: Due, context: Context) -> list[Model]:
    """A follow-up's deadline; or the end of a window that was set before ratings lay in a box: it gets one."""
    evaluation = world.find(Evaluation, due.ref[1])
    if evaluation is None or (evaluation.grade is not None and due.name == "grade"):
        return []
    if due.name == "grade" and evaluation.closes_at is not None:
        return [_window(evaluation, evaluation.closes_at, extended=evaluation.extended)]
    return [*followups.overdue(evaluation, due, context)]


def grade(world: World, due: Due, context: Context) -> list[Model]:
    """The window is over: say what the ratings came to, and the grade."""
    evaluation, box = world.find(Evaluation, due.ref[1]), world.find(RatingBox, due.ref[1])
    if evaluation is None or box is None or evaluation.grade is not None:
        return []
    if evaluation.closes_at is None or context.at < evaluation.closes_at:
        return []
    rulebook = context.rulebooks.by_hash(evaluation.rulebook)
    residents = _residents(evaluation, box, rulebook)
    parts = _parts(evaluation, residents.counted, rulebook)
    if not parts and not evaluation.extended:
        return [_window(evaluation, _closing(evaluation, context), extended=True)]
    said: list[Model] = []
    for milestone in Milestone:
        if (tally := evaluation.tally(milestone)).ratings:
            mean = scheme.mean(tally.counts, rulebook.value("evaluation.level_points"))
            rated = MilestoneRated(
                project_id=evaluation.project_id,
                milestone=milestone,
                ratings=tally.ratings,
                mean=mean,
                digest=tally.digest,
            )
            said.append(rated)
        if (assessed := residents.assessed.get(milestone)) is not None:
            said.append(assessed.fact)
    of_all = _of_all(evaluation, residents, rulebook)
    if of_all is not None:
        compared = GradeCompared(project_id=evaluation.project_id, score=of_all.score, grade=of_all.grade)
        said.append(compared)
    return [*said, _graded(evaluation, parts, residents, of_all, rulebook)]


def _closing(evaluation: Evaluation, context: Context) -> datetime:
    days = context.rulebooks.by_hash(evaluation.rulebook).integer("evaluation.rating_window_days")
    return context.at + timedelta(days=days)


def _window(evaluation: Evaluation, closes_at: datetime, *, extended: bool) -> WindowSet:
    return WindowSet(project_id=evaluation.project_id, closes_at=closes_at, extended=extended)


def _residents(evaluation: Evaluation, box: RatingBox, rulebook: Rulebook) -> Residents:
    found = ((milestone, assess(evaluation, milestone, rows, rulebook)) for milestone, rows in box.rows.items())
    assessed = {milestone: one for milestone, one in found if one is not None}
    every = scheme.added([tally.counts for tally in evaluation.tallies.values()])
    counted = scheme.added([one.counts for one in assessed.values()]) if assessed else every
    return Residents(every, counted, assessed)


def _parts(evaluation: Evaluation, counts: Mapping[Level, int], rulebook: Rulebook) -> list[Part]:
    """The voices that were heard: residents, funder, community, experts."""
    weights = rulebook.value("evaluation.weights")
    satisfaction = scheme.mean(counts, rulebook.value("evaluation.level_points")) if counts else None
    heard = (
        ("居民", satisfaction, weights["residents"]),
        ("购买方", evaluation.score_by(evaluation.funder_id), weights["funder"]),
        ("社区", evaluation.score_by(evaluation.community_id), weights["community"]),
        ("专家", expert_score(evaluation), weights.get("experts", 0)),
    )
    return [Part(name, score, weight) for name, score, weight in heard if score is not None]


def _score(evaluation: Evaluation, parts: list[Part], rulebook: Rulebook) -> Decimal:
    """Weighted, less what overdue follow-ups cost; never below nothing."""
    score = scheme.weighted(parts, rulebook.integer("evaluation.score_decimals"))
    return max(Decimal(0), score - followups.points_lost(evaluation, rulebook))


def _of_all(evaluation: Evaluation, residents: Residents, rulebook: Rulebook) -> OfAll | None:
    if residents.counted == residents.all:
        return None
    score = _score(evaluation, _parts(evaluation, residents.all, rulebook), rulebook)
    return OfAll(score=score, grade=scheme.band(score, rulebook))


def _graded(
    evaluation: Evaluation, parts: list[Part], residents: Residents, of_all: OfAll | None, rulebook: Rulebook
) -> ProjectGraded:
    if parts:
        score = _score(evaluation, parts, rulebook)
        name = scheme.band(score, rulebook)
        steps = [*_about_residents(evaluation, residents, rulebook), *_how_scored(evaluation, parts, rulebook)]
        if missing := {"居民", "购买方", "社区"} - {part.name for part in parts}:
            steps.append(f"未评分的 {'、'.join(sorted(missing))} 的权重由其余各方按比例分摊")
    else:
        unrated = rulebook.value("evaluation.unrated")
        score, name = Decimal(str(unrated["score"])), str(unrated["grade"])
        source = rulebook.source("evaluation.unrated").text
        none = "仍无可计入的评分" if residents.all else "仍无任何评分"
        steps = [f"评价期延长一次后{none},按规则记 {score} 分、{name}({source})"]
        steps += _about_residents(evaluation, residents, rulebook) if residents.all else []
    factor = int(rulebook.value("evaluation.factors")[name])
    if of_all is not None:
        steps.append(f"若全部评价一并计入,为 {of_all.score} 分、{of_all.grade},只作对照")
    steps.append(f"等级 {name},末期款系数 {factor}%")
    return ProjectGraded(
        project_id=evaluation.project_id,
        score=score,
        grade=name,
        factor_percent=factor,
        arithmetic=";".join(steps),
        rulebook=evaluation.rulebook,
    )


def _how_scored(evaluation: Evaluation, parts: list[Part], rulebook: Rulebook) -> list[str]:
    steps = [scheme.how_weighted(parts, scheme.weighted(parts, rulebook.integer("evaluation.score_decimals")))]
    if lost := followups.points_lost(evaluation, rulebook):
        late = sum(followup.overdue for followup in evaluation.followups)
        steps.append(f"整改逾期 {late} 项,扣 {lost} 分,得 {_score(evaluation, parts, rulebook)}")
    return steps


def _about_residents(evaluation: Evaluation, residents: Residents, rulebook: Rulebook) -> list[str]:
    """How satisfied, of how many; few answers are told as few."""
    counts = residents.counted
    if not residents.all:
        return [f"没有居民评价(发放评价凭证 {evaluation.tokens} 个)"]
    points = rulebook.value("evaluation.level_points")
    by_milestone = "、".join(
        f"{NAMES[milestone]} {tally.ratings} 份(回收率 {scheme.percent(tally.ratings, evaluation.tokens)}%)"
        for milestone in Milestone
        if (tally := evaluation.tally(milestone)).ratings
    )
    by_community = sum(tally.entered_by_community for tally in evaluation.tallies.values())
    said = [scheme.how_mean(counts, points, scheme.mean(counts, points))] if counts else []
    said.append(f"发放评价凭证 {evaluation.tokens} 个,收回{by_milestone},其中社区代录 {by_community} 份")
    for milestone, assessed in residents.assessed.items():
        said += how_assessed(NAMES[milestone], assessed.fact)
    few = rulebook.integer("evaluation.small_sample")
    if sum(counts.values()) < few:
        said.append(f"评价不足 {few} 份,样本小,不宜用于排名")
    return said
