"""Committed, released, ordered, paid, returned."""

from schemas.fact import Fact
from schemas.fund import (
    FundsCommitted,
    HoldLifted,
    HoldPlaced,
    PaymentOrdered,
    PaymentRefunded,
    ProjectSettled,
    RefundReason,
    TranchePaid,
    TrancheRefused,
    TrancheReleased,
)
from schemas.money import sum_of
from schemas.payment import ApplicationDrawnUp, PaymentApproved, PaymentDeclined, PaymentReturned
from schemas.refund import RefundCorrected
from services.audit.rules.sentences.proposal import CORRECTIONS
from services.audit.rules.told import Names, Stage, Told, yuan

REFUNDS = {
    RefundReason.OVERPAID: ("多付", "overpaid"),
    RefundReason.AUDIT_FINDING: ("审计核减", "an audit finding"),
    RefundReason.TERMINATED: ("项目终止", "the project was terminated"),
    RefundReason.UNSPENT: ("项目结余", "left over"),
}


def tell_money(fact: Fact, names: Names) -> Told | None:
    match fact:
        case FundsCommitted():
            released = sum_of(share.amount for share in fact.released)
            return Told(
                Stage.MONEY,
                f"预留转为承诺支付 {fact.price},多余的 {released} 退回各来源",
                f"{yuan(fact.price)} were committed, {yuan(released)} went back to where they came from",
                fact.price,
            )
        case TrancheReleased() if not fact.amount:
            return Told(
                Stage.MONEY,
                f"第 {fact.number} 期按等级无应付款项,{fact.withheld} 待退回资金来源",
                f"By the grade nothing of tranche {fact.number} is due; {yuan(fact.withheld)} is to go back",
                fact.amount,
            )
        case TrancheReleased():
            kept_zh = f",按等级扣留 {fact.withheld}" if fact.withheld else ""
            kept_en = f", {yuan(fact.withheld)} withheld by the grade" if fact.withheld else ""
            return Told(
                Stage.MONEY,
                f"第 {fact.number} 期条件成就,可付 {fact.amount}{kept_zh}",
                f"Tranche {fact.number} was released: {yuan(fact.amount)}{kept_en}",
                fact.amount,
            )
        case TrancheRefused():
            return Told(Stage.MONEY, f"不能付款:{fact.reason_zh}", f"No release: {fact.reason_en}")
        case PaymentOrdered():
            return Told(
                Stage.MONEY,
                f"第 {fact.number} 期支付申请送出,付给{names.zh(fact.payee_id)} {fact.amount}",
                f"Tranche {fact.number} was ordered: {yuan(fact.amount)} to {names.en(fact.payee_id)}",
                fact.amount,
            )
        case ApplicationDrawnUp() | PaymentApproved() | PaymentDeclined():
            return _tell_second_person(fact, names)
        case PaymentReturned():
            return Told(
                Stage.MONEY,
                f"第 {fact.number} 期 {fact.amount} 被银行退回,可重新申请支付;银行原因:{fact.reason}",
                f"The bank sent tranche {fact.number} back, {yuan(fact.amount)}, to be ordered again: {fact.reason}",
                fact.amount,
            )
        case TranchePaid():
            return Told(
                Stage.MONEY,
                f"第 {fact.number} 期回单相符,已付 {fact.amount}",
                f"A receipt matched: tranche {fact.number} is paid, {yuan(fact.amount)}",
                fact.amount,
            )
        case PaymentRefunded() | RefundCorrected():
            return _tell_refund(fact, names)
        case HoldPlaced() | HoldLifted():
            return _tell_hold(fact, names)
        case ProjectSettled():
            return Told(
                Stage.MONEY,
                f"结清:共付 {fact.paid},未付的 {fact.returned} 按来源比例退回",
                f"Settled: {yuan(fact.paid)} paid, {yuan(fact.returned)} returned to their sources in proportion",
                fact.paid,
            )
        case _:
            return None


def _tell_refund(fact: PaymentRefunded | RefundCorrected, names: Names) -> Told:
    match fact:
        case PaymentRefunded():
            zh, en = REFUNDS[fact.reason]
            return Told(
                Stage.MONEY,
                f"{names.zh(fact.payee_id)}退回 {fact.amount}({zh}),按来源比例退回各批次,依据:{fact.basis}",
                f"{names.en(fact.payee_id)} paid {yuan(fact.amount)} back ({en}), to the lots it came from "
                f"in proportion; basis: {fact.basis}",
                fact.amount,
            )
        case RefundCorrected():
            zh, en = CORRECTIONS[fact.reason]
            return Told(
                Stage.MONEY,
                f"更正误记的退款 {fact.amount}({zh}),按批次冲回,{names.zh(fact.payee_id)}仍计为已收,依据:{fact.basis}",
                f"{yuan(fact.amount)} recorded as refunded were taken off their lots again ({en}); "
                f"{names.en(fact.payee_id)} counts as paid; basis: {fact.basis}",
                fact.amount,
            )


def _tell_second_person(fact: ApplicationDrawnUp | PaymentApproved | PaymentDeclined, names: Names) -> Told:
    zh, en = names.zh(fact.drawn_up_by), names.en(fact.drawn_up_by)
    match fact:
        case ApplicationDrawnUp():
            return Told(
                Stage.MONEY,
                f"第 {fact.number} 期支付申请由 {zh} 拟出,{fact.amount},超过 {fact.limit},待本单位另一人核准",
                f"{en} drew up the payment of tranche {fact.number}, {yuan(fact.amount)}; above {yuan(fact.limit)} "
                "another person of the funder has to approve it",
                fact.amount,
            )
        case PaymentApproved():
            return Told(
                Stage.MONEY,
                f"第 {fact.number} 期支付申请 {fact.amount} 由 {zh} 拟出、{names.zh(fact.approved_by)} 核准",
                f"The payment of tranche {fact.number}, {yuan(fact.amount)}, was drawn up by {en} and approved by "
                f"{names.en(fact.approved_by)}",
                fact.amount,
            )
        case PaymentDeclined():
            return Told(
                Stage.MONEY,
                f"{names.zh(fact.declined_by)} 退回 {zh} 所拟的第 {fact.number} 期支付申请 {fact.amount}:{fact.reason}",
                f"{names.en(fact.declined_by)} sent back the payment of tranche {fact.number}, {yuan(fact.amount)}, "
                f"that {en} had drawn up: {fact.reason}",
                fact.amount,
            )


def _tell_hold(fact: HoldPlaced | HoldLifted, names: Names) -> Told:
    match fact:
        case HoldPlaced():
            return Told(
                Stage.MONEY,
                f"{names.zh(fact.placed_by)}要求保留 {fact.amount} 暂不支付,至 {fact.until},依据:{fact.basis}",
                f"{names.en(fact.placed_by)} held {yuan(fact.amount)} back until {fact.until}; basis: {fact.basis}",
                fact.amount,
            )
        case HoldLifted():
            return Told(
                Stage.MONEY,
                f"{names.zh(fact.lifted_by)}解除暂停支付:{fact.reason}",
                f"{names.en(fact.lifted_by)} lifted the hold: {fact.reason}",
            )
