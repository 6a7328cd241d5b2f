"""The consumer: Kafka delivers, PostgreSQL decides what was delivered (law 4)."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition

from events import inbox
from events.database import SURROUNDINGS
from events.inbox import FenceLost, NotOurs, Place, Record
from events.kafka import REQUEST_MS, Cluster, KafkaError
from events.taking import Taker

log = structlog.get_logger()


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


class Consumer:
    """Runs one Taker on one consumer group. `after` is called after each committed batch, to wake the relay."""

    def __init__(
        self,
        taker: Taker,
        cluster: Cluster,
        streams: Iterable[str],
        *,
        after: Callable[[], None] = lambda: None,
        from_now: bool = False,
        largest_batch: int = 2000,
        session_ms: int = 15_000,
        stalled_after_s: float = 120,
    ) -> None:
        self.taker = taker
        self.cluster = cluster
        self.streams = sorted(streams)
        self._after = after
        self._from_now = from_now
        self._largest_batch = largest_batch
        self._session_ms = session_ms
        self._stalled_after_s = stalled_after_s
        self._stopping = False
        self._progress_at = time.monotonic()
        self._kafka: AIOKafkaConsumer | None = None
        self._lag = 0
        self._look_at = 0.0

    def stop(self) -> None:
        self._stopping = True

    @property
    def name(self) -> str:
        return self.taker.consumer

    @property
    def lag(self) -> int:
        """Records behind the log's end, as last seen."""
        return self._lag

    async def run(self) -> None:
        """Until stopped; whatever ends a session, the next one joins again."""
        delay_s = 0.1
        while not self._stopping:
            began = time.monotonic()
            try:
                await self._watched(self._session())
            except FenceLost as lost:
                log.warning("consumer.fenced_out", consumer=self.name, places=sorted(lost.places))
            except (*SURROUNDINGS, KafkaError) as error:
                log.warning("consumer.retry", consumer=self.name, error=repr(error), again_in_s=delay_s)
            except Exception:
                log.exception("consumer.broken", consumer=self.name, again_in_s=delay_s)
            if time.monotonic() - began > 30:
                delay_s = 0.1
            if not self._stopping:
                await asyncio.sleep(delay_s)
                delay_s = min(delay_s * 2, 5)

    async def _watched(self, session: Coroutine[Any, Any, None]) -> None:
        """The watchdog: no progress while there is something to take ends the session, with a cry (law 9)."""
        task = asyncio.create_task(session)
        self._progress_at = time.monotonic()
        try:
            while not task.done():
                await asyncio.wait({task}, timeout=1)
                if not await self._has_fallen_behind():
                    self._progress_at = time.monotonic()
                silent_s = time.monotonic() - self._progress_at
                if silent_s > self._stalled_after_s:
                    log.error("consumer.stalled", consumer=self.name, lag=self._lag, silent_s=round(silent_s))
                    break
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task}, timeout=30)
        if task.done() and not task.cancelled():
            task.result()

    async def _has_fallen_behind(self) -> bool:
        """Whether there are records we could take. Asked beside the session, so that one that hangs is seen too."""
        kafka, held = self._kafka, {self._where(place): held for place, held in self.taker.held.items()}
        if kafka is None or not held:
            self._lag = 0
            return False
        try:
            async with asyncio.timeout(5):
                ends = await kafka.end_offsets(held)
        except (TimeoutError, KafkaError):
            return self._lag > 0
        lags = {where: max(0, end - held[where].next) for where, end in ends.items()}
        self._lag = sum(lags.values())
        return any(lag for where, lag in lags.items() if where not in kafka.paused())

    async def _session(self) -> None:
        kafka = self.cluster.consumer(f"{self.cluster.prefix}{self.name}", session_ms=self._session_ms)
        rebalances = _Rebalances()
        kafka.subscribe([self.cluster.topic(stream) for stream in self.streams], listener=rebalances)
        try:
            async with asyncio.timeout(REQUEST_MS / 1000):
                await kafka.start()
            self._kafka = kafka
            while not self._stopping:
                await self._turn(kafka, rebalances)
        finally:
            self._kafka = None
            self.taker.held = {}
            async with asyncio.timeout(10):
                await kafka.stop()

    async def _turn(self, kafka: AIOKafkaConsumer, rebalances: _Rebalances) -> None:
        try:
            if rebalances.changed:
                count = rebalances.count
                await self._claim(kafka)
                rebalances.claimed = count
            if time.monotonic() >= self._look_at and self.taker.held:
                freed = await self.taker.release_ready()
                self._look_at = time.monotonic() + (0 if freed else 0.5)
                if freed:
                    self._after()
            polled = await kafka.getmany(timeout_ms=200, max_records=self._largest_batch)
            if not rebalances.changed:
                await self._take(kafka, polled)
        except FenceLost:
            await self._adopt(kafka)
        except SURROUNDINGS as error:
            log.warning("consumer.retry", consumer=self.name, error=repr(error), again_in_s=0.5)
            await asyncio.sleep(0.5)
            await self._adopt(kafka)

    async def _claim(self, kafka: AIOKafkaConsumer) -> None:
        assigned = sorted(kafka.assignment())
        edge = kafka.end_offsets if self._from_now else kafka.beginning_offsets
        starts = await edge(assigned) if assigned else {}
        await self.taker.claim({self._place(tp): start for tp, start in starts.items()})
        self._seek(kafka)

    async def _adopt(self, kafka: AIOKafkaConsumer) -> None:
        """An earlier commit may have succeeded: go on from there. FenceLost again: it is not ours, rejoin."""
        await self.taker.adopt()
        self._seek(kafka)

    def _seek(self, kafka: AIOKafkaConsumer) -> None:
        for place, held in self.taker.held.items():
            where = self._where(place)
            if where in kafka.assignment():
                kafka.seek(where, held.next)

    async def _take(
        self, kafka: AIOKafkaConsumer, polled: "dict[TopicPartition, list[ConsumerRecord[bytes, bytes]]]"
    ) -> None:
        records: list[Record] = []
        for where, raws in polled.items():
            place = self._place(where)
            held = self.taker.held.get(place)
            if held is None:
                continue
            if raws[0].offset != held.next:
                await self._not_next(kafka, where, raws[0].offset, held.next)
                continue
            records.extend(await self._known(kafka, where, raws))
        if records:
            await self.taker.take(records)
            self._after()
            self._progress_at = time.monotonic()

    async def _not_next(self, kafka: AIOKafkaConsumer, where: TopicPartition, got: int, wanted: int) -> None:
        first = (await kafka.beginning_offsets([where]))[where]
        if first > wanted:
            raise LogHole(f"{where.topic}[{where.partition}] begins at {first}, {self.name} needs {wanted}")
        end = (await kafka.end_offsets([where]))[where]
        if end < wanted:
            raise LogHole(
                f"{where.topic}[{where.partition}] ends at {end}, {self.name} was at {wanted}: the broker lost "
                "records; restart every service, each recovers when it starts"
            )
        log.info("consumer.sought", consumer=self.name, topic=where.topic, got=got, wanted=wanted)
        kafka.seek(where, wanted)

    async def _known(
        self, kafka: AIOKafkaConsumer, where: TopicPartition, raws: "Sequence[ConsumerRecord[bytes, bytes]]"
    ) -> list[Record]:
        """Up to the first event of a version we cannot read: there the partition pauses (law 8)."""
        records: list[Record] = []
        stream = self.cluster.stream(where.topic)
        for raw in raws:
            try:
                record = inbox.read(stream, raw)
            except NotOurs as error:
                log.error("consumer.not_ours", consumer=self.name, error=str(error))
                record = inbox.stranger(stream, raw)
            if record.type in self.taker.handles and (record.type, record.version) not in self.taker.catalogue.facts:
                await self._pause(kafka, where, record)
                break
            records.append(record)
        return records

    async def _pause(self, kafka: AIOKafkaConsumer, where: TopicPartition, record: Record) -> None:
        why = f"{record.type} version {record.version} at offset {record.offset} is newer than this program"
        log.error("consumer.paused", consumer=self.name, topic=where.topic, partition=where.partition, why=why)
        kafka.pause(where)
        async with self.taker.database.transaction() as tx:
            await inbox.pause(tx, self.name, self._place(where), why)

    def _place(self, where: TopicPartition) -> Place:
        return self.cluster.stream(where.topic), where.partition

    def _where(self, place: Place) -> TopicPartition:
        return TopicPartition(self.cluster.topic(place[0]), place[1])
