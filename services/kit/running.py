"""A service at work, and an installation of several: what starts in which order, and stops in which."""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import structlog

from events.catalogue import CATALOGUE, Catalogue
from events.consumer import Consumer
from events.database import SURROUNDINGS, Connection, Database
from events.envelope import Envelope
from events.inbox import Place
from events.kafka import Cluster, KafkaError, make_topics
from events.recovery import checkpoint, ends_of, recover
from events.relay import Relay
from events.taking import Once, Taker
from schemas.fact import STREAMS
from services.kit import standing
from services.kit.apply import Heard, Shell, apply, heard
from services.kit.migrations import migrate, role_of
from services.kit.service import Service
from services.kit.settings import Settings
from services.kit.sharing import Sharing
from services.kit.ticking import Ticker

log = structlog.get_logger()

STOP_S = 20
CHECK_EVERY_S = 300


def collect_seldom() -> None:
    """A batch makes a hundred thousand objects and no cycles: to look for them each time costs a third of the work."""
    gc.freeze()
    gc.set_threshold(300_000)  # more than a batch of 2,000 events holds


class Running:
    """One service with its pool, relay, consumer and timers. Also the desk its HTTP routes work at."""

    def __init__(self, shell: Shell, dsn: str, cluster: Cluster, settings: Settings) -> None:
        service = shell.service
        self.shell = shell
        self.cluster = cluster
        self.database = Database(dsn, service.name, role=role_of(service.name), size=settings.pool)
        self.sharing = Sharing(shell, self.database)
        self.relay = Relay(service.name, self.database, cluster)
        self.ticker = Ticker(shell, self.database, self.relay.wake)
        self.taker = Taker(
            consumer=service.name,
            source=service.name,
            database=self.database,
            catalogue=shell.catalogue,
            handles=frozenset(fact.type for fact in (*service.hears, *standing.HEARS)),
            hear=self._hear,
            handle=self._handle,
        )
        self.consumer = Consumer(
            self.taker,
            cluster,
            service.streams,
            after=self.relay.wake,
            largest_batch=settings.batch,
            session_ms=settings.session_ms,
        )
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def wake(self) -> None:
        self.relay.wake()

    def _hear(self, envelope: Envelope[Any]) -> Heard:
        return heard(self.shell.service, envelope)

    async def _handle(self, tx: Connection, messages: Sequence[Heard], remember: Once) -> object:
        applied = await apply(self.shell, tx, messages, meanwhile=remember)
        if self.shell.service.archive is not None:
            await self.shell.service.archive(tx, [message.envelope for message in messages])
        return applied

    async def recover(self) -> None:
        await recover(self.shell.service.name, self.database, self.cluster, STREAMS)

    def start(self) -> None:
        works = [self.relay.run(), self._keep_checked()]
        if self.shell.service.timers:
            works.append(self.ticker.run())
        if self.shell.service.streams:
            works.append(self.consumer.run())
        self._tasks = [asyncio.create_task(work, name=self.shell.service.name) for work in works]

    @property
    def tasks(self) -> Sequence["asyncio.Task[None]"]:
        return self._tasks

    async def stop(self) -> None:
        """Take nothing new, finish what is in hand, tell what is decided, note how far the log was right."""
        self._stopping.set()
        self.consumer.stop()
        self.ticker.stop()
        relay, *others = self._tasks
        await _ended(others)
        self.relay.stop()
        await _ended([relay])
        with self._unchecked():
            await checkpoint(self.database, await ends_of(self.cluster, STREAMS))

    async def _keep_checked(self) -> None:
        """So that a start after a crash has little of the log to read.

        What is noted is one turn old: a power cut may take what the log got last, and that must be looked for.
        """
        ends: Mapping[Place, int] = {}
        while not self._stopping.is_set():
            with self._unchecked():
                await checkpoint(self.database, ends)
                ends = await ends_of(self.cluster, STREAMS)
            with suppress(TimeoutError):
                async with asyncio.timeout(CHECK_EVERY_S):
                    await self._stopping.wait()

    @contextmanager
    def _unchecked(self) -> Iterator[None]:
        """Not being able to look now only makes the next start longer."""
        try:
            yield
        except (*SURROUNDINGS, KafkaError) as error:
            log.warning("log.unchecked", service=self.shell.service.name, error=repr(error))


async def _ended(tasks: Sequence["asyncio.Task[None]"]) -> None:
    if not tasks:
        return
    _, pending = await asyncio.wait(tasks, timeout=STOP_S)
    for task in pending:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What an installation's services decide with."""

    clock: Any
    rulebooks: Any
    vault: Any
    catalogue: Catalogue = CATALOGUE


@asynccontextmanager
async def installation(
    services: Sequence[Service], dsn: str, cluster: Cluster, settings: Settings, means: Means
) -> AsyncIterator[list[Running]]:
    """Migrated, topics made, recovered, then all started; stopped in order, everything told."""
    await migrate(dsn, services)
    await make_topics(cluster, STREAMS)
    shells = [
        Shell(
            service=service,
            catalogue=means.catalogue,
            clock=means.clock,
            rulebooks=means.rulebooks,
            vault=means.vault,
        )
        for service in services
    ]
    async with AsyncExitStack() as stack:
        running = [Running(shell, dsn, cluster, settings) for shell in shells]
        for one in running:
            await stack.enter_async_context(one.database)
        await asyncio.gather(*(one.recover() for one in running))
        for one in running:
            one.start()
        try:
            yield running
        finally:
            await asyncio.gather(*(one.stop() for one in running))
