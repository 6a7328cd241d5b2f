"""One process of ours: started away from the terminal, and gone when we are gone."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from deploy.embedded import launch
from deploy.embedded.owner import Owner

ENVIRONMENT = {"LANG": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin", "TZ": "UTC"}


class Child:
    """A process in a session of its own, so that Ctrl-C reaches us and not it.

    It gets a bare environment: a PGPORT or JAVA_TOOL_OPTIONS of the user's would change what we start.
    Start it from a thread that lives as long as the program: the kernel takes the end of that thread for
    the end of the parent.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.pid = process.pid
        self._end = asyncio.create_task(process.wait())

    @classmethod
    async def spawn(
        cls,
        command: Sequence[str | Path],
        *,
        owner: Owner,
        folder: Path,
        output: int,
        farewell: signal.Signals,
    ) -> Self:
        """Run `command` in `folder`, writing to the file descriptor `output`, which is closed here."""
        launcher = [sys.executable, "-I", "-S", launch.__file__]
        life = [str(number) for number in (os.getpid(), farewell.value, owner.uid, owner.gid)]
        try:
            process = await asyncio.create_subprocess_exec(
                *launcher,
                *life,
                *command,
                cwd=folder,
                env=ENVIRONMENT | {"HOME": str(folder)},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        finally:
            os.close(output)
        return cls(process)

    @property
    def exit_status(self) -> int | None:
        """None while it runs; minus the signal's number when a signal ended it."""
        return self._end.result() if self._end.done() else None

    async def ended_within(self, limit_s: float) -> bool:
        """Wait for the end, at most so many seconds."""
        await asyncio.wait({self._end}, timeout=limit_s)
        return self._end.done()

    async def ended(self) -> int:
        """Wait for the end; its exit status."""
        return await asyncio.shield(self._end)

    def send(self, what: signal.Signals) -> None:
        """Send a signal, unless it has ended already."""
        if not self._end.done():
            os.kill(self.pid, what)

    async def stop(self, farewell: signal.Signals, limit_s: float) -> None:
        """Ask it to end, and make it end when it has not after `limit_s` seconds."""
        self.send(farewell)
        if not await self.ended_within(limit_s):
            await self.kill()

    async def kill(self) -> None:
        """End it and its own children as a power cut would."""
        if self._end.done():
            return
        family = [self.pid, *children_of(self.pid)]
        self.send(signal.SIGKILL)
        for pid in family[1:]:
            kill_if_there(pid)
        await self.ended()


def children_of(parent: int) -> list[int]:
    """Ids of the processes whose parent is `parent`."""
    return [pid for pid in every_pid() if _parent_of(pid) == parent]


def every_pid() -> list[int]:
    """Ids of all processes this machine shows us."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def kill_if_there(pid: int) -> None:
    """SIGKILL; that it has ended meanwhile is no error."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _parent_of(pid: int) -> int | None:
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
    except OSError:
        return None
    return int(after_name.split()[1])
