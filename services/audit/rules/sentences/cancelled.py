"""A complaint decided after signing: what became of the agreement and its money."""

from schemas.cancelled import (
    CancellationAsked,
    CommitmentCancelled,
    CommitmentStands,
    ContractCancelled,
    ContractStands,
    Performance,
)
from schemas.fact import Fact
from schemas.money import sum_of
from services.audit.rules.told import Names, Stage, Told, yuan

PERFORMED = {
    Performance.ACCEPTED: ("已有成果验收", "work was accepted"),
    Performance.ORDERED: ("已申请支付", "a payment was ordered"),
    Performance.OVER: ("此前已经结束", "it had ended before"),
}


def tell_cancelled(fact: Fact, names: Names) -> Told | None:
    match fact:
        case CancellationAsked():
            short = str(fact.complaint_id)[:8]
            return Told(
                Stage.CONTRACT,
                f"投诉 {short} 的处理决定撤销协议,核对是否已申请支付",
                f"The decision on complaint {short} cancels the agreement; whether a payment was ordered is looked up",
            )
        case CommitmentCancelled():
            back = sum_of(share.amount for share in (*fact.freed, *fact.taken_back))
            again = sum_of(share.amount for share in fact.set_aside)
            return Told(
                Stage.MONEY,
                f"未申请支付,协议的资金退回 {back},重新预留 {again}",
                f"No payment was ordered: {yuan(back)} of the agreement went back, {yuan(again)} was set aside again",
                back,
            )
        case CommitmentStands():
            return Told(Stage.MONEY, "已申请支付,协议的资金不变", "A payment was ordered; its money stays as it is")
        case ContractCancelled():
            return Told(
                Stage.CONTRACT,
                f"与{names.zh(fact.provider_id)}的协议尚未履行,依投诉处理决定撤销(依据:{fact.source})",
                f"The agreement with {names.en(fact.provider_id)}, of which nothing was performed, was cancelled by "
                f"the decision ({fact.source})",
            )
        case ContractStands():
            zh, en = PERFORMED[fact.performed]
            return Told(
                Stage.CONTRACT,
                f"协议{zh},不因投诉处理决定撤销,赔偿另行处理(依据:{fact.source})",
                f"The agreement stands in spite of the decision, for {en}; damages are settled elsewhere "
                f"({fact.source})",
            )
        case _:
            return None
