"""A mistake in the books is corrected by its mirror, which names it; nothing that was written ever changes.

Only what was booked as arrived and had not is corrected this way, and only as far as it is still free: what was set
aside or spent meanwhile was there. By another person than the one who recorded it (decider ≠ executor).
"""

from collections.abc import Sequence
from uuid import UUID

from schemas.deciding import Context, Ref, World, new_id
from schemas.fact import Command
from schemas.fund import CorrectionReason, FundCorrected
from schemas.ids import FundAccountId, LotId, PartyId
from schemas.model import Model
from schemas.money import Positive
from schemas.personal import must_be_public
from schemas.project import LotShare
from schemas.refused import Refused
from services.funds.rules.holds import Words
from services.funds.rules.ledger import Account, AccountKind, Booked, Lot, Transfer, TransferState
from services.funds.rules.moves import move
from services.funds.rules.periods import Books


class CorrectTransfer(Command):
    """So much of a transfer was booked by mistake."""

    funder_id: PartyId
    transfer_id: UUID
    amount: Positive
    reason: CorrectionReason
    basis: Words
    """the document that shows the mistake"""


def correction_of(cause: UUID) -> UUID:
    return new_id(cause, "correction")


def refs(command: CorrectTransfer, cause: UUID) -> list[Ref]:
    """The store adds the transfer's accounts and lots, and the books it is entered into."""
    return [(Transfer, command.transfer_id)]


def correct(world: World, command: CorrectTransfer, context: Context) -> Sequence[Model]:
    """The fund account is debited, the outside credited, on the day of the mistake if that is still open."""
    context.by.must_be(command.funder_id)
    mistaken = _mistaken(world, command, context)
    must_be_public(command.basis, "basis")
    (arrived,) = mistaken.allocations
    lot = world.get(Lot, arrived.lot_id)
    if command.amount > lot.free:
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
    books = world.find(Books, command.funder_id) or Books(id=command.funder_id)
    mirror = move(
        context,
        id=correction_of(context.cause),
        funder_id=mistaken.funder_id,
        debit_id=mistaken.credit_id,
        credit_id=mistaken.debit_id,
        amount=command.amount,
        state=TransferState.POSTED,
        lots=(LotShare(lot_id=arrived.lot_id, amount=command.amount),),
        reason=f"correction: {command.reason}",
        effective=mistaken.effective_date,
        booked=books.booked_on(mistaken.effective_date),
        corrects=mistaken.id,
    )
    fact = FundCorrected(
        account_id=FundAccountId(mistaken.credit_id),
        lot_id=LotId(lot.id),
        funder_id=command.funder_id,
        transfer_id=mirror.id,
        corrects=mistaken.id,
        amount=command.amount,
        reason=command.reason,
        basis=command.basis,
        effective_date=mirror.effective_date,
        booked_on=mirror.booked_on,
        corrected_by=PartyId(context.by.person_id),
    )
    return [fact, Booked(transfers=(mirror,))]


def _mistaken(world: World, command: CorrectTransfer, context: Context) -> Transfer:
    transfer = world.get(Transfer, command.transfer_id)
    if transfer.funder_id != command.funder_id:
        raise Refused("not_found", status=404, what="Transfer", id=str(command.transfer_id))
    if transfer.corrects is not None:
        raise Refused("correction_of_a_correction", transfer=transfer.id, corrects=transfer.corrects)
    if world.get(Account, transfer.debit_id).kind is not AccountKind.SOURCE:
        raise Refused("not_an_appropriation", transfer=transfer.id)
    if transfer.recorded_by == context.by.person_id:
        raise Refused("who_recorded_does_not_correct", status=403, person=context.by.person_id)
    return transfer
