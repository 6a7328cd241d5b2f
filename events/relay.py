"""The relay: tells unsent outbox rows to Kafka, in order, until every one is acknowledged (law 6)."""

import asyncio
import time
import zlib
from collections import defaultdict
from collections.abc import Sequence

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.structs import RecordMetadata

from events.database import SURROUNDINGS, Database
from events.kafka import REQUEST_MS, Cluster, KafkaError

log = structlog.get_logger()

PORTION = 2000
"""Rows told and then marked together."""

Row = asyncpg.Record
Told = tuple[int, str, int, int]  # outbox id, stream, partition, offset


class Relay:
    """One per service by an advisory lock; a second instance waits until the first one's session ends."""

    def __init__(self, service: str, database: Database, cluster: Cluster, *, batch: int = 8000) -> None:
        self.service = service
        self.database = database
        self.cluster = cluster
        self._batch = batch
        self._wake = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """A hint that there is something to tell; missing one costs a poll interval, no more."""
        self._wake.set()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Until stopped. Surroundings may fail as they like: a new connection, a new producer, again from the table."""
        delay_s = 0.1
        while not self._stopping:
            began = time.monotonic()
            try:
                await self._session()
                continue
            except (*SURROUNDINGS, KafkaError) as error:
                log.warning("relay.retry", service=self.service, error=repr(error), again_in_s=delay_s)
            except Exception:
                log.exception("relay.broken", service=self.service, again_in_s=delay_s)
            if time.monotonic() - began > 30:
                delay_s = 0.1
            await asyncio.sleep(delay_s)
            delay_s = min(delay_s * 2, 5)

    async def _session(self) -> None:
        connection = await self.database.own_connection()
        try:
            if not await self._become_the_one(connection):
                return
            producer = self.cluster.producer()
            try:
                async with asyncio.timeout(REQUEST_MS / 1000):
                    await producer.start()
                await self.tell_all(connection, producer)
            finally:
                await _close(producer)
        finally:
            connection.terminate()

    async def _become_the_one(self, connection: "asyncpg.Connection[Row]") -> bool:
        number = zlib.crc32(f"sanshe.relay.{self.database.schema}".encode())
        while not self._stopping:
            if await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", 0x5A5A, number - 2**31):
                return True
            await asyncio.sleep(0.5)
        return False

    async def tell_all(self, connection: "asyncpg.Connection[Row]", producer: AIOKafkaProducer) -> None:
        while True:
            self._wake.clear()
            rows = await connection.fetch(_UNSENT, self._batch)
            if rows:
                await self._tell(connection, producer, rows)
            elif self._stopping:
                return
            else:
                await self._rest()

    async def _rest(self) -> None:
        """The poll also is the ping that keeps the lock-holding session alive."""
        try:
            async with asyncio.timeout(0.25):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _tell(
        self, connection: "asyncpg.Connection[Row]", producer: AIOKafkaProducer, rows: Sequence[Row]
    ) -> None:
        """Portion by portion; while one travels, the one before it is marked."""
        marking: asyncio.Task[None] | None = None
        try:
            for start in range(0, len(rows), PORTION):
                told, failed = await self._tell_portion(producer, rows[start : start + PORTION])
                if marking is not None:
                    await marking
                marking = asyncio.create_task(self._mark(connection, told))
                if failed is not None:
                    raise failed
        finally:
            if marking is not None:
                await marking

    async def _tell_portion(
        self, producer: AIOKafkaProducer, rows: Sequence[Row]
    ) -> tuple[list[Told], BaseException | None]:
        """What was acknowledged, and the first error if there was one."""
        lanes: dict[tuple[str, int], list[Row]] = defaultdict(list)
        for row in rows:
            lanes[self.cluster.topic(row["stream"]), self.cluster.partition(row["key"])].append(row)
        told: list[Told] = []
        async with asyncio.timeout(2 * REQUEST_MS / 1000):  # an idempotent batch itself never expires
            outcomes = await asyncio.gather(
                *(self._tell_lane(producer, topic, number, lane, told) for (topic, number), lane in lanes.items()),
                return_exceptions=True,
            )
        return told, next((outcome for outcome in outcomes if isinstance(outcome, BaseException)), None)

    async def _tell_lane(
        self, producer: AIOKafkaProducer, topic: str, partition: int, rows: Sequence[Row], told: list[Told]
    ) -> None:
        """One batch in flight per partition, and nothing later after an error."""
        start = 0
        while start < len(rows):
            builder = producer.create_batch()
            end = start
            while end < len(rows) and self._append(builder, rows[end]):
                end += 1
            if end == start:
                raise AssertionError(f"outbox row {rows[start]['id']} does not fit into a batch")
            builder.close()
            sent = await producer.send_batch(builder, topic, partition=partition)
            answer: RecordMetadata = await sent
            told.extend((r["id"], r["stream"], partition, answer.offset + i) for i, r in enumerate(rows[start:end]))
            start = end

    def _append(self, builder: object, row: Row) -> bool:
        headers = [
            ("source", self.service.encode()),
            ("sequence", b"%d" % row["sequence"]),
            ("type", row["type"].encode()),
            ("version", b"%d" % row["version"]),
            ("traceparent", row["traceparent"].encode()),
        ]
        appended = builder.append(  # type: ignore[attr-defined]  # aiokafka's BatchBuilder is untyped
            key=row["key"].encode(), value=row["body"], timestamp=None, headers=headers
        )
        return appended is not None

    async def _mark(self, connection: "asyncpg.Connection[Row]", told: Sequence[Told]) -> None:
        if told:
            await connection.execute(_MARK, *map(list, zip(*told, strict=True)))


# An array, because a join is planned by how many rows there once were: it would read the whole outbox for three.
_UNSENT = """
    SELECT id, stream, key, sequence, type, version, traceparent, body FROM outbox
    WHERE id = ANY(ARRAY(SELECT id FROM outbox_unsent ORDER BY id LIMIT $1)) ORDER BY id
"""
_MARK = """
    WITH told AS (DELETE FROM outbox_unsent WHERE id = ANY($1::bigint[]))
    INSERT INTO outbox_sent (id, stream, partition, kafka_offset)
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::integer[], $4::bigint[])
"""


async def _close(producer: AIOKafkaProducer) -> None:
    """A producer with an undeliverable batch would wait for ever; what it held is still in the table."""
    try:
        async with asyncio.timeout(3):
            await producer.stop()
    except (TimeoutError, KafkaError):
        log.warning("relay.producer_abandoned")
