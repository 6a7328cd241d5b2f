"""Files of parties that were taken in."""

from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from events.database import Connection
from services.registry.rules.importing import PartyImport

_import: TypeAdapter[PartyImport] = TypeAdapter(PartyImport)


async def party_import(tx: Connection, id: UUID) -> tuple[PartyImport, int] | None:
    """With its version."""
    row = await tx.fetchrow("SELECT state, version FROM party_imports WHERE id = $1", id)
    return None if row is None else _read(row)


async def party_imports(tx: Connection, after: UUID | None, limit: int) -> list[tuple[PartyImport, int]]:
    rows = await tx.fetch(
        "SELECT state, version FROM party_imports WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2", after, limit
    )
    return [_read(row) for row in rows]


def _read(row: asyncpg.Record) -> tuple[PartyImport, int]:
    return _import.validate_json(row["state"]), row["version"]
