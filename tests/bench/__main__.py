"""`make bench`: ratios first, each against its limit in the same run. `--markdown` prints the README's table."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvloop
from rich.console import Console
from rich.table import Table

from deploy import keys, note
from deploy.embedded import embedded_kafka, embedded_postgres
from deploy.installed import SERVICES
from events.database import Database
from services import funds, needs
from services.kit.migrations import role_of
from services.kit.running import collect_seldom
from services.kit.service import REGISTRY
from tests.bench import finding, rating, solving, voting
from tests.bench.asking import AskingBench
from tests.bench.consuming import ConsumerBench
from tests.bench.door import DoorBench
from tests.bench.importing import ImportBench
from tests.bench.pairs import Ratio
from tests.bench.posting import PostingBench
from tests.bench.reacting import Latencies, ReactingBench
from tests.bench.relaying import RelayBench
from tests.bench.tallying import TallyBench
from tests.bench.voting import VotingBench
from tests.bench.workloads import DISBURSEMENT, RANKING
from tests.support.databases import fresh_database

LATENCY_GOAL_MS = 100.0
Row = tuple[str, str, str, str, str]


async def measure(folder: Path, say: Console) -> list[Row]:
    rows: list[Row] = []
    async with embedded_postgres(folder) as postgres, embedded_kafka(folder) as broker:
        say.print("consumer path …")
        for workload in (DISBURSEMENT, RANKING):
            rows += map(_ratio_row, await ConsumerBench(workload, postgres.dsn, broker.bootstrap).ratios())
        say.print("posting …")
        rows += map(_ratio_row, await PostingBench(postgres.dsn).ratios())
        say.print("import …")
        rows += map(_ratio_row, await ImportBench(postgres.dsn).ratios())
        say.print("relay …")
        async with (
            fresh_database(postgres.dsn, [funds.SERVICE]) as dsn,
            Database(dsn, "funds", role=role_of("funds")) as service,
            Database(dsn, "funds") as owner,
        ):
            rows += map(_ratio_row, await RelayBench(service, owner, broker).ratios())
        say.print("as of a day …")
        rows.append(_ratio_row(await AskingBench(postgres.dsn).ratio()))
        say.print("ratings …")
        rows.append(_memory_row(await rating.in_a_process(postgres.dsn)))
        say.print("a venture round …")
        rows.append(_solving_row(await asyncio.to_thread(solving.measure)))
        say.print("needs that are alike …")
        rows.append(_finding_row(await finding.measure(postgres.dsn)))
        say.print("equal shares …")
        rows += map(_ratio_row, await TallyBench().ratios())
        say.print("over HTTP …")
        async with an_installation(folder / "door", only=funds.SERVICE.name) as (found, ring):
            door = DoorBench(found.address, ring["finance"], postgres.dsn)
            rows.append(_ratio_row(await door.ratio()))
        say.print("a ballot …")
        async with an_installation(folder / "votes", only=needs.SERVICE.name) as (found, ring):
            rows.append(_voting_row(await VotingBench(found.address, ring).measure()))
        say.print("POST to effect …")
        async with an_installation(folder / "up") as (found, ring):
            reacting = ReactingBench(found.address, found.database, [ring["community-1"], ring["community-2"]])
            rows.append(_latency_row(await reacting.measure()))
    return rows


@asynccontextmanager
async def an_installation(data: Path, only: str | None = None) -> AsyncIterator[tuple[note.Note, keys.KeyRing]]:
    """`sanshe up` with its example street; verified before it stops. `only`: this service, and who registers."""
    environment = {**os.environ, "SANSHE_DATA": str(data), "SANSHE_PORT": "0", "SANSHE_REQUESTS_PER_SECOND": "100000"}
    for name in ("SANSHE_DATABASE", "SANSHE_KAFKA"):
        environment.pop(name, None)
    sanshe = Path(sys.executable).with_name("sanshe")
    absent = [each.name for each in SERVICES if only is not None and each.name not in (only, REGISTRY)]
    options = [word for name in absent for word in ("--without", name)]
    up = await asyncio.create_subprocess_exec(sanshe, "up", *options, env=environment, stdout=asyncio.subprocess.PIPE)
    assert up.stdout is not None
    try:
        async with asyncio.timeout(120):
            while "Ctrl-C" not in (await up.stdout.readline()).decode():
                assert up.returncode is None
        found, ring = note.read(data), keys.read(data)
        assert found is not None
        assert ring is not None
        yield found, ring
        proof = await asyncio.create_subprocess_exec(sanshe, "verify", env=environment)
        if await proof.wait():
            raise AssertionError("sanshe verify found something; the figures do not count")
    finally:
        up.send_signal(signal.SIGINT)
        await up.communicate()


def _ratio_row(ratio: Ratio) -> Row:
    goal = "—" if ratio.goal is None else f"≥ {ratio.goal}"
    sides = f"{ratio.median_ours:,.0f} / {ratio.median_limit:,.0f} a second"
    digits = 2 if ratio.median >= 0.1 else 4
    return ratio.name, f"{ratio.median:.{digits}f}", f"{ratio.worst:.{digits}f}", goal, sides


def _memory_row(found: dict[str, float]) -> Row:
    name = "500,000 ratings of five projects: memory held at most / after the first project"
    sides = f"{found['last_kib'] / 1024:,.0f} / {found['first_kib'] / 1024:,.0f} MiB, {found['a_second']:,.0f} a second"
    ratio = f"{found['last_kib'] / found['first_kib']:.2f}"
    return name, ratio, ratio, "≤ 1.1", sides


def _solving_row(found: solving.Solving) -> Row:
    name = "a round of 10,000 applications of 2,000 organizations, solved with its certificate"
    sides = f"largest gap to the bound {max(found.gaps) / 100:.2f} points"
    return name, f"{found.median:.1f} s", f"{found.worst:.1f} s", f"≤ {solving.GOAL_S:.0f} s", sides


def _finding_row(found: finding.Finding) -> Row:
    name = f"the needs most like one, among {finding.NEEDS:,} of a community"
    sides = f"one of the same matter among the five for {found.found} of {finding.ASKED}"
    return name, f"{found.median:.2f} s", f"{found.worst:.2f} s", f"≤ {finding.GOAL_S:.0f} s", sides


def _voting_row(found: voting.Voting) -> Row:
    name = f"a ballot of {voting.VOTES:,} votes through the batch door, to its outcome counted again"
    whole = f"{found.cast_s + found.published_s:.1f} s"
    sides = f"{voting.VOTES / found.cast_s:,.0f} votes a second, {found.published_s:.1f} s from the close"
    return name, whole, whole, f"≤ {voting.GOAL_S:.0f} s", sides


def _latency_row(found: Latencies) -> Row:
    name = "POST accepted → effect visible (p50, p99), open loop at half of capacity"
    p50, p99 = found.percentile(50), found.percentile(99)
    sides = f"{found.rate:,.0f} of {found.capacity:,.0f} POSTs a second"
    return name, f"{p50:.0f} ms", f"{p99:.0f} ms", f"p99 ≤ {LATENCY_GOAL_MS:.0f} ms", sides


def show(rows: list[Row], *, markdown: bool) -> None:
    heads = ("measured", "median", "worst of 5", "goal", "medians of both sides")
    if markdown:
        lines = [heads, tuple("---" for _ in heads), *rows]
        print("\n".join("| " + " | ".join(line) + " |" for line in lines))
        return
    table = Table(*heads)
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def main() -> None:
    collect_seldom()
    folder = Path(tempfile.mkdtemp(prefix="sanshe-bench-"))
    folder.chmod(0o711)  # as root the servers' user must pass through
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            rows = runner.run(measure(folder, Console(stderr=True)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    show(rows, markdown="--markdown" in sys.argv)


main()
