"""Taking records: their effects, the offset and the inbox in one transaction, or nothing (laws 3, 4, 5, 7)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import structlog

from events import inbox, parking
from events.catalogue import Catalogue
from events.database import SURROUNDINGS, Connection, Database
from events.envelope import Envelope
from events.inbox import FenceLost, Key, Place, Record, Step
from events.parking import Standstill
from events.sorting import Sorted, sort
from schemas.refused import NotHereYet

log = structlog.get_logger()

RELEASE_BATCH = 500
BREATH = 20
"""Records decoded before whatever else waits may run: the commit on its way, and other people's requests."""

NOT_THE_DATA: tuple[type[BaseException], ...] = (FenceLost, *SURROUNDINGS)
"""What is no fault of any record: somebody else owns the place, or the surroundings failed."""

Hear = Callable[[Envelope[Any]], Any]
"""What a fact means to this consumer. Pure, so that it can be asked before its turn."""
Handle = Callable[[Connection, Sequence[Any], "Once"], Awaitable[object]]
"""Applies what was heard, in order, inside the given transaction.

The third is the inbox's statement, which waits for no decision: for a moment when the connection has nothing to do.
What is answered is let go while PostgreSQL commits, which is when there is time for it.
"""


class Once:
    """Does it when first asked, and never again."""

    def __init__(self, do: Callable[[], Awaitable[None]]) -> None:
        self._do: Callable[[], Awaitable[None]] | None = do

    async def __call__(self) -> None:
        do, self._do = self._do, None
        if do is not None:
            await do()


@dataclass(slots=True)
class Held:
    """A partition we own: under which epoch, and the next offset to take."""

    epoch: int
    next: int


class Taker:
    """One consumer's transactions. Knows offsets and bytes, not Kafka."""

    def __init__(
        self,
        *,
        consumer: str,
        source: str,
        database: Database,
        catalogue: Catalogue,
        handles: frozenset[str],
        hear: Hear = lambda envelope: envelope,
        handle: Handle,
        from_now: bool = False,
    ) -> None:
        self.consumer = consumer
        self.database = database
        self.catalogue = catalogue
        self.handles = handles
        self.held: dict[Place, Held] = {}
        self._source = source
        self._hear = hear
        self._handle = handle
        self._from_now = from_now

    async def claim(self, starts: Mapping[Place, int]) -> None:
        """Own exactly these places from now on."""
        async with self.database.transaction() as tx:
            claimed = await inbox.claim(tx, self.consumer, starts) if starts else {}
        self.held = {place: Held(epoch, next) for place, (epoch, next) in claimed.items()}

    async def adopt(self) -> None:
        """After an unknown outcome: take over what the table says, or learn that somebody else owns it."""
        async with self.database.connection() as connection:
            found = await inbox.standing(connection, self.consumer, list(self.held))
        lost = {place for place, held in self.held.items() if found.get(place, (0, 0))[0] != held.epoch}
        if lost:
            raise FenceLost(lost)
        for place, held in self.held.items():
            held.next = found[place][1]

    async def decode(self, records: Sequence[Record]) -> None:
        """Before it is their turn, while there is time for it. What cannot be heard says so when it is."""
        for number, record in enumerate(records, 1):
            if record.type in self.handles and record.source != self._source:
                with suppress(Exception):
                    self._heard(record)
            if number % BREATH == 0:
                await asyncio.sleep(0)

    def _heard(self, record: Record) -> Any:
        if record.heard is None:
            record.heard = self._hear(self.catalogue.decode(record.type, record.version, record.body))
        return record.heard

    async def take(self, records: Sequence[Record], committing: Callable[[], None] = lambda: None) -> None:
        """All in one transaction; when the data is at fault, again one by one to find which.

        `committing` is called when nothing is left to do but to wait for the commit.
        """
        try:
            await self._commit(records, committing=committing)
        except NOT_THE_DATA:
            raise
        except Exception as error:
            log.warning("consumer.one_by_one", consumer=self.consumer, records=len(records), error=repr(error))
            for record in records:
                await self._take_one(record)

    async def _take_one(self, record: Record) -> None:
        try:
            await self._commit([record])
        except NOT_THE_DATA:
            raise
        except Exception as error:
            why = _why(error)
            self._cry(record, why)
            await self._commit([record], why)

    async def _commit(
        self, records: Sequence[Record], stop: Standstill | None = None, committing: Callable[[], None] = lambda: None
    ) -> None:
        steps = self._steps(records)
        used: list[object] = []
        async with self.database.transaction() as tx:
            await inbox.advance(tx, self.consumer, steps)
            still = await parking.parked(tx, self.consumer, {r.name for r in records})
            found = await self._sort(tx, records, still)
            if stop is not None:
                await parking.park(tx, self.consumer, records[0], stop)
                await parking.keep(tx, self.consumer, records)
            else:
                used.append(await self._apply(tx, found))
            committing()
            asyncio.get_running_loop().call_soon(_let_go, used, records)
        for place, step in steps.items():
            self.held[place].next = step.next

    async def _sort(self, tx: Connection, records: Sequence[Record], still: Mapping[Key, str | None]) -> Sorted:
        return sort(
            records,
            seen=await inbox.last_seen(tx, self.consumer, {r.teller for r in records}),
            standing_still=still,
            handles=self.handles,
            own_source=self._source,
            any_baseline=self._from_now,
        )

    async def _apply(self, tx: Connection, found: Sorted) -> object:
        remember = Once(lambda: inbox.remember(tx, self.consumer, found.seen))
        used = None
        if found.deliver:
            used = await self._handle(tx, [self._heard(record) for record in found.deliver], remember)
        await remember()
        for record, why in found.stops.values():
            self._cry(record, why)
            await parking.park(tx, self.consumer, record, why)
        await parking.keep(tx, self.consumer, found.keep)
        if found.seen:
            await parking.arrived(tx, self.consumer, {(stream, key) for stream, _, key in found.seen})
        return used

    def _steps(self, records: Sequence[Record]) -> dict[Place, Step]:
        steps: dict[Place, Step] = {}
        for place, last in {record.place: record for record in records}.items():
            held = self.held[place]
            steps[place] = Step(held.next, last.offset + 1, held.epoch, last.line)
        return steps

    async def release_ready(self) -> bool:
        """Set going what an operator, an arrival or a retry freed. True when there was something."""
        async with self.database.connection() as connection:
            freed = await parking.ready(connection, self.consumer, list(self.held))
        for name, partition, wanted in freed:
            if wanted == "skip":
                await self._skip(name, partition)
            else:
                await self._release(name, partition)
        return bool(freed)

    async def _release(self, name: Key, partition: int) -> None:
        try:
            await self._release_some(name, partition, RELEASE_BATCH)
        except NOT_THE_DATA:
            raise
        except Exception:
            flows = False
            while not flows:
                flows = await self._release_one(name, partition)

    async def _release_one(self, name: Key, partition: int) -> bool:
        """True when the key flows again, or stands still again."""
        try:
            return await self._release_some(name, partition, 1)
        except NOT_THE_DATA:
            raise
        except Exception as error:
            async with self._fenced(name, partition) as tx:
                (record,) = await parking.kept(tx, self.consumer, name, 1)
                self._cry(record, _why(error))
                await parking.park(tx, self.consumer, record, _why(error))
            return True

    async def _release_some(self, name: Key, partition: int, limit: int) -> bool:
        async with self._fenced(name, partition) as tx:
            records = await parking.kept(tx, self.consumer, name, limit)
            found = await self._sort(tx, records, {})
            upto = records[-1].offset if records else -1
            if name in found.stops:
                upto = found.stops[name][0].offset - 1
                found.keep.clear()  # they lie there already
            flows = await parking.forget(tx, self.consumer, name, upto)
            await self._apply(tx, found)
            return flows or name in found.stops

    async def _skip(self, name: Key, partition: int) -> None:
        """Give up for good what is in the way, then go on: an operator's decision, logged.

        In a gap that is the missing lines, else the first parked event.
        """
        async with self._fenced(name, partition) as tx:
            (record,) = await parking.kept(tx, self.consumer, name, 1)
            is_gap = (await parking.parked(tx, self.consumer, {name}))[name] is not None
            log.error("consumer.skipped", consumer=self.consumer, is_gap=is_gap, **_where(record))
            await inbox.remember(tx, self.consumer, {record.teller: record.sequence - is_gap})
            await parking.ask(tx, self.consumer, name, "release")

    @asynccontextmanager
    async def _fenced(self, name: Key, partition: int) -> AsyncIterator[Connection]:
        """A transaction under the fence of one place, which does not move."""
        place = (name[0], partition)
        held = self.held[place]
        async with self.database.transaction() as tx:
            await inbox.advance(tx, self.consumer, {place: Step(held.next, held.next, held.epoch)})
            yield tx

    def _cry(self, record: Record, why: Standstill) -> None:
        log.error("consumer.parked", consumer=self.consumer, reason=why.reason, error=why.error, **_where(record))


def _let_go(used: list[object], records: Sequence[Record]) -> None:
    """Thousands of objects, while there is time; of a record its bytes are left, should the commit fail."""
    used.clear()
    for record in records:
        record.heard = None


def _why(error: Exception) -> Standstill:
    if isinstance(error, NotHereYet):
        return Standstill("waiting", str(error), (error.stream, error.key))
    return Standstill("poison", repr(error))


def _where(record: Record) -> dict[str, object]:
    return {"stream": record.stream, "key": record.key, "type": record.type, "offset": record.offset}
