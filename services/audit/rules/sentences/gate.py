"""The gate before communities: an item's story; stamps; burdens counted and relieved."""

from schemas.fact import Fact
from schemas.gate import (
    BurdenInventoried,
    BurdenRelieved,
    ItemAdmitted,
    ItemApplied,
    ItemAssessed,
    ItemConverted,
    ItemFollowedUp,
    ItemHandedOver,
    ItemRefused,
    ItemReturned,
    StampDecided,
)
from services.audit.rules.told import Names, Stage, Told, yuan


def tell_gate(fact: Fact, names: Names) -> Told | None:
    told = _decided(fact, names)
    return told if told is not None else _counted(fact)


def _decided(fact: Fact, names: Names) -> Told | None:
    match fact:
        case ItemApplied():
            zh = f"{names.zh(fact.applicant_id)}书面申请“{fact.title}”进社区({fact.scope}),依据:{fact.basis or '无'}"
            en = f"{names.en(fact.applicant_id)} applied to place “{fact.title}” on the communities of {fact.scope}"
            return Told(Stage.NEED, zh, en)
        case ItemAssessed():
            zh = f"按三大原则评估,意见:{fact.outcome}。{fact.reason}"
            return Told(Stage.NEED, zh, f"Assessed by the three principles, {fact.outcome}: {fact.reason}")
        case ItemReturned():
            return Told(Stage.NEED, f"退回重新评估:{fact.reason}", f"Sent back to be assessed again: {fact.reason}")
        case ItemAdmitted():
            cost = fact.costing.cost
            zh = f"确认并公布准入“{fact.title}”,至 {fact.ends_on},每年 {cost},另一人确认"
            en = f"“{fact.title}” was admitted until {fact.ends_on}, {yuan(cost)} a year, confirmed by another"
            return Told(Stage.NEED, zh, en, cost)
        case ItemRefused():
            zh = f"不予准入“{fact.title}”:{fact.matter}(依据:{fact.source})"
            return Told(Stage.NEED, zh, f"“{fact.title}” was refused: {fact.matter} ({fact.source})")
        case ItemConverted():
            return Told(Stage.NEED, f"“{fact.title}”转为项目协议:{fact.reason}", f"“{fact.title}” becomes an agreement")
        case ItemHandedOver():
            zh = f"准入机关将“{fact.title}”作为建议移交{names.zh(fact.funder_id)},预计 {fact.cost}"
            en = f"The gate handed “{fact.title}” over to {names.en(fact.funder_id)} as a proposal, {yuan(fact.cost)}"
            return Told(Stage.NEED, zh, en, fact.cost)
        case _:
            return None


def _counted(fact: Fact) -> Told | None:
    match fact:
        case ItemFollowedUp():
            return Told(Stage.NEED, f"{fact.on} {fact.kind}:{fact.note}", f"{fact.on}, {fact.kind}: {fact.note}")
        case StampDecided():
            zh, en = ("可以盖章", "given") if fact.granted else ("不予盖章", "refused")
            return Told(Stage.NEED, f"“{fact.proof}”{zh}(依据:{fact.source})", f"A stamp for “{fact.proof}”: {en}")
        case BurdenInventoried():
            total = sum(burden.count for burden in fact.counts)
            zh = f"{fact.scope} 截至 {fact.as_of} 共 {total} 项负担({fact.source})"
            return Told(Stage.NEED, zh, f"{total} burdens were counted in {fact.scope} as of {fact.as_of}")
        case BurdenRelieved():
            zh = f"{fact.scope} 减掉 {fact.departments} 个部门的 {fact.count} 项,移至{fact.moved_to}"
            return Told(Stage.NEED, zh, f"{fact.count} of {fact.departments} departments were taken off {fact.scope}")
        case _:
            return None
