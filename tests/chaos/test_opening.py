"""The program dies between the deadline and the opening: what was sealed and released is still there, and opens."""

import asyncio
import os
import secrets
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from deploy.demo.client import Client
from deploy.demo.story import tendering, whole
from events.kafka import Cluster, delete_topics
from schemas.envelope import new_key
from schemas.fact import STREAMS
from services.tenders.api.answers import OwnBids, ProjectAnswer
from services.tenders.rules.project import Phase
from tests.journey.town import Town, a_need, a_plan, choose, players, townsfolk
from tests.support.databases import fresh_database

START_S = 60


@asynccontextmanager
async def a_program(environment: Mapping[str, str]) -> AsyncIterator[tuple[str, Process]]:
    """All services in one process; its address, and the process, which a test may kill."""
    command = [sys.executable, "-c", "from deploy.cli import main; main()", "up", "--no-street"]
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **environment}, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(START_S):
            address = (await process.stdout.readline()).decode().strip()
        assert address.startswith("http://")
        yield address, process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), START_S)


@dataclass(frozen=True, slots=True)
class Ground:
    """What outlives a program."""

    dsn: str
    cluster: Cluster
    folder: Path

    @asynccontextmanager
    async def town(self) -> AsyncIterator[tuple[Town, Process]]:
        environment = {
            "SANSHE_DATABASE": self.dsn,
            "SANSHE_KAFKA": self.cluster.bootstrap,
            "SANSHE_PREFIX": self.cluster.prefix,
            "SANSHE_PARTITIONS": f"{self.cluster.partitions}",
            "SANSHE_DATA": str(self.folder),
            "SANSHE_PORT": "0",
            "SANSHE_POOL": "4",
            "SANSHE_SESSION_MS": "6000",
            "SANSHE_VIRTUAL_CLOCK": "1",
        }
        async with (
            a_program(environment) as (address, process),
            Client(address) as api,
            townsfolk(api, self.dsn, self.cluster, self.folder) as town,
        ):
            yield town, process


@asynccontextmanager
async def a_ground(dsn: str, bootstrap: str, folder: Path) -> AsyncIterator[Ground]:
    cluster = Cluster(bootstrap=bootstrap, prefix=f"o{secrets.token_hex(4)}.", partitions=2)
    async with fresh_database(dsn, ()) as own:
        try:
            yield Ground(own, cluster, folder)
        finally:
            await delete_topics(cluster, STREAMS)


async def test_a_program_killed_between_closing_and_opening_loses_neither_bid_nor_key(
    postgres_dsn: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    async with a_ground(postgres_dsn, kafka_bootstrap, tmp_path) as ground:
        async with ground.town() as (town, process):
            of = await players(town)
            (project_id,) = await choose(town, of, a_need())
            plan = a_plan(of, project_id)
            plan = replace(plan, offers=tuple(replace(offer, own_key=new_key()) for offer in plan.offers))
            await whole.to_bids(town.api, plan)
            await town.days(tendering.BID_DAYS)
            await whole.release(town.api, replace(plan, offers=plan.offers[:1]))
            before = await town.api.get(f"/v1/projects/{project_id}", ProjectAnswer)
            process.send_signal(signal.SIGKILL)
            await process.wait()

        async with ground.town() as (town, _):
            after = await town.api.get(f"/v1/projects/{project_id}", ProjectAnswer)
            (waiting,) = (await town.api.get("/v1/bids", OwnBids, plan.offers[1].provider)).bids
            await whole.release(town.api, replace(plan, offers=plan.offers[1:]))
            opened = await tendering.opened(town.api, project_id)

            assert (before.phase, after.phase) == (Phase.LOCKED, Phase.LOCKED)
            assert waiting.key_until is not None
            assert opened.phase is Phase.OPENED
            assert {bid.price for bid in opened.opened} == {offer.price for offer in plan.offers}
            assert await town.findings() == ()
