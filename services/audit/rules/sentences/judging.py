"""How the mid-term was judged, and what the independent auditor reported."""

from schemas.days import minute_of
from schemas.fact import Fact
from schemas.judging import (
    AuditOpinion,
    AuditReported,
    Consequence,
    MidTermAwaited,
    MidTermDeemedPassed,
    MidTermGraded,
    MidTermResult,
)
from services.audit.rules.told import Names, Stage, Told

RESULTS = {
    MidTermResult.PASSED: ("合格", "passed"),
    MidTermResult.RECTIFY: ("限期整改", "is to be rectified"),
    MidTermResult.FAILED: ("不合格", "failed"),
}
CONSEQUENCES = {
    None: ("", ""),
    Consequence.STOPS: (",停止拨付直至再次评估合格", "; nothing more is released until it passes"),
    Consequence.ENDS: (",协议终止,未拨付的款项退回资金来源", "; the agreement ends, what was not released returns"),
}
OPINIONS = {
    AuditOpinion.UNQUALIFIED: ("无保留意见", "unqualified"),
    AuditOpinion.QUALIFIED: ("保留意见", "qualified"),
    AuditOpinion.ADVERSE: ("否定意见", "adverse"),
    AuditOpinion.DISCLAIMER: ("无法表示意见", "a disclaimer"),
}


def tell_judging(fact: Fact, names: Names) -> Told | None:
    match fact:
        case MidTermGraded():
            (zh, en), (then_zh, then_en) = RESULTS[fact.result], CONSEQUENCES[fact.consequence]
            return Told(
                Stage.EVALUATION,
                f"中期评估{zh},{fact.score} 分{then_zh}。理由:{fact.reasons}",
                f"The mid-term {en} with {fact.score} points{then_en}. Reasons: {fact.reasons}",
            )
        case MidTermAwaited() | MidTermDeemedPassed():
            return _tell_silence(fact, names)
        case AuditReported():
            zh, en = OPINIONS[fact.opinion]
            closed_zh = "" if fact.opinion.opens else ",付款条件未成就"
            closed_en = "" if fact.opinion.opens else ", which opens no gate"
            return Told(
                Stage.DELIVERY,
                f"{fact.auditor_name}出具独立审计报告,{zh}{closed_zh}(文件摘要 {fact.report_digest[:12]}…)",
                f"{fact.auditor_name} reported as independent auditor; opinion {en}{closed_en} "
                f"(digest of the file {fact.report_digest[:12]}…)",
            )
        case _:
            return None


def _tell_silence(fact: MidTermAwaited | MidTermDeemedPassed, names: Names) -> Told:
    until = minute_of(fact.judgement_due)
    match fact:
        case MidTermAwaited():
            return Told(
                Stage.EVALUATION,
                f"中期评估应于 {until} 前作出({fact.days} 个工作日),逾期未评视为合格;规则:{fact.source}",
                f"The mid-term is to be judged before {until} ({fact.days} working days), or counts as passed; "
                f"rule: {fact.source}",
            )
        case MidTermDeemedPassed():
            return Told(
                Stage.EVALUATION,
                f"中期评估视为合格:{names.zh(fact.funder_id)}在 {until} 前未作评估;规则:{fact.source}",
                f"The mid-term is deemed passed: nobody of {names.en(fact.funder_id)} judged it before {until}; "
                f"rule: {fact.source}",
            )
