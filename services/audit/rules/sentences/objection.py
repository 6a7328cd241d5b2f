"""Objections, by the beginning of their ids: who objected is in no fact."""

from schemas.days import minute_of
from schemas.fact import Fact
from schemas.objection import (
    ObjectionAnswered,
    ObjectionAssessed,
    ObjectionGround,
    ObjectionItem,
    ObjectionRaised,
    Remedy,
    SigningResumed,
    SigningSuspended,
)
from services.audit.rules.told import Names, Stage, Told

ITEMS = {
    ObjectionItem.DOCUMENTS: ("采购文件", "the documents"),
    ObjectionItem.PROCESS: ("采购过程", "the process"),
    ObjectionItem.RESULT: ("成交结果", "the result"),
}
GROUNDS = {
    ObjectionGround.UNFAIR_REQUIREMENT: ("差别待遇或歧视待遇", "unfair requirement"),
    ObjectionGround.SCORING_RULES: ("评审标准违法或不明", "scoring rules"),
    ObjectionGround.PROCEDURE: ("程序违法", "procedure"),
    ObjectionGround.RECUSAL: ("应当回避而未回避", "recusal"),
    ObjectionGround.QUALIFICATION: ("资格审查错误", "qualification"),
    ObjectionGround.SCORING: ("评分错误", "scoring"),
    ObjectionGround.FALSE_MATERIALS: ("提供虚假材料", "false materials"),
    ObjectionGround.COLLUSION: ("串通", "collusion"),
    ObjectionGround.OTHER: ("其他", "other"),
}
REMEDIES = {
    Remedy.NONE: ("结果不变", "the result stays"),
    Remedy.REEVALUATE: ("重新评审", "evaluated again"),
    Remedy.NEXT: ("另行确定成交供应商", "the next in rank may be chosen"),
    Remedy.RERUN: ("重新采购", "to be run again"),
}


def tell_objection(fact: Fact, names: Names) -> Told | None:
    match fact:
        case ObjectionRaised():
            (zh, en), (why_zh, why_en) = ITEMS[fact.item], GROUNDS[fact.ground]
            short, due = str(fact.objection_id)[:8], minute_of(fact.answer_due)
            return Told(
                Stage.AWARD,
                f"收到对{zh}的质疑 {short}({why_zh},材料 {len(fact.evidence)} 份,应于 {due} 前答复):{fact.text}",
                f"Objection {short} to {en} came in ({why_en}, {len(fact.evidence)} papers), to be answered before "
                f"{due}: {fact.text}",
            )
        case ObjectionAssessed():
            zh, en = ("可能影响", "may") if fact.may_change else ("不影响", "cannot")
            short = str(fact.objection_id)[:8]
            return Told(
                Stage.AWARD,
                f"质疑 {short} {zh}成交结果:{fact.reason}",
                f"Objection {short} {en} change the result: {fact.reason}",
            )
        case ObjectionAnswered():
            short, (zh, en) = str(fact.objection_id)[:8], REMEDIES[fact.remedy]
            found = ("成立", "upheld") if fact.upheld else ("不成立", "not upheld")
            return Told(
                Stage.AWARD,
                f"答复质疑 {short}:{found[0]},{zh}。{fact.text}",
                f"Objection {short} was {found[1]}, {en}: {fact.text}",
            )
        case SigningSuspended(objections=()):
            return Told(Stage.AWARD, "采购活动暂停,暂停签订协议", "Signing was suspended with the purchase")
        case SigningSuspended():
            count = len(fact.objections)
            return Told(
                Stage.AWARD,
                f"{count} 件质疑可能影响成交结果,暂停签订协议",
                f"Signing was suspended: open objections that may change the result: {count}",
            )
        case SigningResumed():
            return Told(Stage.AWARD, "恢复签订协议", "Signing was resumed")
        case _:
            return None
