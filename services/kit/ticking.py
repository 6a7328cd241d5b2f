"""Due timers become messages and go through `apply` like everything else (law 10)."""

import asyncio
from collections.abc import Callable

import structlog

from events import timers
from events.database import SURROUNDINGS, Connection, Database
from events.timers import Timer
from events.trace import traceparent, uuid7
from schemas.deciding import Due
from services.kit.apply import Message, Shell, apply

log = structlog.get_logger()

BATCH = 100
POLL_S = 0.2


class Ticker:
    """Looks for due timers of one service. Several instances may look: the locked state decides who acts."""

    def __init__(self, shell: Shell, database: Database, after: Callable[[], None]) -> None:
        self._shell = shell
        self._database = database
        self._after = after
        self._kinds = {kind.__name__: kind for kind in shell.service.timers}
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        while self._kinds and not self._stopping.is_set():
            try:
                rung = await self.ring()
            except SURROUNDINGS as error:
                log.warning("timers.retry", service=self._shell.service.name, error=repr(error))
                rung = 0
            except Exception:
                log.exception("timers.broken", service=self._shell.service.name)
                rung = 0
            if not rung:
                await self._rest()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(POLL_S):
                await self._stopping.wait()
        except TimeoutError:
            pass

    async def ring(self) -> int:
        """Handle what is due now; how many rang. One defective timer does not hold up the others."""
        async with self._database.transaction() as tx:
            now = await self._shell.clock.now(tx)
            due = await timers.due(tx, now, list(self._kinds), BATCH)
        rung = 0
        for timer in due:
            try:
                async with self._database.transaction() as tx:
                    await self._ring_one(tx, timer)
                rung += 1
            except SURROUNDINGS:
                raise
            except Exception:
                log.exception("timers.failed", service=self._shell.service.name, kind=timer.kind, id=str(timer.id))
        if rung:
            self._after()
        return rung

    async def _ring_one(self, tx: Connection, timer: Timer) -> None:
        kind = self._kinds[timer.kind]
        ref = (kind, timer.id)
        cause = uuid7()
        message = Message(
            id=cause,
            body=Due(ref=ref, name=timer.name, at=timer.due_at),
            refs=(ref,),
            decide=self._shell.service.timers[kind],
            correlation=cause,
            traceparent=traceparent(),
        )
        applied = await apply(self._shell, tx, [message])
        state = applied.world.find(kind, timer.id)
        if state is None or state.due().get(timer.name) != timer.due_at:
            await timers.drop(tx, timer)
        else:
            raise AssertionError(f"timer {timer.name} of {timer.kind} {timer.id} rang and its state still wants it")
