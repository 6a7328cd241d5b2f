"""After a power cut or a restore: make the outbox, the log and the offsets agree, or refuse to start (law 13)."""

import asyncio
from collections.abc import Collection, Mapping

import structlog
from aiokafka import AIOKafkaConsumer

from events import reading
from events.database import Connection, Database
from events.envelope import line_name
from events.inbox import Place
from events.kafka import REQUEST_MS, Cluster
from events.reading import OwnLine
from schemas.bilingual import Bilingual

log = structlog.get_logger()

Mark = tuple[int, str]  # an offset, and the line we know to have been there


class LogKnowsMore(Bilingual):
    """The log holds lines of ours that our database does not know: it was restored to an earlier time."""

    def __init__(self, source: str, stream: str, unknown: int) -> None:
        super().__init__(
            f"日志 {stream} 中有 {unknown} 条由 {source} 写入、而其数据库没有的记录:数据库恢复到了比日志更早的时间。"
            "没有启动,也没有改动任何内容。请把数据库恢复到更晚的时间,或把全部服务和日志恢复到同一时间,"
            "见 README.md 的 'Restoring'。",
            f"the log of {stream} holds {unknown} lines said by {source} that its database does not know. The database "
            "was restored to an earlier time than the log. Nothing was started and nothing was changed. Either "
            "restore the database to a later time, or restore every service and the log to one same time: see "
            "'Restoring' in README.md",
        )


async def recover(source: str, database: Database, cluster: Cluster, written: Collection[str]) -> None:
    """At start. Lines the log lost become unsent; offsets it no longer has, or gave to other records, are set back.

    Lines of ours that only the log knows refuse the start.
    """
    async with database.connection() as connection:
        checked = await _checked_before(connection)
        told, taken = await _last_told(connection, source), await _last_taken(connection)
    kafka = cluster.consumer(None)
    try:
        async with asyncio.timeout(REQUEST_MS / 1000):
            await kafka.start()
        streams = {stream for stream, _ in taken} | set(written)
        ends = await reading.log_ends(kafka, cluster, sorted(streams))
        own = {place: end for place, end in sorted(ends.items()) if place[0] in written}
        untrue = await _gone(kafka, cluster, told, ends)
        since = {place: 0 if place in untrue else min(checked.get(place, 0), end) for place, end in own.items()}
        # read before the transaction: the log may be long, and a transaction that waits for it would be ended
        found = {
            place: await reading.own_lines(kafka, cluster, source, place, since[place], own[place]) for place in own
        }
        replaced = await _gone(kafka, cluster, taken, ends)
        starts = await reading.log_starts(kafka, cluster, replaced)
    finally:
        await kafka.stop()
    async with database.transaction() as tx:
        for place, end in own.items():
            await _all_known(tx, source, place[0], found[place])
            await _untell(tx, place, since[place], end, found[place])
        await _set_back(tx, ends | starts)
        await _checked(tx, own)


async def checkpoint(database: Database, ends: Mapping[Place, int]) -> None:
    """While a service lives it knows all its lines in the log: the next start need not read what lies before these."""
    async with database.transaction() as tx:
        await _checked(tx, ends)


async def ends_of(cluster: Cluster, written: Collection[str]) -> dict[Place, int]:
    kafka = cluster.consumer(None)
    try:
        async with asyncio.timeout(REQUEST_MS / 1000):
            await kafka.start()
        return await reading.log_ends(kafka, cluster, written)
    finally:
        await kafka.stop()


async def _checked_before(connection: Connection) -> dict[Place, int]:
    rows = await connection.fetch("SELECT stream, partition, next_offset FROM log_checked")
    return {(r["stream"], r["partition"]): r["next_offset"] for r in rows}


async def _last_told(connection: Connection, source: str) -> dict[Place, Mark]:
    """Our last line below what was checked: when it is gone, more may be."""
    rows = await connection.fetch(
        """
        SELECT c.stream, c.partition, last.* FROM log_checked c CROSS JOIN LATERAL (
            SELECT s.kafka_offset, o.key, o.sequence FROM outbox_sent s JOIN outbox o USING (id)
            WHERE s.stream = c.stream AND s.partition = c.partition AND s.kafka_offset < c.next_offset
            ORDER BY s.kafka_offset DESC LIMIT 1) last
        """
    )
    return {
        (r["stream"], r["partition"]): (r["kafka_offset"], line_name(source, r["key"], r["sequence"])) for r in rows
    }


async def _last_taken(connection: Connection) -> dict[Place, Mark]:
    rows = await connection.fetch(
        "SELECT stream, partition, next_offset, last_taken FROM consumer_offsets WHERE last_taken IS NOT NULL"
    )
    return {(r["stream"], r["partition"]): (r["next_offset"] - 1, r["last_taken"]) for r in rows}


async def _gone(
    kafka: AIOKafkaConsumer, cluster: Cluster, marks: Mapping[Place, Mark], ends: Mapping[Place, int]
) -> set[Place]:
    """Places where the log does not hold the line that we know to have been there."""
    wanted = {place: offset for place, (offset, _) in marks.items() if offset < ends[place]}
    lines = await reading.lines_at(kafka, cluster, wanted)
    return {place for place, (_, line) in marks.items() if lines.get(place) != line}


async def _all_known(tx: Connection, source: str, stream: str, found: Mapping[OwnLine, int]) -> None:
    lines = list(found)
    known = await tx.fetchval(
        """
        SELECT count(*) FROM outbox o
        JOIN unnest($2::text[], $3::bigint[], $4::uuid[]) AS line (key, sequence, event_id)
            ON o.stream = $1 AND o.key = line.key AND o.sequence = line.sequence AND o.event_id = line.event_id
        """,
        stream,
        [key for key, _, _ in lines],
        [sequence for _, sequence, _ in lines],
        [event_id for _, _, event_id in lines],
    )
    if known != len(lines):
        raise LogKnowsMore(source, stream, len(lines) - known)


async def _untell(tx: Connection, place: Place, since: int, end: int, found: Mapping[OwnLine, int]) -> None:
    """Lines marked as sent that the log does not hold where it should are to be sent again."""
    lost = await tx.fetch(
        """
        DELETE FROM outbox_sent s USING outbox o
        WHERE o.id = s.id AND s.stream = $1 AND s.partition = $2 AND s.kafka_offset >= $3
            AND (s.kafka_offset >= $4 OR o.event_id <> ALL($5::uuid[]))
        RETURNING s.id
        """,
        *place,
        since,
        end,
        [event_id for _, _, event_id in found],
    )
    if lost:
        log.error("recovery.log_lost_lines", stream=place[0], partition=place[1], told_again=len(lost))
        ids = [row["id"] for row in lost]
        await tx.execute("INSERT INTO outbox_unsent SELECT unnest($1::bigint[]) ON CONFLICT DO NOTHING", ids)


async def _set_back(tx: Connection, limits: Mapping[Place, int]) -> None:
    """No offset beyond its limit; what is read twice then, the inbox knows."""
    places = sorted(limits)
    back = await tx.fetch(
        """
        UPDATE consumer_offsets o SET next_offset = log.most, last_taken = NULL
        FROM unnest($1::text[], $2::integer[], $3::bigint[]) AS log (stream, partition, most)
        WHERE o.stream = log.stream AND o.partition = log.partition AND o.next_offset > log.most
        RETURNING o.consumer, o.stream, o.partition, o.next_offset
        """,
        [stream for stream, _ in places],
        [partition for _, partition in places],
        [limits[place] for place in places],
    )
    for row in back:
        log.error("recovery.offset_set_back", **dict(row))


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
