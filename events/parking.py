"""Parking: a key that cannot go on stands still with its raw bytes; everything else flows (law 7)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from events.database import Connection
from events.inbox import Key, Place, Record

Reason = Literal["poison", "waiting", "gap"]


@dataclass(frozen=True, slots=True)
class Standstill:
    """Why a key stands still; `waits_for` is the (stream, key) whose arrival sets it going again.

    In a gap `source` names the teller whose missing line alone may pass.
    """

    reason: Reason
    error: str
    waits_for: Key | None = None
    source: str | None = None


async def parked(tx: Connection, consumer: str, names: Collection[Key]) -> dict[Key, str | None]:
    """Keys that stand still, each with the source whose missing line it waits for, if it does."""
    rows = await tx.fetch(
        """
        SELECT stream, key, waits_source FROM parked_keys
        WHERE consumer = $1 AND (stream, key) IN (SELECT * FROM unnest($2::text[], $3::text[]))
        """,
        consumer,
        [stream for stream, _ in names],
        [key for _, key in names],
    )
    return {(r["stream"], r["key"]): r["waits_source"] for r in rows}


async def park(tx: Connection, consumer: str, record: Record, why: Standstill) -> None:
    """Stop a key. Standing still again is one more attempt; waiting is tried again after 2, 4, … at most 300 s."""
    await tx.execute(
        """
        INSERT INTO parked_keys AS held
            (consumer, stream, key, partition, reason, error, waits_stream, waits_key, waits_source, attempts, retry_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1,
                CASE WHEN $5 = 'waiting' THEN clock_timestamp() + interval '2 s' END)
        ON CONFLICT (consumer, stream, key) DO UPDATE SET
            reason = excluded.reason, error = excluded.error, wanted = NULL,
            waits_stream = excluded.waits_stream, waits_key = excluded.waits_key,
            waits_source = excluded.waits_source,
            attempts = held.attempts + 1,
            retry_at = CASE WHEN excluded.reason = 'waiting'
                THEN clock_timestamp() + least(300, 2 ^ least(held.attempts + 1, 9)) * interval '1 s' END
        """,
        consumer,
        record.stream,
        record.key,
        record.partition,
        why.reason,
        why.error[:2000],
        *(why.waits_for or (None, None)),
        why.source,
    )


async def keep(tx: Connection, consumer: str, records: Sequence[Record]) -> None:
    """Raw bytes of events whose key stands still, to be taken up in log order.

    An offset kept already was lost by the log and given again: what lay there was told again elsewhere.
    """
    if not records:
        return
    await tx.executemany(
        """
        INSERT INTO parked_events (consumer, stream, key, partition, kafka_offset, source, sequence, type, version,
            traceparent, body)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (consumer, stream, partition, kafka_offset) DO UPDATE SET
            key = excluded.key, source = excluded.source, sequence = excluded.sequence, type = excluded.type,
            version = excluded.version, traceparent = excluded.traceparent, body = excluded.body
        """,
        [
            (
                consumer,
                r.stream,
                r.key,
                r.partition,
                r.offset,
                r.source,
                r.sequence,
                r.type,
                r.version,
                r.traceparent,
                r.body,
            )
            for r in records
        ],
    )


async def arrived(tx: Connection, consumer: str, names: Collection[Key]) -> None:
    """Facts of these keys were applied: whoever waits for one of them may try again."""
    await tx.execute(
        """
        UPDATE parked_keys SET wanted = 'release'
        WHERE consumer = $1 AND reason <> 'poison'
            AND (waits_stream, waits_key) IN (SELECT * FROM unnest($2::text[], $3::text[]))
        """,
        consumer,
        [stream for stream, _ in names],
        [key for _, key in names],
    )


async def ready(tx: Connection, consumer: str, places: Collection[Place]) -> list[tuple[Key, int, str]]:
    """Keys of our partitions to set going: (key, partition, 'release' or 'skip'); a few at a time."""
    rows = await tx.fetch(
        """
        SELECT stream, key, partition, coalesce(wanted, 'release') AS wanted FROM parked_keys
        WHERE consumer = $1 AND (wanted IS NOT NULL OR retry_at <= clock_timestamp())
            AND (stream, partition) IN (SELECT * FROM unnest($2::text[], $3::integer[]))
        ORDER BY since LIMIT 20
        """,
        consumer,
        [stream for stream, _ in places],
        [partition for _, partition in places],
    )
    return [((r["stream"], r["key"]), r["partition"], r["wanted"]) for r in rows]


async def kept(tx: Connection, consumer: str, name: Key, limit: int) -> list[Record]:
    """The oldest parked events of a key, in log order."""
    rows = await tx.fetch(
        """
        SELECT stream, partition, kafka_offset, key, source, sequence, type, version, traceparent, body
        FROM parked_events WHERE consumer = $1 AND stream = $2 AND key = $3 ORDER BY kafka_offset LIMIT $4
        """,
        consumer,
        *name,
        limit,
    )
    return [Record(*row.values()) for row in rows]


async def forget(tx: Connection, consumer: str, name: Key, upto: int) -> bool:
    """Drop the events taken up to this offset, and the key when none is left; True when it flows again."""
    await tx.execute(
        "DELETE FROM parked_events WHERE consumer = $1 AND stream = $2 AND key = $3 AND kafka_offset <= $4",
        consumer,
        *name,
        upto,
    )
    status = await tx.execute(
        """
        DELETE FROM parked_keys k WHERE consumer = $1 AND stream = $2 AND key = $3 AND NOT EXISTS (
            SELECT FROM parked_events e WHERE (e.consumer, e.stream, e.key) = (k.consumer, k.stream, k.key))
        """,
        consumer,
        *name,
    )
    return status == "DELETE 1"


async def ask(tx: Connection, consumer: str, name: Key, wanted: Literal["release", "skip"]) -> bool:
    """The operator's only move: set a flag. The partition's owner does it, in order, under its fence."""
    status = await tx.execute(
        "UPDATE parked_keys SET wanted = $4 WHERE consumer = $1 AND stream = $2 AND key = $3", consumer, *name, wanted
    )
    return status == "UPDATE 1"
