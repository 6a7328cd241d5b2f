"""One membership in a consumer group: what it is given it claims, reads, and takes in turn (law 4)."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition

from events import inbox
from events.database import SURROUNDINGS
from events.inbox import FenceLost, NotOurs, Record
from events.kafka import REQUEST_MS, Cluster
from events.taking import Taker

log = structlog.get_logger()

Polled = dict[TopicPartition, list[Record]]


class LogHole(Exception):
    """The log begins after the next offset we need, or ends before it: it lost records."""


class _Rebalances(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """Only notes that something changed: its exceptions would be swallowed, and records come while it runs."""

    def __init__(self) -> None:
        self.count = 1
        self.claimed = 0

    @property
    def changed(self) -> bool:
        return self.claimed != self.count

    async def on_partitions_revoked(self, revoked: object) -> None:
        self.count += 1

    async def on_partitions_assigned(self, assigned: object) -> None:
        self.count += 1


class Session:
    """`after` is called after whatever was committed."""

    def __init__(
        self,
        taker: Taker,
        cluster: Cluster,
        kafka: AIOKafkaConsumer,
        *,
        after: Callable[[], None],
        from_now: bool,
        largest_batch: int,
    ) -> None:
        self._taker = taker
        self._kafka = kafka
        self._cluster = cluster
        self._after = after
        self._from_now = from_now
        self._largest_batch = largest_batch
        self._rebalances = _Rebalances()
        self._ahead: asyncio.Task[Polled] | None = None
        self._look_at = 0.0

    async def join(self, streams: Iterable[str]) -> None:
        self._kafka.subscribe([self._cluster.topic(stream) for stream in streams], listener=self._rebalances)
        async with asyncio.timeout(REQUEST_MS / 1000):
            await self._kafka.start()

    async def leave(self) -> None:
        async with asyncio.timeout(10):
            await self._forget_ahead()
            await self._kafka.stop()

    async def turn(self) -> None:
        try:
            if self._rebalances.changed:
                count = self._rebalances.count
                await self._claim()
                self._rebalances.claimed = count
            if time.monotonic() >= self._look_at and self._taker.held:
                freed = await self._taker.release_ready()
                self._look_at = time.monotonic() + (0 if freed else 0.5)
                if freed:
                    self._after()
            polled = await self._next()
            if not self._rebalances.changed:
                await self._take(polled)
        except FenceLost:
            await self._adopt()
        except SURROUNDINGS as error:
            log.warning("consumer.retry", consumer=self._taker.consumer, error=repr(error), again_in_s=0.5)
            await asyncio.sleep(0.5)
            await self._adopt()

    async def _claim(self) -> None:
        assigned = sorted(self._kafka.assignment())
        edge = self._kafka.end_offsets if self._from_now else self._kafka.beginning_offsets
        starts = await edge(assigned) if assigned else {}
        await self._taker.claim({self._cluster.place(tp): start for tp, start in starts.items()})
        await self._seek()

    async def _adopt(self) -> None:
        """An earlier commit may have succeeded: go on from there. FenceLost again: it is not ours, rejoin."""
        await self._taker.adopt()
        await self._seek()

    async def _seek(self) -> None:
        await self._forget_ahead()
        for place, held in self._taker.held.items():
            where = self._cluster.where(*place)
            if where in self._kafka.assignment():
                self._kafka.seek(where, held.next)

    async def _next(self) -> Polled:
        ahead, self._ahead = self._ahead, None
        return await (ahead or self._poll())

    def _look_ahead(self) -> None:
        """While PostgreSQL commits what is taken, Kafka and this program have time for what comes next."""
        if self._ahead is None:
            self._ahead = asyncio.create_task(self._poll())

    async def _forget_ahead(self) -> None:
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            ahead.cancel()
            await asyncio.gather(ahead, return_exceptions=True)

    async def _poll(self) -> Polled:
        raws = await self._kafka.getmany(timeout_ms=200, max_records=self._largest_batch)
        polled = {where: self._read(where, those) for where, those in raws.items()}
        await self._taker.decode([record for records in polled.values() for record in records])
        return polled

    async def _take(self, polled: Polled) -> None:
        records: list[Record] = []
        for where, those in polled.items():
            held = self._taker.held.get(self._cluster.place(where))
            if held is None:
                continue
            if those[0].offset != held.next:
                await self._not_next(where, those[0].offset, held.next)
                continue
            records.extend(await self._known(where, those))
        if records:
            await self._taker.take(records, self._look_ahead)
            self._after()

    async def _not_next(self, where: TopicPartition, got: int, wanted: int) -> None:
        first = (await self._kafka.beginning_offsets([where]))[where]
        if first > wanted:
            raise LogHole(f"{where.topic}[{where.partition}] begins at {first}, {self._taker.consumer} needs {wanted}")
        end = (await self._kafka.end_offsets([where]))[where]
        if end < wanted:
            raise LogHole(
                f"{where.topic}[{where.partition}] ends at {end}, {self._taker.consumer} was at {wanted}: "
                "the broker lost records; restart every service, each recovers when it starts"
            )
        log.info("consumer.sought", consumer=self._taker.consumer, topic=where.topic, got=got, wanted=wanted)
        self._kafka.seek(where, wanted)

    def _read(self, where: TopicPartition, raws: "Sequence[ConsumerRecord[bytes, bytes]]") -> list[Record]:
        records: list[Record] = []
        stream = self._cluster.stream(where.topic)
        for raw in raws:
            try:
                records.append(inbox.read(stream, raw))
            except NotOurs as error:
                log.error("consumer.not_ours", consumer=self._taker.consumer, error=str(error))
                records.append(inbox.stranger(stream, raw))
        return records

    async def _known(self, where: TopicPartition, records: list[Record]) -> list[Record]:
        """Up to the first event of a version we cannot read: there the partition pauses (law 8)."""
        for number, record in enumerate(records):
            if record.type in self._taker.handles and (record.type, record.version) not in self._taker.catalogue.facts:
                await self._pause(where, record)
                return records[:number]
        return records

    async def _pause(self, where: TopicPartition, record: Record) -> None:
        why = f"{record.type} version {record.version} at offset {record.offset} is newer than this program"
        log.error(
            "consumer.paused", consumer=self._taker.consumer, topic=where.topic, partition=where.partition, why=why
        )
        self._kafka.pause(where)
        async with self._taker.database.transaction() as tx:
            await inbox.pause(tx, self._taker.consumer, self._cluster.place(where), why)
