"""Instances come and go, also in the middle of a batch; the work is the same."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from signal import SIGKILL, SIGTERM
from typing import Any
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from events.database import Connection
from events.taking import Once, Taker
from schemas.ids import ProjectId
from services.kit.settings import Settings
from tests.chaos.child import SESSION_MS
from tests.chaos.conftest import Bear
from tests.chaos.place import Place, at_work, colleague
from tests.chaos.test_crash import Coin, each_was_counted_once, some_coins
from tests.support.waiting import eventually

Hold = Callable[[Taker, asyncio.Event, asyncio.Event], None]


def in_the_transaction(taker: Taker, holds: asyncio.Event, go: asyncio.Event) -> None:
    """All is written and the fence rows are locked, here of all partitions, whichever the batch is from."""
    handle = taker._handle

    async def held(tx: Connection, heard: Any, remember: Once) -> None:
        await handle(tx, heard, remember)
        await tx.execute("SELECT FROM consumer_offsets ORDER BY stream, partition FOR UPDATE")
        holds.set()
        await go.wait()

    taker._handle = held


def before_the_transaction(taker: Taker, holds: asyncio.Event, go: asyncio.Event) -> None:
    """The records were polled, nothing else was done."""
    take = taker.take

    async def held(*batch: Any) -> None:
        holds.set()
        await go.wait()
        await take(*batch)

    taker.take = held  # type: ignore[assignment, method-assign]  # that is what is tested


async def holds_a_part(taker: Taker) -> bool:
    return bool(taker.held)


@pytest.mark.parametrize("hold", [in_the_transaction, before_the_transaction])
async def test_a_rebalance_in_mid_batch_changes_nothing(place: Place, hold: Hold) -> None:
    coins = some_coins([ProjectId(uuid4()) for _ in range(4)], 24)
    holds, go = asyncio.Event(), asyncio.Event()
    with capture_logs() as entries:
        async with at_work(place) as first:
            await eventually(partial(holds_a_part, first.taker), "the first to own all")
            claims = await place.claims()
            hold(first.taker, holds, go)
            await place.drop(coins[:12])
            await asyncio.wait_for(holds.wait(), 20)

            async with colleague(place, first) as second:
                if hold is before_the_transaction:  # nothing keeps the second from claiming and taking
                    await eventually(lambda: claimed_again(place, claims), "the second to claim")
                else:
                    await eventually(lambda: waits_at_the_fence(place), "the second to wait for the first")
                go.set()
                await eventually(partial(holds_a_part, second.taker), "the second to own a part")
                await eventually(partial(holds_a_part, first.taker), "the first to own a part")
                await place.drop(coins[12:])
                await place.settled()

    await each_was_counted_once(place, coins)
    assert [entry for entry in entries if entry["event"] == "consumer.broken"] == []


async def claimed_again(place: Place, claims: int) -> bool:
    return await place.claims() > claims


async def waits_at_the_fence(place: Place) -> bool:
    return bool(
        await place.fetch(
            """
            SELECT FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%consumer_offsets%'
            """
        )
    )


async def keep_dropping(place: Place, coins: Sequence[Coin], until: asyncio.Event) -> int:
    """One after the other while the others come and go; how many."""
    for dropped, coin in enumerate(coins):
        if until.is_set():
            return dropped
        await place.drop([coin])
        await asyncio.sleep(0.01)
    return len(coins)


async def test_instances_that_come_and_go_under_load_lose_and_double_nothing(place: Place, child: Bear) -> None:
    coins = some_coins([ProjectId(uuid4()) for _ in range(7)], 5000)
    done = asyncio.Event()
    async with at_work(place, settings=Settings(pool=4, session_ms=SESSION_MS, batch=5)), AsyncExitStack() as stack:
        load = asyncio.create_task(keep_dropping(place, coins, done))
        stack.callback(load.cancel)
        for ending in (SIGTERM, SIGKILL, SIGTERM):
            claims = await place.claims()
            guest = child()
            await eventually(guest.url, "a guest")
            await eventually(partial(claimed_again, place, claims), "the guest to take a part")
            guest.send(ending)
            await eventually(guest.ended, "the guest to leave")
        done.set()
        dropped = await load
        await place.settled()

    await each_was_counted_once(place, coins[:dropped])
