"""What residents and both parties said, and the grade."""

from collections import Counter

from schemas.evaluation import (
    FollowUpAnswered,
    FollowUpClosed,
    FollowUpFact,
    FollowUpOpened,
    FollowUpOverdue,
    Grievance,
    MilestoneRated,
    PartyRated,
    ProjectGraded,
    RatingsAssessed,
    SampleDrawn,
)
from schemas.fact import Fact
from schemas.rating_token import RatingTokensReissued, ReissueReason
from services.audit.rules.sentences.contract import MILESTONES
from services.audit.rules.told import Names, Stage, Told

GRIEVANCES = {
    Grievance.DISSATISFIED: ("不满意", "dissatisfied"),
    Grievance.VERY_DISSATISFIED: ("非常不满意", "very dissatisfied"),
}
REASONS = {
    ReissueReason.LOST: ("遗失", "lost"),
    ReissueReason.DAMAGED: ("损坏", "damaged"),
    ReissueReason.EXPOSED: ("被他人看到", "seen by others"),
}


def tell_rating(fact: Fact, names: Names) -> Told | None:
    match fact:
        case MilestoneRated():
            zh, en = MILESTONES[fact.milestone]
            return Told(
                Stage.EVALUATION,
                f"受益居民评价{zh}成果:{fact.ratings} 份,均分 {fact.mean}",
                f"{fact.ratings} residents rated the {en}: mean {fact.mean}",
            )
        case SampleDrawn():
            zh, en = MILESTONES[fact.milestone]
            return Told(
                Stage.EVALUATION,
                f"{zh}评价抽签:{fact.population} 个凭证中抽取 {fact.size} 个,种子 {fact.seed[:12]}…",
                f"Whom the {en} rating is asked of was drawn by lot: {fact.size} of {fact.population} tokens, "
                f"seed {fact.seed[:12]}…",
            )
        case RatingTokensReissued():
            counts = Counter(one.reason for one in fact.reissued)
            zh = "、".join(f"{REASONS[reason][0]} {n} 个" for reason, n in counts.items())
            en = ", ".join(f"{n} {REASONS[reason][1]}" for reason, n in counts.items())
            return Told(
                Stage.EVALUATION,
                f"补发居民评价凭证:{zh};原凭证作废,已作的评价保留",
                f"Rating tokens of residents were reissued: {en}; the old ones are void, what they rated stays",
            )
        case RatingsAssessed():
            return _tell_assessed(fact)
        case FollowUpFact():
            return _tell_followup(fact, names)
        case PartyRated():
            return Told(
                Stage.EVALUATION,
                f"{names.zh(fact.rater_id)}评价{names.zh(fact.rated_id)}:{fact.score} 分",
                f"{names.en(fact.rater_id)} rated {names.en(fact.rated_id)}: {fact.score}",
            )
        case ProjectGraded():
            return Told(
                Stage.EVALUATION,
                f"评级:{fact.score} 分,{fact.grade},末期款系数 {fact.factor_percent}%",
                f"Graded {fact.grade} with {fact.score} points; the last tranche counts {fact.factor_percent}%",
            )
        case _:
            return None


def _tell_assessed(fact: RatingsAssessed) -> Told:
    zh, en = MILESTONES[fact.milestone]
    apart = sum(group.ratings for group in fact.set_apart)
    sure = (fact.lower_percent, fact.upper_percent)
    sure_zh = "" if None in sure else f",满意率 {sure[0]}%—{sure[1]}%({fact.confidence} 置信)"
    sure_en = "" if None in sure else f", satisfied between {sure[0]}% and {sure[1]}% ({fact.confidence} confidence)"
    few_zh, few_en = (",样本小,不参与比较", ", too few to rank") if fact.too_few else ("", "")
    return Told(
        Stage.EVALUATION,
        f"{zh}评价核定:询问 {fact.asked} 人,回应 {fact.answered} 份({fact.response_percent}%),计入 {fact.counted} 份,"
        f"未抽中 {fact.unasked} 份、集中雷同 {apart} 份另列{sure_zh}{few_zh}",
        f"The {en} ratings were assessed: {fact.asked} asked, {fact.answered} answered ({fact.response_percent}%), "
        f"{fact.counted} count; {fact.unasked} not asked and {apart} in bursts stand apart{sure_en}{few_en}",
    )


def _tell_followup(fact: FollowUpFact, names: Names) -> Told | None:
    (zh, en), (bad_zh, bad_en) = MILESTONES[fact.milestone], GRIEVANCES[fact.grievance]
    match fact:
        case FollowUpOpened():
            done = (
                f"{zh}有 {fact.ratings} 份“{bad_zh}”,要求承接方 {fact.working_days} 个工作日内整改答复",
                f"{fact.ratings} residents were {bad_en} with the {en}: to be put right in {fact.working_days} "
                "working days",
            )
        case FollowUpAnswered():
            done = (
                f"{names.zh(fact.answered_by)}答复{zh}“{bad_zh}”的整改(内容摘要 {fact.digest[:12]}…)",
                f"{names.en(fact.answered_by)} answered the follow-up of the {en} ({bad_en}; digest "
                f"{fact.digest[:12]}…)",
            )
        case FollowUpClosed():
            done = (
                f"{names.zh(fact.closed_by)}确认{zh}“{bad_zh}”的整改完成",
                f"{names.en(fact.closed_by)} confirmed the follow-up of the {en} ({bad_en})",
            )
        case FollowUpOverdue():
            done = (f"{zh}“{bad_zh}”的整改逾期未答复", f"The follow-up of the {en} ({bad_en}) is overdue")
        case _:
            return None
    return Told(Stage.EVALUATION, *done)
