"""Before a statutory purchase opens: intent, the public's opinions, approvals, a single source's notice."""

from schemas.days import minute_of
from schemas.fact import Fact
from schemas.preparing import (
    ApprovalGiven,
    ConsultationPublished,
    IntentPublished,
    SingleSourceAnswered,
    SingleSourceNoticed,
    SingleSourceObjected,
    TenderContinued,
)
from services.audit.rules.told import Names, Stage, Told, yuan


def tell_preparing(fact: Fact, names: Names) -> Told | None:
    match fact:
        case IntentPublished():
            return Told(
                Stage.PROPOSAL,
                f"公开采购意向:{fact.content},预算 {fact.budget},预计 {fact.expected_on} 前后开始",
                f"The intent was published: {yuan(fact.budget)}, beginning about {fact.expected_on}",
                fact.budget,
            )
        case ConsultationPublished():
            count = len(fact.opinions)
            return Told(
                Stage.PROPOSAL,
                f"就采购需求征求 {fact.asked} 人意见({fact.first_day} 至 {fact.last_day}),{count} 条意见逐条答复",
                f"{fact.asked} people were asked about the requirements ({fact.first_day} to {fact.last_day}); "
                f"each of {count} opinions was answered",
            )
        case ApprovalGiven():
            return Told(
                Stage.PROPOSAL,
                f"草案第 {fact.number} 人批准,共须 {fact.needed} 人,各不相同,均非起草人",
                f"Person {fact.number} of {fact.needed} approved the draft; none of them had drafted it",
            )
        case SingleSourceNoticed():
            return Told(
                Stage.PROPOSAL,
                f"公示拟向{names.zh(fact.supplier_id)}单一来源采购,{fact.experts} 名专业人员论证,"
                f"公示至 {minute_of(fact.ends_at)}",
                f"Notice was given of {names.en(fact.supplier_id)} as the single source, reasoned by {fact.experts} "
                f"experts, until {minute_of(fact.ends_at)}",
            )
        case _:
            return _objected(fact, names)


def _objected(fact: Fact, names: Names) -> Told | None:
    match fact:
        case SingleSourceObjected():
            return Told(
                Stage.PROPOSAL,
                f"{names.zh(fact.objector_id)}对单一来源提出异议:{fact.text}",
                f"{names.en(fact.objector_id)} objected to the single source",
            )
        case SingleSourceAnswered():
            zh, en = ("成立", "upheld") if fact.upheld else ("不成立", "not upheld")
            return Told(
                Stage.PROPOSAL,
                f"答复对单一来源的异议({zh}):{fact.text}",
                f"The objection to the single source was answered: {en}",
            )
        case TenderContinued():
            return Told(
                Stage.TENDER,
                f"合格供应商 {fact.qualified} 家(通常 {fact.usual} 家),继续采购:{fact.reason};依据:{fact.source}",
                f"It went on with {fact.qualified} qualified suppliers where {fact.usual} are usual",
            )
        case _:
            return None
