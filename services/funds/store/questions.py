"""What may be asked of the books, one function per question. Nothing here locks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from events.database import Connection
from schemas.ids import LotId
from schemas.money import Money
from schemas.project import LotShare
from services.funds.rules.payment import Payment
from services.funds.rules.periods import Books
from services.funds.rules.project import ProjectMoney
from services.funds.rules.receipts import Receipt
from services.funds.rules.refunds import Refund
from services.kit.areas import within

_books = TypeAdapter(Books)
_project = TypeAdapter(ProjectMoney)
_payment = TypeAdapter(Payment)
_receipt = TypeAdapter(Receipt)
_refund = TypeAdapter(Refund)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Of this funder, of every funder in an area, or of all."""

    funder_id: UUID | None = None
    prefix: str | None = None
    """what the division codes of the area begin with"""


def of_whom(funder: str) -> str:
    """SQL: the funder of this column is one of `Whose`, whose fields are `$1` and `$2`."""
    return f"($1::uuid IS NULL OR {funder} = $1) AND {within(funder, 2)}"


async def fund_accounts(tx: Connection, whose: Whose, after: UUID | None, limit: int) -> list[asyncpg.Record]:
    """Fund accounts in id order."""
    rows: list[asyncpg.Record] = await tx.fetch(
        f"""
        SELECT * FROM accounts
        WHERE kind = 'fund' AND {of_whom("owner_id")} AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4
        """,
        whose.funder_id,
        whose.prefix,
        after,
        limit,
    )
    return rows


async def fund_account(tx: Connection, account_id: UUID) -> asyncpg.Record | None:
    return await tx.fetchrow("SELECT * FROM accounts WHERE id = $1 AND kind = 'fund'", account_id)


async def lots_of(tx: Connection, accounts: Collection[UUID]) -> list[asyncpg.Record]:
    """Every lot that ever arrived there, in the order of arrival."""
    rows: list[asyncpg.Record] = await tx.fetch(
        "SELECT * FROM lots WHERE account_id = ANY($1::uuid[]) ORDER BY arrived_at, id", list(accounts)
    )
    return rows


TRANSFERS = """
    SELECT t.*,
        ARRAY(SELECT a.lot_id FROM allocations a WHERE a.transfer_id = t.id ORDER BY a.lot_id) AS lot_ids,
        ARRAY(SELECT a.amount_fen FROM allocations a WHERE a.transfer_id = t.id ORDER BY a.lot_id) AS lot_fen
    FROM transfers t
"""
"""each with its lots as two arrays: `lots_moved`"""


def lots_moved(row: asyncpg.Record) -> tuple[LotShare, ...]:
    moved = zip(row["lot_ids"], row["lot_fen"], strict=True)
    return tuple(LotShare(lot_id=LotId(lot), amount=Money(fen)) for lot, fen in moved)


async def statement(tx: Connection, account_id: UUID, before: UUID | None, limit: int) -> list[asyncpg.Record]:
    """The account's `TRANSFERS`, newest first; `before` is the last one seen."""
    rows: list[asyncpg.Record] = await tx.fetch(
        f"""
        {TRANSFERS}
        WHERE (t.debit_id = $1 OR t.credit_id = $1)
            AND ($2::uuid IS NULL OR t.number < (SELECT number FROM transfers WHERE id = $2))
        ORDER BY t.number DESC LIMIT $3
        """,
        account_id,
        before,
        limit,
    )
    return rows


async def project(tx: Connection, project_id: UUID) -> tuple[ProjectMoney, int] | None:
    """The project's money and its version."""
    row = await tx.fetchrow("SELECT state, version FROM projects WHERE id = $1", project_id)
    return None if row is None else (_project.validate_json(row["state"]), row["version"])


async def payments_of(tx: Connection, project_id: UUID) -> list[Payment]:
    rows = await tx.fetch(
        "SELECT state FROM payments WHERE project_id = $1 ORDER BY (state -> 'number')::int", project_id
    )
    return [_payment.validate_json(row["state"]) for row in rows]


async def payment(tx: Connection, payment_id: UUID) -> Payment | None:
    row = await tx.fetchrow("SELECT state FROM payments WHERE id = $1", payment_id)
    return None if row is None else _payment.validate_json(row["state"])


async def open_receipts(tx: Connection, whose: Whose, after: UUID | None, limit: int) -> Sequence[Receipt]:
    """Lines no payment was found for, in id order."""
    rows = await tx.fetch(
        f"""
        SELECT state FROM receipts
        WHERE is_open AND {of_whom("funder_id")} AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4
        """,
        whose.funder_id,
        whose.prefix,
        after,
        limit,
    )
    return [_receipt.validate_json(row["state"]) for row in rows]


async def refunds_of(tx: Connection, project_id: UUID, after: UUID | None, limit: int) -> list[Refund]:
    """What came back of its payments, in id order."""
    rows = await tx.fetch(
        "SELECT state FROM refunds WHERE project_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3",
        project_id,
        after,
        limit,
    )
    return [_refund.validate_json(row["state"]) for row in rows]


async def books(tx: Connection, funder_id: UUID) -> tuple[Books, int]:
    """A funder's books and their version; 0 when no period was ever frozen."""
    row = await tx.fetchrow("SELECT state, version FROM books WHERE id = $1", funder_id)
    return (Books(id=funder_id), 0) if row is None else (_books.validate_json(row["state"]), row["version"])


async def is_known(tx: Connection, party_id: UUID) -> bool:
    return bool(await tx.fetchval("SELECT EXISTS (SELECT FROM parties WHERE id = $1)", party_id))


async def moved_in(tx: Connection, books: Books) -> list[asyncpg.Record]:
    """What the frozen period posted to each kind of account: kind, debits, credits (fen)."""
    assert books.frozen is not None
    rows: list[asyncpg.Record] = await tx.fetch(
        """
        SELECT a.kind,
            coalesce(sum(t.amount_fen) FILTER (WHERE t.debit_id = a.id), 0)::bigint AS debits,
            coalesce(sum(t.amount_fen) FILTER (WHERE t.credit_id = a.id), 0)::bigint AS credits
        FROM transfers t JOIN accounts a ON a.id IN (t.debit_id, t.credit_id)
        WHERE t.state = 'posted' AND t.funder_id = $1
            AND t.booked_on <= $3 AND ($2::date IS NULL OR t.booked_on > $2)
        GROUP BY a.kind ORDER BY a.kind
        """,
        books.id,
        books.closed_through,
        books.frozen.through,
    )
    return rows
