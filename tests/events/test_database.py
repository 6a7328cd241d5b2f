"""Every wait on PostgreSQL has a limit, and whoever stands still loses what they hold (law 9)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from events.database import SURROUNDINGS, Connection, Database, Limits
from tests.support import jars
from tests.support.databases import fresh_database
from tests.support.waiting import eventually

SHORT = Limits(acquire_s=0.5, command_s=1, lock_ms=500, idle_session_ms=600)


@pytest.fixture
async def dsn(postgres_dsn: str) -> AsyncIterator[str]:
    async with fresh_database(postgres_dsn, [jars.SERVICE]) as dsn:
        yield dsn


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    async with Database(dsn, "jars", role="sanshe_jars", size=2, limits=SHORT) as database:
        yield database


async def lock(tx: Connection) -> None:
    await tx.execute("SELECT pg_advisory_xact_lock(1)")


async def is_free(database: Database) -> bool:
    async with database.connection() as connection:
        return bool(await connection.fetchval("SELECT pg_try_advisory_lock(1)"))


async def nothing(tx: Connection) -> None:
    """Idle in a transaction."""


async def half_a_question(tx: Connection) -> None:
    """Parsed and never bound: to the server this client is neither idle nor in a statement."""
    await tx.prepare("SELECT 1")


@pytest.mark.parametrize(
    ("stands_in", "limits"),
    [(nothing, Limits(idle_in_transaction_ms=600)), (half_a_question, Limits(transaction_ms=1000))],
)
async def test_who_stands_still_in_a_transaction_loses_its_locks(
    dsn: str, database: Database, stands_in: Callable[[Connection], Awaitable[None]], limits: Limits
) -> None:
    async with Database(dsn, "jars", limits=limits) as other, other.connection() as still:
        transaction = still.transaction()
        await transaction.start()
        await lock(still)
        await stands_in(still)

        await eventually(lambda: is_free(database), "the lock", 10)

        with pytest.raises(SURROUNDINGS):
            await still.execute("INSERT INTO lids VALUES (gen_random_uuid(), 1, '{}')")


async def test_a_session_outside_the_pool_that_stands_still_loses_its_advisory_lock(database: Database) -> None:
    alone = await database.own_connection()
    await alone.execute("SELECT pg_advisory_lock(1)")

    await eventually(lambda: is_free(database), "the lock", 10)

    with pytest.raises(SURROUNDINGS):
        await alone.execute("SELECT 1")
    alone.terminate()


async def held_lock(database: Database) -> Any:
    async with database.transaction() as holder:
        await lock(holder)
        async with database.transaction() as tx:
            await lock(tx)


async def long_statement(database: Database) -> Any:
    async with database.transaction() as tx:
        await tx.execute("SELECT pg_sleep(60)")


async def empty_pool(database: Database) -> Any:
    async with database.connection(), database.connection(), database.connection():
        pass


async def closed_connection(database: Database) -> Any:
    async with database.transaction() as tx:
        tx.terminate()
        await tx.execute("SELECT 1")


@pytest.mark.parametrize("trouble", [held_lock, long_statement, empty_pool, closed_connection])
async def test_every_wait_ends_as_an_error_of_the_surroundings(
    database: Database, trouble: Callable[[Database], Awaitable[Any]]
) -> None:
    async with asyncio.timeout(10):
        with pytest.raises(SURROUNDINGS):
            await trouble(database)

    assert await is_free(database)


async def test_what_went_wrong_is_said_also_when_the_connection_went_with_it(database: Database) -> None:
    async def work() -> None:
        async with database.transaction() as tx:
            tx.terminate()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await work()


async def test_being_cancelled_stays_being_cancelled_also_when_the_connection_went_with_it(database: Database) -> None:
    inside = asyncio.Event()

    async def work() -> None:
        async with database.transaction() as tx:
            tx.terminate()
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await inside.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("fault", ["SELECT 1/0", "SELECT no_such_column", "INSERT INTO lids VALUES (NULL, 1, '{}')"])
async def test_an_error_of_the_data_is_none_of_the_surroundings(database: Database, fault: str) -> None:
    with pytest.raises(asyncpg.PostgresError) as caught:
        async with database.transaction() as tx:
            await tx.execute(fault)

    assert not isinstance(caught.value, SURROUNDINGS)
