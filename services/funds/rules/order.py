"""Finance orders a released tranche to be paid; above a limit a second person of the funder approves it first."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from pydantic import Field

from schemas.dated import PaymentClassified
from schemas.deciding import Context, Ref, World
from schemas.fact import Command
from schemas.fund import PaymentOrdered
from schemas.ids import PartyId, PaymentId, ProjectId
from schemas.model import Model
from schemas.money import MOST_FEN, Money
from schemas.payment import ApplicationDrawnUp
from schemas.refused import Refused
from schemas.rulebook import Rule
from schemas.tranche import Gate
from services.funds.rules.application import sealed
from services.funds.rules.holds import stopped, undisputed
from services.funds.rules.instalment import Instalment, Step
from services.funds.rules.ledger import Account, Booked, Lot, TransferState, payee_account
from services.funds.rules.moves import move
from services.funds.rules.payment import (
    FORM,
    EconomicCode,
    Payment,
    PaymentDrawnUp,
    PaymentLine,
    payment_of,
    reference_of,
)
from services.funds.rules.project import ProjectMoney
from services.funds.rules.shares import all_lots, divide

SECOND_APPROVAL = "funds.second_approval_above_fen"


class OrderPayment(Command):
    """A payment application for one released tranche is drawn up; up to the limit it leaves at once."""

    project_id: ProjectId
    number: int = Field(ge=1, le=13)
    """the tranche, of twelve at most; one more is the settlement of an agreement that was terminated"""
    economic_code: EconomicCode | None = None
    """where none is given, that of the money"""
    undisputed: bool = False
    """when a hold keeps a part of it back: order the other part now, the rest after"""


def refs(command: OrderPayment, cause: UUID) -> list[Ref]:
    return [(ProjectMoney, command.project_id)]


def order(world: World, command: OrderPayment, context: Context) -> Sequence[Model]:
    """Nothing moves yet when the amount needs a second person."""
    money = world.get(ProjectMoney, command.project_id)
    context.by.must_be(money.funder_id)
    instalment = payable(world, money, command.number, context, undisputed_only=command.undisputed)
    if instalment.drawn is not None:
        raise Refused("payment_drawn_already", number=instalment.number, payment=instalment.drawn)
    payment = _draw_up(world, money, instalment, command, context)
    limit = _limit(money, context)
    if limit is not None and payment.amount.fen > int(limit.value):
        waits = _waits(payment, limit, money.rulebook)
        return [waits, PaymentDrawnUp(payment=replace(payment, has_left=False))]
    return leave(world, money, payment, context)


def leave(world: World, money: ProjectMoney, payment: Payment, context: Context) -> Sequence[Model]:
    """The amount leaves the project's account, pending until the receipt is in."""
    payment = sealed(payment)
    payee = world.find(Account, payment.payee.id) or payee_account(payment.payee.id)
    if payee.credits_posted.fen + payee.credits_pending.fen + payment.amount.fen > MOST_FEN:
        raise Refused("account_too_large", status=422, account=payee.id, most=Money(MOST_FEN))
    ordered = move(
        context,
        id=payment.id,
        funder_id=money.funder_id,
        debit_id=money.id,
        credit_id=payment.payee.id,
        amount=payment.amount,
        state=TransferState.PENDING,
        lots=all_lots(payment.shares),
        reason=f"tranche {payment.number} ordered",
    )
    fact = PaymentOrdered(
        project_id=payment.project_id,
        payment_id=PaymentId(payment.id),
        number=payment.number,
        amount=payment.amount,
        payee_id=payment.payee.id,
        shares=payment.shares,
        file_digest=payment.file_digest,
    )
    drawn_up = PaymentDrawnUp(payment=payment)
    return [fact, *_classified(payment), drawn_up, Booked(opens=(payee,), transfers=(ordered,))]


def _classified(payment: Payment) -> list[PaymentClassified]:
    own = payment.economic_code
    if own is None or all(line.economic_code == own for line in payment.lines):
        return []
    return [PaymentClassified(project_id=payment.project_id, payment_id=PaymentId(payment.id), economic_code=own)]


def _limit(money: ProjectMoney, context: Context) -> Rule | None:
    """In fen, above which two persons are needed; none under an edition of the rulebook that sets no limit."""
    return context.rulebooks.by_hash(money.rulebook).rules.get(SECOND_APPROVAL)


def _waits(payment: Payment, limit: Rule, rulebook: str) -> ApplicationDrawnUp:
    return ApplicationDrawnUp(
        project_id=payment.project_id,
        payment_id=PaymentId(payment.id),
        number=payment.number,
        amount=payment.amount,
        payee_id=payment.payee.id,
        limit=Money(int(limit.value)),
        source=limit.source.text,
        drawn_up_by=PartyId(payment.ordered_by),
        rulebook=rulebook,
    )


def payable(
    world: World, money: ProjectMoney, number: int, context: Context, *, undisputed_only: bool = False
) -> Instalment:
    """As far as it may be ordered today: what is left of it, or the part that no hold keeps back."""
    instalment = money.instalment(number)
    if instalment is None:
        raise Refused("no_such_tranche", status=404, field="number", number=number)
    if instalment.step is Step.WAITING:
        source = context.rulebooks.by_hash(money.rulebook).source("funds.gates")
        waits = tuple(gate for gate in instalment.gates if not money.is_open(gate)) or (Gate.MID_TERM_PASSED,)
        raise Refused("tranche_not_released", source, number=instalment.number, gate=waits)
    if instalment.step is Step.NOTHING_DUE:
        raise Refused("nothing_due", number=instalment.number)
    if instalment.step is not Step.RELEASED:
        raise Refused("payment_already_ordered", number=instalment.number, payment=instalment.payment_id)
    amount = undisputed(money, instalment, context.today)
    if (held := stopped(money, instalment, context.today)) and not (undisputed_only and amount):
        raise held
    shares = instalment.left_shares
    taken = shares if amount == instalment.left else divide(world, shares, amount)[0]
    return replace(instalment, amount=amount, shares=taken)


def _draw_up(
    world: World, money: ProjectMoney, instalment: Instalment, command: OrderPayment, context: Context
) -> Payment:
    assert money.payee is not None  # a released tranche has a payee
    reference = reference_of(money.id, instalment.number, instalment.orders_over)
    return Payment(
        id=payment_of(reference),
        project_id=ProjectId(money.id),
        funder_id=money.funder_id,
        number=instalment.number,
        reference=reference,
        title=money.title,
        payee=money.payee,
        amount=instalment.amount,
        lines=_lines(world, instalment),
        ordered_by=context.by.person_id,
        ordered_on=context.today,
        file_digest="",
        form=FORM,
        economic_code=command.economic_code,
    )


def _lines(world: World, instalment: Instalment) -> tuple[PaymentLine, ...]:
    return tuple(
        PaymentLine(
            account_id=share.account_id,
            lot_id=part.lot_id,
            source_type=(lot := world.get(Lot, part.lot_id)).source_type,
            budget_line=lot.budget_line,
            amount=part.amount,
            functional_code=lot.functional_code,
            economic_code=lot.economic_code,
        )
        for share in instalment.shares
        for part in share.lots
    )
