"""Servers live exactly as long as the program that started them."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.embedded import embedded_kafka, embedded_postgres
from deploy.embedded.orphan import orphans_in
from deploy.embedded.owner import owner_of_servers
from tests.support.waiting import eventually


@asynccontextmanager
async def a_program(folder: Path) -> AsyncIterator[Process]:
    """Both servers under a program of their own, in a process group of its own, as a terminal would have it."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.embedded", "--folder", folder, "--volatile"),
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,
    )
    assert program.stdout is not None
    assert program.stderr is not None
    try:
        async with asyncio.timeout(60):
            while not (line := await program.stdout.readline()).startswith(b"export SANSHE_KAFKA="):
                assert line, (await program.stderr.read()).decode()
        yield program
    finally:
        if program.returncode is None:
            program.kill()
        await program.communicate()


def servers_in(folder: Path) -> list[int]:
    return orphans_in(folder, owner_of_servers())


def java_in(folder: Path) -> int:
    return next(pid for pid in servers_in(folder) if "java" in os.readlink(f"/proc/{pid}/exe"))


async def none_left(folder: Path) -> bool:
    return servers_in(folder) == []


async def test_ctrl_c_reaches_the_program_only_which_stops_both_cleanly(folder: Path) -> None:
    async with a_program(folder) as program:
        running = servers_in(folder)
        assert os.getsid(program.pid) not in {os.getsid(pid) for pid in running}

        os.killpg(program.pid, signal.SIGINT)

        assert await asyncio.wait_for(program.wait(), 30) == 0
        assert servers_in(folder) == []
    assert "shut down completed" in (folder / "kafka" / "log" / "kafka.log").read_text()
    assert "database system is shut down" in (folder / "postgres" / "postgres.log").read_text()


async def test_a_killed_program_takes_its_servers_with_it_and_the_next_one_starts(folder: Path) -> None:
    async with a_program(folder) as program:
        assert len(servers_in(folder)) > 2

        program.kill()

        await eventually(lambda: none_left(folder), "the servers to end")
    async with a_program(folder):
        assert len(servers_in(folder)) > 2


async def test_a_program_killed_while_a_server_hangs_leaves_a_folder_the_next_can_use(folder: Path) -> None:
    async with a_program(folder) as program:
        os.kill(java_in(folder), signal.SIGSTOP)
        program.kill()
        await program.wait()
        assert servers_in(folder) != []

    async with embedded_postgres(folder, durable=False), embedded_kafka(folder, short_lived=True):
        assert len(servers_in(folder)) > 2


async def test_the_program_ends_with_a_sentence_when_a_server_dies(folder: Path) -> None:
    async with a_program(folder) as program:
        java = java_in(folder)

        os.kill(java, signal.SIGKILL)

        _, said = await asyncio.wait_for(program.communicate(), 30)
        assert program.returncode == 1
        assert b"Kafka (process %d) was killed by SIGKILL. Start the program again" % java in said
        assert servers_in(folder) == []
