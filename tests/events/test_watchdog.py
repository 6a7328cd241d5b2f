"""A consumer that makes no progress while the log grows says so and starts anew; a quiet one is left alone (law 9)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from structlog.testing import capture_logs

from events.consumer import Consumer
from events.database import Connection
from events.taking import Handle, Once
from schemas.fact import PROJECTS
from tests.events.jar import a_jar, coins, until_coins
from tests.support import jars
from tests.support.fixtures import Running
from tests.support.jars import CATALOGUE, CoinDropped
from tests.support.system import System
from tests.support.waiting import eventually

STALLED_AFTER_S = 2


@asynccontextmanager
async def impatient(system: System) -> AsyncIterator[Consumer]:
    """The consumer of jars again, with a watchdog that soon bites."""
    running = system.running[0]
    running.consumer.stop()
    await asyncio.wait(running.tasks[-1:])
    consumer = Consumer(running.taker, system.cluster, [PROJECTS], session_ms=6000, stalled_after_s=STALLED_AFTER_S)
    task = asyncio.create_task(consumer.run())
    try:
        yield consumer
    finally:
        consumer.stop()
        await asyncio.wait([task], timeout=15)
        task.cancel()


def stalls(entries: Sequence[Any]) -> list[Any]:
    return [entry for entry in entries if entry["event"] == "consumer.stalled"]


def hangs_once(handle: Handle, hang: Callable[[Connection], Awaitable[Any]]) -> Handle:
    hung = False

    async def maybe(tx: Connection, heard: Sequence[Any], remember: Once) -> object:
        nonlocal hung
        if not hung:
            hung = True
            await hang(tx)
        return await handle(tx, heard, remember)

    return maybe


async def for_ever(tx: Connection) -> None:
    await asyncio.Event().wait()


async def in_the_database(tx: Connection) -> None:
    await tx.execute("SELECT pg_sleep(3600)", timeout=3600)


@pytest.mark.parametrize("hang", [for_ever, in_the_database])
async def test_a_batch_that_never_ends_is_given_up_and_taken_again(running: Running, hang: Any) -> None:
    jar = a_jar()
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        taker = system.running[0].taker
        taker._handle = hangs_once(taker._handle, hang)
        with capture_logs() as entries:
            async with impatient(system):
                await system.teller.tell(CoinDropped(project_id=jar, fen=1))
                await until_coins(system, jar, 1)
                await system.teller.tell(CoinDropped(project_id=jar, fen=2))
                await until_coins(system, jar, 1, 2)

        (stall,) = stalls(entries)
        assert stall["consumer"] == "jars"
        assert stall["lag"] >= 1
        assert await coins(system, jar) == [1, 2]


async def test_a_poll_that_brings_nothing_while_there_is_something_is_given_up(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    jar = a_jar()
    deaf: set[AIOKafkaConsumer] = set()
    getmany = AIOKafkaConsumer.getmany

    async def getmany_of_one(self: AIOKafkaConsumer, *args: Any, **named: Any) -> Any:
        if not deaf or self in deaf:
            deaf.add(self)
            await asyncio.sleep(0.01)
            return {}
        return await getmany(self, *args, **named)

    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        with capture_logs() as entries:
            async with impatient(system):
                monkeypatch.setattr(AIOKafkaConsumer, "getmany", getmany_of_one)
                await system.teller.tell(CoinDropped(project_id=jar, fen=1))
                await until_coins(system, jar, 1)

        assert len(stalls(entries)) == 1


async def test_who_has_nothing_to_do_or_may_not_go_on_is_left_alone(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    jar = a_jar()
    looks: list[int] = []
    has_fallen_behind = Consumer._has_fallen_behind

    async def look(self: Consumer) -> bool:
        behind = await has_fallen_behind(self)
        looks.append(self.lag)
        return behind

    async def looked_long() -> bool:
        return sum(lag > 0 for lag in looks) > STALLED_AFTER_S + 2  # a look a second

    monkeypatch.setattr(Consumer, "_has_fallen_behind", look)
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        with capture_logs() as entries:
            async with impatient(system):
                await system.teller.tell_bytes(PROJECTS, str(jar), "elsewhere", 1, "coin.dropped", 9, b"{}")
                await eventually(looked_long, "the watchdog to look at the paused partition for long")

        assert stalls(entries) == []
