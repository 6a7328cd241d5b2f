"""What is on record of an organization or a community: on a day, and all of it in order."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from events.database import Connection
from services.kit.areas import within
from services.registry.rules.incubation import Incubation
from services.registry.rules.record import Record
from services.registry.store.places import entered_by

_record: TypeAdapter[Record] = TypeAdapter(Record)
_incubation: TypeAdapter[Incubation] = TypeAdapter(Incubation)

AS_OF = """
    WITH RECURSIVE subjects AS (
        (SELECT subject FROM records WHERE party_id = $1 AND recorded_on IS NOT NULL ORDER BY subject LIMIT 1)
        UNION ALL
        SELECT (
            SELECT next.subject FROM records next
            WHERE next.party_id = $1 AND next.recorded_on IS NOT NULL AND next.subject > subjects.subject
            ORDER BY next.subject LIMIT 1
        ) FROM subjects WHERE subjects.subject IS NOT NULL
    )
    SELECT newest.state, newest.ended_on, newest.ending_recorded_on
    FROM subjects, LATERAL (
        SELECT state, ended_on, ending_recorded_on FROM records
        WHERE party_id = $1 AND subject = subjects.subject AND recorded_on IS NOT NULL
          AND valid_from <= $2 AND recorded_on <= $2
          AND NOT coalesce(ending_recorded_on <= $2 AND state #>> '{ending,cause}' = 'mistaken', false)
        ORDER BY valid_from DESC, number DESC LIMIT 1
    ) newest
    WHERE subjects.subject IS NOT NULL
"""
"""From subject to subject by the index, and of each the newest: as many steps as there are subjects, however long the
history is."""


async def as_of(connection: Connection, party_id: UUID, day: date) -> list[Record]:
    """Of each subject the newest record that had begun and was known on the day, if it held then."""
    return _held(await connection.fetch(AS_OF, party_id, day.isoformat()), day)


def _held(rows: list[asyncpg.Record], day: date) -> list[Record]:
    text = day.isoformat()
    newest = [(_record.validate_json(row["state"]), row["ended_on"], row["ending_recorded_on"]) for row in rows]
    return [
        record
        for record, ended_on, known_on in newest
        if (record.valid_until is None or record.valid_until >= day)
        and not (known_on is not None and known_on <= text and ended_on <= text)
    ]


async def all_as_of(connection: Connection, party_ids: Collection[UUID], day: date) -> list[Record]:
    """As `as_of`, of many parties at once."""
    rows = await connection.fetch(
        """
        SELECT DISTINCT ON (party_id, subject) state, ended_on, ending_recorded_on FROM records
        WHERE party_id = ANY($1) AND recorded_on IS NOT NULL AND valid_from <= $2 AND recorded_on <= $2
          AND NOT coalesce(ending_recorded_on <= $2 AND state #>> '{ending,cause}' = 'mistaken', false)
        ORDER BY party_id, subject, valid_from DESC, number DESC
        """,
        list(party_ids),
        day.isoformat(),
    )
    return _held(rows, day)


async def posts_as_of(connection: Connection, worker_ids: Collection[UUID], day: date) -> list[Record]:
    """The posts of these workers in all communities."""
    rows = await connection.fetch(
        """
        SELECT DISTINCT ON (party_id, subject) state, ended_on, ending_recorded_on FROM records
        WHERE subject = ANY($1) AND starts_with(subject, 'post/')
          AND recorded_on IS NOT NULL AND valid_from <= $2 AND recorded_on <= $2
          AND NOT coalesce(ending_recorded_on <= $2 AND state #>> '{ending,cause}' = 'mistaken', false)
        ORDER BY party_id, subject, valid_from DESC, number DESC
        """,
        [f"post/{id}" for id in worker_ids],
        day.isoformat(),
    )
    return _held(rows, day)


async def posts_until(connection: Connection, party_id: UUID, day: date) -> list[Record]:
    """All posts that were ever held in the community and began by the day, but for mistakes; in their order."""
    rows = await connection.fetch(
        """
        SELECT state FROM records
        WHERE party_id = $1 AND starts_with(subject, 'post/') AND recorded_on IS NOT NULL AND valid_from <= $2
          AND NOT coalesce(ending_recorded_on IS NOT NULL AND state #>> '{ending,cause}' = 'mistaken', false)
        ORDER BY valid_from, number
        """,
        party_id,
        day.isoformat(),
    )
    return [_record.validate_json(row["state"]) for row in rows]


async def posts_of(connection: Connection, party_id: UUID, worker_id: UUID, day: date) -> list[Record]:
    """As `posts_until`, of one worker."""
    rows = await connection.fetch(
        """
        SELECT state FROM records
        WHERE party_id = $1 AND subject = $2 AND recorded_on IS NOT NULL AND valid_from <= $3
          AND NOT coalesce(ending_recorded_on IS NOT NULL AND state #>> '{ending,cause}' = 'mistaken', false)
        ORDER BY valid_from, number
        """,
        party_id,
        f"post/{worker_id}",
        day.isoformat(),
    )
    return [_record.validate_json(row["state"]) for row in rows]


async def history(
    connection: Connection, party_id: UUID, unconfirmed: bool, before: UUID | None, limit: int
) -> list[Record]:
    """The latest entered first. `unconfirmed`: also what waits and what was turned down."""
    rows = await connection.fetch(
        """
        SELECT state FROM records
        WHERE party_id = $1 AND ($2 OR recorded_on IS NOT NULL)
          AND ($3::uuid IS NULL OR number < (SELECT number FROM records WHERE id = $3 AND party_id = $1))
        ORDER BY number DESC LIMIT $4
        """,
        party_id,
        unconfirmed,
        before,
        limit,
    )
    return [_record.validate_json(row["state"]) for row in rows]


async def first_renewal(connection: Connection, party_id: UUID) -> Record | None:
    """The first that was recorded of a social worker: how its certificate stood before."""
    state = await connection.fetchval(
        """
        SELECT state FROM records WHERE party_id = $1 AND subject = 'renewal' AND recorded_on IS NOT NULL
        ORDER BY number LIMIT 1
        """,
        party_id,
    )
    return None if state is None else _record.validate_json(state)


async def first_renewals(connection: Connection, party_ids: Collection[UUID]) -> list[Record]:
    """As `first_renewal`, of many workers at once."""
    rows = await connection.fetch(
        """
        SELECT DISTINCT ON (party_id) state FROM records
        WHERE party_id = ANY($1) AND subject = 'renewal' AND recorded_on IS NOT NULL ORDER BY party_id, number
        """,
        list(party_ids),
    )
    return [_record.validate_json(row["state"]) for row in rows]


async def waiting(connection: Connection, prefix: str | None, after: UUID | None, limit: int) -> list[Record]:
    """What waits for another registrar, of the parties that are in the area or were entered by its registrars."""
    rows = await connection.fetch(
        f"""
        SELECT r.state FROM records r JOIN registrations ON registrations.id = r.party_id
        WHERE r.waits AND ($1::uuid IS NULL OR r.id > $1)
            AND ({within("r.party_id", 3)} OR {within(entered_by("registrations"), 3)})
        ORDER BY r.id LIMIT $2
        """,
        after,
        limit,
        prefix,
    )
    return [_record.validate_json(row["state"]) for row in rows]


async def incubation(connection: Connection, id: UUID) -> Incubation | None:
    state = await connection.fetchval("SELECT state FROM incubations WHERE id = $1", id)
    return None if state is None else _incubation.validate_json(state)


async def incubations(connection: Connection, party_id: UUID, after: UUID | None, limit: int) -> list[Incubation]:
    """Which the party was taken into, or runs as a hub."""
    rows = await connection.fetch(
        """
        SELECT state FROM incubations
        WHERE (party_id = $1 OR hub_id = $1) AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
        """,
        party_id,
        after,
        limit,
    )
    return [_incubation.validate_json(row["state"]) for row in rows]
