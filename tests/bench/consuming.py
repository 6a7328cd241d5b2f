"""The consumer path on the real funds workload against the same I/O without our code.

Each event is an approved project drawing on two accounts; funds reserves its ceiling and says `budget.reserved`.
"""

import secrets
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer, ConsumerRecord

from events import outbox
from events.catalogue import CATALOGUE
from events.consumer import Consumer
from events.database import Connection, Database
from events.envelope import NO_TRACE
from events.inbox import Record
from events.kafka import Cluster, delete_topics, make_topics
from events.outbox import Saying
from events.relay import Relay
from events.taking import Once, Taker
from events.trace import uuid7
from schemas.fact import PROJECTS
from schemas.fund import SourceType
from schemas.ids import BallotId, FundAccountId, NeedId, PartyId, ProjectId
from schemas.money import Money
from schemas.project import Brief, FundShare, ProjectApproved
from schemas.role import Actor, Role
from services import funds
from services.funds.rules.appropriate import Appropriate, appropriate, refs
from services.kit import standing
from services.kit.apply import Heard, Message, Shell, apply, heard
from services.kit.clock import WallClock
from services.kit.migrations import role_of
from services.kit.rulebooks import shipped
from services.kit.vault import Vault
from tests.bench.pairs import Ratio, alternate
from tests.bench.replay import RecordingDatabase, Tape
from tests.support.databases import fresh_database

EVENTS = 20_000
ACCOUNTS = 20
ROLE = role_of("funds")


class ConsumerBench:
    """A topic with approved projects, and a database with the money for them, copied anew for each run."""

    def __init__(self, dsn: str, bootstrap: str) -> None:
        self.dsn = dsn
        self.cluster = Cluster(bootstrap=bootstrap, prefix=f"b{uuid.uuid4().hex[:8]}.", partitions=1)
        self.shell = Shell(
            service=funds.SERVICE,
            catalogue=CATALOGUE,
            clock=WallClock(),
            rulebooks=shipped(),
            vault=Vault(secrets.token_bytes(32)),
        )
        self.prepared = ""

    async def ratios(self) -> list[Ratio]:
        await make_topics(self.cluster, [PROJECTS])
        try:
            async with fresh_database(self.dsn, [funds.SERVICE]) as prepared:
                self.prepared = prepared
                await self._prepare()
                return [ratio for size in (500, 2000) for ratio in await self._at(size)]
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
            await alternate(f"consumer path / same I/O, {size} a poll", ours, same, 0.7),
            await alternate(f"consumer path / getmany → COPY, {size} a poll (information)", ours, bare, None),
        ]

    async def _prepare(self) -> None:
        """Money on the accounts, and the facts on the log, told by the real relay."""
        async with Database(self.prepared, "funds", role=ROLE) as database:
            funder = PartyId(uuid4())
            async with database.transaction() as tx:
                accounts = [await self._appropriate(tx, funder) for _ in range(ACCOUNTS)]
                await tx.execute("DELETE FROM outbox_unsent")
            book = self.shell.rulebooks.named("example/below-limit").hash
            async with database.transaction() as tx:
                for start in range(0, EVENTS, 2000):
                    sayings = [_approved(number, funder, accounts, book) for number in range(start, start + 2000)]
                    await outbox.say(tx, "tenders", sayings)
            relay = Relay("tenders", database, self.cluster)
            relay.stop()
            connection = await database.own_connection()
            producer = self.cluster.producer()
            await producer.start()
            await relay.tell_all(connection, producer)
            await producer.stop()
            await connection.close()
        owner = await asyncpg.connect(self.prepared)
        await owner.execute("TRUNCATE funds.outbox, funds.outbox_unsent, funds.outbox_sent, funds.stream_heads")
        await owner.close()

    async def _appropriate(self, tx: Connection, funder: PartyId) -> FundAccountId:
        command = Appropriate(source_type=SourceType.BUDGET, budget_line="2080208", amount=Money(10**13))
        cause = uuid7()
        message = Message(
            id=cause,
            body=command,
            refs=tuple(refs(command, cause)),
            decide=appropriate,
            by=Actor(person_id=funder, party_id=funder, role=Role.FINANCE),
            correlation=cause,
            traceparent=NO_TRACE,
        )
        applied = await apply(self.shell, tx, [message])
        return FundAccountId(UUID(applied.lines[0].key))

    @asynccontextmanager
    async def _copy_of_database(self) -> AsyncIterator[str]:
        name = f"bench_{uuid.uuid4().hex[:12]}"
        admin = await asyncpg.connect(self.dsn)
        try:
            source = self.prepared.rpartition("/")[2].partition("?")[0]
            await admin.execute(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY wal_log")
            yield self.prepared.replace(source, name)
        finally:
            await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            await admin.close()

    async def _run(self, size: int, tape: Tape | None) -> float:
        """Events a second through the real consumer, from the first batch to the last commit."""
        async with self._copy_of_database() as dsn, Database(dsn, "funds", role=ROLE) as plain:
            database = plain if tape is None else RecordingDatabase(plain, tape, ROLE)
            if tape is not None:
                await database.__aenter__()
            took_s = await self._consume(database, size)
            if tape is not None:
                await database.__aexit__()
            async with plain.connection() as connection:
                await _all_there(connection)
        return EVENTS / took_s

    async def _consume(self, database: Database, size: int) -> float:
        async def handle(tx: Connection, messages: Sequence[Heard], remember: Once) -> object:
            return await apply(self.shell, tx, messages, meanwhile=remember)

        handles = frozenset(fact.type for fact in (*funds.SERVICE.hears, *standing.HEARS))
        taker = _TimedTaker(
            consumer="funds",
            source="funds",
            database=database,
            catalogue=CATALOGUE,
            handles=handles,
            hear=lambda envelope: heard(funds.SERVICE, envelope),
            handle=handle,
        )
        consumer = Consumer(taker, self.cluster, [PROJECTS], largest_batch=size)
        taker.until = (EVENTS, consumer.stop)
        await consumer.run()
        return taker.ended - taker.began

    async def _replay(self, size: int, tape: Tape, lengths: Sequence[int]) -> float:
        async with self._copy_of_database() as dsn, Database(dsn, "funds", role=ROLE) as database:

            async def write(number: int, _: object) -> None:
                async with database.transaction() as tx:
                    await tape.replay(tx, number)

            first = len(tape.transactions) - len(lengths)
            for number in range(first):  # the claim
                await write(number, None)
            took_s = await self._poll(size, lengths, lambda number, raws: write(first + number, raws))
            async with database.connection() as connection:
                await _all_there(connection)
        return EVENTS / took_s

    async def _copy(self, size: int) -> float:
        async with self._copy_of_database() as dsn, Database(dsn, "public") as database:
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


async def _all_there(connection: Connection) -> None:
    """The books add up, every project was reserved once and said so once: else the figure does not count."""
    findings = await funds.store.verify(connection)
    said = await connection.fetchval("SELECT count(*) FROM outbox WHERE type = 'budget.reserved'")
    seen = await connection.fetchval("SELECT count(*) FROM inbox")
    parked = await connection.fetchval("SELECT count(*) FROM parked_events")
    if findings or (said, seen, parked) != (EVENTS, EVENTS, 0):
        raise AssertionError(f"said {said}, seen {seen}, parked {parked} of {EVENTS}; {findings[:3]}")


def _approved(number: int, funder: PartyId, accounts: Sequence[FundAccountId], rulebook: str) -> Saying:
    project = ProjectId(uuid4())
    brief = Brief(
        need_id=NeedId(uuid4()),
        ballot_id=BallotId(uuid4()),
        community_id=PartyId(uuid4()),
        funder_id=funder,
        title=f"示例项目 {number}",
        category="health_elderly",
        division="320508001001",
        beneficiaries=120,
        cost=Money(5_000_000),
    )
    shares = (
        FundShare(account_id=accounts[number % ACCOUNTS], amount=Money(3_000_000)),
        FundShare(account_id=accounts[(number + 7) % ACCOUNTS], amount=Money(2_000_000)),
    )
    fact = ProjectApproved(
        project_id=project,
        brief=brief,
        ceiling=Money(5_000_000),
        shares=shares,
        drafted_by=PartyId(uuid4()),
        approved_by=PartyId(uuid4()),
        rulebook=rulebook,
    )
    cause = uuid7()
    return outbox.saying(
        "tenders",
        CATALOGUE,
        fact,
        event_id=uuid7(),
        cause=cause,
        correlation=cause,
        traceparent=NO_TRACE,
        at=datetime.now(UTC),
    )
