"""How far each tranche has come, and what it still waits for, in words."""

from collections.abc import Sequence
from datetime import date

from schemas.role import Role
from services.funds.api import gates
from services.funds.api.answers import ClockAnswer, Missing, TrancheAnswer
from services.funds.rules.holds import stopped, undisputed
from services.funds.rules.instalment import Instalment, Step
from services.funds.rules.payment import Payment
from services.funds.rules.project import ProjectMoney
from services.kit import reasons

_STEPS = {
    Step.RELEASED: Missing(
        code="payment_not_ordered",
        zh="已可支付,等待财务人员提交支付申请。",
        en="Payable; waits for finance to order the payment.",
        who=(Role.FINANCE,),
    ),
    Step.ORDERED: Missing(
        code="receipt_not_in",
        zh="支付申请已提交,等待国库或银行回单。",
        en="Ordered; waits for the treasury's or the bank's receipt.",
        who=(Role.FINANCE,),
    ),
}
_SENT_BACK = Missing(
    code="payment_returned",
    zh="银行退票,款项未付出;等待财务人员核对收款信息后重新提交支付申请。",
    en="The bank sent the payment back; waits for finance to check the payee's account and order it again.",
    who=(Role.FINANCE,),
)
_DRAWN = Missing(
    code="payment_not_approved",
    zh="支付申请已拟好,金额超过限额,等待本单位另一人核准。",
    en="The payment is drawn up and above the limit; waits for another person of the funder to approve it.",
    who=(Role.FUNDER, Role.FINANCE),
)
_DECLINED = Missing(
    code="payment_declined",
    zh="支付申请被核准人退回,等待财务人员更正后重新提交。",
    en="The second person sent the payment back; waits for finance to correct it and order it again.",
    who=(Role.FINANCE,),
)
_BACK_AT_ITS_SOURCES = Missing(
    code="payment_returned_after_settlement",
    zh="银行退票时项目已结清,款项已退回资金来源;如需再付,须另行安排资金。",
    en="The bank sent the payment back after the project had settled: the money is back at its sources, and paying it "
    "once more takes a new decision on money.",
)


def tranche_answers(money: ProjectMoney, payments: Sequence[Payment], today: date) -> tuple[TrancheAnswer, ...]:
    by_id = {payment.id: payment for payment in payments}
    return tuple(
        _tranche(money, i, None if (paper := i.payment_id or i.drawn) is None else by_id.get(paper), today)
        for i in money.instalments
    )


def _missing(money: ProjectMoney, instalment: Instalment, payment: Payment | None, today: date) -> Missing | None:
    if instalment.step is Step.WAITING:
        return gates.waits_for(money, instalment)
    if instalment.step is Step.NOTHING_DUE:
        return gates.nothing_due(money, instalment)
    held = stopped(money, instalment, today) if instalment.step is Step.RELEASED else None
    if held is not None:
        zh, en = reasons.explain(held, "zh"), reasons.explain(held, "en")
        return Missing(code=held.code, zh=zh, en=en, who=(Role.AUDITOR,))
    if instalment.step is Step.PAID and payment is not None and payment.returned_on is not None:
        return _BACK_AT_ITS_SOURCES
    said = _STEPS.get(instalment.step)
    if instalment.drawn is not None:
        said = _DRAWN
    elif instalment.step is Step.RELEASED and instalment.declined:
        said = _DECLINED
    elif instalment.step is Step.RELEASED and instalment.returns:
        said = _SENT_BACK
    due_on = None if instalment.clock is None else instalment.clock.due_on
    return None if said is None else said.model_copy(update={"until": due_on})


def _tranche(money: ProjectMoney, instalment: Instalment, payment: Payment | None, today: date) -> TrancheAnswer:
    return TrancheAnswer(
        number=instalment.number,
        planned=instalment.planned,
        gates=gates.gate_answers(money, instalment),
        grade_at_least=instalment.grade_at_least,
        settles=instalment.settles,
        step=instalment.step,
        missing=_missing(money, instalment, payment, today),
        amount=instalment.amount,
        clock=_clock(money, instalment, payment, today),
        withheld=instalment.withheld,
        payment_id=instalment.payment_id or instalment.drawn,
        reference=None if payment is None else payment.reference,
        ordered_on=payment.ordered_on if payment is not None and payment.has_left else None,
        paid_on=None if payment is None else payment.paid_on,
        paid=instalment.paid,
        earlier=tuple(part.payment_id for part in instalment.parts),
        sources=() if payment is None else payment.lines,
    )


def _clock(money: ProjectMoney, instalment: Instalment, payment: Payment | None, today: date) -> ClockAnswer | None:
    clock = instalment.clock
    if clock is None:
        return None
    paid_on = None if payment is None else payment.paid_on
    on = paid_on or today
    due = instalment.left if payment is None else payment.amount
    if instalment.step is Step.RELEASED:
        due = undisputed(money, instalment, today)
    left = (clock.due_on - today).days
    return ClockAnswer(
        payable_since=clock.since,
        due_on=clock.due_on,
        days_left=left if paid_on is None and left >= 0 else None,
        days_late=clock.days_late(on),
        late_interest=clock.interest(due, on) if due else None,
        source=clock.source,
    )
