"""Who ordered or approved a payment does not type the line that books it, where the sum takes two persons.

A line of a statement file explains itself: the file stays by its digest, and says who imported it.
"""

from schemas.deciding import Context, World
from schemas.refused import Refused
from services.funds.rules.payment import Payment
from services.funds.rules.project import ProjectMoney
from services.funds.rules.receipts import Receipt

RECEIPT_BY_ANOTHER = "funds.receipt_by_another_above_fen"


def must_be_typed_by_another(world: World, receipt: Receipt, payment: Payment, field: str, context: Context) -> None:
    """Above the project's limit, which goes by the whole payment and not by the line; an edition without one asks
    nothing. It holds also for a line that leaves the payment open, or sends it back: each moves it a step on."""
    if receipt.statement_id is not None:
        return
    rulebook = context.rulebooks.by_hash(world.get(ProjectMoney, payment.project_id).rulebook)
    limit = rulebook.rules.get(RECEIPT_BY_ANOTHER)
    if limit is None or payment.amount.fen <= int(limit.value):
        return
    if receipt.imported_by is not None and receipt.imported_by in (payment.ordered_by, payment.approved_by):
        raise Refused(
            "who_ordered_does_not_type_receipt",
            limit.source,
            status=403,
            field=field,
            person=receipt.imported_by,
            reference=payment.reference,
        )
