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
from schemas.evaluation import MilestoneRated
from schemas.fact import Note
from schemas.ids import ProjectId
from schemas.model import Model
from schemas.rulebook import Rulebook
from services.evaluation.rules import followups, scheme
from services.evaluation.rules.announcing import told
from services.evaluation.rules.assessing import Assessed, assess, how_assessed
from services.evaluation.rules.box import RatingBox
from services.evaluation.rules.evaluation import Evaluation, Level
from services.evaluation.rules.experts import expert_score
from services.evaluation.rules.grade import Grade, OfAll
from services.evaluation.rules.scheme import Part

FACTORS = "evaluation.factors"
FACTORS_ON_PAPER = "evaluation.factors_on_paper"
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
    return [window(evaluation, _days(evaluation, context), context, extended=False)]


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


def boxed(evaluation: Evaluation) -> list[Model]:
    """A window that was set before ratings lay in a box gets one, with the same end."""
    if evaluation.counted or evaluation.boxed or evaluation.closes_at is None:
        return []
    return [_set(evaluation, evaluation.closes_at, extended=evaluation.extended)]


def grade(world: World, due: Due, context: Context) -> list[Model]:
    """The window is over: say what the ratings came to, and the grade, announced or final."""
    evaluation, box = world.find(Evaluation, due.ref[1]), world.find(RatingBox, due.ref[1])
    if evaluation is None or box is None or evaluation.counted:
        return []
    if evaluation.closes_at is None or context.at < (evaluation.count_awaits or evaluation.closes_at):
        return []
    rulebook = context.rulebooks.by_hash(evaluation.rulebook)
    residents = _residents(evaluation, box, rulebook)
    parts = _parts(evaluation, residents.counted, rulebook)
    if not parts and not evaluation.extended:
        return [window(evaluation, _days(evaluation, context), context, extended=True)]
    if awaited := followups.to_await(evaluation, context):
        return [*awaited]
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
    return [*said, told(evaluation, _graded(evaluation, parts, residents, of_all, rulebook), context)]


def _days(evaluation: Evaluation, context: Context) -> int:
    return context.rulebooks.by_hash(evaluation.rulebook).integer("evaluation.rating_window_days")


def window(evaluation: Evaluation, days: int, context: Context, *, extended: bool) -> WindowSet:
    return _set(evaluation, context.at + timedelta(days=days), extended=extended)


def _set(evaluation: Evaluation, closes_at: datetime, *, extended: bool) -> WindowSet:
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
) -> Grade:
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
    if of_all is not None:
        steps.append(f"若全部评价一并计入,为 {of_all.score} 分、{of_all.grade},只作对照")
    factor, moves = factor_of(evaluation, name, rulebook)
    steps.append(f"等级 {name},{moves}")
    return Grade(score=score, grade=name, factor_percent=factor, arithmetic=";".join(steps))


def factor_of(evaluation: Evaluation, grade: str, rulebook: Rulebook) -> tuple[int, str]:
    """Percent of the last tranche, and in words. 100 where the agreement printed no factors: no grade moves money then.

    Under an edition that asks for the paper, only a signed paper prints them: it has the factors of its rulebook.
    """
    asked = FACTORS_ON_PAPER in rulebook.rules
    if FACTORS not in rulebook.rules or (asked and evaluation.paper_digest is None):
        return 100, "协议未载明等级系数,末期款按 100% 支付"
    factor = int(rulebook.value(FACTORS)[grade])
    paper = f"(协议书载明,文件摘要 {evaluation.paper_digest})" if asked else ""
    return factor, f"末期款系数 {factor}%{paper}"


def _how_scored(evaluation: Evaluation, parts: list[Part], rulebook: Rulebook) -> list[str]:
    steps = [scheme.how_weighted(parts, scheme.weighted(parts, rulebook.integer("evaluation.score_decimals")))]
    if evaluation.count_awaits is not None:
        steps.append("评价期满时有整改期限未到,计票等至各项答复或期限届满,答复的不扣分")
    if lost := followups.points_lost(evaluation, rulebook):
        steps.append(f"整改逾期 {followups.late(evaluation)} 项,扣 {lost} 分,得 {_score(evaluation, parts, rulebook)}")
    return steps


def _about_residents(evaluation: Evaluation, residents: Residents, rulebook: Rulebook) -> list[str]:
    """How satisfied, of how many; few answers are told as few."""
    counts = residents.counted
    if not residents.all:
        return [f"没有居民评价(发放评价凭证 {evaluation.tokens} 个)"]
    points = rulebook.value("evaluation.level_points")
    by_milestone = "、".join(
        f"{NAMES[milestone]} {ratings} 份(回收率 {scheme.percent(ratings, evaluation.tokens_for(milestone))}%)"
        for milestone in Milestone
        if (ratings := evaluation.tally(milestone).ratings)
    )
    by_community = sum(tally.entered_by_community for tally in evaluation.tallies.values())
    said = [scheme.how_mean(counts, points, scheme.mean(counts, points))] if counts else []
    said.append(f"发放评价凭证 {evaluation.tokens} 个,收回{by_milestone},其中社区代录 {by_community} 份")
    for milestone, assessed in residents.assessed.items():
        said += how_assessed(NAMES[milestone], assessed)
    few = rulebook.integer("evaluation.small_sample")
    if sum(counts.values()) < few:
        said.append(f"评价不足 {few} 份,样本小,不宜用于排名")
    return said
