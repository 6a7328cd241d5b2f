"""Posts that are offered, and who seeks work."""

from datetime import date
from uuid import UUID

from pydantic import TypeAdapter

from events.database import Connection
from schemas.party import Certificate
from services.registry.rules.employment import Career
from services.registry.rules.vacancy import Board, Search, Vacancy

_board: TypeAdapter[Board] = TypeAdapter(Board)
_search: TypeAdapter[Search] = TypeAdapter(Search)
_career: TypeAdapter[Career] = TypeAdapter(Career)
_vacancy: TypeAdapter[Vacancy] = TypeAdapter(Vacancy)


async def board(connection: Connection, party_id: UUID) -> Board:
    state = await connection.fetchval("SELECT state FROM boards WHERE id = $1", party_id)
    return Board(id=party_id) if state is None else _board.validate_json(state)


async def posts_open(
    connection: Connection, day: date, prefix: str | None, after: UUID | None, limit: int
) -> list[Vacancy]:
    """Of every organization, in the order of their ids; in places whose codes begin with `prefix`."""
    rows = await connection.fetch(
        """
        SELECT post FROM boards CROSS JOIN jsonb_array_elements(state -> 'posts') post
        WHERE post ->> 'phase' = 'offered' AND post ->> 'until' >= $1
            AND ($2::text IS NULL OR starts_with(post ->> 'division', $2))
            AND ($3::uuid IS NULL OR (post ->> 'vacancy_id')::uuid > $3)
        ORDER BY (post ->> 'vacancy_id')::uuid LIMIT $4
        """,
        day.isoformat(),
        prefix,
        after,
        limit,
    )
    return [_vacancy.validate_json(row["post"]) for row in rows]


async def search(connection: Connection, worker_id: UUID) -> Search | None:
    state = await connection.fetchval("SELECT state FROM searches WHERE id = $1", worker_id)
    return None if state is None else _search.validate_json(state)


async def seekers(
    connection: Connection, day: date, prefix: str, limit: int
) -> list[tuple[Search, Certificate, Career]]:
    """Workers of standing who seek work in a place whose code begins with `prefix`, or above it; in id order."""
    rows = await connection.fetch(
        """
        SELECT searches.state AS search, worker.state -> 'certificate' AS certificate, career.state AS career
        FROM searches JOIN parties worker USING (id) LEFT JOIN careers career USING (id)
        WHERE (searches.state ->> 'on')::boolean AND searches.state ->> 'until' >= $1
            AND (starts_with(searches.state ->> 'division', $2) OR starts_with($2, searches.state ->> 'division'))
            AND (worker.state ->> 'verified')::boolean AND NOT (worker.state ->> 'suspended')::boolean
            AND jsonb_typeof(worker.state -> 'certificate') = 'object'
        ORDER BY id LIMIT $3
        """,
        day.isoformat(),
        prefix,
        limit,
    )
    found = []
    for row in rows:
        one = _search.validate_json(row["search"])
        career = Career(id=one.id) if row["career"] is None else _career.validate_json(row["career"])
        found.append((one, Certificate.model_validate_json(row["certificate"]), career))
    return found
