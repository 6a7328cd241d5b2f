"""Files of parties that were taken in."""

from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from events.database import Connection
from services.kit.areas import within
from services.registry.rules.importing import PartyImport
from services.registry.store.places import entered_by

_import: TypeAdapter[PartyImport] = TypeAdapter(PartyImport)


async def party_import(tx: Connection, id: UUID) -> tuple[PartyImport, int] | None:
    """With its version."""
    row = await tx.fetchrow("SELECT state, version FROM party_imports WHERE id = $1", id)
    return None if row is None else _read(row)


async def party_imports(
    tx: Connection, prefix: str | None, after: UUID | None, limit: int
) -> list[tuple[PartyImport, int]]:
    """What registrars of the area took in."""
    rows = await tx.fetch(
        f"""
        SELECT state, version FROM party_imports
        WHERE ($1::uuid IS NULL OR id > $1) AND {within(entered_by("party_imports"), 3)} ORDER BY id LIMIT $2
        """,
        after,
        limit,
        prefix,
    )
    return [_read(row) for row in rows]


def _read(row: asyncpg.Record) -> tuple[PartyImport, int]:
    return _import.validate_json(row["state"]), row["version"]
