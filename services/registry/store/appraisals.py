"""Appraisals of a community's workers: of a year, in the order of their ids."""

from uuid import UUID

from pydantic import TypeAdapter

from events.database import Connection
from services.registry.rules.appraisal import Appraisal

_appraisal: TypeAdapter[Appraisal] = TypeAdapter(Appraisal)


async def of_a_year(
    connection: Connection, party_id: UUID, year: int, after: UUID | None, limit: int
) -> list[Appraisal]:
    rows = await connection.fetch(
        """
        SELECT state FROM appraisals
        WHERE party_id = $1 AND year = $2 AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4
        """,
        party_id,
        year,
        after,
        limit,
    )
    return [_appraisal.validate_json(row["state"]) for row in rows]


async def final_grades(connection: Connection, party_id: UUID, year: int) -> list[str]:
    """One for each worker whose appraisal was confirmed."""
    rows = await connection.fetch(
        "SELECT grade FROM appraisals WHERE party_id = $1 AND year = $2 AND phase = 'confirmed'", party_id, year
    )
    return [row["grade"] for row in rows]
