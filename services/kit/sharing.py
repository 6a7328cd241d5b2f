"""Commands that share a transaction: what has gathered while others were saved is decided and saved together.

Only of doors that say so (`Post.shares`): their decisions rest on the states they name and on nothing counted from
others, so that one after the other in memory is one after the other in the database.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import TypeAlias

from events.database import Database
from services.kit.apply import Shell
from services.kit.commanding import Order, Ready, alone, ready, together
from services.kit.remembering import Done, Name

MOST = 64
PATIENCE_S = 0.002
Waiting: TypeAlias = "tuple[Ready, asyncio.Future[Done]]"


class Sharing:
    """One transaction after the other. Who comes alone goes at once."""

    def __init__(self, shell: Shell, database: Database) -> None:
        self._shell = shell
        self._database = database
        self._waiting: deque[Waiting] = deque()
        self._work: asyncio.Task[None] | None = None
        self._enough = 1
        self._came = asyncio.Event()

    async def carry_out(self, order: Order) -> Done:
        one = await ready(self._shell, self._database, order)
        if not order.post.shares:
            return await alone(self._shell, self._database, one)
        done: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, done))
        if len(self._waiting) >= self._enough:
            self._came.set()
        if self._work is None:
            self._work = asyncio.create_task(self._carry_out_all())
        return await done

    async def _carry_out_all(self) -> None:
        """Until nothing waits: whoever comes after that finds no work under way."""
        try:
            while group := self._next():
                await self._carry_out(group)
                await self._company(len(group))
        finally:
            self._work = None

    async def _carry_out(self, group: Sequence[Waiting]) -> None:
        if len(group) == 1:
            await self._alone(*group[0])
            return
        try:
            found = await together(self._shell, self._database, [one for one, _ in group])
        except Exception:  # of whomever: each has a transaction of its own, and the usual answer
            await asyncio.gather(*(self._alone(one, done) for one, done in group))
            return
        for (_, done), answer in zip(group, found, strict=True):
            _settle(done, answer)

    async def _alone(self, one: Ready, done: "asyncio.Future[Done]") -> None:
        try:
            _settle(done, await alone(self._shell, self._database, one))
        except Exception as error:
            _settle(done, error)

    async def _company(self, last: int) -> None:
        """Several who came together come together again, once they have their answers: a moment for as many."""
        self._enough = last
        if last == 1 or len(self._waiting) >= last:
            return
        self._came.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                await self._came.wait()

    def _next(self) -> Sequence[Waiting]:
        """Those that wait longest, no key twice; whose caller has gone is left out."""
        taken: dict[Name, Waiting] = {}
        later: list[Waiting] = []
        while self._waiting and len(taken) < MOST:
            one, done = self._waiting.popleft()
            if one.name in taken:
                later.append((one, done))
            elif not done.done():
                taken[one.name] = one, done
        self._waiting.extendleft(reversed(later))
        return list(taken.values())


def _settle(done: "asyncio.Future[Done]", found: Done | Exception) -> None:
    """Unless who asked has gone; whoever repeats it gets the answer."""
    if done.done():
        return
    if isinstance(found, Done):
        done.set_result(found)
    else:
        done.set_exception(found)
