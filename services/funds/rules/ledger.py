"""The books: accounts, lots, transfers, and how one entry changes them. Double entry, two phases.

A transfer moves an amount from the account it debits to the account it credits, so an imbalance cannot be
written. It is either posted at once, or pending first and then resolved, whole or in parts, by later transfers
that name it and post or void their amount. The two running totals per side follow TigerBeetle.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from schemas.deciding import State, World
from schemas.fact import Note
from schemas.fund import SourceType
from schemas.ids import FundAccountId
from schemas.money import ZERO, Money
from schemas.project import LotShare


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
    corrected: Money = ZERO
    """of the amount, what had never arrived: booked by mistake and corrected since"""
    arrived_at: datetime
    functional_code: str | None = None
    """支出功能分类科目, of public money"""
    economic_code: str | None = None
    """支出经济分类科目, of public money; an order may say another"""

    @property
    def free(self) -> Money:
        return Money(self.amount.fen - self.corrected.fen - self.reserved.fen - self.spent.fen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(State):
    funder_id: UUID
    """in whose books"""
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
    booked_on: date
    """the same day, or the first one open when its period is closed"""
    recorded_at: datetime
    recorded_by: UUID | None
    """the person, by id; None where it was recorded before this was kept"""
    corrects: UUID | None = None
    """the posted transfer of which this one, its mirror, takes back a part or all"""
    refunds: UUID | None = None
    """the project of whose payments this one brings money back"""
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
    accounts = {account.id.int: account for account in entry.opens if world.find(Account, account.id) is None}
    lots = {lot.id.int: lot for lot in entry.arrived}
    for lot in entry.arrived:
        account = accounts.get(lot.account_id.int) or world.get(Account, lot.account_id)
        accounts[account.id.int] = replace(account, lots=(*account.lots, lot.id))
    changes: dict[int, list[int]] = {}
    for transfer in entry.transfers:
        pending, posted = _EFFECTS[transfer.state, transfer.pending_id is not None]
        for side, id in enumerate((transfer.debit_id, transfer.credit_id)):
            number = id.int
            if number not in accounts:
                accounts[number] = world.get(Account, id)
            change = changes.setdefault(number, [0, 0, 0, 0])
            change[2 * side] += pending * transfer.amount.fen
            change[2 * side + 1] += posted * transfer.amount.fen
        if accounts[transfer.debit_id.int].kind is AccountKind.FUND:
            never_arrived = transfer.corrects is not None and transfer.refunds is None
            reserved, spent, corrected = (0, 0, posted) if never_arrived else (pending, posted, 0)
        elif transfer.refunds is not None or _taken_back(accounts, transfer):
            reserved, spent, corrected = 0, -posted, 0
        else:
            continue
        for share in transfer.allocations:
            lot, fen = lots.get(share.lot_id.int) or world.get(Lot, share.lot_id), share.amount.fen
            lots[lot.id.int] = _used(lot, reserved * fen, spent * fen, corrected * fen)
    for number, change in changes.items():
        accounts[number] = _moved(accounts[number], *change)
    return [*accounts.values(), *lots.values(), *entry.transfers]


def _taken_back(accounts: Mapping[int, Account], transfer: Transfer) -> bool:
    """Released to a project, and not paid."""
    debit, credit = accounts[transfer.debit_id.int].kind, accounts[transfer.credit_id.int].kind
    return debit is AccountKind.PROJECT and credit is AccountKind.FUND


_EFFECTS = {
    (TransferState.PENDING, False): (1, 0),
    (TransferState.POSTED, False): (0, 1),
    (TransferState.POSTED, True): (-1, 1),
    (TransferState.VOIDED, True): (-1, 0),
}
"""What a transfer does with its amount to the pending and the posted total of each side."""


def _moved(
    account: Account, debits_pending: int, debits_posted: int, credits_pending: int, credits_posted: int
) -> Account:
    """By so many fen. Written out: `dataclasses.replace` takes twice the time, and here it counts."""
    return Account(
        id=account.id,
        kind=account.kind,
        owner_id=account.owner_id,
        debits_pending=_plus(account.debits_pending, debits_pending),
        debits_posted=_plus(account.debits_posted, debits_posted),
        credits_pending=_plus(account.credits_pending, credits_pending),
        credits_posted=_plus(account.credits_posted, credits_posted),
        debits_must_not_exceed_credits=account.debits_must_not_exceed_credits,
        lots=account.lots,
    )


def _used(lot: Lot, reserved: int, spent: int, corrected: int) -> Lot:
    return Lot(
        id=lot.id,
        account_id=lot.account_id,
        source_type=lot.source_type,
        budget_line=lot.budget_line,
        restricted_to=lot.restricted_to,
        amount=lot.amount,
        reserved=_plus(lot.reserved, reserved),
        spent=_plus(lot.spent, spent),
        corrected=_plus(lot.corrected, corrected),
        arrived_at=lot.arrived_at,
        functional_code=lot.functional_code,
        economic_code=lot.economic_code,
    )


def _plus(amount: Money, fen: int) -> Money:
    return Money(amount.fen + fen) if fen else amount
