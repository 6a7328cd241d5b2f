"""The moves made on a desk."""

from typing import Any

from schemas.fact import Fact
from schemas.model import Model
from services.funds.rules.appropriate import Appropriate, AppropriateMore
from services.funds.rules.holds import LiftHold, PlaceHold, lift, place
from services.funds.rules.ledger import Account, AccountKind, Lot, Transfer
from services.funds.rules.order import OrderPayment, order
from services.funds.rules.periods import FreezePeriod, ReopenPeriod
from services.funds.rules.project import Phase, ProjectMoney
from services.funds.rules.receipts import ImportReceipts
from services.funds.rules.refunds import RecordRefund
from tests.services.funds.desk import AUDITOR, FINANCE, PROVIDER, Desk
from tests.services.funds.moves.bodies import Closing, Correcting, CorrectingRefund, Lapsing, Lifting
from tests.services.funds.moves.player import Make, Outcome
from tests.services.funds.moves.snapshots import row_of


def in_memory(desk: Desk) -> Make:
    async def make(body: Any) -> Outcome:
        if isinstance(body, Appropriate):
            more = body.account_id if isinstance(body, AppropriateMore) else None
            account = desk.appropriate(body.amount.fen, more, restricted_to=body.restricted_to)
            return ["fund.appropriated", "lot.recorded"], str(account)
        return [one.type for one in _said(desk, body) if isinstance(one, Fact)], ""

    return make


def _said(desk: Desk, body: Any) -> list[Model]:
    match body:
        case OrderPayment():
            refs = [(Account, PROVIDER), (ProjectMoney, body.project_id)]
            return desk.story.do(order, body, FINANCE, refs)
        case PlaceHold():
            return desk.story.do(place, body, AUDITOR, [(ProjectMoney, body.project_id)])
        case LiftHold():
            return desk.story.do(lift, body, AUDITOR, [(ProjectMoney, body.project_id)])
        case Lifting():
            hold = desk.money(body.project).holds[body.place]
            return _said(desk, LiftHold(project_id=body.project, hold_id=hold.id, reason="问题已整改"))
        case FreezePeriod() | ReopenPeriod() | Closing():
            return desk.close(body)
        case Correcting():
            return desk.correct(desk.arrival(body.account, body.place).id, body.fen)
        case CorrectingRefund():
            return desk.correct_refund(body.project, body.line, body.fen)
        case Lapsing():
            return desk.ring(body.project)
        case RecordRefund():
            return desk.refund(body)
        case ImportReceipts():
            return desk.receive(*body.lines)
        case _:
            return desk.hear(body)


def snapshot_of(desk: Desk) -> dict[str, object]:
    accounts = desk.world.each(Account)
    funds = [a for a in accounts if a.kind is AccountKind.FUND]
    projects = desk.world.each(ProjectMoney)
    lots = {a.id: [desk.world.get(Lot, id) for id in a.lots] for a in funds}
    places = {lot.id: place for mine in lots.values() for place, lot in enumerate(mine)}
    return {
        "lots": {
            account: [(lot.amount.fen, lot.corrected.fen, lot.reserved.fen, lot.spent.fen) for lot in mine]
            for account, mine in lots.items()
        },
        "funds": {a.id: (a.credits_posted.fen, a.debits_pending.fen, a.debits_posted.fen) for a in funds},
        "projects": {p.id: row_of(p, places) for p in projects},
        "books": {p.id: _totals(desk.account(p.id)) for p in projects if p.phase is not Phase.REFUSED},
        "payee": sum(a.credits_posted.fen - a.debits_posted.fen for a in accounts if a.id == PROVIDER),
        "booked": sorted((t.effective_date, t.booked_on) for t in desk.world.each(Transfer) if "paid" in t.reason),
        "closed": [period.through for period in desk.books().closed],
    }


def _totals(account: Account) -> tuple[int, int, int, int]:
    return (
        account.credits_pending.fen,
        account.credits_posted.fen,
        account.debits_pending.fen,
        account.debits_posted.fen,
    )
