"""From the accepted delivery to the grade: a window in which all may rate, then the rulebook's arithmetic.

Money is never stuck: parts that are missing leave their weight to the others; when nobody rated at all, the
window is extended once, and then the grade is the one the rulebook states for this case, with the reason shown.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from schemas.contract import Milestone, MilestoneAccepted
from schemas.deciding import Context, Due, World
from schemas.evaluation import MilestoneRated, ProjectGraded
from schemas.fact import Note
from schemas.ids import ProjectId
from schemas.model import Model
from schemas.rulebook import Rulebook
from services.evaluation.rules import scheme
from services.evaluation.rules.evaluation import Evaluation
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
    return [_window(evaluation, context, extended=False)]


def grade(world: World, due: Due, context: Context) -> list[Model]:
    """The window is over: say what the ratings came to, and the grade."""
    evaluation = world.find(Evaluation, due.ref[1])
    if evaluation is None or evaluation.grade is not None:
        return []
    if evaluation.closes_at is None or context.at < evaluation.closes_at:
        return []
    rulebook = context.rulebooks.by_hash(evaluation.rulebook)
    parts = _parts(evaluation, rulebook)
    if not parts and not evaluation.extended:
        return [_window(evaluation, context, extended=True)]
    rated = [
        MilestoneRated(
            project_id=evaluation.project_id,
            milestone=milestone,
            ratings=tally.ratings,
            mean=scheme.mean(tally.counts, rulebook.value("evaluation.level_points")),
            digest=tally.digest,
        )
        for milestone in Milestone
        if (tally := evaluation.tally(milestone)).ratings
    ]
    return [*rated, _graded(evaluation, parts, rulebook)]


def _window(evaluation: Evaluation, context: Context, *, extended: bool) -> WindowSet:
    days = context.rulebooks.by_hash(evaluation.rulebook).integer("evaluation.rating_window_days")
    closes_at = context.at + timedelta(days=days)
    return WindowSet(project_id=evaluation.project_id, closes_at=closes_at, extended=extended)


def _parts(evaluation: Evaluation, rulebook: Rulebook) -> list[Part]:
    """The voices that were heard: residents, funder, community."""
    weights = rulebook.value("evaluation.weights")
    counts = scheme.added(tuple(evaluation.tallies.values()))
    satisfaction = scheme.mean(counts, rulebook.value("evaluation.level_points")) if counts else None
    heard = (
        ("居民", satisfaction, weights["residents"]),
        ("购买方", evaluation.score_by(evaluation.funder_id), weights["funder"]),
        ("社区", evaluation.score_by(evaluation.community_id), weights["community"]),
    )
    return [Part(name, score, weight) for name, score, weight in heard if score is not None]


def _graded(evaluation: Evaluation, parts: list[Part], rulebook: Rulebook) -> ProjectGraded:
    if parts:
        score = scheme.weighted(parts, rulebook.integer("evaluation.score_decimals"))
        name = scheme.band(score, rulebook)
        steps = [*_about_residents(evaluation, rulebook), scheme.how_weighted(parts, score)]
        if missing := {"居民", "购买方", "社区"} - {part.name for part in parts}:
            steps.append(f"未评分的 {'、'.join(sorted(missing))} 的权重由其余各方按比例分摊")
    else:
        unrated = rulebook.value("evaluation.unrated")
        score, name = Decimal(str(unrated["score"])), str(unrated["grade"])
        source = rulebook.source("evaluation.unrated").text
        steps = [f"评价期延长一次后仍无任何评分,按规则记 {score} 分、{name}({source})"]
    factor = int(rulebook.value("evaluation.factors")[name])
    steps.append(f"等级 {name},末期款系数 {factor}%")
    return ProjectGraded(
        project_id=evaluation.project_id,
        score=score,
        grade=name,
        factor_percent=factor,
        arithmetic=";".join(steps),
        rulebook=evaluation.rulebook,
    )


def _about_residents(evaluation: Evaluation, rulebook: Rulebook) -> list[str]:
    """How satisfied, of how many; few answers are told as few."""
    counts = scheme.added(tuple(evaluation.tallies.values()))
    if not counts:
        return [f"没有居民评价(发放评价凭证 {evaluation.tokens} 个)"]
    points = rulebook.value("evaluation.level_points")
    by_milestone = "、".join(
        f"{NAMES[milestone]} {tally.ratings} 份(回收率 {_percent(tally.ratings, evaluation.tokens)})"
        for milestone in Milestone
        if (tally := evaluation.tally(milestone)).ratings
    )
    by_community = sum(tally.entered_by_community for tally in evaluation.tallies.values())
    said = [
        scheme.how_mean(counts, points, scheme.mean(counts, points)),
        f"发放评价凭证 {evaluation.tokens} 个,收回{by_milestone},其中社区代录 {by_community} 份",
    ]
    few = rulebook.integer("evaluation.small_sample")
    if sum(counts.values()) < few:
        said.append(f"评价不足 {few} 份,样本小,不宜用于排名")
    return said


def _percent(part: int, whole: int) -> str:
    return f"{scheme.rounded(Fraction(100 * part, whole))}%"
