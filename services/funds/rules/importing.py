"""Receipt lines handed over as JSON."""

from collections.abc import Iterable
from uuid import UUID

from schemas.deciding import Context, Ref, World
from schemas.model import Model
from schemas.refused import Refused
from services.funds.rules.matching import Matching
from services.funds.rules.payment import Payment
from services.funds.rules.receipts import ImportReceipts, Receipt, ReceiptLine, receipt_of
from services.funds.rules.separation import must_be_typed_by_another


def refs_of_lines(lines: Iterable[ReceiptLine]) -> list[Ref]:
    """The store adds each payment's project with its accounts and lots, and the open lines that name the payment."""
    lines = tuple(lines)
    payments: list[Ref] = [(Payment, id) for line in lines for id in line.payments]
    return [*payments, *((Receipt, receipt_of(line)) for line in lines)]


def refs(command: ImportReceipts, cause: UUID) -> list[Ref]:
    return refs_of_lines(command.lines)


def import_receipts(world: World, command: ImportReceipts, context: Context) -> Iterable[Model]:
    """A line pays what it names, to the fen, or stays open and says why. A known line changes nothing."""
    matching = Matching(world, context)
    for place, line in enumerate(command.lines):
        if line.paid_on > context.today:
            field = f"lines.{place}.paid_on"
            raise Refused("paid_in_the_future", status=422, field=field, day=line.paid_on, today=context.today)
        field = f"lines.{place}.payment_reference"
        if matching.take(line, field):
            _must_be_typed_by_another(world, matching, line, field, context)
    return matching.said()


def _must_be_typed_by_another(
    world: World, matching: Matching, line: ReceiptLine, field: str, context: Context
) -> None:
    """Of every payment it names, whether it pays it or not."""
    receipt = matching.receipt(receipt_of(line))
    assert receipt is not None  # it was taken just now
    for id in receipt.named:
        payment = matching.payment(id)
        if payment is not None:
            must_be_typed_by_another(world, receipt, payment, field, context)
