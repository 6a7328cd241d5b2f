"""The bank sends back (退票) what a line had shown as paid: the posting stays, and its mirror takes it back.

While the project is open its tranche is payable again, under another number. A settled project stays settled: the money
goes on to the lots it came from, as a refund, and is free there; whether it is paid once more is a new decision.
"""

from dataclasses import replace

from schemas.deciding import Context, World
from schemas.fund import RefundReason
from schemas.ids import PaymentId
from schemas.payment import PaymentReturned
from schemas.refused import Refused
from services.funds.rules.ledger import Transfer, TransferState
from services.funds.rules.moves import move
from services.funds.rules.payment import Payment
from services.funds.rules.periods import Books
from services.funds.rules.project import Phase, ProjectMoney
from services.funds.rules.receipts import Receipt
from services.funds.rules.refunds import Refund, RefundKept, back, fact_of, refund_id
from services.funds.rules.release import Telling
from services.funds.rules.shares import all_lots


def why_not(world: World, money: ProjectMoney, payment: Payment, receipt: Receipt) -> Refused | None:
    """The line cannot be the return of the payment, or what it brings came back by a refund before."""
    assert payment.paid_on is not None  # it is paid
    earliest = max(payment.paid_on, payment.ordered_on)
    if receipt.paid_on < earliest:
        return Refused("sent_back_before_paid", reference=payment.reference, paid_on=earliest)
    recorded = any(
        refund.project_id == money.id and refund.line_reference == receipt.line_reference
        for refund in world.each(Refund)
    )
    if recorded or not _is_there(money, payment):
        return Refused("refunded_before", reference=payment.reference, line=receipt.line_reference)
    return None


def _is_there(money: ProjectMoney, payment: Payment) -> bool:
    """What each lot paid with it did not come back by a refund: what it paid for the project covers both."""
    left = {lot.lot_id: lot.amount.fen for lot in all_lots(money.paid_shares)}
    return all(left.get(lot.lot_id, 0) >= lot.amount.fen for lot in all_lots(payment.shares))


def take_back(world: World, telling: Telling, payment: Payment, receipt: Receipt, told: str, context: Context) -> None:
    """`told`: the bank's words, as far as they may be told."""
    if telling.money.phase is Phase.SETTLED:
        _refund(world, telling, payment, receipt, told, context)
        return
    posted = [*world.each(Transfer), *telling.transfers]
    paid = next(t for t in posted if t.pending_id == payment.id and t.state is TransferState.POSTED)
    books = world.find(Books, payment.funder_id) or Books(id=payment.funder_id)
    mirror = move(
        context,
        id=context.new_id(f"returned/{payment.id}"),
        funder_id=payment.funder_id,
        debit_id=paid.credit_id,
        credit_id=paid.debit_id,
        amount=paid.amount,
        state=TransferState.POSTED,
        lots=paid.allocations,
        reason=f"tranche {payment.number} sent back",
        effective=receipt.paid_on,
        booked=books.booked_on(receipt.paid_on),
        corrects=paid.id,
    )
    telling.tell(return_of(payment, receipt, told), [mirror])


def _refund(
    world: World,
    telling: Telling,
    payment: Payment,
    receipt: Receipt,
    told: str,
    context: Context,
) -> None:
    refund = Refund(
        id=refund_id(payment.project_id, receipt.line_reference),
        project_id=payment.project_id,
        funder_id=payment.funder_id,
        payee_id=payment.payee.id,
        amount=payment.amount,
        shares=payment.shares,
        reason=RefundReason.UNSPENT,
        basis=f"银行退票 {payment.reference}:{told}",
        received_on=receipt.paid_on,
        line_reference=receipt.line_reference,
        recorded_by=context.by.person_id,
        recorded_at=context.at,
        caused_by=context.cause,
        payment_id=payment.id,
    )
    books = world.find(Books, payment.funder_id) or Books(id=payment.funder_id)
    transfers = [back(world, refund, share, books, context) for share in refund.shares]
    telling.tell(fact_of(refund), transfers)
    telling.notes.append(RefundKept(refund=refund))


def returned(payment: Payment, receipt: Receipt, told: str) -> Payment:
    return replace(payment, returned_on=receipt.paid_on, return_reason=told)


def return_of(payment: Payment, receipt: Receipt, told: str) -> PaymentReturned:
    return PaymentReturned(
        project_id=payment.project_id,
        payment_id=PaymentId(payment.id),
        number=payment.number,
        amount=payment.amount,
        reason=told,
        line_digest=receipt.digest,
    )
