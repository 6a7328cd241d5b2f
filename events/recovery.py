"""After a power cut or a restore: make the outbox, the log and the offsets agree, or refuse to start (law 13)."""

import asyncio
from collections.abc import Collection, Mapping
from uuid import UUID

import orjson
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from events import inbox
from events.database import Connection, Database
from events.inbox import NotOurs, Place
from events.kafka import REQUEST_MS, Cluster

log = structlog.get_logger()


class LogKnowsMore(Exception):
    """The log holds lines of ours that our database does not know: it was restored to an earlier time."""

    def __init__(self, source: str, stream: str, unknown: int) -> None:
        super().__init__(
            f"the log of {stream} holds {unknown} lines said by {source} that its database does not know. The "
            f"database was restored to an earlier time than the log. Nothing was started and nothing was changed. Either restore "
            f"the database to a later time, or restore every service and the log to one same time: see "
            f"'Restoring' in README.md"
        )


async def recover(source: str, database: Database, cluster: Cluster, written: Collection[str]) -> None:
    """At start, before any relay of the installation runs.

    Sent lines the log lost become unsent; offsets beyond the log's end are clamped; lines of ours that only the log
    knows refuse the start.
    """
    async with database.connection() as connection:
        streams = {r["stream"] for r in await connection.fetch("SELECT DISTINCT stream FROM consumer_offsets")}
        wanted = sorted(streams | set(written))
    kafka = cluster.consumer(None)
    async with asyncio.timeout(REQUEST_MS / 1000):
        await kafka.start()
    try:
        ends = await _ends(kafka, cluster, wanted)
        async with database.transaction() as tx:
            for stream in sorted(written):
                own = {place: end for place, end in ends.items() if place[0] == stream}
                await _reconcile(tx, kafka, cluster, source, own)
            await _clamp(tx, ends)
            await _checked(tx, {place: end for place, end in ends.items() if place[0] in written})
    finally:
        await kafka.stop()


async def checkpoint(database: Database, cluster: Cluster, written: Collection[str]) -> None:
    """At a clean stop with nothing unsent: the next start need not read what lies before here."""
    kafka = cluster.consumer(None)
    async with asyncio.timeout(REQUEST_MS / 1000):
        await kafka.start()
    try:
        ends = await _ends(kafka, cluster, written)
        async with database.transaction() as tx:
            if not await tx.fetchval("SELECT EXISTS (SELECT FROM outbox WHERE kafka_offset IS NULL)"):
                await _checked(tx, ends)
    finally:
        await kafka.stop()


async def _ends(kafka: AIOKafkaConsumer, cluster: Cluster, streams: Collection[str]) -> dict[Place, int]:
    places = [
        TopicPartition(cluster.topic(stream), number) for stream in streams for number in range(cluster.partitions)
    ]
    ends = await kafka.end_offsets(places) if places else {}
    return {(cluster.stream(where.topic), where.partition): end for where, end in ends.items()}


async def _reconcile(
    tx: Connection, kafka: AIOKafkaConsumer, cluster: Cluster, source: str, ends: Mapping[Place, int]
) -> None:
    for (stream, partition), end in sorted(ends.items()):
        checked = await tx.fetchval(
            "SELECT next_offset FROM log_checked WHERE stream = $1 AND partition = $2", stream, partition
        )
        since = min(checked or 0, end)
        found = await _own_lines(kafka, cluster, source, (stream, partition), since, end)
        known = await tx.fetch("SELECT event_id FROM outbox WHERE event_id = ANY($1::uuid[])", list(found))
        unknown = set(found) - {r["event_id"] for r in known}
        if unknown:
            raise LogKnowsMore(source, stream, len(unknown))
        await _untell(tx, (stream, partition), since, end, found)


async def _untell(tx: Connection, place: Place, since: int, end: int, found: Mapping[UUID, int]) -> None:
    """Lines marked as sent that the log does not hold where it should are to be sent again."""
    status = await tx.execute(
        """
        UPDATE outbox SET kafka_partition = NULL, kafka_offset = NULL
        WHERE stream = $1 AND kafka_partition = $2 AND kafka_offset >= $3
            AND (kafka_offset >= $4 OR event_id <> ALL($5::uuid[]))
        """,
        *place,
        since,
        end,
        list(found),
    )
    if status != "UPDATE 0":
        log.error("recovery.log_lost_lines", stream=place[0], partition=place[1], told_again=status)


async def _own_lines(
    kafka: AIOKafkaConsumer, cluster: Cluster, source: str, place: Place, since: int, end: int
) -> dict[UUID, int]:
    """Event id → offset of this source's records in [since, end)."""
    found: dict[UUID, int] = {}
    if since >= end:
        return found
    where = TopicPartition(cluster.topic(place[0]), place[1])
    kafka.assign([where])
    kafka.seek(where, since)
    position = since
    async with asyncio.timeout(600):
        while position < end:
            polled = await kafka.getmany(where, timeout_ms=1000, max_records=5000)
            for raw in polled.get(where, []):
                position = raw.offset + 1
                try:
                    record = inbox.read(place[0], raw)
                except NotOurs:
                    continue
                if record.source == source and raw.offset < end:
                    found[UUID(orjson.loads(record.body)["id"])] = raw.offset
    return found


async def _clamp(tx: Connection, ends: Mapping[Place, int]) -> None:
    places = sorted(ends)
    clamped = await tx.fetch(
        """
        UPDATE consumer_offsets o SET next_offset = log.log_end
        FROM unnest($1::text[], $2::integer[], $3::bigint[]) AS log (stream, partition, log_end)
        WHERE o.stream = log.stream AND o.partition = log.partition AND o.next_offset > log.log_end
        RETURNING o.consumer, o.stream, o.partition
        """,
        [stream for stream, _ in places],
        [partition for _, partition in places],
        [ends[place] for place in places],
    )
    for row in clamped:
        log.error("recovery.offset_clamped", **dict(row))


async def _checked(tx: Connection, ends: Mapping[Place, int]) -> None:
    places = sorted(ends)
    await tx.execute(
        """
        INSERT INTO log_checked (stream, partition, next_offset)
        SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[])
        ON CONFLICT (stream, partition) DO UPDATE SET next_offset = excluded.next_offset
        """,
        [stream for stream, _ in places],
        [partition for _, partition in places],
        [ends[place] for place in places],
    )
