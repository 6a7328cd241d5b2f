"""What the payee gives back, and what of it had never come."""

from uuid import UUID

from tests.services.funds.model.books import Model
from tests.services.funds.model.dividing import Shares, add, hamilton, minus, total


def refund(m: Model, project: UUID, fen: int, line: str) -> list[str]:
    """To each lot in proportion to what it paid."""
    found = m.projects.get(project)
    if found is None:
        return ["not_found"]
    if line in found.refund_lines or line in found.returned_lines:
        return ["refund_recorded_already"]
    if fen > total(found.paid):
        return ["refund_above_paid"]
    parts = _in_proportion(found.paid, fen)
    found.refund_lines[line] = parts
    add(found.refunded, parts)
    m.accounts.come_back(parts)
    m.payee -= fen
    return ["payment.refunded"]


def correct_refund(m: Model, project: UUID, line: str, fen: int) -> list[str]:
    """The payee is paid again by as much, and each lot has spent its part again."""
    found = m.projects[project]
    standing = found.refund_lines[line]
    if fen > total(standing):
        return ["more_than_was_refunded"]
    parts = _in_proportion(standing, fen)
    lots = m.accounts.lots
    if any(part > lots[account][i].free for account, places in parts.items() for i, part in places.items()):
        return ["more_than_is_free"]
    found.refund_lines[line] = minus(standing, parts)
    found.refunded = minus(found.refunded, parts)
    m.accounts.move(parts, spent=1)
    m.payee += fen
    return ["refund.corrected"]


def _in_proportion(shares: Shares, fen: int) -> Shares:
    """Over all lots alike, whatever they are restricted to."""
    parts = iter(hamilton(fen, [left for lots in shares.values() for left in lots.values()]))
    divided = {account: {i: part for i in lots if (part := next(parts))} for account, lots in shares.items()}
    return {account: lots for account, lots in divided.items() if lots}
