"""How an installation stands: every service's outbox, lag, parked keys and next timer, at one moment."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import asyncpg
from aiokafka import AIOKafkaConsumer

from events import looking
from events.database import Connection
from events.inbox import Place
from events.kafka import Cluster
from events.looking import ParkedKey, Standing, Unsent
from events.reading import log_ends
from services.kit.service import Service

ASK_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One service. Lag is the log's end less the next offset, by stream."""

    name: str
    unsent: Unsent
    lag: dict[str, int]
    paused: tuple[str, ...]
    parked: tuple[ParkedKey, ...]
    next_due: datetime | None

    @property
    def behind(self) -> int:
        return sum(self.lag.values())

    def unquiet(self, now: datetime) -> list[str]:
        """What is still going on, in words; empty when nothing will happen before time moves on."""
        found = []
        if self.unsent.lines:
            found.append(f"{self.name}: {self.unsent.lines} unsent")
        found += [f"{self.name}: {behind} behind on {stream}" for stream, behind in self.lag.items() if behind]
        found += [f"{self.name}: {parked.key} is to be released" for parked in self.parked if parked.wanted]
        if self.next_due is not None and self.next_due <= now:
            found.append(f"{self.name}: a timer of {self.next_due.isoformat()} has not rung")
        return found


class Observer:
    """Looks at an installation from outside, over one Kafka connection that is kept."""

    def __init__(self, dsn: str, cluster: Cluster, services: Sequence[Service]) -> None:
        self._dsn = dsn
        self._cluster = cluster
        self._services = services
        self._kafka: AIOKafkaConsumer | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._kafka is not None:
            await self._kafka.stop()

    @asynccontextmanager
    async def snapshot(self, *, limit_s: float = ASK_S) -> AsyncIterator[Connection]:
        """As owner, over all schemas, at one moment; each question may take `limit_s`."""
        connection = await asyncpg.connect(self._dsn, timeout=ASK_S, command_timeout=limit_s)
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                yield connection
        finally:
            connection.terminate()

    async def look(self) -> list[Condition]:
        async with asyncio.timeout(2 * ASK_S), self.snapshot() as tx:
            return await self.look_in(tx)

    async def look_in(self, tx: Connection) -> list[Condition]:
        """The log's ends are read after the tables: what a table calls told was in the log by then, so "no lag"
        means that everything told at the moment of the snapshot had been taken.
        """
        found = [(service, *await _tables(tx, service)) for service in await self.installed(tx)]
        ends = await self._ends({stream for service, *_ in found for stream in service.streams})
        return [
            Condition(
                name=service.name,
                unsent=unsent,
                lag=_lag(service, offsets, ends),
                paused=tuple(s.paused for s in offsets.values() if s.paused),
                parked=tuple(parked),
                next_due=due,
            )
            for service, unsent, offsets, parked, due in found
        ]

    async def installed(self, tx: Connection) -> list[Service]:
        """Those that have a schema already."""
        names = {r["name"] for r in await tx.fetch("SELECT nspname::text AS name FROM pg_namespace")}
        return [service for service in self._services if service.name in names]

    async def _ends(self, streams: Collection[str]) -> dict[Place, int]:
        if self._kafka is None:
            kafka = self._cluster.consumer(None)
            try:
                await kafka.start()
            except BaseException:
                await kafka.stop()
                raise
            self._kafka = kafka
        return await log_ends(self._kafka, self._cluster, streams)


async def _tables(
    tx: Connection, service: Service
) -> tuple[Unsent, dict[Place, Standing], list[ParkedKey], datetime | None]:
    await tx.execute(f"SET LOCAL search_path TO {service.name}")
    return (
        await looking.unsent(tx),
        await looking.offsets(tx, service.name),
        await looking.parked_keys(tx, service.name),
        await looking.next_due(tx),
    )


def _lag(service: Service, offsets: dict[Place, Standing], ends: dict[Place, int]) -> dict[str, int]:
    lag = dict.fromkeys(service.streams, 0)
    for (stream, partition), end in ends.items():
        if stream in lag:
            held = offsets.get((stream, partition))
            lag[stream] += max(0, end - (held.next_offset if held else 0))
    return lag
