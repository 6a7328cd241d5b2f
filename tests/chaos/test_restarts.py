"""Kafka and PostgreSQL go and come back under load: nobody has to help, nothing is lost, doubled or parked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest
from structlog.processors import format_exc_info
from structlog.testing import capture_logs

from deploy.embedded import Kafka, Postgres, embedded_kafka, embedded_postgres
from deploy.embedded.server import Ending
from schemas.ids import ProjectId
from schemas.party import PartyKind
from schemas.role import Role
from tests.chaos.place import Place
from tests.chaos.test_crash import Coin, each_was_counted_once
from tests.support import jars
from tests.support.jars import CATALOGUE
from tests.support.system import Person, System, system
from tests.support.waiting import eventually

DEFECTS = ("consumer.broken", "consumer.parked", "consumer.stalled", "relay.broken", "http.internal")
"""What no service may cry because its servers come and go."""


@pytest.fixture(scope="module")
async def own_postgres(server_folder: Path) -> AsyncIterator[Postgres]:
    """Durable: it will be killed."""
    async with embedded_postgres(server_folder / "to restart") as server:
        yield server


@pytest.fixture(scope="module")
async def own_kafka(server_folder: Path) -> AsyncIterator[Kafka]:
    async with embedded_kafka(server_folder / "to restart", short_lived=True) as broker:
        yield broker


class Load:
    """Coins, one after the other, whatever happens: told on the log, and dropped over HTTP."""

    def __init__(self, one: System, staff: Person) -> None:
        self.told: list[Coin] = []
        self.posted: list[Coin] = []
        self._system = one
        self._place = Place(one.dsn, one.cluster, one.teller)
        self._staff = staff
        self._stopping = False

    async def tell(self) -> None:
        kept = [ProjectId(uuid4()) for _ in range(4)]
        for fen in count(100):
            if self._stopping:
                return
            coin = (kept[fen % 4], fen)
            await self._place.drop([coin])
            self.told.append(coin)

    async def post(self) -> None:
        """As a careful caller does: again with the same key until it is answered."""
        jar = ProjectId(uuid4())
        for fen in count(100):
            if self._stopping:
                return
            await eventually(partial(self._is_posted, jar, fen), "an answer", 60)
            self.posted.append((jar, fen))

    async def _is_posted(self, jar: ProjectId, fen: int) -> bool:
        where, key = f"/v1/jars/{jar}/coins", str(fen)
        try:
            reply = await self._system.post(where, {"fen": fen}, self._staff, Idempotency_Key=key)
        except aiohttp.ClientError:
            return False
        return reply.status == 201

    async def goes_on(self) -> None:
        """Until some more came in on both ways."""
        told, posted = len(self.told) + 50, len(self.posted) + 50

        async def more() -> bool:
            return len(self.told) >= told and len(self.posted) >= posted

        await eventually(more, "more coins", 60)

    def stop(self) -> None:
        self._stopping = True


@asynccontextmanager
async def under_load(one: System) -> AsyncIterator[Load]:
    load = Load(one, await one.person(PartyKind.COMMUNITY, Role.COMMUNITY))
    ways = [asyncio.create_task(load.tell()), asyncio.create_task(load.post())]
    try:
        yield load
    finally:
        load.stop()
        await asyncio.gather(*ways)


@pytest.mark.parametrize("ending", ["clean", "kill"])
@pytest.mark.parametrize("which", ["kafka", "postgres"])
async def test_a_restart_under_load_is_survived_without_help_and_parks_nothing(
    own_postgres: Postgres, own_kafka: Kafka, which: str, ending: Ending
) -> None:
    server = {"kafka": own_kafka, "postgres": own_postgres}[which]
    with capture_logs([format_exc_info]) as entries:
        async with system(own_postgres.dsn, own_kafka.bootstrap, [jars.SERVICE], catalogue=CATALOGUE) as one:
            async with under_load(one) as load:
                await load.goes_on()
                await server.restart(ending)
                await load.goes_on()
            place = Place(one.dsn, one.cluster, one.teller)
            await place.settled(60)
            await each_was_counted_once(place, [*load.told, *load.posted])

    assert [entry for entry in entries if entry["event"] in DEFECTS] == []
