"""Complaints to the finance department, by the beginning of their ids: who complained is in no fact."""

from schemas.complaint import (
    ComplaintAccepted,
    ComplaintAnswered,
    ComplaintDecided,
    ComplaintFact,
    ComplaintFiled,
    ComplaintRejected,
    ComplaintWithdrawn,
    PurchaseResumed,
    PurchaseSuspended,
    RejectionGround,
)
from schemas.days import minute_of
from schemas.fact import Fact
from services.audit.rules.sentences.objection import REMEDIES
from services.audit.rules.told import Names, Stage, Told

GROUNDS = {
    RejectionGround.WRONG_VENUE: ("不属于本部门管辖", "wrong venue"),
    RejectionGround.LATE: ("超过投诉期限", "late"),
    RejectionGround.NOT_OBJECTED: ("未经质疑", "not objected to before"),
    RejectionGround.INCOMPLETE: ("材料不符合规定", "incomplete"),
}


def tell_complaint(fact: Fact, names: Names) -> Told | None:
    if not isinstance(fact, ComplaintFact):
        return None
    found = _told(fact, names, str(fact.complaint_id)[:8])
    return None if found is None else Told(Stage.AWARD, *found)


def _told(fact: ComplaintFact, names: Names, short: str) -> tuple[str, str] | None:
    match fact:
        case ComplaintFiled():
            objection, due = str(fact.objection_id)[:8], minute_of(fact.decision_due)
            return (
                f"{names.zh(fact.authority_id)}收到投诉 {short}(就质疑 {objection}),应于 {due} 前作出处理决定",
                f"Complaint {short} about objection {objection} came to {names.en(fact.authority_id)}, to be decided "
                f"before {due}",
            )
        case ComplaintAccepted():
            due = minute_of(fact.answers_due)
            return (
                f"受理投诉 {short},要求采购人及 {fact.others} 家供应商于 {due} 前说明",
                f"Complaint {short} was accepted; the buyer and {fact.others} bidders answer before {due}",
            )
        case ComplaintRejected():
            zh, en = GROUNDS[fact.ground]
            right = fact.competent_id
            right_zh = "" if right is None else f",应向{names.zh(right)}提出"
            right_en = "" if right is None else f", competent is {names.en(right)}"
            return (
                f"投诉 {short} 不予受理({zh}{right_zh}):{fact.text}",
                f"Complaint {short} was not accepted ({en}{right_en}): {fact.text}",
            )
        case ComplaintAnswered():
            zh, en = ("采购人", "the buyer") if fact.by_buyer else ("供应商", "a bidder")
            return f"{zh}就投诉 {short} 作出说明", f"Complaint {short} was answered by {en}"
        case ComplaintWithdrawn():
            return f"投诉 {short} 撤回", f"Complaint {short} was withdrawn"
        case _:
            return _followed(fact, short)


def _followed(fact: ComplaintFact, short: str) -> tuple[str, str] | None:
    match fact:
        case PurchaseSuspended():
            until = minute_of(fact.until)
            return (
                f"因投诉 {short} 暂停采购活动,最迟至 {until}:{fact.reason}",
                f"The purchase was suspended for complaint {short} until {until} at the latest: {fact.reason}",
            )
        case PurchaseResumed():
            zh, en = ("提前恢复", " before its time") if fact.sooner else ("期满恢复", ", its time being over")
            return f"因投诉 {short} 暂停的采购活动{zh}", f"The purchase suspended for complaint {short} goes on{en}"
        case ComplaintDecided():
            zh, en = REMEDIES[fact.remedy]
            found = ("成立", "upheld") if fact.upheld else ("不成立", "not upheld")
            return (
                f"投诉 {short} 处理决定:{found[0]},{zh}。{fact.text}(依据:{fact.source})",
                f"Complaint {short} was {found[1]}, {en}: {fact.text}",
            )
        case _:
            return None
