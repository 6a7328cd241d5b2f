"""An open line is explained by a person: what it is, or which payment it belongs to."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from schemas.deciding import Context, Ref, World
from schemas.fact import Command
from schemas.ids import PaymentId
from schemas.model import Model
from schemas.refused import Refused
from services.funds.rules.matching import Matching
from services.funds.rules.payment import Payment
from services.funds.rules.receipts import Explained, Explanation, Receipt, Words
from services.funds.rules.separation import must_be_typed_by_another

WITH_A_PAYMENT = (Explanation.RETURNED, Explanation.ASSIGNED)


class ExplainReceipt(Command):
    receipt_id: UUID
    code: Explanation
    text: Words
    payment_id: PaymentId | None = None
    """for `assigned` and `returned`: the payment it pays or sends back"""


def refs(command: ExplainReceipt, cause: UUID) -> list[Ref]:
    payment: list[Ref] = [] if command.payment_id is None else [(Payment, command.payment_id)]
    return [*payment, (Receipt, command.receipt_id)]


def explain(world: World, command: ExplainReceipt, context: Context) -> Sequence[Model]:
    """It leaves the list of open lines, and takes another person than the one who imported the line: a sum of any size
    would else be called a fee by whoever brought it."""
    receipt = world.get(Receipt, command.receipt_id)
    context.by.must_be(receipt.funder_id)
    if receipt.why_open is None:
        raise Refused("line_not_open", line=receipt.line_reference)
    if receipt.imported_by == context.by.person_id:
        raise Refused("who_imported_does_not_explain", status=403, person=context.by.person_id)
    matching = Matching(world, context)
    explained = Explained(code=command.code, text=command.text, by=context.by.person_id, at=context.at)
    receipt = replace(receipt, explained=explained)
    if command.code not in WITH_A_PAYMENT:
        if command.payment_id is not None:
            raise Refused("explanation_without_payment", status=422, field="payment_id", explanation=command.code)
        matching.keep(replace(receipt, why_open=None, candidates=()))
        return matching.said()
    payment = _payment(world, command, receipt, context)
    if command.code is Explanation.ASSIGNED:
        matching.pay(payment, (receipt,))
    elif payment.is_awaited:
        matching.send_back(payment, receipt, receipt.returned or command.text)
    else:
        matching.take_back(payment, receipt, receipt.returned or command.text)
    return matching.said()


def _payment(world: World, command: ExplainReceipt, receipt: Receipt, context: Context) -> Payment:
    """The one named, when the line can belong to it."""
    if command.payment_id is None:
        raise Refused("explanation_needs_payment", status=422, field="payment_id", explanation=command.code)
    payment = world.get(Payment, command.payment_id)
    context.by.must_be(payment.funder_id)
    if receipt.returned is not None and command.code is Explanation.ASSIGNED:
        raise Refused("line_sends_back", line=receipt.line_reference, reason=receipt.returned)
    if not payment.is_awaited and not (payment.is_paid and command.code is Explanation.RETURNED):
        raise Refused("payment_not_awaited", reference=payment.reference)
    if receipt.paid_on < payment.ordered_on:
        raise Refused("line_before_order", line=receipt.paid_on, ordered_on=payment.ordered_on)
    must_be_typed_by_another(world, receipt, payment, "payment_id", context)
    if payment.amount != receipt.amount:
        raise Refused("line_of_another_amount", line=receipt.amount, payment=payment.amount)
    return payment
