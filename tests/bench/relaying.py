"""The relay against Kafka's own ProducerPerformance: unsent rows → acknowledged → marked."""

import asyncio
import re
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from deploy.embedded import Kafka
from events import outbox
from events.catalogue import CATALOGUE
from events.database import Database
from events.envelope import NO_TRACE
from events.kafka import Cluster, delete_topics, make_topics
from events.outbox import Saying
from events.relay import Relay
from events.trace import uuid7
from schemas.fact import PROJECTS
from schemas.fund import TranchePaid
from schemas.ids import PaymentId, ProjectId
from schemas.money import Money
from tests.bench.pairs import Ratio, alternate

EVENTS = 40_000


class RelayBench:
    """One database with an outbox, one topic per run."""

    def __init__(self, database: Database, owner: Database, broker: Kafka) -> None:
        self.database = database
        self.owner = owner
        self.broker = broker
        self.bytes = 0

    async def ratios(self) -> list[Ratio]:
        await self.ours()  # also learns the size of an event
        return [
            await alternate("relay / ProducerPerformance acks=all", self.ours, self.producer_performance, 1.0),
            await alternate("relay / bare send_batch (information)", self.ours, self.bare, None),
        ]

    async def ours(self) -> float:
        """Rows told a second, until the table says that none is unsent."""
        await self._fill()
        async with self._cluster() as cluster:
            relay = Relay("funds", self.database, cluster)
            connection = await self.database.own_connection()
            producer = cluster.producer()
            await producer.start()
            began = time.perf_counter()
            relay.stop()  # tell all there is, then return
            await relay.tell_all(connection, producer)
            took_s = time.perf_counter() - began
            await producer.stop()
            await connection.close()
            await self._told(cluster)
        return EVENTS / took_s

    async def _fill(self) -> None:
        """Real lines of the funds service, 1,000 projects with forty each."""
        projects = [ProjectId(uuid4()) for _ in range(1000)]
        async with self.owner.connection() as connection:
            await connection.execute("TRUNCATE outbox, outbox_unsent, outbox_sent, stream_heads")
        async with self.database.transaction() as tx:
            for start in range(0, EVENTS, 2000):
                told = [_saying(projects[number % 1000]) for number in range(start, start + 2000)]
                await outbox.say(tx, "funds", told)
            self.bytes = await tx.fetchval("SELECT avg(length(body))::int FROM outbox")
        async with self.owner.connection() as connection:
            await connection.execute("VACUUM ANALYZE")

    async def _told(self, cluster: Cluster) -> None:
        async with self.database.connection() as connection:
            unsent = await connection.fetchval("SELECT count(*) FROM outbox_unsent")
            distinct = await connection.fetchval("SELECT count(DISTINCT (partition, kafka_offset)) FROM outbox_sent")
        kafka = cluster.consumer(None)
        await kafka.start()
        try:
            places = [cluster.where(PROJECTS, number) for number in range(cluster.partitions)]
            ends = sum((await kafka.end_offsets(places)).values())
        finally:
            await kafka.stop()
        if (unsent, distinct, ends) != (0, EVENTS, EVENTS):
            raise AssertionError(f"unsent {unsent}, marked {distinct}, in the log {ends}, all of {EVENTS}")

    async def producer_performance(self) -> float:
        """Kafka's own tool: as many records of the same size, acks=all, as fast as it can."""
        async with self._cluster() as cluster:
            answer = await _run(
                self.broker,
                *("--topic", cluster.topic(PROJECTS), "--num-records", str(EVENTS), "--record-size", str(self.bytes)),
                *("--throughput", "-1", "--producer-props", f"bootstrap.servers={self.broker.bootstrap}", "acks=all"),
            )
        found = re.search(r"records sent, ([0-9.]+) records/sec", answer.splitlines()[-1])
        if found is None:
            raise AssertionError(answer)
        return float(found[1])

    async def bare(self) -> float:
        """aiokafka's send_batch alone, the bytes in memory."""
        body = b"x" * self.bytes
        async with self._cluster() as cluster:
            producer = cluster.producer()
            await producer.start()
            began = time.perf_counter()
            await asyncio.gather(*(self._bare_lane(producer, cluster, p, body) for p in range(cluster.partitions)))
            took_s = time.perf_counter() - began
            await producer.stop()
        return EVENTS / took_s

    async def _bare_lane(self, producer: object, cluster: Cluster, partition: int, body: bytes) -> None:
        left = EVENTS // cluster.partitions + (partition < EVENTS % cluster.partitions)
        while left:
            builder = producer.create_batch()  # type: ignore[attr-defined]  # aiokafka is untyped
            while left and builder.append(key=None, value=body, timestamp=None) is not None:
                left -= 1
            builder.close()
            await (await producer.send_batch(builder, cluster.topic(PROJECTS), partition=partition))  # type: ignore[attr-defined]  # aiokafka is untyped

    @asynccontextmanager
    async def _cluster(self) -> AsyncIterator[Cluster]:
        cluster = Cluster(bootstrap=self.broker.bootstrap, prefix=f"b{uuid.uuid4().hex[:8]}.")
        await make_topics(cluster, [PROJECTS])
        try:
            yield cluster
        finally:
            await delete_topics(cluster, [PROJECTS])


def _saying(project: ProjectId) -> Saying:
    fact = TranchePaid(
        project_id=project, payment_id=PaymentId(uuid4()), number=1, amount=Money(1250000), receipt_digest="0" * 64
    )
    cause = uuid7()
    return outbox.saying(
        "funds",
        CATALOGUE,
        fact,
        event_id=uuid7(),
        cause=cause,
        correlation=cause,
        traceparent=NO_TRACE,
        at=datetime.now(UTC),
    )


async def _run(broker: Kafka, *arguments: str | Path) -> str:
    command = broker.tool("org.apache.kafka.tools.ProducerPerformance", *arguments)
    process = await asyncio.create_subprocess_exec(
        *map(str, command), cwd=broker.folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async with asyncio.timeout(120):
        out, _ = await process.communicate()
    return out.decode()
