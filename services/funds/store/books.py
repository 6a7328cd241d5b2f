"""Lock and load, and save set-wise: projects first, then accounts in id order. An account's lock guards its lots."""

from collections.abc import Collection, Iterable, Sequence
from operator import attrgetter
from typing import Any
from uuid import UUID

import asyncpg

from events.database import Connection
from schemas.deciding import Ref, World
from schemas.fund import SourceType
from schemas.ids import FundAccountId
from schemas.money import Money
from services.funds.rules.ledger import Account, AccountKind, Lot, Transfer, TransferState
from services.funds.rules.payment import Payment
from services.funds.rules.periods import Books, PeriodSum
from services.funds.rules.project import Phase, ProjectMoney
from services.funds.rules.receipts import Receipt
from services.funds.rules.refunds import Refund
from services.funds.store import bank, costs, statements
from services.funds.store.questions import TRANSFERS, lots_moved
from services.kit.documents import Documents

_documents = Documents(projects=ProjectMoney, payments=Payment, receipts=Receipt, refunds=Refund, books=Books)


async def load(tx: Connection, refs: Collection[Ref]) -> World:
    """What the refs name, the projects of payments named, and the accounts and lots of all those projects.

    Books that are named are about to change: their lock waits for whatever is on its way into them.
    """
    for whose in {id for kind, id in refs if kind is Books}:
        await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('sanshe books ' || $1::uuid, 0))", whose)
    payments = [id for kind, id in refs if kind is Payment]
    wanted: list[Ref] = [*refs, *((ProjectMoney, id) for id in await _projects_of(tx, payments))]
    world = World(wanted)
    await _documents.load_into(tx, world, wanted)
    by_refunds = [refund.transfer_id(share.account_id) for refund in world.each(Refund) for share in refund.shares]
    transfers = await _load_transfers(tx, world, [*(id for kind, id in refs if kind is Transfer), *by_refunds])
    refunded = await _load_paid(tx, world, refs)
    settled = [money for money in await _load_postings(tx, world) if money.phase is Phase.SETTLED]
    funders = {transfer.funder_id for transfer in transfers} | {money.funder_id for money in refunded}
    await _load_periods(tx, world, refs, funders)
    accounts = {id for kind, id in refs if kind is Account}
    accounts.update(id for one in transfers for id in (one.debit_id, one.credit_id))
    accounts.update(share.account_id for money in (*refunded, *settled) for share in money.paid_shares)
    lots: set[UUID] = {share.lot_id for one in transfers for share in one.allocations}
    for money in world.each(ProjectMoney):
        accounts.update(_accounts_of(money))
        lots.update(lot.lot_id for i in money.instalments for share in i.shares for lot in share.lots)
    if accounts:
        world.ask((Account, id) for id in accounts)
        await _load_accounts(tx, world, sorted(accounts, key=attrgetter("int")), list(lots))
    await statements.load_into(tx, world, refs)
    await costs.load_into(tx, world, refs)
    await bank.load_into(tx, world, refs)
    return world


async def _load_transfers(tx: Connection, world: World, ids: Sequence[UUID]) -> list[Transfer]:
    """Unlocked, for they never change."""
    if not ids:
        return []
    rows = await tx.fetch(f"{TRANSFERS} WHERE id = ANY($1::uuid[]) ORDER BY id", ids)
    for row in rows:
        world.loaded(_transfer(row))
    return world.each(Transfer)


async def _load_paid(tx: Connection, world: World, refs: Collection[Ref]) -> list[ProjectMoney]:
    """Projects that money comes back to, with their payments; the project's lock guards them."""
    if not any(kind is Refund for kind, _ in refs):
        return []
    payments: list[Ref] = [
        (Payment, id) for money in world.each(ProjectMoney) for i in money.instalments for id in i.paid_by
    ]
    world.ask(payments)
    await _documents.read_into(tx, world, payments)
    return world.each(ProjectMoney)


async def _load_postings(tx: Connection, world: World) -> list[ProjectMoney]:
    """What paid the payments that are paid, and what was refunded of their projects: a line may send them back."""
    paid = {payment.id: payment.project_id for payment in world.each(Payment) if payment.is_paid}
    if not paid:
        return []
    rows = await tx.fetch(
        f"{TRANSFERS} WHERE pending_id = ANY($1::uuid[]) AND state = 'posted' ORDER BY id", list(paid)
    )
    for row in rows:
        world.loaded(_transfer(row))
    projects = [world.get(ProjectMoney, id) for id in sorted(set(paid.values()), key=attrgetter("int"))]
    refunds = await tx.fetch("SELECT id FROM refunds WHERE project_id = ANY($1::uuid[])", [p.id for p in projects])
    known: list[Ref] = [(Refund, row["id"]) for row in refunds]
    world.ask(known)
    await _documents.read_into(tx, world, known)
    return projects


async def _load_periods(tx: Connection, world: World, refs: Collection[Ref], funders: Collection[UUID]) -> None:
    """The books that receipts and what these funders correct or get back are entered into, unlocked; and the sum of a
    frozen period that is to be closed."""
    entered = [(Books, id) for id in {payment.funder_id for payment in world.each(Payment)} | set(funders)]
    world.ask(entered)
    await _documents.read_into(tx, world, entered)
    for kind, id in refs:
        books = world.find(Books, id) if kind is PeriodSum else None
        if books is not None and books.frozen is not None:
            world.loaded(await period_sum(tx, books))


async def period_sum(tx: Connection, books: Books) -> PeriodSum:
    """Of what was booked since the last closed period, through the last day of the frozen one."""
    assert books.frozen is not None
    previous = books.closed[-1].digest if books.closed else None
    row = await tx.fetchrow(
        "SELECT * FROM period_sum($1, $2, $3, $4)", books.id, books.closed_through, books.frozen.through, previous
    )
    assert row is not None  # an aggregate
    return PeriodSum(id=books.id, transfers=row["transfers"], digest=row["digest"])


def _accounts_of(money: ProjectMoney) -> Iterable[UUID]:
    """The accounts its money stands on, its own, and who is paid."""
    yield money.id
    for share in (*money.shares, *(share for i in money.instalments for share in i.shares)):
        yield share.account_id
    if money.payee is not None:
        yield money.payee.id


async def _projects_of(tx: Connection, payments: Sequence[UUID]) -> list[UUID]:
    if not payments:
        return []
    rows = await tx.fetch("SELECT DISTINCT project_id FROM payments WHERE id = ANY($1::uuid[])", payments)
    return [row["project_id"] for row in rows]


async def _load_accounts(tx: Connection, world: World, accounts: Sequence[UUID], lots: Sequence[UUID]) -> None:
    """Accounts with the lots that have something left, and the lots that are named."""
    rows = await tx.fetch("SELECT * FROM accounts WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE", accounts)
    lots_of: dict[UUID, list[UUID]] = {}
    found = await tx.fetch(  # a new statement, so that it sees what the lock was waited for
        """
        SELECT * FROM lots WHERE account_id = ANY($1::uuid[]) AND spent_fen + corrected_fen < amount_fen
        UNION SELECT * FROM lots WHERE id = ANY($2::uuid[])
        ORDER BY arrived_at, id
        """,
        accounts,
        lots,
    )
    for row in found:
        lot = _lot(row)
        world.loaded(lot)
        if lot.reserved.fen + lot.free.fen:
            lots_of.setdefault(lot.account_id, []).append(lot.id)
    for row in rows:
        world.loaded(_account(row, lots_of.get(row["id"], [])), row["version"])


def _account(row: asyncpg.Record, lots: Sequence[UUID]) -> Account:
    return Account(
        id=row["id"],
        kind=AccountKind(row["kind"]),
        owner_id=row["owner_id"],
        debits_posted=Money(row["debits_posted_fen"]),
        credits_posted=Money(row["credits_posted_fen"]),
        debits_pending=Money(row["debits_pending_fen"]),
        credits_pending=Money(row["credits_pending_fen"]),
        debits_must_not_exceed_credits=row["debits_must_not_exceed_credits"],
        lots=tuple(lots),
    )


def _lot(row: asyncpg.Record) -> Lot:
    return Lot(
        id=row["id"],
        account_id=FundAccountId(row["account_id"]),
        source_type=SourceType(row["source_type"]),
        budget_line=row["budget_line"],
        restricted_to=row["restricted_to"],
        amount=Money(row["amount_fen"]),
        reserved=Money(row["reserved_fen"]),
        spent=Money(row["spent_fen"]),
        corrected=Money(row["corrected_fen"]),
        arrived_at=row["arrived_at"],
        functional_code=row["functional_code"],
        economic_code=row["economic_code"],
    )


def _transfer(row: asyncpg.Record) -> Transfer:
    return Transfer(
        id=row["id"],
        funder_id=row["funder_id"],
        debit_id=row["debit_id"],
        credit_id=row["credit_id"],
        amount=Money(row["amount_fen"]),
        state=TransferState(row["state"]),
        pending_id=row["pending_id"],
        allocations=lots_moved(row),
        correlation=row["correlation"],
        effective_date=row["effective_date"],
        booked_on=row["booked_on"],
        recorded_at=row["recorded_at"],
        recorded_by=row["recorded_by"],
        corrects=row["corrects"],
        refunds=row["refunds"],
        reason=row["reason"],
    )


async def save(tx: Connection, world: World) -> None:
    """Everything that changed, one statement per table, in the order in which one row refers to another."""
    await _documents.save(tx, world)
    await _save_accounts(tx, world, world.changed(Account))
    await _save_lots(tx, world.changed(Lot))
    await _save_transfers(tx, world.changed(Transfer))
    await statements.save(tx, world)
    await costs.save(tx, world)
    await bank.save(tx, world)


async def _save_accounts(tx: Connection, world: World, accounts: Sequence[Account]) -> None:
    if not accounts:
        return
    status = await tx.execute(
        """
        INSERT INTO accounts AS stored (
            id, version, kind, owner_id, debits_posted_fen, credits_posted_fen, debits_pending_fen,
            credits_pending_fen, debits_must_not_exceed_credits
        )
        SELECT * FROM unnest(
            $1::uuid[], $2::bigint[], $3::text[], $4::uuid[], $5::bigint[], $6::bigint[], $7::bigint[],
            $8::bigint[], $9::boolean[]
        )
        ON CONFLICT (id) DO UPDATE SET
            version = excluded.version,
            debits_posted_fen = excluded.debits_posted_fen,
            credits_posted_fen = excluded.credits_posted_fen,
            debits_pending_fen = excluded.debits_pending_fen,
            credits_pending_fen = excluded.credits_pending_fen
        WHERE stored.version = excluded.version - 1
        """,
        [a.id for a in accounts],
        [world.version((Account, a.id)) + 1 for a in accounts],
        [a.kind for a in accounts],
        [a.owner_id for a in accounts],
        [a.debits_posted.fen for a in accounts],
        [a.credits_posted.fen for a in accounts],
        [a.debits_pending.fen for a in accounts],
        [a.credits_pending.fen for a in accounts],
        [a.debits_must_not_exceed_credits for a in accounts],
    )
    if status != f"INSERT 0 {len(accounts)}":
        # two transactions opened the same account; the loser decides again on what the winner left
        raise asyncpg.SerializationError("accounts: a row appeared while it was being made")


async def _save_lots(tx: Connection, lots: Sequence[Lot]) -> None:
    if not lots:
        return
    await tx.execute(
        """
        INSERT INTO lots (
            id, account_id, source_type, budget_line, restricted_to, amount_fen, reserved_fen, spent_fen, arrived_at,
            corrected_fen, functional_code, economic_code
        )
        SELECT * FROM unnest(
            $1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
            $9::timestamptz[], $10::bigint[], $11::text[], $12::text[]
        )
        ON CONFLICT (id) DO UPDATE SET
            reserved_fen = excluded.reserved_fen,
            spent_fen = excluded.spent_fen,
            corrected_fen = excluded.corrected_fen
        """,
        [lot.id for lot in lots],
        [lot.account_id for lot in lots],
        [lot.source_type for lot in lots],
        [lot.budget_line for lot in lots],
        [lot.restricted_to for lot in lots],
        [lot.amount.fen for lot in lots],
        [lot.reserved.fen for lot in lots],
        [lot.spent.fen for lot in lots],
        [lot.arrived_at for lot in lots],
        [lot.corrected.fen for lot in lots],
        [lot.functional_code for lot in lots],
        [lot.economic_code for lot in lots],
    )


_TRANSFER = [
    "id",
    "funder_id",
    "debit_id",
    "credit_id",
    "amount_fen",
    "state",
    "pending_id",
    "correlation",
    "effective_date",
    "booked_on",
    "recorded_at",
    "recorded_by",
    "corrects",
    "refunds",
    "reason",
]


async def _save_transfers(tx: Connection, transfers: Sequence[Transfer]) -> None:
    """New rows only: a transfer never changes. What resolves is written after what it resolves."""
    if not transfers:
        return
    transfers = sorted(transfers, key=lambda t: t.pending_id is not None)
    rows: list[tuple[Any, ...]] = [
        (
            t.id,
            t.funder_id,
            t.debit_id,
            t.credit_id,
            t.amount.fen,
            t.state,
            t.pending_id,
            t.correlation,
            t.effective_date,
            t.booked_on,
            t.recorded_at,
            t.recorded_by,
            t.corrects,
            t.refunds,
            t.reason,
        )
        for t in transfers
    ]
    await tx.copy_records_to_table("transfers", records=rows, columns=_TRANSFER)
    parts = [(t.id, share.lot_id, share.amount.fen) for t in transfers for share in t.allocations]
    await tx.copy_records_to_table("allocations", records=parts, columns=["transfer_id", "lot_id", "amount_fen"])
