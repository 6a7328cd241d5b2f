"""Reported, taken back, rejected: what the provider spent."""

from schemas.cost import CostRejected, CostsReported, CostWithdrawalReason, CostWithdrawn
from schemas.fact import Fact
from services.audit.rules.told import Names, Stage, Told, yuan

REASONS = {
    CostWithdrawalReason.WRONG_PROJECT: ("不属于本项目", "it belongs to another project"),
    CostWithdrawalReason.WRONG_HEAD: ("费用科目填错", "wrong cost head"),
    CostWithdrawalReason.WRONG_AMOUNT: ("金额填错", "wrong amount"),
    CostWithdrawalReason.WRONG_INVOICE: ("发票信息填错", "wrong invoice"),
    CostWithdrawalReason.INVOICE_VOIDED: ("发票作废或红冲", "the invoice was voided"),
    CostWithdrawalReason.REPORTED_TWICE: ("重复填报", "reported twice"),
}


def tell_cost(fact: Fact, names: Names) -> Told | None:
    match fact:
        case CostsReported():
            heads_zh = "、".join(f"{head.head} {head.amount}" for head in fact.heads)
            heads_en = ", ".join(f"{head.head} {yuan(head.amount)}" for head in fact.heads)
            return Told(
                Stage.MONEY,
                f"{names.zh(fact.provider_id)}填报支出 {fact.batch}:{fact.lines} 笔,共 {fact.total}({heads_zh})",
                f"{names.en(fact.provider_id)} reported costs, {fact.batch}: {fact.lines} lines, "
                f"{yuan(fact.total)} ({heads_en})",
                fact.total,
            )
        case CostWithdrawn():
            zh, en = REASONS[fact.reason]
            return Told(
                Stage.MONEY,
                f"{names.zh(fact.withdrawn_by)}撤回一笔支出 {fact.amount}({fact.head}),原因:{zh}",
                f"{names.en(fact.withdrawn_by)} withdrew a cost of {yuan(fact.amount)} ({fact.head}): {en}",
                fact.amount,
            )
        case CostRejected():
            return Told(
                Stage.MONEY,
                f"{names.zh(fact.rejected_by)}认定一笔支出 {fact.amount}({fact.head})不合规:{fact.reason}",
                f"{names.en(fact.rejected_by)} rejected a cost of {yuan(fact.amount)} ({fact.head}): {fact.reason}",
                fact.amount,
            )
        case _:
            return None
