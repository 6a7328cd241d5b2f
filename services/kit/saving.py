"""Saving what was decided, in the background of deciding: PostgreSQL and this program work at the same time."""

import asyncio
from types import TracebackType

from events import timers
from events.database import Connection
from schemas.deciding import State, World
from services.kit import standing
from services.kit.service import Service

PORTION = 125
"""Decisions whose effects are saved together while the next are made."""
BREATH = 4
"""Decisions after which whatever else waits may run: the saving, and other people's requests."""


class Saving:
    """`async with Saving(…) as saving:` decide, and after each decision `await saving.next()`.

    All is saved when the block ends. One portion at a time, and when the block fails it waits for the one that is on
    its way: a transaction cannot be rolled back during a statement.
    """

    def __init__(self, service: Service, tx: Connection, world: World) -> None:
        self._service = service
        self._tx = tx
        self._world = world
        self._decided = 0
        self._portion: asyncio.Task[None] | None = None

    async def next(self) -> None:
        self._decided += 1
        if self._decided % PORTION == 0:
            await self._saved()
            self._portion = asyncio.create_task(save(self._service, self._tx, self._world.hand_over()))
        if self._decided % BREATH == 0:
            await asyncio.sleep(0)

    async def _saved(self) -> None:
        if self._portion is not None:
            await self._portion

    async def __aenter__(self) -> "Saving":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            await self._saved()
            await save(self._service, self._tx, self._world)
        elif self._portion is not None:
            await asyncio.gather(self._portion, return_exceptions=True)


async def save(service: Service, tx: Connection, world: World) -> None:
    """What changed in the world, and the timers it wants."""
    await service.save(tx, world)
    await standing.save(tx, world)
    wanted = {}
    for kind in world.changed_kinds():
        if kind.due is State.due:
            continue
        for state in world.changed(kind):
            before = world.before((kind, state.id))
            due = state.due()
            if due != (before.due() if before is not None else {}):
                wanted[kind.__name__, state.id] = due
    await timers.sync(tx, wanted)
