"""Questions about resident units, what they share, and volunteers."""

from datetime import date
from uuid import UUID

import orjson
from pydantic import TypeAdapter

from events.database import Connection
from schemas.sharing import ResourceKind
from services.needs.rules.volunteers.certificate import VolunteerCertificate
from services.needs.rules.volunteers.resident_unit import ResidentUnit
from services.needs.rules.volunteers.resource import Resource
from services.needs.rules.volunteers.responsibility import UnitRating
from services.needs.rules.volunteers.task import VolunteerTask
from services.needs.rules.volunteers.volunteer import Volunteer

MOST_CANDIDATES = 2000
_unit: TypeAdapter[ResidentUnit] = TypeAdapter(ResidentUnit)
_rating: TypeAdapter[UnitRating] = TypeAdapter(UnitRating)
_resource: TypeAdapter[Resource] = TypeAdapter(Resource)
_volunteer: TypeAdapter[Volunteer] = TypeAdapter(Volunteer)
_task: TypeAdapter[VolunteerTask] = TypeAdapter(VolunteerTask)
_certificate: TypeAdapter[VolunteerCertificate] = TypeAdapter(VolunteerCertificate)


async def units_of(tx: Connection, community_id: UUID, after: UUID | None, limit: int) -> list[ResidentUnit]:
    rows = await tx.fetch(
        """
        SELECT state FROM resident_units
        WHERE community_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
        """,
        community_id,
        after,
        limit,
    )
    return [_unit.validate_json(row["state"]) for row in rows]


async def unit(tx: Connection, id: UUID) -> ResidentUnit | None:
    state = await tx.fetchval("SELECT state FROM resident_units WHERE id = $1", id)
    return None if state is None else _unit.validate_json(state)


async def ratings_of(tx: Connection, unit_id: UUID) -> list[UnitRating]:
    """By year, the latest first; one a year, and years have four digits."""
    rows = await tx.fetch("SELECT state FROM unit_ratings WHERE unit_id = $1 ORDER BY state ->> 'year' DESC", unit_id)
    return [_rating.validate_json(row["state"]) for row in rows]


async def shared_in(
    tx: Connection, community_id: UUID, kind: ResourceKind | None, day: date | None, after: UUID | None, limit: int
) -> list[tuple[Resource, str]]:
    """What is not ended, with the name of its unit; on `day`: open on its weekday, or held on it."""
    weekday = None if day is None else orjson.dumps([{"weekday": day.isoweekday()}]).decode()
    rows = await tx.fetch(
        """
        SELECT resources.state, resident_units.state -> 'told' ->> 'name' AS name
        FROM resources JOIN resident_units ON resident_units.id = (resources.state -> 'told' ->> 'unit_id')::uuid
        WHERE resources.community_id = $1 AND ($2::uuid IS NULL OR resources.id > $2)
            AND resources.state ->> 'ended_on' IS NULL
            AND ($4::text IS NULL OR resources.state -> 'told' ->> 'kind' = $4)
            AND ($5::text IS NULL OR resources.state -> 'told' ->> 'day' = $5
                OR (resources.state -> 'told' ->> 'day' IS NULL
                    AND resources.state -> 'told' -> 'hours' @> $6::text::jsonb))
        ORDER BY resources.id LIMIT $3
        """,
        community_id,
        after,
        limit,
        kind,
        None if day is None else day.isoformat(),
        weekday,
    )
    return [(_resource.validate_json(row["state"]), row["name"]) for row in rows]


async def volunteers_of(tx: Connection, community_id: UUID, after: UUID | None, limit: int) -> list[Volunteer]:
    rows = await tx.fetch(
        "SELECT state FROM volunteers WHERE community_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3",
        community_id,
        after,
        limit,
    )
    return [_volunteer.validate_json(row["state"]) for row in rows]


async def totals_of(tx: Connection, community_id: UUID) -> tuple[int, int, int]:
    """Volunteers ever, services, and minutes: those of erased volunteers count on."""
    row = await tx.fetchrow(
        """
        SELECT count(DISTINCT volunteers.id) AS people, count(done.minutes) AS services,
            coalesce(sum(done.minutes), 0) AS minutes
        FROM volunteers LEFT JOIN LATERAL (
            SELECT (one ->> 'minutes')::integer AS minutes FROM jsonb_array_elements(state -> 'engagements') AS one
        ) AS done ON true
        WHERE community_id = $1
        """,
        community_id,
    )
    assert row is not None  # an aggregate always answers
    return row["people"], row["services"], row["minutes"]


async def candidates(tx: Connection, task: VolunteerTask) -> list[Volunteer]:
    """Who may be there for it, whoever has the skill first."""
    rows = await tx.fetch(
        """
        SELECT state FROM volunteers
        WHERE community_id = $1 AND state ->> 'withdrawn_on' IS NULL AND state ->> 'erased_on' IS NULL
        ORDER BY state -> 'skills' @> to_jsonb($2::text) DESC, id LIMIT $3
        """,
        task.told.community_id,
        task.told.skill,
        MOST_CANDIDATES,
    )
    return [_volunteer.validate_json(row["state"]) for row in rows]


async def volunteer(tx: Connection, id: UUID) -> tuple[Volunteer, int] | None:
    """With its version."""
    row = await tx.fetchrow("SELECT state, version FROM volunteers WHERE id = $1", id)
    return None if row is None else (_volunteer.validate_json(row["state"]), row["version"])


async def task(tx: Connection, need_id: UUID) -> tuple[VolunteerTask, int] | None:
    """With its version."""
    row = await tx.fetchrow("SELECT state, version FROM volunteer_tasks WHERE id = $1", need_id)
    return None if row is None else (_task.validate_json(row["state"]), row["version"])


async def certificate(tx: Connection, id: UUID) -> VolunteerCertificate | None:
    row = await tx.fetchrow("SELECT state FROM volunteer_certificates WHERE id = $1", id)
    return None if row is None else _certificate.validate_json(row["state"])


async def certificate_numbered(tx: Connection, number: str) -> VolunteerCertificate | None:
    row = await tx.fetchrow("SELECT state FROM volunteer_certificates WHERE number = $1", number)
    return None if row is None else _certificate.validate_json(row["state"])
