"""Questions about all that belongs to one need."""

from uuid import UUID

import orjson
from pydantic import TypeAdapter

from events.database import Connection
from services.needs.rules.ballot import Ballot
from services.needs.rules.course import Course
from services.needs.rules.deliberation.walk import Deliberation

MOST = 20
_ballot: TypeAdapter[Ballot] = TypeAdapter(Ballot)
_course: TypeAdapter[Course] = TypeAdapter(Course)
_deliberation: TypeAdapter[Deliberation] = TypeAdapter(Deliberation)


async def ballots_over(tx: Connection, need_id: UUID) -> list[Ballot]:
    """The last first."""
    rows = await tx.fetch(
        """
        SELECT state FROM ballots WHERE state -> 'items' @> $1::text::jsonb
        ORDER BY state ->> 'closes_at' DESC LIMIT $2
        """,
        orjson.dumps([{"need_id": str(need_id)}]).decode(),
        MOST,
    )
    return [_ballot.validate_json(row["state"]) for row in rows]


async def deliberations_about(tx: Connection, need_id: UUID) -> list[Deliberation]:
    rows = await tx.fetch(
        "SELECT state FROM deliberations WHERE state -> 'told' ->> 'need_id' = $1 ORDER BY id LIMIT $2",
        str(need_id),
        MOST,
    )
    return [_deliberation.validate_json(row["state"]) for row in rows]


async def course(tx: Connection, project_id: UUID) -> Course | None:
    row = await tx.fetchrow("SELECT state FROM courses WHERE id = $1", project_id)
    return None if row is None else _course.validate_json(row["state"])
