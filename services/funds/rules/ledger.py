"""The books: accounts, lots, transfers, and how one entry changes them. Double entry, two phases.

A transfer moves an amount from the account it debits to the account it credits, so an imbalance cannot be
written. It is either posted at once, or pending first and then resolved, whole or in parts, by later transfers
that name it and post or void their amount. The two running totals per side follow TigerBeetle.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from uuid import UUID

from schemas.deciding import State, World
from schemas.fact import Note
from schemas.fund import SourceType
from schemas.ids import FundAccountId
from schemas.money import ZERO, Money
from schemas.project import LotShare

CHINA = timezone(timedelta(hours=8))


class AccountKind(StrEnum):
    SOURCE = "source"
    """the outside a fund account's money comes from; its debits are all that ever came"""
    FUND = "fund"
    """a funder's money"""
    PROJECT = "project"
    """what was set aside (pending) and released (posted) for one project; bears the project's id"""
    PAYEE = "payee"
    """what one provider was paid; bears the party's id"""


class TransferState(StrEnum):
    PENDING = "pending"
    POSTED = "posted"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(State):
    kind: AccountKind
    owner_id: UUID
    """the party whose money it is; for a project's account, the project"""
    debits_posted: Money = ZERO
    credits_posted: Money = ZERO
    debits_pending: Money = ZERO
    credits_pending: Money = ZERO
    debits_must_not_exceed_credits: bool
    lots: tuple[UUID, ...] = ()
    """the lots with something left, in the order of their arrival"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot(State):
    """One arrival of money and what became of it: the origin that every fen spent is traced to."""

    account_id: FundAccountId
    source_type: SourceType
    budget_line: str
    restricted_to: str | None
    """the need category it may be spent on; None: any"""
    amount: Money
    reserved: Money = ZERO
    spent: Money = ZERO
    arrived_at: datetime

    @property
    def free(self) -> Money:
        return Money(self.amount.fen - self.reserved.fen - self.spent.fen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(State):
    debit_id: UUID
    credit_id: UUID
    amount: Money
    state: TransferState
    pending_id: UUID | None = None
    """the pending transfer this one resolves, whole or in part"""
    allocations: tuple[LotShare, ...]
    """whose money; adds up to the amount"""
    correlation: UUID
    """the message that caused it, shared by all legs"""
    effective_date: date
    """when it counts: the bank's date for a receipt, else the day it was recorded (China)"""
    recorded_at: datetime
    corrects: UUID | None = None
    reason: str


class Booked(Note):
    """One entry in the books: accounts it opens, a lot that arrived, transfers in their order."""

    opens: tuple[Account, ...] = ()
    arrived: tuple[Lot, ...] = ()
    transfers: tuple[Transfer, ...] = ()


def fund_account(id: UUID, funder_id: UUID) -> Account:
    return Account(id=id, kind=AccountKind.FUND, owner_id=funder_id, debits_must_not_exceed_credits=True)


def source_account(id: UUID, funder_id: UUID) -> Account:
    return Account(id=id, kind=AccountKind.SOURCE, owner_id=funder_id, debits_must_not_exceed_credits=False)


def project_account(project_id: UUID) -> Account:
    return Account(id=project_id, kind=AccountKind.PROJECT, owner_id=project_id, debits_must_not_exceed_credits=True)


def payee_account(party_id: UUID) -> Account:
    return Account(id=party_id, kind=AccountKind.PAYEE, owner_id=party_id, debits_must_not_exceed_credits=True)


def book(world: World, entry: Booked) -> Iterable[State]:
    """The books after an entry. The decision that wrote it checked every limit under the same locks."""
    changed: dict[UUID, State] = {}
    for account in entry.opens:
        if world.find(Account, account.id) is None:
            changed[account.id] = account
    for lot in entry.arrived:
        account = _account(world, changed, lot.account_id)
        changed[account.id] = replace(account, lots=(*account.lots, lot.id))
        changed[lot.id] = lot
    for transfer in entry.transfers:
        changed[transfer.id] = transfer
        _move(world, changed, transfer)
    return changed.values()


def _move(world: World, changed: dict[UUID, State], transfer: Transfer) -> None:
    debit = _account(world, changed, transfer.debit_id)
    pending, posted = _after(debit.debits_pending, debit.debits_posted, transfer, transfer.amount)
    changed[debit.id] = replace(debit, debits_pending=pending, debits_posted=posted)
    credit = _account(world, changed, transfer.credit_id)
    pending, posted = _after(credit.credits_pending, credit.credits_posted, transfer, transfer.amount)
    changed[credit.id] = replace(credit, credits_pending=pending, credits_posted=posted)
    if debit.kind is AccountKind.FUND:
        for share in transfer.allocations:
            lot = _lot(world, changed, share.lot_id)
            reserved, spent = _after(lot.reserved, lot.spent, transfer, share.amount)
            changed[lot.id] = replace(lot, reserved=reserved, spent=spent)


def _after(pending: Money, posted: Money, transfer: Transfer, amount: Money) -> tuple[Money, Money]:
    """Two running totals after `amount` of this transfer."""
    if transfer.state is TransferState.PENDING:
        return pending + amount, posted
    if transfer.pending_id is not None:
        pending = pending - amount
    if transfer.state is TransferState.POSTED:
        posted = posted + amount
    return pending, posted


def _account(world: World, changed: dict[UUID, State], id: UUID) -> Account:
    found = changed.get(id)
    return found if isinstance(found, Account) else world.get(Account, id)


def _lot(world: World, changed: dict[UUID, State], id: UUID) -> Lot:
    found = changed.get(id)
    return found if isinstance(found, Lot) else world.get(Lot, id)
