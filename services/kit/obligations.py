"""The list of what is due: kept by each service for its own states, asked of all of them together."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from events.database import Connection
from schemas.obligation import Obligation
from schemas.role import Actor, Role

Owner = tuple[str, UUID]  # kind, id

_obligation: TypeAdapter[Obligation] = TypeAdapter(Obligation)


@dataclass(frozen=True, slots=True)
class Kept:
    """An obligation, and since when it is none any more; none while it is one."""

    obligation: Obligation
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Public:
    """Whose obligations everybody may see: of these roles, and of these parties."""

    roles: Collection[Role]
    parties: Collection[UUID]


async def sync(tx: Connection, owed: Mapping[Owner, Sequence[Obligation]], at: datetime) -> None:
    """Make the obligations of these owners exactly these. The caller holds the owners' locks.

    What was one and is not asked for by its name any more has ended, whether it was done or nothing came of it.
    """
    if not owed:
        return
    owners = sorted(owed, key=lambda owner: (owner[0], owner[1]))
    gone = await tx.fetch(
        """
        DELETE FROM obligations WHERE (kind, id) IN (SELECT * FROM unnest($1::text[], $2::uuid[]))
        RETURNING kind, id, name, party_id, due_at, obligation
        """,
        [kind for kind, _ in owners],
        [id for _, id in owners],
    )
    still = {(*owner, each.name, each.party_id) for owner in owners for each in owed[owner]}
    await _end(tx, [row for row in gone if (row["kind"], row["id"], row["name"], row["party_id"]) not in still], at)
    rows = [(kind, id, each) for kind, id in owners for each in owed[kind, id]]
    if not rows:
        return
    await tx.execute(
        """
        INSERT INTO obligations (kind, id, name, party_id, role, due_at, obligation)
        SELECT * FROM unnest(
            $1::text[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::timestamptz[], $7::jsonb[]
        )
        """,
        [kind for kind, _, _ in rows],
        [id for _, id, _ in rows],
        [each.name for _, _, each in rows],
        [each.party_id for _, _, each in rows],
        [each.role for _, _, each in rows],
        [each.until for _, _, each in rows],
        [_obligation.dump_json(each).decode() for _, _, each in rows],
    )


async def _end(tx: Connection, rows: Sequence[asyncpg.Record], at: datetime) -> None:
    if rows:
        await tx.execute(
            """
            INSERT INTO obligations_ended (kind, id, name, party_id, due_at, obligation, ended_at)
            SELECT *, $7 FROM unnest($1::text[], $2::uuid[], $3::text[], $4::uuid[], $5::timestamptz[], $6::jsonb[])
            ON CONFLICT (kind, id, name, party_id, due_at) DO UPDATE SET ended_at = excluded.ended_at
            """,
            *([row[column] for row in rows] for column in ("kind", "id", "name", "party_id", "due_at", "obligation")),
            at,
        )


async def of(connection: Connection, actor: Actor, limit: int) -> list[Obligation]:
    """The soonest first; those of the party, and of its other roles none."""
    rows = await connection.fetch(
        """
        SELECT obligation FROM obligations
        WHERE party_id = $1 AND (role IS NULL OR role = $2)
        ORDER BY due_at, id, name LIMIT $3
        """,
        actor.party_id,
        actor.role,
        limit,
    )
    return [_obligation.validate_json(row["obligation"]) for row in rows]


async def of_project(
    connection: Connection, project_id: UUID, public: Public, by: Actor | None, limit: int
) -> list[Kept]:
    """What is owed and what has ended, the soonest first: as far as it is public, or the caller's own."""
    rows = await connection.fetch(
        """
        SELECT obligation, ended_at FROM (
            SELECT obligation, NULL::timestamptz AS ended_at, party_id, due_at, name
            FROM obligations WHERE project_id = $1
            UNION ALL
            SELECT obligation, ended_at, party_id, due_at, name FROM obligations_ended WHERE project_id = $1
        ) kept
        WHERE obligation ->> 'role' = ANY($2::text[]) OR party_id = ANY($3::uuid[])
           OR (party_id = $4 AND coalesce(obligation ->> 'role', $5) = $5)
        ORDER BY due_at, name, ended_at NULLS LAST LIMIT $6
        """,
        project_id,
        [*public.roles],
        [*public.parties],
        None if by is None else by.party_id,
        None if by is None else by.role,
        limit,
    )
    return [Kept(_obligation.validate_json(row["obligation"]), row["ended_at"]) for row in rows]
