"""How far each tranche has come, and what it still waits for, in words."""

from collections.abc import Sequence
from datetime import date

from schemas.tranche import Gate
from services.funds.api.answers import ClockAnswer, Missing, TrancheAnswer
from services.funds.rules.holds import stopped
from services.funds.rules.payment import Payment
from services.funds.rules.project import Instalment, Phase, ProjectMoney, Step
from services.kit import reasons

_GATES = {
    Gate.SIGNED: Missing(
        code="agreement_not_signed", zh="等待双方签署项目协议书。", en="Waits for both parties to sign the agreement."
    ),
    Gate.MID_TERM_ACCEPTED: Missing(
        code="mid_term_not_accepted",
        zh="等待购买主体验收中期成果。",
        en="Waits for the buyer to accept the mid-term milestone.",
    ),
    Gate.MID_TERM_PASSED: Missing(
        code="mid_term_not_passed", zh="等待中期评估合格。", en="Waits for the mid-term to be judged good enough."
    ),
    Gate.FINAL_ACCEPTED: Missing(
        code="final_not_accepted",
        zh="等待购买主体验收末期成果。",
        en="Waits for the buyer to accept the final milestone.",
    ),
    Gate.AUDIT_REPORTED: Missing(
        code="audit_report_missing",
        zh="等待提交独立审计报告。",
        en="Waits for the report of an independent auditor.",
    ),
    Gate.FINAL_GRADED: Missing(code="final_not_graded", zh="等待末期评估定级。", en="Waits for the final grade."),
}
_STEPS = {
    Step.RELEASED: Missing(
        code="payment_not_ordered",
        zh="已可支付,等待财务人员提交支付申请。",
        en="Payable; waits for finance to order the payment.",
    ),
    Step.ORDERED: Missing(
        code="receipt_not_in",
        zh="支付申请已提交,等待国库或银行回单。",
        en="Ordered; waits for the treasury's or the bank's receipt.",
    ),
}
_SENT_BACK = Missing(
    code="payment_returned",
    zh="银行退票,款项未付出;等待财务人员核对收款信息后重新提交支付申请。",
    en="The bank sent the payment back; waits for finance to check the payee's account and order it again.",
)
_DRAWN = Missing(
    code="payment_not_approved",
    zh="支付申请已拟好,金额超过限额,等待本单位另一人核准。",
    en="The payment is drawn up and above the limit; waits for another person of the funder to approve it.",
)
_DECLINED = Missing(
    code="payment_declined",
    zh="支付申请被核准人退回,等待财务人员更正后重新提交。",
    en="The second person sent the payment back; waits for finance to correct it and order it again.",
)
_BACK_AT_ITS_SOURCES = Missing(
    code="payment_returned_after_settlement",
    zh="银行退票时项目已结清,款项已退回资金来源;如需再付,须另行安排资金。",
    en="The bank sent the payment back after the project had settled: the money is back at its sources, and paying it "
    "once more takes a new decision on money.",
)
_OVER = Missing(
    code="project_settled",
    zh="项目已结清,未拨付的款项已退回资金来源。",
    en="The project is settled; what was not released went back to its sources.",
)


def tranche_answers(money: ProjectMoney, payments: Sequence[Payment], today: date) -> tuple[TrancheAnswer, ...]:
    by_id = {payment.id: payment for payment in payments}
    return tuple(
        _tranche(money, i, None if (paper := i.payment_id or i.drawn) is None else by_id.get(paper), today)
        for i in money.instalments
    )


def _missing(money: ProjectMoney, instalment: Instalment, payment: Payment | None, today: date) -> Missing | None:
    if instalment.step is Step.WAITING:
        return _OVER if money.phase is Phase.SETTLED else _GATES[instalment.gate]
    held = stopped(money, instalment, today) if instalment.step is Step.RELEASED else None
    if held is not None:
        return Missing(code=held.code, zh=reasons.explain(held, "zh"), en=reasons.explain(held, "en"))
    if instalment.drawn is not None:
        return _DRAWN
    if instalment.step is Step.RELEASED and instalment.declined:
        return _DECLINED
    if instalment.step is Step.RELEASED and instalment.returns:
        return _SENT_BACK
    if instalment.step is Step.PAID and payment is not None and payment.returned_on is not None:
        return _BACK_AT_ITS_SOURCES
    return _STEPS.get(instalment.step)


def _tranche(money: ProjectMoney, instalment: Instalment, payment: Payment | None, today: date) -> TrancheAnswer:
    return TrancheAnswer(
        number=instalment.number,
        planned=instalment.planned,
        gate=instalment.gate,
        step=instalment.step,
        missing=_missing(money, instalment, payment, today),
        amount=instalment.amount,
        clock=_clock(money, instalment, payment, today),
        withheld=instalment.withheld,
        payment_id=instalment.payment_id or instalment.drawn,
        reference=None if payment is None else payment.reference,
        ordered_on=payment.ordered_on if payment is not None and payment.has_left else None,
        paid_on=None if payment is None else payment.paid_on,
        sources=() if payment is None else payment.lines,
    )


def _clock(money: ProjectMoney, instalment: Instalment, payment: Payment | None, today: date) -> ClockAnswer | None:
    clock = instalment.clock
    if clock is None:
        return None
    paid_on = None if payment is None else payment.paid_on
    on = paid_on or today
    is_stopped = instalment.step is Step.RELEASED and stopped(money, instalment, today) is not None
    left = (clock.due_on - today).days
    return ClockAnswer(
        payable_since=clock.since,
        due_on=clock.due_on,
        days_left=left if paid_on is None and left >= 0 else None,
        days_late=clock.days_late(on),
        late_interest=None if is_stopped else clock.interest(instalment.amount, on),
        source=clock.source,
    )
