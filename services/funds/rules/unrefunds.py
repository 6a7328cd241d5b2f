"""A refund that was recorded twice, or with too much, is corrected by the mirrors of its transfers, lot by lot.

As in `corrections`: by another person than the one who recorded it, and only as far as the money is still free in the
lots it came back to; the payee counts as paid again by as much.
"""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from schemas.deciding import Context, Ref, World
from schemas.fact import Command
from schemas.fund import CorrectionReason
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.money import Positive, sum_of
from schemas.personal import must_be_public
from schemas.project import FundShare
from schemas.refund import RefundCorrected
from schemas.refused import Refused
from services.funds.rules.holds import Words
from services.funds.rules.ledger import Booked, Lot, Transfer, TransferState
from services.funds.rules.moves import move
from services.funds.rules.periods import Books
from services.funds.rules.project import ProjectMoney
from services.funds.rules.refunds import Refund, RefundKept
from services.funds.rules.shares import all_lots, in_proportion, less, plus


class CorrectRefund(Command):
    """So much of a refund had never come back."""

    project_id: ProjectId
    refund_id: UUID
    amount: Positive
    reason: CorrectionReason
    basis: Words
    """the document that shows the mistake"""


def refs(command: CorrectRefund, cause: UUID) -> list[Ref]:
    """The store adds the refund's transfers with their accounts and lots, and the books it is entered into."""
    return [(ProjectMoney, command.project_id), (Refund, command.refund_id)]


def correct(world: World, command: CorrectRefund, context: Context) -> Sequence[Model]:
    """A part of a refund is taken off its lots in proportion to what of it is left on each."""
    money = world.get(ProjectMoney, command.project_id)
    context.by.must_be(money.funder_id)
    refund = world.get(Refund, command.refund_id)
    if refund.project_id != command.project_id:
        raise Refused("not_found", status=404, what="Refund", id=str(command.refund_id))
    if refund.payment_id is not None:
        raise Refused("refund_by_the_bank", line=refund.line_reference)
    if refund.recorded_by == context.by.person_id:
        raise Refused("who_recorded_does_not_correct", status=403, person=context.by.person_id)
    standing = less(refund.shares, refund.corrected)
    left = sum_of(share.amount for share in standing)
    if command.amount > left:
        raise Refused("more_than_was_refunded", field="amount", amount=refund.amount, left=left)
    must_be_public(command.basis, "basis")
    shares = in_proportion(standing, command.amount)
    _must_be_free(world, shares)
    books = world.find(Books, money.funder_id) or Books(id=money.funder_id)
    mirrors = tuple(_mirror(world, refund, share, command, books, context) for share in shares)
    fact = RefundCorrected(
        project_id=command.project_id,
        refund_id=refund.id,
        amount=command.amount,
        payee_id=refund.payee_id,
        shares=shares,
        reason=command.reason,
        basis=command.basis,
        effective_date=refund.received_on,
        booked_on=books.booked_on(refund.received_on),
        corrected_by=PartyId(context.by.person_id),
    )
    kept = RefundKept(refund=replace(refund, corrected=plus(refund.corrected, shares)))
    return [fact, kept, Booked(transfers=mirrors)]


def _must_be_free(world: World, shares: Sequence[FundShare]) -> None:
    """What was set aside or spent meanwhile was there."""
    for part in all_lots(shares):
        lot = world.get(Lot, part.lot_id)
        if part.amount > lot.free:
            raise Refused(
                "more_than_is_free",
                field="amount",
                lot=lot.id,
                amount=lot.amount,
                corrected=lot.corrected,
                reserved=lot.reserved,
                spent=lot.spent,
                free=lot.free,
            )


def _mirror(
    world: World, refund: Refund, share: FundShare, command: CorrectRefund, books: Books, context: Context
) -> Transfer:
    mistaken = world.get(Transfer, refund.transfer_id(share.account_id))
    return move(
        context,
        id=context.new_id(f"refund corrected/{share.account_id}"),
        funder_id=mistaken.funder_id,
        debit_id=mistaken.credit_id,
        credit_id=mistaken.debit_id,
        amount=share.amount,
        state=TransferState.POSTED,
        lots=share.lots,
        reason=f"correction of a refund: {command.reason}",
        effective=mistaken.effective_date,
        booked=books.booked_on(mistaken.effective_date),
        corrects=mistaken.id,
        refunds=refund.project_id,
    )
