"""Saving what was decided, in the background of deciding: PostgreSQL and this program work at the same time."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from types import TracebackType
from typing import Any

from events import timers
from events.database import Connection
from schemas.deciding import State, World
from services.kit import obligations, standing
from services.kit.service import Service

PORTION = 100
"""Decisions whose effects are worth a round of statements."""
BREATH = 2
"""Decisions after which whatever else waits may run: the saving, and other people's requests."""


class Saving:
    """`async with Saving(…) as saving:` decide, after each decision `await saving.next()`, at last `saving.rest()`.

    Before anything is decided PostgreSQL has nothing to do; `first` is then done.

    What was decided is sent off as soon as what went before is saved, so that PostgreSQL never waits for long. All is
    saved when the block ends. When the block fails it waits for what is on its way: a transaction cannot be rolled
    back during a statement.
    """

    def __init__(
        self,
        service: Service,
        tx: Connection,
        world: World,
        at: datetime,
        first: Callable[[], Coroutine[Any, Any, None]] | None = None,
    ) -> None:
        self._service = service
        self._tx = tx
        self._world = world
        self._at = at
        self._steps = 0
        self._waiting = 0
        self._first = first
        self._sent: asyncio.Task[None] | None = None

    async def next(self) -> None:
        self._waiting += 1
        if self._waiting >= PORTION and (self._sent is None or self._sent.done()):
            self.rest()
        await self.breathe()

    async def breathe(self) -> None:
        self._steps += 1
        if self._steps % BREATH == 0:
            await asyncio.sleep(0)

    def rest(self) -> None:
        """What was decided and is not on its way yet goes there."""
        self._waiting = 0
        self._sent = asyncio.create_task(self._save(self._sent, self._world.hand_over()))

    async def _save(self, before: "asyncio.Task[None] | None", portion: World) -> None:
        if before is not None:
            await before
        await save(self._service, self._tx, portion, self._at)

    async def __aenter__(self) -> "Saving":
        if self._first is not None:
            self._sent = asyncio.create_task(self._first())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._sent is not None:
            await asyncio.gather(self._sent, return_exceptions=error is not None)


async def save(service: Service, tx: Connection, world: World, at: datetime) -> None:
    """What changed in the world, the timers it wants, and what is owed because of it, or since `at` no longer."""
    await service.save(tx, world)
    await standing.save(tx, world)
    wanted, owed = {}, {}
    for kind in world.changed_kinds():
        if kind.due is State.due and kind.owed is State.owed:
            continue
        for state in world.changed(kind):
            before = world.before((kind, state.id))
            due = state.due()
            if due != (before.due() if before is not None else {}):
                wanted[kind.__name__, state.id] = due
            owes = state.owed()
            if owes != (before.owed() if before is not None else ()):
                owed[kind.__name__, state.id] = owes
    await timers.sync(tx, wanted)
    await obligations.sync(tx, owed, at)
