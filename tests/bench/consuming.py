"""A service's consumer on its real workload against the same I/O without our code."""

import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord

from events import outbox
from events.catalogue import CATALOGUE
from events.consumer import Consumer
from events.database import Connection, Database
from events.inbox import Record
from events.kafka import Cluster, delete_topics, make_topics
from events.relay import Relay
from events.taking import Once, Taker
from schemas.fact import PROJECTS
from services.kit import standing
from services.kit.apply import Heard, Shell, apply, heard
from services.kit.migrations import role_of
from tests.bench import money
from tests.bench.pairs import Ratio, alternate
from tests.bench.replay import RecordingDatabase, Tape
from tests.support.databases import fresh_database

EVENTS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What is heard, `EVENTS` of them, and what has to be there in the end."""

    name: str
    shell: Shell
    sizes: tuple[int, ...]
    """records a poll brings at most"""
    goal: float | None
    begin: Callable[[Connection], Awaitable[Callable[[int], outbox.Saying]]]
    """writes what the events rest on, and gives the event of a number"""
    prove: Callable[[Connection, int], Awaitable[None]]
    """raises when the service did not do what so many events ask for"""

    @property
    def service(self) -> str:
        return self.shell.service.name

    def database(self, dsn: str) -> Database:
        return Database(dsn, self.service, role=role_of(self.service))


class ConsumerBench:
    """A topic with a workload's events, and a database with what they rest on, copied anew for each run."""

    def __init__(self, workload: Workload, dsn: str, bootstrap: str) -> None:
        self.workload = workload
        self.dsn = dsn
        self.cluster = Cluster(bootstrap=bootstrap, prefix=f"b{uuid.uuid4().hex[:8]}.", partitions=1)
        self.prepared = ""

    async def ratios(self) -> list[Ratio]:
        await make_topics(self.cluster, [PROJECTS])
        try:
            async with fresh_database(self.dsn, [self.workload.shell.service]) as prepared:
                self.prepared = prepared
                await self._prepare()
                return [ratio for size in self.workload.sizes for ratio in await self._at(size)]
        finally:
            await delete_topics(self.cluster, [PROJECTS])

    async def _at(self, size: int) -> list[Ratio]:
        tape = Tape()
        await self._run(size, tape)
        lengths = _batch_lengths(tape)

        async def ours() -> float:
            return await self._run(size, None)

        async def same() -> float:
            return await self._replay(size, tape, lengths)

        async def bare() -> float:
            return await self._copy(size)

        return [
            await alternate(f"{self.workload.name} / same I/O, {size} a poll", ours, same, self.workload.goal),
            await alternate(f"{self.workload.name} / getmany → COPY, {size} a poll (information)", ours, bare, None),
        ]

    async def _prepare(self) -> None:
        """What the events rest on, and the events on the log, told by the real relay."""
        async with self.workload.database(self.prepared) as database:
            async with database.transaction() as tx:
                event = await self.workload.begin(tx)
                await tx.execute("DELETE FROM outbox_unsent")
            async with database.transaction() as tx:
                for start in range(0, EVENTS, 2000):
                    await outbox.say(tx, "tenders", [event(number) for number in range(start, start + 2000)])
            relay = Relay("tenders", database, self.cluster)
            relay.stop()
            connection = await database.own_connection()
            producer = self.cluster.producer()
            await producer.start()
            await relay.tell_all(connection, producer)
            await producer.stop()
            await connection.close()
        await money.forget_what_was_said(self.prepared, self.workload.service)

    async def _run(self, size: int, tape: Tape | None) -> float:
        """Events a second through the real consumer, from the first batch to the last commit."""
        async with money.copy_of(self.prepared) as dsn, self.workload.database(dsn) as plain:
            database = plain if tape is None else RecordingDatabase(plain, tape, role_of(self.workload.service))
            if tape is not None:
                await database.__aenter__()
            took_s = await self._consume(database, size)
            if tape is not None:
                await database.__aexit__()
            async with plain.connection() as connection:
                await self._all_there(connection)
        return EVENTS / took_s

    async def _consume(self, database: Database, size: int) -> float:
        shell, service = self.workload.shell, self.workload.shell.service

        async def handle(tx: Connection, messages: Sequence[Heard], remember: Once) -> object:
            return await apply(shell, tx, messages, meanwhile=remember)

        handles = frozenset(fact.type for fact in (*service.hears, *standing.HEARS))
        taker = _TimedTaker(
            consumer=service.name,
            source=service.name,
            database=database,
            catalogue=CATALOGUE,
            handles=handles,
            hear=lambda envelope: heard(service, envelope),
            handle=handle,
        )
        consumer = Consumer(taker, self.cluster, [PROJECTS], largest_batch=size)
        taker.until = (EVENTS, consumer.stop)
        await consumer.run()
        return taker.ended - taker.began

    async def _replay(self, size: int, tape: Tape, lengths: Sequence[int]) -> float:
        async with money.copy_of(self.prepared) as dsn, self.workload.database(dsn) as database:

            async def write(number: int, _: object) -> None:
                async with database.transaction() as tx:
                    await tape.replay(tx, number)

            first = len(tape.transactions) - len(lengths)
            for number in range(first):  # the claim
                await write(number, None)
            took_s = await self._poll(size, lengths, lambda number, raws: write(first + number, raws))
            async with database.connection() as connection:
                await self._all_there(connection)
        return EVENTS / took_s

    async def _copy(self, size: int) -> float:
        async with money.copy_of(self.prepared) as dsn, Database(dsn, "public") as database:
            async with database.transaction() as tx:
                await tx.execute("CREATE TABLE bare (kafka_offset bigint, body bytea)")

            async def write(_: int, raws: "Sequence[ConsumerRecord[bytes, bytes]]") -> None:
                async with database.transaction() as tx:
                    rows = [(raw.offset, raw.value) for raw in raws]
                    await tx.copy_records_to_table("bare", records=rows, columns=["kafka_offset", "body"])

            took_s = await self._poll(size, [size] * (EVENTS // size), write)
        return EVENTS / took_s

    async def _poll(self, size: int, lengths: Sequence[int], write: Callable[[int, Any], Awaitable[None]]) -> float:
        """getmany with the consumer's own settings; a batch is written when as many records are there as it had."""
        kafka: AIOKafkaConsumer = self.cluster.consumer(f"bare-{uuid.uuid4().hex[:8]}")
        kafka.subscribe([self.cluster.topic(PROJECTS)])
        await kafka.start()
        try:
            there: list[ConsumerRecord[bytes, bytes]] = []
            began = 0.0
            for number, length in enumerate(lengths):
                while len(there) < length:
                    polled = await kafka.getmany(timeout_ms=200, max_records=size)
                    there.extend(polled.get(self.cluster.where(PROJECTS, 0), []))
                    began = began or (time.perf_counter() if there else 0.0)
                await write(number, there[:length])
                del there[:length]
            return time.perf_counter() - began
        finally:
            await kafka.stop()

    async def _all_there(self, connection: Connection) -> None:
        await self.workload.prove(connection, EVENTS)
        seen = await connection.fetchval("SELECT count(*) FROM inbox")
        parked = await connection.fetchval("SELECT count(*) FROM parked_events")
        if (seen, parked) != (EVENTS, 0):
            raise AssertionError(f"seen {seen}, parked {parked} of {EVENTS}")


class _TimedTaker(Taker):
    """Notes when the first batch is there and when the last one is committed."""

    began = 0.0
    ended = 0.0
    until: tuple[int, Callable[[], None]]

    async def decode(self, records: Sequence[Record]) -> None:
        self.began = self.began or time.perf_counter()
        await super().decode(records)

    async def take(self, records: Sequence[Record], committing: Callable[[], None] = lambda: None) -> None:
        await super().take(records, committing)
        if records[-1].offset + 1 == self.until[0]:
            self.ended = time.perf_counter()
            self.until[1]()


def _batch_lengths(tape: Tape) -> list[int]:
    """Records per batch, from the fence's own arguments; transactions before the first batch are the claim."""
    lengths = []
    for statements in tape.transactions:
        fences = [args for method, args, _ in statements if method == "fetch" and "WITH step AS" in args[0]]
        if fences:
            expected, following = fences[0][4:6]
            lengths.append(sum(following) - sum(expected))
    return lengths
