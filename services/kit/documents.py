"""States kept as one JSON document per row: `(id uuid, version bigint, state jsonb)`.

Most services remember few, deep things; columns a list needs are generated from the document in the migration.
"""

from collections.abc import Collection, Sequence
from operator import attrgetter
from typing import Any

import asyncpg
from pydantic import TypeAdapter

from events.database import Connection
from schemas.deciding import Ref, State, World


class Documents:
    """The load and save of a service whose kinds of state each live in a table of documents."""

    def __init__(self, **tables: type[State]) -> None:
        """`tables`: table name → kind, in the order in which they are locked."""
        self._tables = {kind: (name, TypeAdapter(kind)) for name, kind in tables.items()}

    async def load(self, tx: Connection, refs: Collection[Ref]) -> World:
        world = World(refs)
        await self.load_into(tx, world, refs)
        return world

    async def load_into(self, tx: Connection, world: World, refs: Collection[Ref]) -> None:
        await self.read_into(tx, world, refs, "FOR UPDATE")

    async def read_into(self, tx: Connection, world: World, refs: Collection[Ref], lock: str = "") -> None:
        for kind, (table, adapter) in self._tables.items():
            ids = sorted({id for k, id in refs if k is kind}, key=attrgetter("int"))
            if not ids:
                continue
            rows = await tx.fetch(
                f"SELECT version, state FROM {table} WHERE id = ANY($1::uuid[]) ORDER BY id {lock}", ids
            )
            for row in rows:
                world.loaded(adapter.validate_json(row["state"]), row["version"])

    async def save(self, tx: Connection, world: World) -> None:
        for kind, (table, adapter) in self._tables.items():
            changed = world.changed(kind)
            if changed:
                await self._save_kind(tx, world, table, adapter, changed)

    async def _save_kind(
        self, tx: Connection, world: World, table: str, adapter: TypeAdapter[Any], changed: Sequence[State]
    ) -> None:
        versions = [world.version((type(state), state.id)) for state in changed]
        status = await tx.execute(
            f"""
            INSERT INTO {table} AS stored (id, version, state)
            SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::jsonb[])
            ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state
            WHERE stored.version = excluded.version - 1
            """,
            [state.id for state in changed],
            [version + 1 for version in versions],
            [adapter.dump_json(state).decode() for state in changed],
        )
        if status != f"INSERT 0 {len(changed)}":
            # two transactions made the same new row; the loser decides again on what the winner left
            raise asyncpg.SerializationError(f"{table}: a row appeared while it was being made")
