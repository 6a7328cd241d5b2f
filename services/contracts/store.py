"""Agreements (one per project), papers and batches of visits as documents; visits as rows, written set-wise."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from events.database import Connection
from schemas.contract import Milestone
from schemas.deciding import Ref, World
from services.contracts.rules import (
    CommitteeRoll,
    Contract,
    Diary,
    Engagement,
    Paper,
    Seats,
    Visit,
    VisitBatch,
    VisitKind,
    VisitSums,
    VisitTotals,
)
from services.kit.areas import A_PARTY, Places, within
from services.kit.documents import Documents

_documents = Documents(contracts=Contract, visit_batches=VisitBatch, papers=Paper, rolls=CommitteeRoll)
_contract = TypeAdapter(Contract)
_paper = TypeAdapter(Paper)
_batch = TypeAdapter(VisitBatch)
_roll = TypeAdapter(CommitteeRoll)
_VISIT = [
    *("id", "batch_id", "project_id", "provider_id", "milestone", "number", "worker_id", "token"),
    *("starts_at", "ends_at", "minutes", "division", "kind", "diaries"),
]
_RUNNING = " AND ".join(
    f"NOT coalesce((contracts.state ->> '{name}')::boolean, false)"
    for name in ("published", "terminated", "lapsed", "withdrawn")
)
PLACES: Places = {
    "committee_id": A_PARTY,
    "worker_id": """
        SELECT DISTINCT (state #> '{agreement,brief}' ->> owner)::uuid
        FROM visits JOIN contracts ON contracts.id = project_id, unnest(ARRAY['funder_id', 'community_id']) AS owner
        WHERE worker_id = $1
        """,
    "project_id": """
        SELECT (state #> '{agreement,brief}' ->> owner)::uuid
        FROM contracts, unnest(ARRAY['funder_id', 'community_id']) AS owner WHERE id = $1
        """,
}
"""whose the things are that the paths name"""


async def load(tx: Connection, refs: Collection[Ref]) -> World:
    """The agreement is locked, and with it what hangs on it. Diaries are held for the agreement's provider."""
    world = await _documents.load(tx, refs)
    await _load_sums(tx, world, [id for kind, id in refs if kind is VisitSums])
    await _load_diaries(tx, world, [id for kind, id in refs if kind is Diary])
    await _load_seats(tx, world, {id for kind, id in refs if kind is Seats})
    return world


async def _load_sums(tx: Connection, world: World, projects: Collection[UUID]) -> None:
    for id in sorted(projects):
        world.loaded(VisitSums(id=id, of=await visit_sums(tx, id)))


async def _load_seats(tx: Connection, world: World, projects: Collection[UUID]) -> None:
    """Of the committee of each agreement's community, if it has a roll."""
    for contract in [one for one in world.each(Contract) if one.id in projects]:
        state = await tx.fetchval("SELECT state FROM rolls WHERE id = $1", contract.committee_id)
        if state is not None:
            world.loaded(Seats(id=contract.id, members=frozenset(_roll.validate_json(state).members)))


async def _load_diaries(tx: Connection, world: World, ids: Collection[UUID]) -> None:
    """One provider's diaries are written by one transaction at a time, whichever project they are about."""
    if not ids:
        return
    providers = sorted({contract.provider_id for contract in world.each(Contract)})
    for provider in providers:
        await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('sanshe visits ' || $1::uuid, 0))", provider)
    rows = await tx.fetch(
        """
        SELECT starts_at, ends_at, division, diaries FROM visits JOIN visit_batches batch ON batch.id = batch_id
        WHERE diaries && $1::uuid[] AND provider_id = ANY($2::uuid[]) AND NOT voided
        ORDER BY starts_at, visits.id
        """,
        list(ids),
        providers,
    )
    wanted = set(ids)
    by_diary: dict[UUID, list[Engagement]] = defaultdict(list)
    for row in rows:
        for id in wanted.intersection(row["diaries"]):
            by_diary[id].append(Engagement(row["starts_at"], row["ends_at"], row["division"]))
    for id, engagements in by_diary.items():
        world.loaded(Diary(id=id, engagements=tuple(engagements)))


async def save(tx: Connection, world: World) -> None:
    """A changed visit is a new one: the table takes no others."""
    await _documents.save(tx, world)
    visits = world.changed(Visit)
    if visits:
        await tx.copy_records_to_table("visits", records=[_record(visit) for visit in visits], columns=_VISIT)


def _record(visit: Visit) -> tuple[object, ...]:
    return (
        visit.id,
        visit.batch_id,
        visit.project_id,
        visit.provider_id,
        visit.milestone,
        visit.number,
        visit.worker_id,
        bytes.fromhex(visit.token),
        visit.starts_at,
        visit.ends_at,
        visit.minutes,
        visit.division,
        visit.kind,
        visit.diaries,
    )


async def contract_of(tx: Connection, project_id: UUID) -> tuple[Contract, int] | None:
    """The project's agreement with its version, if one was drafted."""
    row = await tx.fetchrow("SELECT state, version FROM contracts WHERE id = $1", project_id)
    return None if row is None else (_contract.validate_json(row["state"]), row["version"])


async def paper(tx: Connection, id: UUID) -> Paper | None:
    """One that was made."""
    state = await tx.fetchval("SELECT state FROM papers WHERE id = $1", id)
    return None if state is None else _paper.validate_json(state)


async def visit_sums(tx: Connection, project_id: UUID) -> dict[Milestone, VisitTotals]:
    """Of the visits that count, by milestone; none for a milestone without visits."""
    rows = await tx.fetch(
        """
        SELECT milestone, count(*) AS visits, sum(minutes) AS minutes,
               count(DISTINCT token) AS tokens, count(DISTINCT worker_id) AS workers
        FROM visits JOIN visit_batches batch ON batch.id = batch_id
        WHERE project_id = $1 AND NOT voided GROUP BY milestone
        """,
        project_id,
    )
    return {
        Milestone(row["milestone"]): VisitTotals(row["visits"], row["minutes"], row["tokens"], row["workers"])
        for row in rows
    }


async def visits_of(tx: Connection, project_id: UUID, milestone: str, after: UUID | None, limit: int) -> list[Visit]:
    """Those that count, by their beginning, from behind the visit `after`."""
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(f"visits.{column}" for column in _VISIT)}
        FROM visits JOIN visit_batches batch ON batch.id = batch_id
        WHERE project_id = $1 AND milestone = $2 AND NOT voided
          AND ($3::uuid IS NULL OR (starts_at, visits.id) > (
              SELECT last.starts_at, last.id FROM visits last
              WHERE last.id = $3 AND last.project_id = $1 AND last.milestone = $2))
        ORDER BY starts_at, visits.id LIMIT $4
        """,
        project_id,
        milestone,
        after,
        limit,
    )
    return [_visit(row) for row in rows]


async def batch_of(tx: Connection, project_id: UUID, batch_id: UUID) -> tuple[VisitBatch, list[Visit]] | None:
    """One batch with its rows in the order they were handed in; also one that does not count any more."""
    row = await tx.fetchrow(
        "SELECT state FROM visit_batches WHERE id = $1 AND state ->> 'project_id' = $2", batch_id, str(project_id)
    )
    if row is None:
        return None
    columns = ", ".join(_VISIT)
    rows = await tx.fetch(f"SELECT {columns} FROM visits WHERE batch_id = $1 ORDER BY number", batch_id)
    return _batch.validate_json(row["state"]), [_visit(row) for row in rows]


def _visit(row: asyncpg.Record) -> Visit:
    return Visit(
        id=row["id"],
        batch_id=row["batch_id"],
        project_id=row["project_id"],
        provider_id=row["provider_id"],
        milestone=Milestone(row["milestone"]),
        number=row["number"],
        worker_id=row["worker_id"],
        token=row["token"].hex(),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        division=row["division"],
        kind=VisitKind(row["kind"]),
    )


async def has_worked_for(tx: Connection, worker_id: UUID, provider_id: UUID) -> bool:
    sql = "SELECT EXISTS (SELECT FROM visits WHERE worker_id = $1 AND provider_id = $2)"
    return bool(await tx.fetchval(sql, worker_id, provider_id))


async def hours_of(
    tx: Connection, worker_id: UUID, provider_id: UUID | None, prefix: str | None
) -> list[asyncpg.Record]:
    """Visits that count, by running project, in id order; of one provider, or of an area, where that is given."""
    rows: list[asyncpg.Record] = await tx.fetch(
        f"""
        SELECT project_id, contracts.state #>> '{{agreement,brief,title}}' AS title, provider_id,
            count(*) AS visits, sum(minutes)::bigint AS minutes, max(ends_at) AS last_at
        FROM visits
            JOIN visit_batches batch ON batch.id = batch_id AND NOT voided
            JOIN contracts ON contracts.id = project_id
        WHERE worker_id = $1 AND ($2::uuid IS NULL OR provider_id = $2) AND {_RUNNING} AND (
            {within("(contracts.state #>> '{agreement,brief,funder_id}')::uuid", 3)}
            OR {within("(contracts.state #>> '{agreement,brief,community_id}')::uuid", 3)})
        GROUP BY project_id, contracts.state, provider_id ORDER BY project_id LIMIT 1000
        """,
        worker_id,
        provider_id,
        prefix,
    )
    return rows
