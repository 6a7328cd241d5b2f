"""A database and topics that outlive every process of a test, and what may be asked of them afterwards."""

import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition

from events import inbox
from events.inbox import Record
from events.kafka import Cluster, delete_topics, make_topics
from schemas.fact import NEEDS, PROJECTS, STREAMS
from schemas.ids import ProjectId
from services.kit.running import Running, installation
from services.kit.service import Service
from services.kit.settings import Settings
from tests.chaos.child import MEANS, SESSION_MS
from tests.support import jars
from tests.support.databases import fresh_database
from tests.support.jars import CoinDropped
from tests.support.telling import Teller
from tests.support.waiting import eventually


@dataclass(slots=True)
class Place:
    dsn: str
    cluster: Cluster
    teller: Teller

    async def drop(self, coins: Sequence[tuple[ProjectId, int]]) -> None:
        for jar, fen in coins:
            await self.teller.tell(CoinDropped(project_id=jar, fen=fen))

    async def fetch(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """As the owner."""
        connection = await asyncpg.connect(self.dsn, timeout=10)
        try:
            rows: list[asyncpg.Record] = await connection.fetch(sql, *args)
            return rows
        finally:
            await connection.close()

    async def coins(self) -> dict[ProjectId, list[int]]:
        """Which coins each jar counted, in order."""
        rows = await self.fetch("SELECT id, state FROM jars.jars")
        return {ProjectId(row["id"]): orjson.loads(row["state"])["coins"] for row in rows}

    async def parked(self) -> list[tuple[str, str]]:
        """Keys of jars that stand still, and why."""
        return [(r["key"], r["reason"]) for r in await self.fetch("SELECT key, reason FROM jars.parked_keys")]

    async def claims(self) -> int:
        """How often partitions were claimed."""
        (row,) = await self.fetch("SELECT coalesce(sum(epoch), 0) FROM jars.consumer_offsets")
        return int(row[0])

    async def settled(self, limit_s: float = 40) -> None:
        """Until jars has taken all there is and told all it has to say."""
        await eventually(self._is_quiet, "jars to settle", limit_s)

    async def _is_quiet(self) -> bool:
        if await self.fetch("SELECT FROM jars.outbox_unsent LIMIT 1"):
            return False
        rows = await self.fetch("SELECT stream, partition, next_offset FROM jars.consumer_offsets")
        stands = {(r["stream"], r["partition"]): r["next_offset"] for r in rows}
        async with a_reader(self.cluster) as kafka:
            ends = await kafka.end_offsets(_partitions(self.cluster, PROJECTS, NEEDS))
        return all(
            stands.get((self.cluster.stream(at.topic), at.partition), 0) >= end for at, end in ends.items() if end
        )

    async def told(self, source: str = "jars", stream: str = PROJECTS) -> dict[str, list[dict[str, Any]]]:
        """What a source said about each key, as any reader hears it: repetitions dropped, in turn, no number missing.

        A repetition must be the same event, byte for byte.
        """
        heard: dict[str, list[Record]] = defaultdict(list)
        for record in await self.log(stream):
            if record.source != source:
                continue
            lines = heard[record.key]
            if record.sequence <= len(lines):
                assert record.body == lines[record.sequence - 1].body, "a number was given twice"
                continue
            assert record.sequence == len(lines) + 1, f"line {record.sequence} came after line {len(lines)}"
            lines.append(record)
        return {key: [orjson.loads(line.body) for line in lines] for key, lines in heard.items()}

    async def log(self, stream: str = PROJECTS) -> list[Record]:
        """The raw log of a stream, partition after partition."""
        records = []
        async with a_reader(self.cluster) as kafka:
            for where, end in (await kafka.end_offsets(_partitions(self.cluster, stream))).items():
                kafka.assign([where])
                kafka.seek(where, 0)
                while await kafka.position(where) < end:
                    polled = await kafka.getmany(where, timeout_ms=1000)
                    records += [inbox.read(stream, raw) for raw in polled.get(where, []) if raw.offset < end]
        return records


def _partitions(cluster: Cluster, *streams: str) -> list[TopicPartition]:
    return [cluster.where(stream, n) for stream in streams for n in range(cluster.partitions)]


@asynccontextmanager
async def a_reader(cluster: Cluster) -> AsyncIterator[AIOKafkaConsumer]:
    kafka = cluster.consumer(None)
    await kafka.start()
    try:
        yield kafka
    finally:
        await kafka.stop()


@asynccontextmanager
async def a_place(dsn: str, bootstrap: str, services: Sequence[Service] = (jars.SERVICE,)) -> AsyncIterator[Place]:
    cluster = Cluster(bootstrap=bootstrap, prefix=f"c{uuid.uuid4().hex[:8]}.", partitions=2)
    async with fresh_database(dsn, services) as own_dsn:
        await make_topics(cluster, STREAMS)
        try:
            async with Teller(cluster) as teller:
                yield Place(own_dsn, cluster, teller)
        finally:
            await delete_topics(cluster, STREAMS)


@asynccontextmanager
async def at_work(place: Place, *services: Service, settings: Settings | None = None) -> AsyncIterator[Running]:
    """Jars (or a variant of it), in this process."""
    settings = settings or Settings(pool=4, session_ms=SESSION_MS)
    async with installation(services or [jars.SERVICE], place.dsn, place.cluster, settings, MEANS) as running:
        yield running[0]


@asynccontextmanager
async def colleague(place: Place, first: Running) -> AsyncIterator[Running]:
    """A second instance of a service, as another process would run it."""
    second = Running(first.shell, place.dsn, place.cluster, Settings(pool=4, session_ms=SESSION_MS))
    async with second.database:
        second.start()
        try:
            yield second
        finally:
            await second.stop()
