"""The payee pays money back: it goes to the lots it came from, in proportion to what each of them paid.

Rests on the line the treasury or the bank shows it with, as a payment does; free in its lot again, under the same
restriction. A project may be settled long since: what was overpaid is mostly found afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from schemas.deciding import Context, Ref, State, World, new_id
from schemas.fact import Command, Note
from schemas.fund import PaymentRefunded, RefundReason
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.money import MOST_FEN, Money, Positive, sum_of
from schemas.personal import must_be_public
from schemas.project import FundShare
from schemas.refused import Refused
from services.funds.rules.dating import dated
from services.funds.rules.holds import Words
from services.funds.rules.ledger import Account, Booked, Transfer, TransferState
from services.funds.rules.moves import move
from services.funds.rules.payment import Payment
from services.funds.rules.periods import Books
from services.funds.rules.project import ProjectMoney
from services.funds.rules.receipts import Reference
from services.funds.rules.shares import in_proportion

_REFUNDS = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000012")


class RecordRefund(Command):
    project_id: ProjectId
    amount: Positive
    received_on: date
    line_reference: Reference
    """the bank's or treasury's own number of the line"""
    reason: RefundReason
    basis: Words
    """the finding or agreement it rests on"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund(State):
    """One line of money that came back; the same line of a project has the same id."""

    project_id: ProjectId
    funder_id: PartyId
    payee_id: PartyId
    amount: Money
    shares: tuple[FundShare, ...]
    reason: RefundReason
    basis: str
    received_on: date
    line_reference: str
    recorded_by: UUID
    recorded_at: datetime
    caused_by: UUID | None = None
    """the message that recorded it; none where its event was not to be found any more"""
    corrected: tuple[FundShare, ...] = ()
    """of the shares, what had never come back"""
    payment_id: UUID | None = None
    """which the bank sent back after the project had settled"""

    def transfer_id(self, account_id: UUID) -> UUID:
        """The transfer by which this account got its share."""
        return new_id(self.caused_by or self.id, f"refund/{account_id}")


class RefundKept(Note):
    refund: Refund


def refund_id(project_id: UUID, line_reference: str) -> UUID:
    return uuid5(_REFUNDS, f"{project_id}/{line_reference}")


def refund_of(command: RecordRefund) -> UUID:
    return refund_id(command.project_id, command.line_reference)


def refs(command: RecordRefund, cause: UUID) -> list[Ref]:
    """The store adds what was paid and from which accounts, and the books it is entered into."""
    return [(ProjectMoney, command.project_id), (Refund, refund_of(command))]


def record(world: World, command: RecordRefund, context: Context) -> Sequence[Model]:
    money = world.get(ProjectMoney, command.project_id)
    context.by.must_be(money.funder_id)
    if world.find(Refund, refund_of(command)) is not None:
        raise Refused("refund_recorded_already", field="line_reference", line=command.line_reference)
    paid = money.paid_shares
    left = sum_of(share.amount for share in paid)
    if command.amount > left:
        refunded = sum_of(share.amount for share in money.refunded)
        raise Refused("refund_above_paid", field="amount", paid=money.paid, refunded=refunded, left=left)
    _in_time(world, money, command, context)
    must_be_public(command.basis, "basis")
    assert money.payee is not None  # money was paid to it
    refund = Refund(
        id=refund_of(command),
        project_id=command.project_id,
        funder_id=money.funder_id,
        payee_id=money.payee.id,
        amount=command.amount,
        shares=in_proportion(paid, command.amount),
        reason=command.reason,
        basis=command.basis,
        received_on=command.received_on,
        line_reference=command.line_reference,
        recorded_by=context.by.person_id,
        recorded_at=context.at,
        caused_by=context.cause,
    )
    books = world.find(Books, money.funder_id) or Books(id=money.funder_id)
    transfers = tuple(back(world, refund, share, books, context) for share in refund.shares)
    days = dated(refund.project_id, transfers)
    return [fact_of(refund), *days, RefundKept(refund=refund), Booked(transfers=transfers)]


def _in_time(world: World, money: ProjectMoney, command: RecordRefund, context: Context) -> None:
    """Nothing comes back before it left, nor tomorrow."""
    paid = [id for i in money.instalments for id in i.paid_by]
    first, last = min(world.get(Payment, id).ordered_on for id in paid), context.today
    if not first <= command.received_on <= last:
        raise Refused("refund_day_out_of_range", status=422, field="received_on", first=first, last=last)


def fact_of(refund: Refund) -> PaymentRefunded:
    return PaymentRefunded(
        project_id=refund.project_id,
        refund_id=refund.id,
        amount=refund.amount,
        payee_id=refund.payee_id,
        shares=refund.shares,
        reason=refund.reason,
        basis=refund.basis,
        received_on=refund.received_on,
        line_reference=refund.line_reference,
        recorded_by=PartyId(refund.recorded_by),
    )


def back(world: World, refund: Refund, share: FundShare, books: Books, context: Context) -> Transfer:
    """To one account; also of a payment that the bank sent back after its project had settled."""
    account = world.get(Account, share.account_id)
    if account.credits_posted.fen + share.amount.fen > MOST_FEN:
        raise Refused("account_too_large", status=422, field="amount", account=account.id, most=Money(MOST_FEN))
    return move(
        context,
        id=refund.transfer_id(share.account_id),
        funder_id=refund.funder_id,
        debit_id=refund.payee_id,
        credit_id=share.account_id,
        amount=share.amount,
        state=TransferState.POSTED,
        lots=share.lots,
        reason=f"refund of project {refund.project_id}: {refund.reason}",
        effective=refund.received_on,
        booked=books.booked_on(refund.received_on),
        refunds=refund.project_id,
    )
