"""An installation of the demonstration's own: `sanshe up` as a child process, on a virtual clock."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.embedded import CannotStart, launch

START_S = 300
"""the first start of all fetches Kafka's jars"""
STOP_S = 60
PROGRAM = "from deploy.cli import main; main()"
REQUESTS_PER_SECOND = 10_000
"""the whole town asks from one machine"""


@asynccontextmanager
async def own_installation(data: Path) -> AsyncIterator[None]:
    """Ready on `data`, where it leaves its note and keys, until the context ends. What it says on the way is shown.

    It ends when we do, however we end; a Ctrl-C comes to us alone.
    """
    environment = os.environ | {
        "SANSHE_VIRTUAL_CLOCK": "1",
        "SANSHE_PORT": "0",
        "SANSHE_DATA": str(data),
        "SANSHE_REQUESTS_PER_SECOND": str(REQUESTS_PER_SECOND),
    }
    tied = (launch.__file__, os.getpid(), signal.SIGTERM.value, os.geteuid(), os.getegid())
    command = [sys.executable, "-I", "-S", *map(str, tied), sys.executable, "-c", PROGRAM, "up", "--no-street"]
    process = await asyncio.create_subprocess_exec(
        *command,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    saying = asyncio.create_task(_pass_on(process))
    try:
        await _ready(process, saying)
        yield
    finally:
        saying.cancel()  # that it stops is no news
        await _stop(process)


async def _ready(process: asyncio.subprocess.Process, saying: "asyncio.Task[None]") -> None:
    """It prints its address first, when everything runs."""
    assert process.stdout is not None
    async with asyncio.timeout(START_S):
        if not (await process.stdout.readline()).startswith(b"http"):
            await saying
            raise CannotStart("示例系统没有启动,原因见上。", "The installation did not start; the reason stands above.")


async def _pass_on(process: asyncio.subprocess.Process) -> None:
    assert process.stderr is not None
    async for line in process.stderr:
        sys.stderr.buffer.write(line)
        sys.stderr.buffer.flush()


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_S)
    except TimeoutError:
        process.kill()
