"""A charity-venture round, from its call to its grants."""

from schemas.fact import Fact
from schemas.preferring import ApplicantsPreferred
from schemas.round import (
    AlternativesWeighed,
    ApplicationsChecked,
    ApplicationsScored,
    ApplicationsTotalled,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    PairDecided,
    PairsFound,
    PublicScored,
    RoundCalled,
    RoundClosed,
    RoundConfirmed,
    RoundPublicised,
    RoundScored,
    RoundSolved,
    RoundVoided,
)
from schemas.round_committee import RoundDrawCommitted, RoundExpertRecused, RoundExpertsDrawn
from schemas.solution import Proof
from services.audit.rules.told import Names, Stage, Told, yuan

PROOFS = {
    Proof.OPTIMAL: ("已证明最优", "proven to be the best"),
    Proof.OPTIMAL_ANY: (
        "总分已证明最优,同分方案的抽签序未证明",
        "proven to score best; the draw between equals is not proven",
    ),
    Proof.FEASIBLE: ("到求解上限,未证明最优", "the solver's limit came before the proof"),
    Proof.INFEASIBLE: ("没有满足全部规则的方案", "no choice keeps every rule"),
    Proof.UNKNOWN: ("到求解上限,未得出方案", "the solver's limit came before any choice"),
}


def points(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def tell_round(fact: Fact, names: Names) -> Told | None:
    return _of_applying(fact, names) or _of_judging(fact, names) or _of_choosing(fact, names)


def _of_applying(fact: Fact, names: Names) -> Told | None:
    match fact:
        case RoundCalled():
            call = fact.call
            return Told(
                Stage.PROPOSAL,
                f"{names.zh(call.funder_id)}发布公益创投“{call.title}”,预算 {call.budget},起草与批准为不同的人",
                f"{names.en(call.funder_id)} called the venture round “{call.title}” with {yuan(call.budget)}; "
                "another person had drafted it",
                call.budget,
            )
        case ApplicationSubmitted():
            asked = fact.proposal.asked
            return Told(
                Stage.TENDER,
                f"{names.zh(fact.organization_id)}申报《{fact.proposal.title}》,申请 {asked}",
                f"{names.en(fact.organization_id)} applied with “{fact.proposal.title}” for {yuan(asked)}",
                asked,
            )
        case ApplicationWithdrawn():
            name = fact.organization_id
            return Told(Stage.TENDER, f"{names.zh(name)}撤回申报", f"{names.en(name)} withdrew an application")
        case RoundClosed():
            return Told(
                Stage.TENDER,
                f"申报截止,共 {fact.applications} 份",
                f"The call closed with {fact.applications} applications",
            )
        case _:
            return None


def _of_judging(fact: Fact, names: Names) -> Told | None:
    match fact:
        case ApplicationsChecked():
            complete, whole = sum(check.complete for check in fact.checks), len(fact.checks)
            return Told(Stage.AWARD, f"初审 {whole} 份,{complete} 份合格", f"{complete} of {whole} were complete")
        case PairsFound():
            found = len(fact.pairs)
            return Told(Stage.AWARD, f"列出 {found} 对相似申报", f"{found} similar pairs were listed")
        case PairDecided():
            zh, en = ("属同一工作", "the same work") if fact.same else ("不是同一工作", "not the same work")
            return Told(
                Stage.AWARD,
                f"对一对相似申报的判断:{zh},理由:{fact.reason}",
                f"A similar pair was decided to be {en}: {fact.reason}",
            )
        case ApplicationsScored():
            return Told(
                Stage.AWARD,
                f"{names.zh(fact.evaluator_id)}为 {len(fact.scores)} 份申报评分",
                f"{names.en(fact.evaluator_id)} scored {len(fact.scores)} applications",
            )
        case PublicScored():
            number = len(fact.scores)
            return Told(Stage.AWARD, f"录入 {number} 份申报的大众评审得分", f"{number} public scores were entered")
        case ApplicationsTotalled():
            number = len(fact.totals)
            return Told(Stage.AWARD, f"{number} 份申报的总分确定", f"{number} totals were fixed")
        case ApplicantsPreferred():
            number, grades = len(fact.applications), "、".join(fact.grades)
            return Told(
                Stage.AWARD,
                f"{number} 份申报的组织最近一次评级为{grades},同分时优先",
                f"{number} applications come first of equals: their organizations were last graded {grades}",
            )
        case RoundDrawCommitted():
            return Told(
                Stage.TENDER,
                f"公布评审专家名单 {len(fact.pool)} 人,拟抽 {fact.seats} 人,承诺值 {fact.commitment[:12]}…",
                f"A pool of {len(fact.pool)} experts was published, {fact.seats} to be drawn, "
                f"commitment {fact.commitment[:12]}…",
            )
        case RoundExpertsDrawn():
            return Told(
                Stage.AWARD,
                f"抽取评审专家 {len(fact.members)} 人,因回避等跳过 {len(fact.passed)} 人,种子 {fact.seed[:12]}…",
                f"{len(fact.members)} experts were drawn, {len(fact.passed)} passed over, seed {fact.seed[:12]}…",
            )
        case RoundExpertRecused():
            return Told(Stage.AWARD, "一名评审专家申请回避本轮", "An expert recused from the round")
        case RoundScored():
            return Told(
                Stage.AWARD,
                f"评分结束:{fact.evaluators} 名评审,{fact.applications} 份申报进入整轮择优",
                f"Scoring closed: {fact.evaluators} evaluators, {fact.applications} applications to choose from",
            )
        case _:
            return None


def _of_choosing(fact: Fact, names: Names) -> Told | None:
    match fact:
        case AlternativesWeighed():
            number = len(fact.alternatives)
            return Told(
                Stage.AWARD, f"说明 {number} 份申报未入选的最近原因", f"It was said why {number} were not chosen"
            )
        case RoundSolved():
            proof = fact.certificate
            zh, en = PROOFS[proof.proof]
            return Told(
                Stage.AWARD,
                f"整轮择优建议 {len(fact.chosen)} 项,总分 {points(proof.objective)},"
                f"差距 {points(proof.gap)}({zh});由人决定",
                f"{len(fact.chosen)} were advised with {points(proof.objective)} points, "
                f"gap {points(proof.gap)} ({en}); people decide",
                proof.spent,
            )
        case RoundPublicised():
            number = len(fact.chosen)
            return Told(Stage.AWARD, f"公示拟资助名单 {number} 项", f"The choice of {number} was publicised")
        case RoundConfirmed():
            out = len(fact.left_out)
            return Told(
                Stage.AWARD,
                f"公示期满,另一人确认资助 {len(fact.grants)} 项,剔除 {out} 项",
                f"After the notice another person confirmed {len(fact.grants)} grants and left out {out}",
            )
        case RoundVoided():
            return Told(Stage.AWARD, f"本轮终止:{fact.reason}", f"The round ended without grants: {fact.reason}")
        case _:
            return None
