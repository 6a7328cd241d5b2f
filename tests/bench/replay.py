"""The same I/O without our code: every statement of a run, recorded with its rows, to be sent again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from events.database import Connection, Database

STATEMENTS = ("execute", "executemany", "fetch", "fetchrow", "fetchval", "copy_records_to_table")

Statement = tuple[str, tuple[Any, ...], dict[str, Any]]


@dataclass(slots=True)
class Tape:
    """One list of statements per transaction, in order."""

    transactions: list[list[Statement]] = field(default_factory=list)

    async def replay(self, tx: Connection, number: int) -> None:
        for method, args, kwargs in self.transactions[number]:
            await getattr(tx, method)(*args, **kwargs)


class _Ear:
    """A connection that notes what it is asked before asking it."""

    def __init__(self, connection: Connection, statements: list[Statement]) -> None:
        self._connection = connection
        self._statements = statements

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._connection, name)
        if name not in STATEMENTS:
            return method

        async def noted(*args: Any, **kwargs: Any) -> Any:
            if "records" in kwargs:
                kwargs["records"] = list(kwargs["records"])  # made row by row, and wanted twice
            self._statements.append((name, args, kwargs))
            return await method(*args, **kwargs)

        return noted


class RecordingDatabase(Database):
    """A database whose transactions are put on a tape."""

    def __init__(self, database: Database, tape: Tape, role: str) -> None:
        super().__init__(database.dsn, database.schema, role=role)
        self._tape = tape

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        async with super().transaction() as tx:
            statements: list[Statement] = []
            yield _Ear(tx, statements)  # type: ignore[misc]  # looks like a connection to whoever asks it
            self._tape.transactions.append(statements)
