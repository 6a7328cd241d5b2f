"""Statement files, the columns they are read with, and open lines that wait for others of the same payment."""

from collections.abc import Collection
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from events.database import Connection
from schemas.deciding import Ref, World
from services.funds.rules.columns import ColumnMapping, Columns, CostColumns, cost_mapping_of, mapping_of
from services.funds.rules.payment import Payment
from services.funds.rules.receipts import Receipt
from services.funds.rules.statements import Statement
from services.funds.store.questions import Whose, of_whom
from services.kit.documents import Documents

_documents = Documents(statements=Statement, column_mappings=ColumnMapping)
_receipts = Documents(receipts=Receipt)
_mapping = TypeAdapter(ColumnMapping)
_receipt = TypeAdapter(Receipt)
_statement = TypeAdapter(Statement)


async def load_into(tx: Connection, world: World, refs: Collection[Ref]) -> None:
    """After the payments are locked: nobody else can pair the open lines that name them."""
    payments = list({str(id) for kind, id in refs if kind is Payment})
    if payments:
        rows = await tx.fetch("SELECT id FROM receipts WHERE is_open AND state -> 'named' ?| $1::text[]", payments)
        naming: list[Ref] = list({(Receipt, row["id"]) for row in rows}.difference(refs))
        world.ask(naming)
        await _receipts.load_into(tx, world, naming)
    await _documents.load_into(tx, world, refs)


async def save(tx: Connection, world: World) -> None:
    await _documents.save(tx, world)


async def remembered(tx: Connection, funder_id: UUID) -> Columns | None:
    """The columns of the funder's last statement, if it ever named some."""
    columns = await _columns(tx, mapping_of(funder_id))
    assert not isinstance(columns, CostColumns)  # its id is of statements
    return columns


async def remembered_of_costs(tx: Connection, provider_id: UUID) -> CostColumns | None:
    """The columns of the provider's last report of costs, if it ever named some."""
    columns = await _columns(tx, cost_mapping_of(provider_id))
    assert not isinstance(columns, Columns)  # its id is of reports
    return columns


async def _columns(tx: Connection, mapping_id: UUID) -> Columns | CostColumns | None:
    row = await tx.fetchrow("SELECT state FROM column_mappings WHERE id = $1", mapping_id)
    return None if row is None else _mapping.validate_json(row["state"]).columns


async def statements_of(tx: Connection, funder_id: UUID, after: UUID | None, limit: int) -> list[Statement]:
    """In id order."""
    rows = await tx.fetch(
        """
        SELECT state FROM statements WHERE funder_id = $1 AND ($2::uuid IS NULL OR id > $2)
        ORDER BY id LIMIT $3
        """,
        funder_id,
        after,
        limit,
    )
    return [_statement.validate_json(row["state"]) for row in rows]


async def receipts(tx: Connection, whose: Whose, digest: str | None, after: UUID | None, limit: int) -> list[Receipt]:
    """All lines there ever were, in id order.

    With a digest the line that has it, or those that a payment's digest is over.
    """
    rows: list[asyncpg.Record] = await tx.fetch(
        f"""
        SELECT state FROM receipts WHERE {of_whom("funder_id")} AND ($3::uuid IS NULL OR id > $3)
            AND ($5::text IS NULL OR digest = $5 OR state -> 'payment_ids' ?| ARRAY(
                SELECT id::text FROM payments WHERE state ->> 'receipt_digest' = $5))
        ORDER BY id LIMIT $4
        """,
        whose.funder_id,
        whose.prefix,
        after,
        limit,
        digest,
    )
    return [_receipt.validate_json(row["state"]) for row in rows]
