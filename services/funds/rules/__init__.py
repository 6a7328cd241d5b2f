"""What is allowed with money, and what then happened. One noun per file; `evolve` below joins them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from schemas.contract import ContractSigned, ProjectPublished
from schemas.deciding import State, World
from schemas.model import Model
from schemas.period import PeriodClosed, PeriodFrozen, PeriodReopened
from schemas.project import ProjectApproved, ProjectFact
from services.funds.rules import cost_files, costs, gates, statements
from services.funds.rules.approving import drawn_up
from services.funds.rules.bank_accounts import BankAccountsKept
from services.funds.rules.bank_files import BankFileMade, made
from services.funds.rules.clock import PaymentClockSet
from services.funds.rules.ledger import Booked, book
from services.funds.rules.payment import PaymentDrawnUp
from services.funds.rules.periods import books_after
from services.funds.rules.project import (
    ProjectMoney,
    ReservationDated,
    ReservationLapsed,
    approved,
    clocked,
    dated,
    lapsed,
    money_after,
    signed,
)
from services.funds.rules.receipts import ReceiptKept
from services.funds.rules.refunds import RefundKept


def evolve(world: World, fact: Model) -> Iterable[State]:
    """The states after a fact or a note; a fact about a project funds never heard of changes nothing."""
    first = _FIRST.get(type(fact))
    if first is not None:
        return first(world, fact)
    if not isinstance(fact, ProjectFact):
        return ()
    money = world.find(ProjectMoney, fact.project_id)
    return () if money is None else (money_after(money, fact),)


def _kept(world: World, note: ReceiptKept) -> Iterable[State]:
    return (note.receipt, *note.payments)


_FIRST: Mapping[type[Model], Callable[[World, Any], Iterable[State]]] = {
    Booked: book,
    statements.StatementKept: statements.kept,
    statements.StatementRead: lambda world, note: (note.reading,),
    ProjectApproved: approved,
    ContractSigned: signed,
    PaymentClockSet: clocked,
    PeriodFrozen: books_after,
    PeriodReopened: books_after,
    PeriodClosed: books_after,
    PaymentDrawnUp: drawn_up,
    ReceiptKept: _kept,
    RefundKept: lambda world, note: (note.refund,),
    ReservationDated: dated,
    ReservationLapsed: lapsed,
    BankAccountsKept: lambda world, note: (note.accounts,),
    BankFileMade: made,
    costs.SpendingOpened: lambda world, note: (note.spending,),
    costs.CostsKept: costs.kept,
    cost_files.CostColumnsKept: lambda world, note: (note.mapping,),
    cost_files.CostFileRead: lambda world, note: (note.reading,),
    ProjectPublished: costs.published,
    gates.GateOpened: gates.noted,
    gates.GatesDated: gates.noted,
    gates.GatesClosed: gates.noted,
}
