"""The consumer: Kafka delivers, PostgreSQL decides what was delivered (law 4)."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer

from events.database import SURROUNDINGS
from events.inbox import FenceLost
from events.kafka import Cluster, KafkaError
from events.session import Session
from events.taking import Taker

log = structlog.get_logger()


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
        kafka, held = self._kafka, {self.cluster.where(*place): held for place, held in self.taker.held.items()}
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
        session = Session(
            self.taker,
            self.cluster,
            kafka,
            after=self._has_taken,
            from_now=self._from_now,
            largest_batch=self._largest_batch,
        )
        try:
            await session.join(self.streams)
            self._kafka = kafka
            while not self._stopping:
                await session.turn()
        finally:
            self._kafka = None
            self.taker.held = {}
            await session.leave()

    def _has_taken(self) -> None:
        self._progress_at = time.monotonic()
        self._after()
