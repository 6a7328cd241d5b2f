"""What both embedded servers have in common: start, stop, kill, and noticing that one died."""

import asyncio
import logging
import signal
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, Literal

from deploy.embedded.cannot_start import CannotStart
from deploy.embedded.child import Child
from deploy.embedded.folder import LEAST_FREE_BYTES, require_room, sentences
from deploy.embedded.log import Log
from deploy.embedded.orphan import end_orphans
from deploy.embedded.owner import Owner
from deploy.embedded.port import free_port, require_free

LOG = logging.getLogger(__name__)
LINES_SHOWN = 8
START_LIMIT_S = 180.0
SAY_EVERY_S = 15.0
STOP_LIMIT_S = 30.0
ASK_EVERY_S = 0.05
PORT_TRIES = 3

Ending = Literal["clean", "kill"]


class Server(ABC):
    """One server process on one held folder; keeps its port from the first start to the last stop."""

    title: ClassVar[str]
    farewell: ClassVar[signal.Signals]

    def __init__(self, folder: Path, owner: Owner, port: int | None, log: Log) -> None:
        self.folder = folder
        self.owner = owner
        self.log = log
        self._port = port
        self._child: Child | None = None
        self._watch: asyncio.Task[None] | None = None
        self._death: asyncio.Future[tuple[str, str]] = asyncio.get_running_loop().create_future()

    @property
    def port(self) -> int:
        """The port on 127.0.0.1, known once it was started."""
        assert self._port is not None, f"{self.title} was never started"
        return self._port

    @property
    def pid(self) -> int:
        """The process to aim at; only while it runs."""
        assert self._child is not None, f"{self.title} does not run"
        return self._child.pid

    @abstractmethod
    async def prepare(self) -> None:
        """Make the data when there is none, and write the settings; nothing else works in the folder."""

    @abstractmethod
    def command(self, port: int) -> list[str | Path]:
        """The program and its arguments."""

    @abstractmethod
    async def answers(self, port: int) -> bool:
        """Whether clients can work with it now."""

    async def start(self) -> None:
        """Return when clients can work with it; CannotStart says why it does not run."""
        assert self._child is None, f"{self.title} runs already"
        await end_orphans(self.folder, self.owner)
        require_room(self.folder, LEAST_FREE_BYTES)
        with sentences(self.folder):
            await self.prepare()
        if self._port is None:
            self._port = await self._start_on_any_port()
        else:
            require_free(self._port, self.title)
            await self._start_on(self._port)

    async def stop(self) -> None:
        """Let it finish and end; killed after 30 seconds. Stopping twice is nothing."""
        child = self._let_go()
        if child is not None:
            await child.stop(self.farewell, STOP_LIMIT_S)

    async def kill(self) -> None:
        """End it at once, as a power cut would."""
        child = self._let_go()
        if child is not None:
            await child.kill()

    async def restart(self, ending: Ending = "clean") -> None:
        """Stop or kill, then start on the same port and the same data."""
        await (self.stop() if ending == "clean" else self.kill())
        await self.start()

    async def died(self) -> tuple[str, str]:
        """Wait until it ends without having been asked to; its obituary."""
        return await asyncio.shield(self._death)

    async def run(self, command: list[str | Path]) -> None:
        """Run one of the server's own tools to its end; CannotStart when it fails."""
        child = await self._spawn(command)
        try:
            status = await child.ended()
        except asyncio.CancelledError:
            await child.kill()
            raise
        if status != 0:
            raise CannotStart(*self.obituary(f"{self.title} 的准备工作", f"Preparing {self.title}", status))

    def obituary(self, zh: str, en: str, status: int | None) -> tuple[str, str]:
        """How it ended (`zh` and `en` say who) and what to do next, in both languages; last what it said last."""
        how = f"已结束,退出码 {status}", f"ended with exit status {status}"
        if status is None:
            how = f"在 {START_LIMIT_S:.0f} 秒内没有应答", f"did not answer within {START_LIMIT_S:.0f} s"
        elif status < 0:
            name = signal.Signals(-status).name
            how = f"被 {name} 终止", f"was killed by {name}"
        advice = "请重新启动程序;数据都在。", "Start the program again; the data is kept."
        if self.log.says("No space left on device"):
            full = f"The disk with {self.folder} is full: free some space, then start again."
            advice = f"{self.folder} 所在的磁盘已满:请腾出空间后重新启动。", full
        return f"{zh} {how[0]}。{advice[0]}", f"{en} {how[1]}. {advice[1]}\n{self.log.last_lines(LINES_SHOWN)}"

    async def _spawn(self, command: list[str | Path]) -> Child:
        return await Child.spawn(
            command, owner=self.owner, folder=self.folder, output=self.log.begin(), farewell=self.farewell
        )

    async def _start_on_any_port(self) -> int:
        for _ in range(PORT_TRIES - 1):
            port = free_port()
            try:
                await self._start_on(port)
            except CannotStart:
                if not self.log.says("Address already in use"):
                    raise
                LOG.info("端口 %d 刚被占用,换一个 Port was taken a moment ago; %s takes another", port, self.title)
            else:
                return port
        port = free_port()
        await self._start_on(port)
        return port

    async def _start_on(self, port: int) -> None:
        child = await self._spawn(self.command(port))
        try:
            await self._answered(child, port)
        except BaseException:
            await child.stop(self.farewell, STOP_LIMIT_S)
            raise
        if self._death.done():
            self._death = asyncio.get_running_loop().create_future()
        self._child = child
        self._watch = asyncio.create_task(self._mourn(child))

    async def _answered(self, child: Child, port: int) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        say_at = began + SAY_EVERY_S
        while not await child.ended_within(ASK_EVERY_S):
            if await self.answers(port):
                return
            if loop.time() > began + START_LIMIT_S:
                break
            if loop.time() > say_at:
                LOG.info("%s 仍在启动 is still starting; %s", self.title, self.log.paths[-1])
                say_at += SAY_EVERY_S
        raise CannotStart(*self.obituary(self.title, self.title, child.exit_status))

    async def _mourn(self, child: Child) -> None:
        status = await child.ended()
        if self._child is child:
            self._child = None
            who = f"{self.title}(进程 {child.pid})", f"{self.title} (process {child.pid})"
            self._death.set_result(self.obituary(*who, status))

    def _let_go(self) -> Child | None:
        child, self._child = self._child, None
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        return child
