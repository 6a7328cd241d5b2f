"""PostgreSQL connections on which every wait has a limit (law 9)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeAlias

import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"

SURROUNDINGS: tuple[type[BaseException], ...] = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # asyncpg, when the server goes away in the middle of an exchange
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.InsufficientResourcesError,  # disk full, too many connections
    asyncpg.OperatorInterventionError,  # shutdown, crash, cannot connect now
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.TransactionTimeoutError,
    asyncpg.exceptions.IdleSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,  # a standby, until it is promoted
    asyncpg.PostgresSystemError,
    OSError,
    TimeoutError,
)
"""Errors of the surroundings: retried without end, with back-off. Everything else is an error of the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    acquire_s: float = 10
    command_s: float = 60
    lock_ms: int = 10_000
    idle_in_transaction_ms: int = 20_000
    transaction_ms: int = 120_000
    """From PostgreSQL 17 on. The only limit for a client that stops between Parse and Bind: to the server it is
    neither idle nor in a statement then."""
    idle_session_ms: int = 60_000


class Database:
    """A pool bound to one schema and, in production, to the service's own role."""

    def __init__(
        self, dsn: str, schema: str, *, role: str | None = None, size: int = 6, limits: Limits | None = None
    ) -> None:
        self.dsn = dsn
        self.schema = schema
        self.limits = limits or Limits()
        self._size = size
        self._settings = {
            "search_path": schema,
            "application_name": f"sanshe-{schema}",
            "lock_timeout": str(self.limits.lock_ms),
            "idle_in_transaction_session_timeout": str(self.limits.idle_in_transaction_ms),
            "statement_timeout": str(int(self.limits.command_s * 1000)),
            "timezone": "UTC",
        }
        if role is not None:
            self._settings["role"] = role
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def __aenter__(self) -> "Database":
        probe = await asyncpg.connect(self.dsn, timeout=self.limits.acquire_s, command_timeout=self.limits.command_s)
        if probe.get_server_version() >= (17,):
            self._settings["transaction_timeout"] = str(self.limits.transaction_ms)
        await probe.close()
        self._pool = await asyncpg.create_pool(
            self.dsn,
            min_size=1,
            max_size=self._size,
            timeout=self.limits.acquire_s,
            command_timeout=self.limits.command_s,
            server_settings=self._settings,
            reset=_nothing_to_reset,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.terminate()  # transactions are short; what is still open is rolled back by the server
            self._pool = None

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        if self._pool is None:
            raise asyncpg.InterfaceError("the database is closed")
        connection = await self._pool.acquire(timeout=self.limits.acquire_s)
        try:
            yield connection
        finally:
            await self._pool.release(connection, timeout=self.limits.acquire_s)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Committed at the end; what goes wrong inside leaves as it is, also when the connection went with it."""
        async with self.connection() as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                yield connection
            except BaseException:
                with suppress(*SURROUNDINGS):  # without a connection the server rolls back by itself
                    await transaction.rollback()
                raise
            await transaction.commit()

    async def own_connection(self) -> "asyncpg.Connection[asyncpg.Record]":
        """A connection outside the pool, for advisory locks: a stopped owner's session ends by itself."""
        settings = self._settings | {"idle_session_timeout": str(self.limits.idle_session_ms)}
        return await asyncpg.connect(
            self.dsn,
            timeout=self.limits.acquire_s,
            command_timeout=self.limits.command_s,
            server_settings=settings,
        )


async def _nothing_to_reset(_: object) -> None:
    """Whatever we set ends with its transaction; to ask the server for it after every use is one more wait."""
