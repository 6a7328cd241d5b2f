"""A second person of the funder approves a payment above the limit, or sends it back to be drawn up again."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command
from schemas.ids import PartyId, PaymentId
from schemas.model import Model
from schemas.payment import PaymentApproved, PaymentDeclined
from schemas.personal import must_be_public
from schemas.refused import Refused
from services.funds.rules.holds import Words, stopped
from services.funds.rules.order import SECOND_APPROVAL, leave, payable
from services.funds.rules.payment import Declined, Payment, PaymentDrawnUp
from services.funds.rules.project import ProjectMoney


class ApprovePayment(Command):
    """The application leaves, today, if its tranche may still be ordered."""

    payment_id: PaymentId


class DeclinePayment(Command):
    """The application goes back; the tranche is drawn up again under another number."""

    payment_id: PaymentId
    reason: Words
    """public with the project's result"""


def refs(command: ApprovePayment | DeclinePayment, cause: UUID) -> list[Ref]:
    """The store adds the payment's project with its accounts and lots."""
    return [(Payment, command.payment_id)]


def approve(world: World, command: ApprovePayment, context: Context) -> Sequence[Model]:
    """Gate, holds and money are looked at again, under the lock of the project: they may have changed since."""
    payment, money = _drawn(world, command, context)
    drawn = money.instalment(payment.number)
    if drawn is None or drawn.drawn != payment.id:  # of an agreement that was cancelled since
        raise Refused("payment_waits_for_nobody", reference=payment.reference)
    instalment = payable(world, money, payment.number, context, undisputed_only=True)
    if payment.amount > instalment.amount and (held := stopped(money, instalment, context.today)):
        raise held
    approved = PaymentApproved(
        project_id=payment.project_id,
        payment_id=PaymentId(payment.id),
        number=payment.number,
        amount=payment.amount,
        payee_id=payment.payee.id,
        drawn_up_by=PartyId(payment.ordered_by),
        approved_by=PartyId(context.by.person_id),
    )
    left = replace(payment, has_left=True, approved_by=context.by.person_id, ordered_on=context.today)
    return [approved, *leave(world, money, left, context)]


def decline(world: World, command: DeclinePayment, context: Context) -> Sequence[Model]:
    payment, _ = _drawn(world, command, context)
    must_be_public(command.reason, "reason")
    told = PaymentDeclined(
        project_id=payment.project_id,
        payment_id=PaymentId(payment.id),
        number=payment.number,
        amount=payment.amount,
        payee_id=payment.payee.id,
        drawn_up_by=PartyId(payment.ordered_by),
        declined_by=PartyId(context.by.person_id),
        reason=command.reason,
    )
    declined = Declined(by=context.by.person_id, at=context.at, reason=command.reason)
    return [told, PaymentDrawnUp(payment=replace(payment, declined=declined))]


def drawn_up(world: World, note: PaymentDrawnUp) -> Iterable[State]:
    """The payment, and what its tranche waits for."""
    payment = note.payment
    money = world.find(ProjectMoney, payment.project_id)
    instalment = None if money is None else money.instalment(payment.number)
    if money is None or instalment is None or payment.has_left:
        return (payment,)
    if payment.declined is None:
        return payment, money.with_instalment(payment.number, drawn=payment.id)
    if instalment.drawn != payment.id:
        return (payment,)
    return payment, money.with_instalment(payment.number, drawn=None, declined=instalment.declined + 1)


def _drawn(world: World, command: ApprovePayment | DeclinePayment, context: Context) -> tuple[Payment, ProjectMoney]:
    """What waits, for another person than the one who drew it up (decider ≠ executor)."""
    payment = world.get(Payment, command.payment_id)
    context.by.must_be(payment.funder_id)
    if not payment.waits_for_approval:
        raise Refused("payment_waits_for_nobody", reference=payment.reference)
    money = world.get(ProjectMoney, payment.project_id)
    if payment.ordered_by == context.by.person_id:
        source = context.rulebooks.by_hash(money.rulebook).source(SECOND_APPROVAL)
        raise Refused("who_drew_up_does_not_approve", source, status=403, person=context.by.person_id)
    return payment, money
