"""What the tests of the spine do with jars, and ask about them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import uuid4

import orjson

from events import inbox, parking
from events.inbox import Record
from schemas.deciding import Decide
from schemas.fact import PROJECTS
from schemas.ids import ProjectId
from services.kit.apply import Shell
from services.kit.running import Running
from services.kit.service import Service
from services.kit.settings import Settings
from tests.support import jars
from tests.support.jars import CoinDropped
from tests.support.system import System
from tests.support.waiting import eventually


def a_jar() -> ProjectId:
    return ProjectId(uuid4())


def jars_in_partitions(system: System) -> tuple[ProjectId, ProjectId]:
    """One jar in the first partition, one in the second."""
    found: dict[int, ProjectId] = {}
    while len(found) < 2:
        jar = a_jar()
        found[system.cluster.partition(str(jar))] = jar
    return found[0], found[1]


def jars_that(decide: Decide[CoinDropped]) -> Service:
    """Jars with another way of counting what drops in."""
    hears = jars.HEARS | {CoinDropped: replace(jars.HEARS[CoinDropped], decide=decide)}
    return replace(jars.SERVICE, hears=hears)


async def coins(system: System, jar: ProjectId) -> list[int]:
    """What was counted, in order."""
    rows = await system.fetch("SELECT state FROM jars.jars WHERE id = $1", jar)
    return orjson.loads(rows[0]["state"])["coins"] if rows else []


async def until_coins(system: System, jar: ProjectId, *wanted: int) -> None:
    async def counted() -> bool:
        return await coins(system, jar) == list(wanted)

    try:
        await eventually(counted, "the coins", 20)
    except AssertionError:
        assert await coins(system, jar) == list(wanted)
        raise


async def parked(system: System) -> dict[str, str]:
    """Keys that stand still, each with its reason."""
    return {r["key"]: r["reason"] for r in await system.fetch("SELECT key, reason FROM jars.parked_keys")}


async def until_parked(system: System, jar: ProjectId, reason: str) -> None:
    async def stands() -> bool:
        return (await parked(system)).get(str(jar)) == reason

    await eventually(stands, f"{jar} to stand still: {reason}")


async def operator(system: System, jar: ProjectId, wanted: Any) -> bool:
    """Set the flag, as the operator's command does."""
    async with system.running[0].database.transaction() as tx:
        return await parking.ask(tx, "jars", (PROJECTS, str(jar)), wanted)


async def log_of(system: System, stream: str = PROJECTS) -> list[Record]:
    """The raw log, partition after partition, without what has no headers."""
    records = []
    kafka = system.cluster.consumer(None)
    await kafka.start()
    try:
        for number in range(system.cluster.partitions):
            where = system.cluster.where(stream, number)
            kafka.assign([where])
            kafka.seek(where, 0)
            end = (await kafka.end_offsets([where]))[where]
            while await kafka.position(where) < end:
                for raw in (await kafka.getmany(where, timeout_ms=1000)).get(where, []):
                    records.append(inbox.read(stream, raw))
    finally:
        await kafka.stop()
    return records


@asynccontextmanager
async def another(system: System, shell: Shell | None = None) -> AsyncIterator[Running]:
    """A second instance of the system's first service, as another process would run it."""
    second = Running(shell or system.running[0].shell, system.dsn, system.cluster, Settings(pool=4, session_ms=6000))
    async with second.database:
        second.start()
        try:
            yield second
        finally:
            await second.stop()


async def holds(running: Running) -> int:
    return len(running.taker.held)


async def until_shared(*instances: Running) -> None:
    """Every instance has a part of the partitions."""
    for one in instances:
        await eventually(partial(holds, one), "its partitions")
