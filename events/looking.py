"""How a service's spine stands: questions an operator asks, which change nothing.

The caller's search path names the service's schema; in one REPEATABLE READ transaction the answers fit together.
"""

from dataclasses import dataclass
from datetime import datetime

from events.database import Connection
from events.inbox import Place
from schemas.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """Lines said and not yet told; the age is that of the oldest."""

    lines: int
    oldest_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a consumer stands in one partition; `paused` says why it does not go on."""

    next_offset: int
    paused: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedKey:
    """A key that stands still, and how many of its events are kept."""

    stream: str
    key: str
    reason: str
    error: str
    waits_for: str | None
    wanted: str | None
    attempts: int
    since: datetime
    events: int


async def unsent(tx: Connection) -> Unsent:
    row = await tx.fetchrow(
        """
        SELECT count(*) AS lines, coalesce(extract(epoch FROM clock_timestamp() - min(recorded_at)), 0)::float AS oldest
        FROM outbox JOIN outbox_unsent USING (id)
        """
    )
    assert row is not None  # an aggregate always has a row
    return Unsent(lines=row["lines"], oldest_s=row["oldest"])


async def offsets(tx: Connection, consumer: str) -> dict[Place, Standing]:
    """Only partitions it ever claimed; one not there has taken nothing."""
    rows = await tx.fetch(
        "SELECT stream, partition, next_offset, paused FROM consumer_offsets WHERE consumer = $1", consumer
    )
    return {(r["stream"], r["partition"]): Standing(next_offset=r["next_offset"], paused=r["paused"]) for r in rows}


async def parked_keys(tx: Connection, consumer: str, limit: int = 1000) -> list[ParkedKey]:
    """The longest standing first."""
    rows = await tx.fetch(
        """
        SELECT k.stream, k.key, reason, error, waits_stream || '/' || waits_key AS waits_for, wanted, attempts, since,
            (SELECT count(*) FROM parked_events e WHERE (e.consumer, e.stream, e.key) = (k.consumer, k.stream, k.key))
                AS events
        FROM parked_keys k WHERE consumer = $1 ORDER BY since LIMIT $2
        """,
        consumer,
        limit,
    )
    return [ParkedKey(**dict(row)) for row in rows]


async def next_due(tx: Connection) -> datetime | None:
    """When the earliest timer is due, in business time."""
    found: datetime | None = await tx.fetchval("SELECT min(due_at) FROM timers")
    return found


async def number_faults(tx: Connection) -> list[Finding]:
    """What breaks the count of lines said: a gap, or a head that is not the last line's number."""
    rows = await tx.fetch(
        """
        SELECT stream, key, count(line.id) AS lines, coalesce(max(line.sequence), 0) AS last, head.sequence AS head
        FROM stream_heads head FULL JOIN outbox line USING (stream, key)
        GROUP BY stream, key, head.sequence
        HAVING count(line.id) <> coalesce(max(line.sequence), 0)
            OR head.sequence IS DISTINCT FROM coalesce(max(line.sequence), 0)
        ORDER BY stream, key
        """
    )
    return [
        Finding(
            zh=f"{r['stream']},{r['key']}:{r['lines']} 条,最后一条编号 {r['last']},流头记为 {r['head']}",
            en=f"{r['stream']}, {r['key']}: {r['lines']} lines, the last numbered {r['last']}, "
            f"the head says {r['head']}",
        )
        for r in rows
    ]
