"""The jars service as a process of its own, which can be told at which step to die or to stand still.

The program knows nothing of this: a step is the name of a function, wrapped in here.
"""

import asyncio
import functools
import importlib
import inspect
import multiprocessing
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals
from typing import Any, Literal

from events.database import Database, Limits
from events.kafka import Cluster
from events.relay import Relay
from services.kit import running as kit
from services.kit.clock import WallClock
from services.kit.rulebooks import shipped
from services.kit.running import Means, installation
from services.kit.settings import Settings
from services.kit.vault import KEY_BYTES, Vault
from tests.support import jars
from tests.support.system import serving

MEANS = Means(clock=WallClock(), rulebooks=shipped(), vault=Vault(bytes(KEY_BYTES)), catalogue=jars.CATALOGUE)

SESSION_MS = 2000
"""How long the broker waits for a member that does not speak; nobody else gets its partitions before."""

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


@dataclass(frozen=True, slots=True)
class Step:
    """Before or after the nth call of `module:function` or `module:Class.method`, counted after the call of another."""

    when: Literal["before", "after"]
    function: str
    nth: int = 1
    following: str | None = None

    def __str__(self) -> str:
        words = f"{self.when} {self.function} {self.nth}" + (f" following {self.following}" if self.following else "")
        return words.replace(":", ".")


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """Where a child lives, and how that life ends."""

    dsn: str
    cluster: Cluster
    step: Step | None = None
    fate: Signals = SIGKILL
    """what the process sends itself at that step"""
    batch: int = 4
    """most records of one transaction, and most rows the relay tells at once"""
    limits: Limits = field(default_factory=Limits)


class Child:
    """A running child, as its parent sees it."""

    def __init__(self, life: Life) -> None:
        self._answers, theirs = _processes.Pipe(duplex=False)
        self._process = _processes.Process(target=_main, args=(life, theirs), daemon=True)
        self._process.start()
        theirs.close()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    async def url(self) -> str | None:
        """Of its HTTP door, once it is open."""
        return self._answers.recv() if self._answers.poll() else None

    async def ended(self) -> Signals | str | None:
        """The signal that killed it, or its exit status in words."""
        status = self._process.exitcode
        if status is None:
            return None
        return Signals(-status) if status < 0 else f"exit status {status}"

    async def stands_still(self) -> bool:
        """Whether it was stopped by SIGSTOP."""
        return _state(self.pid) == "T"

    def send(self, what: Signals) -> None:
        os.kill(self.pid, what)

    def end(self) -> None:
        """Whatever state it is in."""
        self._process.kill()
        self._process.join(10)
        self._answers.close()


def _state(pid: int) -> str:
    """One letter, see proc(5)."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def _main(life: Life, answers: Connection) -> None:
    if life.step is not None:
        _arm(life.step, life.fate)
    patient = functools.partial(Database, limits=life.limits)
    careful = functools.partial(Relay, batch=life.batch)
    for name, made in (("Database", patient), ("Relay", careful)):
        setattr(kit, name, made)
    asyncio.run(_live(life, answers))


async def _live(life: Life, answers: Connection) -> None:
    """Until SIGTERM, or until the step is reached."""
    told_to_end = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(SIGTERM, told_to_end.set)
    settings = Settings(pool=4, session_ms=SESSION_MS, batch=life.batch)
    async with (
        installation([jars.SERVICE], life.dsn, life.cluster, settings, MEANS) as services,
        serving(services) as url,
    ):
        answers.send(url)
        await told_to_end.wait()


def _arm(step: Step, what: Signals) -> None:
    calls = 0
    counting = step.following is None

    def begin() -> None:
        nonlocal counting
        counting = True

    def count() -> None:
        nonlocal calls
        calls += counting
        reached("before")

    def reached(when: str) -> None:
        if when == step.when and calls == step.nth:
            os.kill(os.getpid(), what)

    if step.following is not None:
        _wrap(step.following, lambda: None, begin)
    _wrap(step.function, count, lambda: reached("after"))


def _wrap(name: str, before: Callable[[], None], after: Callable[[], None]) -> None:
    """Have something done around each call of a function."""
    module, _, path = name.partition(":")
    *owners, last = path.split(".")
    owner: Any = functools.reduce(getattr, owners, importlib.import_module(module))
    function: Callable[..., Any] = getattr(owner, last)

    @functools.wraps(function)
    async def awaited(*args: Any, **named: Any) -> Any:
        before()
        result = await function(*args, **named)
        after()
        return result

    @functools.wraps(function)
    def called(*args: Any, **named: Any) -> Any:
        before()
        result = function(*args, **named)
        after()
        return result

    setattr(owner, last, awaited if inspect.iscoroutinefunction(function) else called)
