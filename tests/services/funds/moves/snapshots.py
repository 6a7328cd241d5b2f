"""What of a project's money the model has to agree with, in memory and in PostgreSQL."""

from collections.abc import Mapping
from uuid import UUID

from services.funds.rules.project import ProjectMoney


def row_of(money: ProjectMoney, places: Mapping[UUID, int]) -> dict[str, object]:
    """`places`: of each lot in its account."""
    return {
        "phase": money.phase,
        "price": None if money.price is None else money.price.fen,
        "returned": money.returned.fen,
        "refunded": sum(share.amount.fen for share in money.refunded),
        "expected refund": money.expected_refund.fen,
        "holds": [(hold.amount.fen, hold.lifted) for hold in money.holds],
        "tranches": [(i.step, i.planned.fen, i.amount.fen, i.paid.fen, i.under_way.fen) for i in money.instalments],
        "paid": {
            (share.account_id, places[part.lot_id]): part.amount.fen
            for share in money.paid_shares
            for part in share.lots
        },
    }


def differences(there: Mapping[str, object], model: Mapping[str, object]) -> dict[str, object]:
    """What stands there, and what should; best nothing."""
    return {what: (there[what], should) for what, should in model.items() if there[what] != should}
