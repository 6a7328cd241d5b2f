"""`make bench`: ratios first, each against its limit in the same run.

`ARGS="posting relay --markdown"` runs some of them, and prints the README's table.
"""

import argparse
import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import uvloop
from rich.console import Console

from deploy.embedded import embedded_kafka, embedded_postgres
from deploy.embedded.kafka import Kafka
from events.database import Database
from services import funds, needs
from services.kit.migrations import role_of
from services.kit.running import collect_seldom
from tests.bench import finding, rating, rows, solving
from tests.bench.asking import AskingBench
from tests.bench.consuming import ConsumerBench
from tests.bench.door import DoorBench
from tests.bench.importing import ImportBench
from tests.bench.importing_residents import ResidentImportBench
from tests.bench.installation import an_installation
from tests.bench.pairs import Ratio
from tests.bench.posting import PostingBench
from tests.bench.reacting import ReactingBench
from tests.bench.relaying import RelayBench
from tests.bench.rows import Row
from tests.bench.tallying import TallyBench
from tests.bench.voting import VotingBench
from tests.bench.workloads import DISBURSEMENT, RANKING
from tests.support.databases import fresh_database


@dataclass(frozen=True, slots=True)
class Ground:
    """The servers of a run, and a folder of its own."""

    dsn: str
    broker: Kafka
    folder: Path


async def consuming(ground: Ground) -> list[Row]:
    found: list[Ratio] = []
    for workload in (DISBURSEMENT, RANKING):
        found += await ConsumerBench(workload, ground.dsn, ground.broker.bootstrap).ratios()
    return [rows.ratio_row(each) for each in found]


async def posting(ground: Ground) -> list[Row]:
    return [rows.ratio_row(each) for each in await PostingBench(ground.dsn).ratios()]


async def importing(ground: Ground) -> list[Row]:
    ratios = [*await ImportBench(ground.dsn).ratios(), *await ResidentImportBench(ground.dsn).ratios()]
    return [rows.ratio_row(each) for each in ratios]


async def relaying(ground: Ground) -> list[Row]:
    async with (
        fresh_database(ground.dsn, [funds.SERVICE]) as dsn,
        Database(dsn, "funds", role=role_of("funds")) as service,
        Database(dsn, "funds") as owner,
    ):
        return [rows.ratio_row(each) for each in await RelayBench(service, owner, ground.broker).ratios()]


async def asking(ground: Ground) -> list[Row]:
    return [rows.ratio_row(await AskingBench(ground.dsn).ratio())]


async def ratings(ground: Ground) -> list[Row]:
    return [rows.memory_row(await rating.in_a_process(ground.dsn))]


async def a_round(_: Ground) -> list[Row]:
    return [rows.solving_row(await asyncio.to_thread(solving.measure))]


async def alike(ground: Ground) -> list[Row]:
    return [rows.finding_row(await finding.measure(ground.dsn))]


async def shares(_: Ground) -> list[Row]:
    return [rows.ratio_row(each) for each in await TallyBench().ratios()]


async def over_http(ground: Ground) -> list[Row]:
    async with an_installation(ground.folder / "door", only=funds.SERVICE.name) as (found, ring):
        return [rows.ratio_row(await DoorBench(found.address, ring["finance"], ground.dsn).ratio())]


async def a_ballot(ground: Ground) -> list[Row]:
    async with an_installation(ground.folder / "votes", only=needs.SERVICE.name) as (found, ring):
        return [rows.voting_row(await VotingBench(found.address, ring).measure())]


async def reacting(ground: Ground) -> list[Row]:
    async with an_installation(ground.folder / "up") as (found, ring):
        bench = ReactingBench(found.address, found.database, [ring["community-1"], ring["community-2"]])
        return [rows.latency_row(await bench.measure())]


MEASURES: dict[str, Callable[[Ground], Awaitable[list[Row]]]] = {
    "consumer": consuming,
    "posting": posting,
    "import": importing,
    "relay": relaying,
    "as-of": asking,
    "ratings": ratings,
    "round": a_round,
    "alike": alike,
    "shares": shares,
    "http": over_http,
    "ballot": a_ballot,
    "effect": reacting,
}


async def measure(folder: Path, asked: list[str], say: Console) -> list[Row]:
    found: list[Row] = []
    async with embedded_postgres(folder) as postgres, embedded_kafka(folder) as broker:
        for name in asked:
            say.print(f"{name} …")
            found += await MEASURES[name](Ground(postgres.dsn, broker, folder))
    return found


def main() -> None:
    parser = argparse.ArgumentParser("make bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all of these, or some: {', '.join(MEASURES)}")
    parser.add_argument("--markdown", action="store_true", help="the table as the README has it")
    options = parser.parse_args()
    if unknown := sorted(set(options.names) - MEASURES.keys()):
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(MEASURES)}")
    collect_seldom()
    folder = Path(tempfile.mkdtemp(prefix="sanshe-bench-"))
    folder.chmod(0o711)  # as root the servers' user must pass through
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            found = runner.run(measure(folder, options.names or list(MEASURES), Console(stderr=True)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    rows.show(found, markdown=options.markdown)


if __name__ == "__main__":
    main()
