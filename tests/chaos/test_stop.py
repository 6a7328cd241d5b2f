"""A service that is told to end takes nothing new, finishes what it has, and leaves nothing untold."""

import asyncio
from functools import partial
from signal import SIGTERM
from typing import Any
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from structlog.testing import capture_logs

from events.relay import Relay
from schemas.fact import PROJECTS
from schemas.ids import ProjectId
from services.kit import running as kit
from tests.chaos.conftest import Bear
from tests.chaos.place import Place, at_work
from tests.chaos.test_crash import each_was_counted_once, some_coins
from tests.support.waiting import eventually


async def has_begun(place: Place) -> bool:
    return bool(await place.coins())


async def test_a_service_told_to_end_under_load_ends_cleanly_and_tells_all_it_decided(
    place: Place, child: Bear
) -> None:
    coins = some_coins([ProjectId(uuid4()) for _ in range(3)], 200)
    await place.drop(coins)
    service = child()
    await eventually(lambda: has_begun(place), "the first coins")

    service.send(SIGTERM)

    assert await eventually(service.ended, "the end") == "exit status 0"
    counted = sum(map(len, (await place.coins()).values()))
    assert await place.fetch("SELECT FROM jars.outbox_unsent") == []
    assert sum(map(len, (await place.told()).values())) == counted
    async with at_work(place):
        await place.settled()
    await each_was_counted_once(place, coins)


async def test_what_was_decided_is_told_before_the_end_however_long_it_takes(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell = Relay._tell

    async def slowly(self: Relay, *rows: Any) -> None:
        await asyncio.sleep(0.2)
        await tell(self, *rows)

    monkeypatch.setattr(Relay, "_tell", slowly)
    monkeypatch.setattr(kit, "Relay", partial(Relay, batch=4))
    coins = some_coins([ProjectId(uuid4()) for _ in range(3)], 40)

    async def all_are_decided() -> bool:
        return sum(map(len, (await place.coins()).values())) == len(coins)

    async with at_work(place):
        await place.drop(coins)
        await eventually(all_are_decided, "all coins to be counted")
        assert await place.fetch("SELECT FROM jars.outbox_unsent"), "all was told already"

    await each_was_counted_once(place, coins)


async def test_records_that_are_gone_before_they_were_taken_are_cried_over_and_not_jumped(place: Place) -> None:
    jar = ProjectId(uuid4())
    where = place.cluster.where(PROJECTS, place.cluster.partition(str(jar)))
    coins = some_coins([jar], 9)
    async with at_work(place):
        await place.drop(coins[:3])
        await place.settled()
    await place.drop(coins[3:])
    admin = AIOKafkaAdminClient(bootstrap_servers=place.cluster.bootstrap)
    await admin.start()
    await admin.delete_records({where: RecordsToDelete(before_offset=8)})  # three coins, three counted, two more
    await admin.close()

    with capture_logs() as entries:

        async def cried() -> bool:
            return any(entry["event"] == "consumer.broken" for entry in entries)

        async with at_work(place):
            await eventually(cried, "a cry")

    assert await place.coins() == {jar: [fen for _, fen in coins[:3]]}
