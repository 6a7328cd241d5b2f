"""Questions about units and deliberations."""

from uuid import UUID

from pydantic import TypeAdapter

from events.database import Connection
from services.needs.rules.deliberation.unit import Unit
from services.needs.rules.deliberation.walk import Deliberation

_unit: TypeAdapter[Unit] = TypeAdapter(Unit)
_deliberation: TypeAdapter[Deliberation] = TypeAdapter(Deliberation)


async def deliberation(tx: Connection, id: UUID) -> tuple[Deliberation, int] | None:
    """With its version."""
    row = await tx.fetchrow("SELECT state, version FROM deliberations WHERE id = $1", id)
    return None if row is None else (_deliberation.validate_json(row["state"]), row["version"])


async def deliberations_of(tx: Connection, community_id: UUID, after: UUID | None, limit: int) -> list[Deliberation]:
    rows = await tx.fetch(
        """
        SELECT state FROM deliberations
        WHERE community_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
        """,
        community_id,
        after,
        limit,
    )
    return [_deliberation.validate_json(row["state"]) for row in rows]


async def units_of(tx: Connection, community_id: UUID, after: UUID | None, limit: int) -> list[Unit]:
    rows = await tx.fetch(
        "SELECT state FROM units WHERE community_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3",
        community_id,
        after,
        limit,
    )
    return [_unit.validate_json(row["state"]) for row in rows]
