"""`sanshe up` as a person types it: embedded servers, an address, keys, Ctrl-C, and once more."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from deploy import keys, note
from deploy.embedded.orphan import orphans_in
from deploy.embedded.owner import owner_of_servers
from tests.deploy.houses import get
from tests.support.waiting import eventually

SANSHE = (sys.executable, "-c", "from deploy.cli import main; main()")


def environment(folder: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("SANSHE_")}
    return own | {"SANSHE_DATA": str(folder), "SANSHE_PORT": "0", "SANSHE_PARTITIONS": "2"}


@asynccontextmanager
async def up(folder: Path, *arguments: str) -> AsyncIterator[tuple[Process, str]]:
    """The program and all it printed until it was ready, in a process group of its own, as in a terminal."""
    program = await asyncio.create_subprocess_exec(
        *SANSHE, "up", *arguments, env=environment(folder), stdout=PIPE, stderr=PIPE, start_new_session=True
    )
    assert program.stdout is not None
    assert program.stderr is not None
    try:
        printed = ""
        async with asyncio.timeout(90):
            while "Ctrl-C" not in printed:
                line = await program.stdout.readline()
                assert line, (await program.stderr.read()).decode()
                printed += line.decode()
        yield program, printed
    finally:
        if program.returncode is None:
            program.kill()
        await program.communicate()


async def sanshe(folder: Path, *arguments: str) -> tuple[int | None, str]:
    program = await asyncio.create_subprocess_exec(
        *SANSHE, *arguments, env=environment(folder), stdout=PIPE, stderr=asyncio.subprocess.STDOUT
    )
    printed, _ = await asyncio.wait_for(program.communicate(), 60)
    return program.returncode, printed.decode()


async def ended(program: Process, *signals: signal.Signals) -> int:
    for number in signals:
        os.killpg(program.pid, number)
        await asyncio.sleep(0.2)
    return await asyncio.wait_for(program.wait(), 40)


def what_lasts(printed: str) -> list[str]:
    return [line for line in printed.splitlines() if not re.search(r"http://|用时", line)]


@pytest.mark.timeout(240)
async def test_it_starts_founds_answers_proves_stops_and_finds_everything_again(folder: Path) -> None:
    async with up(folder) as (program, first):
        address = first.splitlines()[0]
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address)
        ring = keys.read(folder)
        assert ring is not None
        assert all(key.key in first for key in ring.keys)
        assert (await get(address, "/"))[0] == 200
        assert (await get(address, "/v1/audit/events", ring["auditor"].key))[0] == 200
        status, proofs = await asyncio.gather(sanshe(folder, "status"), sanshe(folder, "verify"))
        assert (status[0], proofs[0]) == (0, 0), (status, proofs)
        again = await sanshe(folder, "up")
        assert again[0] == 1
        assert "already runs on the data folder" in again[1]

        assert await ended(program, signal.SIGINT) == 0

    assert orphans_in(folder, owner_of_servers()) == []
    assert note.read(folder) is None
    assert (await sanshe(folder, "status"))[0] == 1
    async with up(folder) as (program, second):
        assert what_lasts(second) == what_lasts(first)

        assert await ended(program, signal.SIGTERM) == 0


@pytest.mark.timeout(180)
async def test_a_second_ctrl_c_ends_it_at_once_and_its_servers_follow(folder: Path) -> None:
    async with up(folder, "--no-street") as (program, _):
        assert await ended(program, signal.SIGINT, signal.SIGINT) == 130

    async def gone() -> bool:
        return orphans_in(folder, owner_of_servers()) == []

    await eventually(gone, "its servers to follow")
