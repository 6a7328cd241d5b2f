"""Questions about needs at departments, needs that are alike, and what patrols found."""

from collections.abc import Collection
from uuid import UUID

from pydantic import TypeAdapter

from events.database import Connection
from schemas import division
from schemas.similar import grams
from schemas.standing import Party
from services.needs.rules.departments import Offices, offices_id
from services.needs.rules.grid import GridReport
from services.needs.rules.handling import Handling
from services.needs.rules.need import Need

MOST_COMPARED = 500
"""that share the rarest pairs of characters, and as many others: a small community's are all compared"""
MOST_PAIRS = 60
"""of characters by which a need is looked up: its first"""
COMMON = 1_000
"""a pair that more needs have finds nobody"""
_need: TypeAdapter[Need] = TypeAdapter(Need)
_handling: TypeAdapter[Handling] = TypeAdapter(Handling)
_offices: TypeAdapter[Offices] = TypeAdapter(Offices)
_report: TypeAdapter[GridReport] = TypeAdapter(GridReport)
_party: TypeAdapter[Party] = TypeAdapter(Party)


async def need(tx: Connection, id: UUID) -> Need | None:
    row = await tx.fetchrow("SELECT state FROM needs WHERE id = $1", id)
    return None if row is None else _need.validate_json(row["state"])


async def needs_like(tx: Connection, asked: Need) -> list[Need]:
    """Open ones of its community to compare it with: those that share its rarest pairs of characters.

    As many others come along, so that of a small community none is left out.
    A pair weighs 1 + ln((N + 1) / (df + 1)), as in `schemas.similar`.
    """
    said = f"{asked.title} {asked.description}"
    pairs = [str(asked.community_id)[:8] + pair for pair in list(dict.fromkeys(grams(said)))[:MOST_PAIRS]]
    rows = await tx.fetch(
        """
        WITH hits AS (
            SELECT pair, n.id FROM unnest($2::text[]) AS asked (pair)
            CROSS JOIN LATERAL (
                SELECT id FROM needs WHERE open AND pairs @> ARRAY[pair] AND community_id = $1 AND id <> $3 LIMIT $5 + 1
            ) n
        ), weights AS (
            SELECT pair, 1 + ln(((SELECT count(*) FROM needs WHERE open AND community_id = $1) + 1)::float8
                                / (count(*) + 1)) AS weight
            FROM hits GROUP BY pair HAVING count(*) <= $5
        ), near AS (
            SELECT id FROM hits JOIN weights USING (pair) GROUP BY id ORDER BY sum(weight) DESC, id LIMIT $4
        ), others AS (
            SELECT id FROM needs WHERE open AND community_id = $1 AND id <> $3 ORDER BY id LIMIT $4
        )
        SELECT state FROM needs WHERE id IN (SELECT id FROM near UNION SELECT id FROM others) ORDER BY id
        """,
        asked.community_id,
        pairs,
        asked.id,
        MOST_COMPARED,
        COMMON,
    )
    return [_need.validate_json(row["state"]) for row in rows]


async def handling(tx: Connection, need_id: UUID) -> tuple[Handling, int] | None:
    """With its version."""
    row = await tx.fetchrow("SELECT state, version FROM handlings WHERE id = $1", need_id)
    return None if row is None else (_handling.validate_json(row["state"]), row["version"])


async def handlings_in(
    tx: Connection, area: str, phase: str | None, *, overdue: bool, after: UUID | None, limit: int
) -> list[Handling]:
    rows = await tx.fetch(
        """
        SELECT state FROM handlings
        WHERE division COLLATE "C" LIKE $1 || '%' AND ($2::text IS NULL OR phase = $2)
            AND (NOT $3 OR state ->> 'escalated_on' IS NOT NULL) AND ($4::uuid IS NULL OR id > $4)
        ORDER BY id LIMIT $5
        """,
        division.prefix(area),
        phase,
        overdue,
        after,
        limit,
    )
    return [_handling.validate_json(row["state"]) for row in rows]


async def offices_of(tx: Connection, places: Collection[str]) -> list[Offices]:
    """In the order of the places: of the street before those of the county."""
    ids = [offices_id(place) for place in places]
    rows = await tx.fetch("SELECT id, state FROM offices WHERE id = ANY($1::uuid[])", ids)
    found = {row["id"]: _offices.validate_json(row["state"]) for row in rows}
    return [found[id] for id in ids if id in found]


async def names_of(tx: Connection, ids: Collection[UUID]) -> dict[UUID, str]:
    """Of organizations and offices; natural persons have none here."""
    rows = await tx.fetch("SELECT state FROM parties WHERE id = ANY($1::uuid[])", list(ids))
    parties = [_party.validate_json(row["state"]) for row in rows]
    return {party.id: party.name for party in parties if party.name is not None}


async def reports_of(tx: Connection, community_id: UUID, after: UUID | None, limit: int) -> list[GridReport]:
    rows = await tx.fetch(
        "SELECT state FROM grid_reports WHERE community_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3",
        community_id,
        after,
        limit,
    )
    return [_report.validate_json(row["state"]) for row in rows]
