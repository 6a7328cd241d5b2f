"""Matching, funds and evaluation each as a process of its own, the rest in another: one project goes all the way."""

import asyncio
import os
import re
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from deploy.demo.client import Client
from deploy.demo.story import whole
from deploy.installed import SERVICES
from events.kafka import Cluster, delete_topics
from schemas.fact import STREAMS
from tests.journey.town import a_need, a_plan, choose, players, townsfolk
from tests.support.databases import fresh_database

ALONE = ("matching", "funds", "evaluation")
START_S = 60


class Gateway(Client):
    """The installation behind several addresses, as a reverse proxy would show it."""

    def __init__(self, url: str, alone: Mapping[str, str]) -> None:
        super().__init__(url)
        self._routes = [
            (re.compile(re.sub(r"\{\w+\}", "[^/]+", route.path)), alone[service.name])
            for service in SERVICES
            if service.name in alone
            for route in service.routes
        ]

    def _address(self, path: str) -> str:
        return next((address for route, address in self._routes if route.fullmatch(path)), self.url)


@asynccontextmanager
async def a_process(environment: Mapping[str, str], *arguments: str) -> AsyncIterator[str]:
    """`sanshe …` until the context ends; yields the address it prints first."""
    command = [sys.executable, "-c", "from deploy.cli import main; main()", *arguments]
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **environment}, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(START_S):
            address = (await process.stdout.readline()).decode().strip()
        assert address.startswith("http://"), f"{arguments} did not start"
        yield address
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), START_S) == 0


async def test_a_project_goes_all_the_way_through_four_processes(
    postgres_dsn: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        dsn = await stack.enter_async_context(fresh_database(postgres_dsn, ()))
        cluster = Cluster(bootstrap=kafka_bootstrap, prefix=f"p{secrets.token_hex(4)}.", partitions=2)
        stack.push_async_callback(delete_topics, cluster, STREAMS)
        environment = {
            "SANSHE_DATABASE": dsn,
            "SANSHE_KAFKA": kafka_bootstrap,
            "SANSHE_PREFIX": cluster.prefix,
            "SANSHE_PARTITIONS": "2",
            "SANSHE_DATA": str(tmp_path),
            "SANSHE_PORT": "0",
            "SANSHE_POOL": "4",
            "SANSHE_VIRTUAL_CLOCK": "1",
        }
        without = [f"--without={name}" for name in ALONE]
        main = await stack.enter_async_context(a_process(environment, "up", "--no-street", *without))
        starting = [stack.enter_async_context(a_process(environment, "service", name)) for name in ALONE]
        addresses = dict(zip(ALONE, await asyncio.gather(*starting), strict=True))
        api = await stack.enter_async_context(Gateway(main, addresses))
        town = await stack.enter_async_context(townsfolk(api, dsn, cluster, tmp_path))

        of = await players(town)
        (project_id,) = await choose(town, of, a_need())
        plan = a_plan(of, project_id)
        await whole.to_bids(api, plan)
        await town.days(20)
        winner = (await whole.to_award(api, plan)).provider
        await whole.to_first_payment(api, plan, winner)
        await whole.to_final(api, plan, winner, await whole.to_mid_term(api, plan, winner))
        await town.days(whole.RATING_DAYS)
        trace = await whole.to_the_end(api, plan, winner)

        assert (trace.published, trace.findings) == (True, ())
        assert await town.findings() == ()
