"""One migrated template per set of services, cloned per test."""

import hashlib
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from services.kit.migrations import KIT, SPINE, migrate
from services.kit.service import Service


def with_database(dsn: str, name: str) -> str:
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))


def _digest(services: Sequence[Service]) -> str:
    sha = hashlib.sha256()
    for folder in (SPINE, KIT, *(service.folder / "migrations" for service in services)):
        for file in sorted(folder.glob("*.sql")):
            sha.update(file.read_bytes())
    return sha.hexdigest()[:12]


async def template(dsn: str, services: Sequence[Service]) -> str:
    """The name of a database with these services' empty tables; made once, by whoever comes first."""
    names = hashlib.sha256(" ".join(sorted(s.name for s in services)).encode()).hexdigest()[:6]
    name = f"template_{names}_{_digest(services)}"
    admin = await asyncpg.connect(dsn)
    try:
        await admin.execute("SELECT pg_advisory_lock(7231)")
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            draft = f"draft_{uuid.uuid4().hex[:12]}"
            await admin.execute(f"CREATE DATABASE {draft}")
            await migrate(with_database(dsn, draft), services)
            await admin.execute(f"ALTER DATABASE {draft} RENAME TO {name}")
    finally:
        await admin.close()
    return name


@asynccontextmanager
async def fresh_database(dsn: str, services: Sequence[Service]) -> AsyncIterator[str]:
    """The dsn of an empty, migrated database of its own."""
    source = await template(dsn, services)
    name = f"test_{uuid.uuid4().hex[:12]}"
    # a template is copied by one at a time
    await _alone(dsn, f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY wal_log")
    try:
        yield with_database(dsn, name)
    finally:
        await _alone(dsn, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


async def _alone(dsn: str, command: str) -> None:
    """On a connection of its own: a test may restart the server meanwhile."""
    admin = await asyncpg.connect(dsn)
    try:
        await admin.execute("SELECT pg_advisory_lock(7232)")
        await admin.execute(command)
    finally:
        await admin.close()
