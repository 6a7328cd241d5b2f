"""The announced grade, the provider's answer, and the re-evaluation."""

from schemas.days import minute_of
from schemas.fact import Fact
from schemas.grade import GradeAccepted, GradeAnnounced, GradeReplied, ReevaluationDecided, ReevaluationRequested
from services.audit.rules.told import Names, Stage, Told


def tell_grade(fact: Fact, names: Names) -> Told | None:
    match fact:
        case GradeAnnounced():
            until = minute_of(fact.reply_until)
            said = (
                f"预评等级:{fact.score} 分,{fact.grade};承接方可在 {until} 前接受、答复或申请重新评价",
                f"Announced: {fact.grade} with {fact.score} points; the provider may accept, reply or ask for a "
                f"re-evaluation until {until}",
            )
        case GradeReplied():
            by = fact.replied_by
            said = (
                f"{names.zh(by)}答复预评等级(内容摘要 {fact.digest[:12]}…)",
                f"{names.en(by)} replied to the announced grade (digest {fact.digest[:12]}…)",
            )
        case GradeAccepted():
            by = fact.accepted_by
            said = (f"{names.zh(by)}接受预评等级", f"{names.en(by)} accepted the announced grade")
        case ReevaluationRequested():
            by, until = fact.requested_by, minute_of(fact.decide_until)
            said = (
                f"{names.zh(by)}申请重新评价(理由摘要 {fact.digest[:12]}…),{until} 前决定",
                f"{names.en(by)} asked for a re-evaluation (digest {fact.digest[:12]}…), to be decided until {until}",
            )
        case ReevaluationDecided():
            said = _tell_decision(fact, names)
        case _:
            return None
    return Told(Stage.EVALUATION, *said)


def _tell_decision(fact: ReevaluationDecided, names: Names) -> tuple[str, str]:
    by = fact.decided_by
    if fact.closes_at is None:
        return f"{names.zh(by)}决定维持预评等级", f"{names.en(by)} upheld the announced grade"
    until = minute_of(fact.closes_at)
    if fact.digest is None:
        return f"逾期未决定,视为同意重新评价,至 {until}", f"Undecided in time: re-evaluated, until {until}"
    return f"{names.zh(by)}同意重新评价,至 {until}", f"{names.en(by)} granted a re-evaluation, until {until}"
