"""Due timers become messages and go through `apply` like everything else (law 10)."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from events import timers
from events.database import SURROUNDINGS, Connection, Database
from events.timers import Timer
from events.trace import traceparent, uuid7
from schemas.deciding import Due
from services.kit.apply import Message, Shell, apply, rehearse

log = structlog.get_logger()

BATCH = 100
POLL_S = 0.2
LONGEST_DELAY_S = 300.0


@dataclass(frozen=True, slots=True)
class Again:
    """When a timer that failed is tried again, in monotonic seconds, and after how long a pause."""

    at: float
    delay_s: float


class Ticker:
    """Looks for due timers of one service. Several instances may look: the locked state decides who acts."""

    def __init__(self, shell: Shell, database: Database, after: Callable[[], None]) -> None:
        self._shell = shell
        self._database = database
        self._after = after
        self._kinds = {kind.__name__: kind for kind in shell.service.timers}
        self._stopping = asyncio.Event()
        self._failed: dict[Timer, Again] = {}

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        while not self._stopping.is_set():
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
            again = self._failed.get(timer)
            if again is not None and time.monotonic() < again.at:
                continue
            try:
                if self._kinds[timer.kind] in self._shell.service.slow:
                    await rehearse(self._shell, self._database, self._message(timer))
                async with self._database.transaction() as tx:
                    await self._ring_one(tx, timer)
                rung += 1
                self._failed.pop(timer, None)
            except SURROUNDINGS:
                raise
            except Exception:
                delay_s = min(again.delay_s * 2, LONGEST_DELAY_S) if again else 1.0
                self._failed[timer] = Again(time.monotonic() + delay_s, delay_s)
                log.exception(
                    "timers.failed",
                    service=self._shell.service.name,
                    kind=timer.kind,
                    id=str(timer.id),
                    again_in_s=delay_s,
                )
        if rung:
            self._after()
        return rung

    async def _ring_one(self, tx: Connection, timer: Timer) -> None:
        kind = self._kinds[timer.kind]
        message = self._message(timer)
        applied = await apply(self._shell, tx, [message])
        state = applied.world.find(kind, timer.id)
        if state is None or state.due().get(timer.name) != timer.due_at:
            await timers.drop(tx, timer)
        else:
            raise AssertionError(f"timer {timer.name} of {timer.kind} {timer.id} rang and its state still wants it")

    def _message(self, timer: Timer) -> Message:
        kind = self._kinds[timer.kind]
        ref = (kind, timer.id)
        cause, due = uuid7(), Due(ref=ref, name=timer.name, at=timer.due_at)
        return Message(
            id=cause,
            body=due,
            refs=(ref, *self._shell.service.timer_refs(due, cause)),
            decide=self._shell.service.timers[kind],
            correlation=cause,
            traceparent=traceparent(),
        )
