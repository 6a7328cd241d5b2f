"""The list of what is due: kept by each service for its own states, asked of all of them together."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from pydantic import TypeAdapter

from events.database import Connection
from schemas.obligation import Obligation
from schemas.role import Actor

Owner = tuple[str, UUID]  # kind, id

_obligation: TypeAdapter[Obligation] = TypeAdapter(Obligation)


async def sync(tx: Connection, owed: Mapping[Owner, Sequence[Obligation]]) -> None:
    """Make the obligations of these owners exactly these. The caller holds the owners' locks."""
    if not owed:
        return
    owners = sorted(owed, key=lambda owner: (owner[0], owner[1]))
    await tx.execute(
        "DELETE FROM obligations WHERE (kind, id) IN (SELECT * FROM unnest($1::text[], $2::uuid[]))",
        [kind for kind, _ in owners],
        [id for _, id in owners],
    )
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
