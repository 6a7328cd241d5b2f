"""Careers: of one worker, and those in which an organization stands."""

from uuid import UUID

from pydantic import TypeAdapter

from events.database import Connection
from services.registry.rules.employment import Career

_career: TypeAdapter[Career] = TypeAdapter(Career)


async def career(connection: Connection, worker_id: UUID) -> Career:
    state = await connection.fetchval("SELECT state FROM careers WHERE id = $1", worker_id)
    return Career(id=worker_id) if state is None else _career.validate_json(state)


async def careers_with(connection: Connection, employer_id: UUID, after: UUID | None, limit: int) -> list[Career]:
    """Careers with an employment, waiting, running or over, by this organization."""
    rows = await connection.fetch(
        """
        SELECT state FROM careers
        WHERE state -> 'jobs' @> jsonb_build_array(jsonb_build_object('employer_id', $1::text))
          AND ($2::uuid IS NULL OR id > $2)
        ORDER BY id LIMIT $3
        """,
        str(employer_id),
        after,
        limit,
    )
    return [_career.validate_json(row["state"]) for row in rows]
