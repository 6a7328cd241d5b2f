"""Finance orders a released tranche to be paid."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, World
from schemas.fact import Command
from schemas.fund import PaymentOrdered
from schemas.ids import PaymentId, ProjectId
from schemas.model import Model
from schemas.money import MOST_FEN, Money
from schemas.refused import Refused
from services.funds.rules.holds import stopped
from services.funds.rules.ledger import Account, Booked, Lot, TransferState, payee_account
from services.funds.rules.moves import move
from services.funds.rules.payment import (
    Payment,
    PaymentDrawnUp,
    PaymentLine,
    file_of,
    payment_of,
    reference_of,
)
from services.funds.rules.project import Instalment, ProjectMoney, Step
from services.funds.rules.shares import all_lots


class OrderPayment(Command):
    """A payment application for one released tranche leaves for the treasury."""

    project_id: ProjectId
    number: int = Field(ge=1, le=12)
    """the tranche"""


def refs(command: OrderPayment, cause: UUID) -> list[Ref]:
    return [(ProjectMoney, command.project_id)]


def order(world: World, command: OrderPayment, context: Context) -> Sequence[Model]:
    """The amount leaves the project's account, pending until the receipt is in."""
    money = world.get(ProjectMoney, command.project_id)
    context.by.must_be(money.funder_id)
    instalment = _payable(money, command, context)
    payment = _draw_up(world, money, instalment, context)
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
        lots=all_lots(instalment.shares),
        reason=f"tranche {instalment.number} ordered",
    )
    fact = PaymentOrdered(
        project_id=command.project_id,
        payment_id=PaymentId(payment.id),
        number=payment.number,
        amount=payment.amount,
        payee_id=payment.payee.id,
        shares=instalment.shares,
        file_digest=payment.file_digest,
    )
    return [fact, PaymentDrawnUp(payment=payment), Booked(opens=(payee,), transfers=(ordered,))]


def _payable(money: ProjectMoney, command: OrderPayment, context: Context) -> Instalment:
    instalment = money.instalment(command.number)
    if instalment is None:
        raise Refused("no_such_tranche", status=404, field="number", number=command.number)
    if instalment.step is Step.WAITING:
        source = context.rulebooks.by_hash(money.rulebook).source("funds.gates")
        raise Refused("tranche_not_released", source, number=instalment.number, gate=instalment.gate)
    if instalment.step is Step.NOTHING_DUE:
        raise Refused("nothing_due", number=instalment.number)
    if instalment.step is not Step.RELEASED:
        raise Refused("payment_already_ordered", number=instalment.number, payment=instalment.payment_id)
    if held := stopped(money, instalment, context.today):
        raise held
    return instalment


def _draw_up(world: World, money: ProjectMoney, instalment: Instalment, context: Context) -> Payment:
    assert money.payee is not None  # a released tranche has a payee
    reference = reference_of(money.id, instalment.number, instalment.returns)
    payment = Payment(
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
    )
    return replace(payment, file_digest=hashlib.sha256(file_of(payment)).hexdigest())


def _lines(world: World, instalment: Instalment) -> tuple[PaymentLine, ...]:
    return tuple(
        PaymentLine(
            account_id=share.account_id,
            lot_id=part.lot_id,
            source_type=(lot := world.get(Lot, part.lot_id)).source_type,
            budget_line=lot.budget_line,
            amount=part.amount,
        )
        for share in instalment.shares
        for part in share.lots
    )
