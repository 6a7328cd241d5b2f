"""Careers: of one worker, and those in which an organization stands."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import TypeAdapter

from events.database import Connection
from schemas.party import Certificate
from services.registry.rules.employment import Career, Job

_career: TypeAdapter[Career] = TypeAdapter(Career)
_jobs: TypeAdapter[tuple[Job, ...]] = TypeAdapter(tuple[Job, ...])


@dataclass(frozen=True, slots=True)
class AreaCareer:
    """Of a worker, what it does in one area, and its certificate as it was entered first or renewed last."""

    worker_id: UUID
    jobs: tuple[Job, ...]
    certificate: Certificate


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


async def careers_in(connection: Connection, prefix: str, limit: int) -> list[AreaCareer]:
    """Workers with employers whose codes begin with `prefix`, in id order; those jobs only."""
    rows = await connection.fetch(
        """
        SELECT career.id, jsonb_agg(job) AS jobs, worker.state -> 'certificate' AS certificate
        FROM careers career
            JOIN parties worker USING (id)
            CROSS JOIN jsonb_array_elements(career.state -> 'jobs') job
            JOIN parties employer ON employer.id = (job ->> 'employer_id')::uuid
        WHERE starts_with(employer.state ->> 'division', $1) AND jsonb_typeof(worker.state -> 'certificate') = 'object'
        GROUP BY career.id, worker.state -> 'certificate' ORDER BY career.id LIMIT $2
        """,
        prefix,
        limit,
    )
    return [
        AreaCareer(row["id"], _jobs.validate_json(row["jobs"]), Certificate.model_validate_json(row["certificate"]))
        for row in rows
    ]
