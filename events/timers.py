"""Durable timers: rows derived from states; when due they are decided like any command (law 10)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from events.database import Connection

Owner = tuple[str, UUID]  # kind, id


@dataclass(frozen=True, slots=True)
class Timer:
    kind: str
    id: UUID
    name: str
    due_at: datetime


async def sync(tx: Connection, wanted: Mapping[Owner, Mapping[str, datetime]]) -> None:
    """Make the timers of these owners exactly what is wanted. The caller holds the owners' locks."""
    if not wanted:
        return
    owners = sorted(wanted, key=lambda owner: (owner[0], owner[1]))
    await tx.execute(
        "DELETE FROM timers WHERE (kind, id) IN (SELECT * FROM unnest($1::text[], $2::uuid[]))",
        [kind for kind, _ in owners],
        [id for _, id in owners],
    )
    rows = [(kind, id, name, at) for kind, id in owners for name, at in wanted[kind, id].items()]
    await tx.execute(
        """
        INSERT INTO timers (kind, id, name, due_at)
        SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::timestamptz[])
        """,
        *([row[column] for row in rows] for column in range(4)),
    )


async def due(tx: Connection, now: datetime, kinds: Collection[str], limit: int) -> list[Timer]:
    """The earliest due timers; not locked: whether there is anything to do, the locked state decides."""
    rows = await tx.fetch(
        """
        SELECT kind, id, name, due_at FROM timers
        WHERE due_at <= $1 AND kind = ANY($2::text[]) ORDER BY due_at, kind, id LIMIT $3
        """,
        now,
        list(kinds),
        limit,
    )
    return [Timer(*row.values()) for row in rows]


async def drop(tx: Connection, timer: Timer) -> None:
    """A timer whose state no longer wants it."""
    await tx.execute(
        "DELETE FROM timers WHERE kind = $1 AND id = $2 AND name = $3 AND due_at = $4",
        timer.kind,
        timer.id,
        timer.name,
        timer.due_at,
    )
