"""The archive: every fact of every stream as one row, only ever added to."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from events.database import Connection
from events.envelope import Envelope
from schemas.deciding import Ref, World
from schemas.fact import Fact
from schemas.finding import Finding
from schemas.standing import Party
from services.audit.rules import Story, findings
from services.audit.store.digests import keep_digests
from services.audit.store.money import STORIES_AT_ONCE, keep_movements
from services.audit.store.owners import keep_owners, readable
from services.audit.store.rows import COLUMNS, Archived, archived

FILTERS = frozenset({"stream", "type", "key"})

_party: TypeAdapter[Party] = TypeAdapter(Party)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapters:
    """The events of one project's story."""

    needs: Sequence[Archived]
    funds: Sequence[Archived]
    project: Sequence[Archived]

    def story(self) -> Story:
        return Story(needs=_facts(self.needs), funds=_facts(self.funds), project=_facts(self.project))


def _facts(events: Sequence[Archived]) -> tuple[Fact, ...]:
    return tuple(event.fact() for event in events)


async def load(tx: Connection, refs: Collection[Ref]) -> World:
    """The archive holds no states to decide on."""
    return World(refs)


async def save(tx: Connection, world: World) -> None:
    """Parties and keys, which the shell saves, are all that ever changes."""


async def archive(tx: Connection, envelopes: Sequence[Envelope[Any]]) -> None:
    """Two different events with one number of one teller do not both fit: the key is parked, with a cry."""
    rows = [
        (
            *(e.id, e.data.stream, e.source, e.key, e.sequence, e.type, e.data.version, e.time),
            *(e.causationid, e.correlationid, e.rulebook, e.data.model_dump_json()),
        )
        for e in envelopes
    ]
    await tx.copy_records_to_table("events", records=rows, columns=COLUMNS)
    await keep_digests(tx, ((row[0], row[-1]) for row in rows))
    await keep_movements(tx, envelopes)
    await keep_owners(tx, envelopes)


async def events(
    tx: Connection, prefix: str | None, where: Mapping[str, str], after: UUID | None, limit: int
) -> list[Archived]:
    """Of the area, as they were archived, after the one with id `after`. `where`: columns of FILTERS → value."""
    assert where.keys() <= FILTERS
    wanted = "".join(f" AND {column} = ${number}" for number, column in enumerate(where, start=4))
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(COLUMNS)} FROM events
        WHERE position > coalesce((SELECT position FROM events WHERE event_id = $1), 0){wanted}
            AND {readable(3)}
        ORDER BY position LIMIT $2
        """,
        after,
        limit,
        prefix,
        *where.values(),
    )
    return [archived(row) for row in rows]


_E = ", ".join(f"e.{column}" for column in COLUMNS)
_PROJECTS = f"""
    SELECT e.key AS project, {_E} FROM events e
    WHERE e.stream = 'sanshe.projects' AND e.key = ANY($1::text[]) ORDER BY e.position
"""
_NEEDS = f"""
    WITH proposed AS (
        SELECT key AS project, data #>> '{{brief,need_id}}' AS need, data #>> '{{brief,ballot_id}}' AS ballot
        FROM events WHERE stream = 'sanshe.projects' AND key = ANY($1::text[]) AND type = 'project.proposed'
    )
    SELECT project, {_E} FROM proposed
    JOIN (
        SELECT need AS id, project AS of, e.* FROM proposed
        JOIN events e ON e.stream = 'sanshe.needs' AND e.data ->> 'need_id' = need
            AND e.type <> 'deliberation.proposed'
        UNION ALL
        SELECT need, project, e.* FROM proposed
        JOIN events walk ON walk.stream = 'sanshe.needs' AND walk.data ->> 'need_id' = need
            AND walk.type = 'deliberation.proposed'
        JOIN events e ON e.stream = 'sanshe.needs' AND e.key = walk.key
            AND e.data ->> 'deliberation_id' = walk.data ->> 'deliberation_id'
        UNION ALL
        SELECT ballot, project, e.* FROM proposed
        JOIN events e ON e.type IN ('ballot.opened', 'roll.listed', 'ballot.closed') AND e.data ->> 'ballot_id' = ballot
        UNION ALL
        SELECT need, project, e.* FROM proposed
        JOIN events e ON e.type = 'rating_tokens.reissued' AND e.data ->> 'project_id' = project
        UNION ALL
        SELECT ballot, project, e.* FROM proposed
        JOIN events e ON e.stream = 'sanshe.rounds' AND e.key = ballot
            AND (e.data ->> 'application_id' = need OR e.data -> 'application_id' IS NULL AND e.type LIKE 'round.%')
        UNION ALL
        SELECT need, project, e.* FROM proposed
        JOIN events over ON over.type = 'item.handed_over' AND over.data ->> 'project_id' = project
        JOIN events e ON e.stream = 'sanshe.needs' AND e.data ->> 'item_id' = over.data ->> 'item_id'
            AND (e.type <> 'item.handed_over' OR e.data ->> 'project_id' = project)
    ) e ON e.of = project ORDER BY e.position
"""
_FUNDS = f"""
    WITH account AS (
        SELECT DISTINCT key AS project, share ->> 'account_id' AS id
        FROM events CROSS JOIN jsonb_array_elements(data -> 'shares') share
        WHERE stream = 'sanshe.projects' AND key = ANY($1::text[]) AND type = 'project.approved'
    )
    SELECT project, {_E} FROM account
    JOIN events e ON e.stream = 'sanshe.funds' AND e.key = account.id
        AND e.type IN ('fund.appropriated', 'fund.corrected')
    ORDER BY e.time, e.key, e.position
"""


async def chapters(tx: Connection, project_ids: Collection[UUID]) -> dict[UUID, Chapters]:
    """The stories of these projects; one nobody told of is absent."""
    names = [str(id) for id in project_ids]
    project, needs, funds = [_by_project(await tx.fetch(sql, names)) for sql in (_PROJECTS, _NEEDS, _FUNDS)]
    return {id: Chapters(needs=needs[id], funds=funds[id], project=told) for id, told in project.items()}


def _by_project(rows: Sequence[asyncpg.Record]) -> defaultdict[UUID, list[Archived]]:
    found: defaultdict[UUID, list[Archived]] = defaultdict(list)
    for row in rows:
        found[UUID(row["project"])].append(archived(row))
    return found


async def parties(tx: Connection, ids: Collection[UUID]) -> dict[UUID, Party]:
    rows = await tx.fetch("SELECT state FROM parties WHERE id = ANY($1::uuid[])", list(ids))
    found = [_party.validate_json(row["state"]) for row in rows]
    return {party.id: party for party in found}


async def verify(tx: Connection) -> list[Finding]:
    """Numbers without a gap, and every project's story complete."""
    gaps = await tx.fetch(
        """
        SELECT stream, source, key, count(*) AS lines, max(sequence) AS last FROM events
        GROUP BY stream, source, key HAVING count(*) <> max(sequence) ORDER BY stream, source, key
        """
    )
    found = [
        Finding(
            zh=f"audit:{row['source']} 在 {row['stream']} 上关于 {row['key']} 说了 {row['last']} 条,"
            f"档案中有 {row['lines']} 条",
            en=f"audit: {row['source']} said {row['last']} lines about {row['key']} on {row['stream']}, "
            f"{row['lines']} are archived",
        )
        for row in gaps
    ]
    after = ""
    while ids := await _projects_after(tx, after):
        for id, told in (await chapters(tx, [UUID(id) for id in ids])).items():
            found += [finding.about(f"audit:项目 {id}", f"audit: project {id}") for finding in findings(told.story())]
        after = ids[-1]
    return found


async def _projects_after(tx: Connection, after: str) -> list[str]:
    rows = await tx.fetch(
        "SELECT DISTINCT key FROM events WHERE stream = 'sanshe.projects' AND key > $1 ORDER BY key LIMIT $2",
        after,
        STORIES_AT_ONCE,
    )
    return [row["key"] for row in rows]
