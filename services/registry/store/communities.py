"""Communities by their codes."""

from dataclasses import dataclass
from uuid import UUID

from events.database import Connection


@dataclass(frozen=True, slots=True)
class Community:
    id: UUID
    division: str
    name: str | None


async def communities(connection: Connection, division: str, limit: int) -> list[Community]:
    """Those that are registered under `division` (leading digits of their code), in the order of their ids."""
    rows = await connection.fetch(
        """
        SELECT id, division, party.state ->> 'name' AS name
        FROM registrations entered JOIN parties party USING (id)
        WHERE kind = 'community' AND starts_with(division, $1) ORDER BY id LIMIT $2
        """,
        division,
        limit,
    )
    return [Community(row["id"], row["division"], row["name"]) for row in rows]
