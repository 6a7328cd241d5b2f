"""Exactly once is decided in PostgreSQL: who owns a partition, and up to where it was taken (law 4)."""

import asyncio
import weakref
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from events import inbox, parking
from events.database import Connection, Database
from events.envelope import NO_TRACE, Envelope
from events.inbox import FenceLost, Record
from events.parking import Standstill
from events.taking import Once, Taker
from schemas.fact import PROJECTS
from schemas.ids import ProjectId
from tests.events.jar import a_jar
from tests.support import jars
from tests.support.databases import fresh_database
from tests.support.jars import CATALOGUE, CoinDropped
from tests.support.telling import event_bytes

PLACE = (PROJECTS, 0)
OTHER_PLACE = (PROJECTS, 1)


async def write_down(tx: Connection, envelopes: Sequence[Envelope[Any]], remember: Once) -> None:
    """An effect that can be counted: a lid for each coin."""
    await tx.executemany(
        "INSERT INTO lids (id, version, state) VALUES ($1, 1, $2)",
        [(uuid4(), f'{{"fen": {envelope.data.fen}}}') for envelope in envelopes],
    )


def a_taker(database: Database) -> Taker:
    return Taker(
        consumer="jars",
        source="jars",
        database=database,
        catalogue=CATALOGUE,
        handles=frozenset({CoinDropped.type}),
        handle=write_down,
    )


def a_coin(offset: int, jar: ProjectId, sequence: int, partition: int = 0) -> Record:
    fact = CoinDropped(project_id=jar, fen=sequence)
    body = event_bytes(fact, sequence)
    return Record(PROJECTS, partition, offset, fact.key, "elsewhere", sequence, fact.type, 1, NO_TRACE, body)


@pytest.fixture
async def database(postgres_dsn: str) -> AsyncIterator[Database]:
    async with fresh_database(postgres_dsn, [jars.SERVICE]) as dsn, Database(dsn, "jars") as database:
        yield database


async def effects(database: Database) -> int:
    async with database.connection() as connection:
        return int(await connection.fetchval("SELECT count(*) FROM lids"))


async def test_who_was_replaced_writes_nothing_any_more(database: Database) -> None:
    jar = a_jar()
    first, second = a_taker(database), a_taker(database)
    await first.claim({PLACE: 0})
    await first.take([a_coin(0, jar, 1)])

    await second.claim({PLACE: 0})

    with pytest.raises(FenceLost):
        await first.take([a_coin(1, jar, 2)])
    with pytest.raises(FenceLost):
        await first.adopt()
    with pytest.raises(FenceLost):
        await first._release((PROJECTS, str(jar)), 0)
    assert await effects(database) == 1
    assert second.held[PLACE].next == 1
    await second.take([a_coin(1, jar, 2)])
    assert await effects(database) == 2


async def test_a_batch_that_was_committed_without_our_knowing_is_not_taken_again(database: Database) -> None:
    jar = a_jar()
    taker = a_taker(database)
    await taker.claim({PLACE: 0})
    await taker.take([a_coin(0, jar, 1), a_coin(1, jar, 2)])
    taker.held[PLACE].next = 0  # the answer to COMMIT never came

    with pytest.raises(FenceLost):
        await taker.take([a_coin(0, jar, 1), a_coin(1, jar, 2)])
    await taker.adopt()

    assert taker.held[PLACE].next == 2
    await taker.take([a_coin(2, jar, 3)])
    assert await effects(database) == 3


async def test_a_batch_over_two_partitions_of_which_one_was_lost_writes_neither(database: Database) -> None:
    taker = a_taker(database)
    await taker.claim({PLACE: 0, OTHER_PLACE: 0})
    await a_taker(database).claim({OTHER_PLACE: 0})

    with pytest.raises(FenceLost) as lost:
        await taker.take([a_coin(0, a_jar(), 1, 0), a_coin(0, a_jar(), 1, 1)])

    assert lost.value.places == {OTHER_PLACE}
    assert await effects(database) == 0


async def test_what_a_batch_used_is_let_go_while_its_commit_is_awaited(database: Database) -> None:
    jar = a_jar()
    record = a_coin(0, jar, 1)
    taker = a_taker(database)
    await taker.claim({PLACE: 0})
    loop = asyncio.get_running_loop()
    kept: list[weakref.ref[Used]] = []
    found: list[object] = []

    async def use(tx: Connection, envelopes: Sequence[Envelope[Any]], remember: Once) -> object:
        used = Used()
        kept.append(weakref.ref(used))
        return used

    def look() -> None:
        found.extend((kept[0](), record.heard, taker.held[PLACE].next))

    def committing() -> None:
        loop.call_soon(loop.call_soon, look)  # after what it schedules next

    taker._handle = use
    await taker.take([record], committing)

    assert found == [None, None, 0]  # nothing is left of it, and the offset has yet to move
    assert taker.held[PLACE].next == 1


class Used:
    """What the handling of a batch leaves behind."""


async def test_effects_offset_and_inbox_are_one(database: Database) -> None:
    jar = a_jar()
    taker = a_taker(database)
    await taker.claim({PLACE: 0})

    async def die(tx: Connection, envelopes: Sequence[Envelope[Any]], remember: Once) -> None:
        await write_down(tx, envelopes, remember)
        await tx.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    taker._handle = die
    with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError)):
        await taker.take([a_coin(0, jar, 1)])

    assert await effects(database) == 0
    taker._handle = write_down
    await taker.adopt()
    await taker.take([a_coin(0, jar, 1)])
    assert await effects(database) == 1


async def test_a_place_never_seen_begins_where_it_is_told_to(database: Database) -> None:
    taker = a_taker(database)

    await taker.claim({PLACE: 7, OTHER_PLACE: 0})

    assert (taker.held[PLACE].next, taker.held[OTHER_PLACE].next) == (7, 0)
    await taker.claim({PLACE: 99})
    assert (taker.held[PLACE].epoch, taker.held[PLACE].next) == (2, 7)
    assert OTHER_PLACE not in taker.held


async def test_the_inbox_never_goes_back(database: Database) -> None:
    teller = (PROJECTS, "elsewhere", "x")
    async with database.transaction() as tx:
        for sequence in (5, 3, 4):
            await inbox.remember(tx, "jars", {teller: sequence})

        assert await inbox.last_seen(tx, "jars", [teller]) == {teller: 5}


async def test_an_offset_the_log_gave_again_is_kept_with_what_lies_there_now(database: Database) -> None:
    first, second = a_coin(7, a_jar(), 3), a_coin(7, a_jar(), 5)
    async with database.transaction() as tx:
        for record in (first, second):
            await parking.park(tx, "jars", record, Standstill("poison", "for the test"))
            await parking.keep(tx, "jars", [record])

        assert await parking.kept(tx, "jars", first.name, 9) == []
        assert await parking.kept(tx, "jars", second.name, 9) == [second]
