"""Kafka and PostgreSQL go and come back under load: nobody has to help, nothing is lost, doubled or parked."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from deploy.embedded import Kafka, Postgres, embedded_kafka, embedded_postgres
from deploy.embedded.server import Ending
from schemas.ids import ProjectId
from tests.chaos.place import Place, a_place, at_work
from tests.chaos.test_crash import Coin, each_was_counted_once, some_coins
from tests.support.waiting import eventually

HEALTHY = ("consumer.broken", "consumer.parked", "consumer.stalled", "relay.broken")
"""What a service may not cry while its servers come and go."""


@pytest.fixture(scope="module")
async def own_postgres(server_folder: Path) -> AsyncIterator[Postgres]:
    async with embedded_postgres(server_folder / "to restart", durable=False) as server:
        yield server


@pytest.fixture(scope="module")
async def own_kafka(server_folder: Path) -> AsyncIterator[Kafka]:
    async with embedded_kafka(server_folder / "to restart") as broker:
        yield broker


class Load:
    """Coins dropped one after the other, whatever happens."""

    def __init__(self, place: Place, coins: Sequence[Coin]) -> None:
        self.place = place
        self.coins = coins
        self.dropped = 0
        self._stopping = False

    async def run(self) -> None:
        for coin in self.coins:
            if self._stopping:
                return
            await self.place.drop([coin])
            self.dropped += 1

    async def reaches(self, many: int) -> None:
        async def reached() -> bool:
            return self.dropped >= many

        await eventually(reached, f"{many} coins", 60)

    def stop(self) -> None:
        self._stopping = True


@pytest.mark.parametrize("ending", ["clean", "kill"])
@pytest.mark.parametrize("which", ["kafka", "postgres"])
async def test_a_restart_under_load_is_survived_without_help_and_parks_nothing(
    own_postgres: Postgres, own_kafka: Kafka, which: str, ending: Ending
) -> None:
    server = {"kafka": own_kafka, "postgres": own_postgres}[which]
    async with a_place(own_postgres.dsn, own_kafka.bootstrap) as place:
        load = Load(place, some_coins([ProjectId(uuid4()) for _ in range(5)], 100_000))
        with capture_logs() as entries:
            async with at_work(place):
                dropping = asyncio.create_task(load.run())
                try:
                    await load.reaches(50)
                    await server.restart(ending)
                    await load.reaches(load.dropped + 50)
                finally:
                    load.stop()
                    await dropping
                await place.settled(60)

        await each_was_counted_once(place, load.coins[: load.dropped])
    assert [entry for entry in entries if entry["event"] in HEALTHY] == []
