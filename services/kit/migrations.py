"""Migrations: every service's own schema and role, the spine's and kit's tables first, each file once."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import asyncpg

import events
from schemas.bilingual import Bilingual
from services.kit.service import Service

SPINE = Path(events.__file__).parent / "migrations"
KIT = Path(__file__).parent / "migrations"
_LOCK = 0x5A_4D_49_47  # one migrator at a time per database

_CLOCK = """
    CREATE SCHEMA IF NOT EXISTS clock;
    CREATE TABLE IF NOT EXISTS clock.virtual_time (
        one boolean PRIMARY KEY DEFAULT true CHECK (one), now timestamptz NOT NULL);
    GRANT USAGE ON SCHEMA clock TO PUBLIC;
    GRANT SELECT ON clock.virtual_time TO PUBLIC;
"""


class MigrationChanged(Bilingual):
    """A migration that ran here has another text now; migrations are only ever added."""


def role_of(service: str) -> str:
    return f"sanshe_{service}"


async def migrate(dsn: str, services: Iterable[Service]) -> None:
    """Bring the database up to date. The caller connects as an owner who may create schemas and roles."""
    connection = await asyncpg.connect(dsn, timeout=10, command_timeout=120)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        async with connection.transaction():
            await connection.execute(_CLOCK)
        for service in services:
            await _make_room(connection, service.name)
            for name, text in _texts(service):
                await _run(connection, service.name, name, text)
    finally:
        await connection.close()


def _texts(service: Service) -> list[tuple[str, str]]:
    """Name and text of every migration, in the order in which they run."""
    files = [file for folder in (SPINE, KIT, service.folder / "migrations") for file in sorted(folder.glob("*.sql"))]
    return [(f"{file.parent.parent.name}/{file.name}", file.read_text("utf-8")) for file in files]


async def _make_room(connection: "asyncpg.Connection[asyncpg.Record]", name: str) -> None:
    role = role_of(name)
    async with connection.transaction():
        if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
            try:
                async with connection.transaction():
                    await connection.execute(f"CREATE ROLE {role} NOLOGIN")
            except (asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
                pass  # another database of this server is being migrated at the same moment
        if not await connection.fetchval("SELECT pg_has_role(current_user, $1, 'MEMBER')", role):
            await connection.execute(f"GRANT {role} TO CURRENT_USER")
        await connection.execute(
            f"""
            CREATE SCHEMA IF NOT EXISTS {name};
            GRANT USAGE ON SCHEMA {name} TO {role};
            ALTER DEFAULT PRIVILEGES IN SCHEMA {name} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
            ALTER DEFAULT PRIVILEGES IN SCHEMA {name} GRANT USAGE ON SEQUENCES TO {role};
            CREATE TABLE IF NOT EXISTS {name}.migrations (
                name text PRIMARY KEY, digest text NOT NULL, ran_at timestamptz NOT NULL DEFAULT clock_timestamp());
            """
        )


async def _run(connection: "asyncpg.Connection[asyncpg.Record]", schema: str, name: str, text: str) -> None:
    digest = hashlib.sha256(text.encode()).hexdigest()
    async with connection.transaction():
        await connection.execute(f"SET LOCAL search_path TO {schema}")
        ran = await connection.fetchval("SELECT digest FROM migrations WHERE name = $1", name)
        if ran is None:
            await connection.execute(text)
            await connection.execute("INSERT INTO migrations (name, digest) VALUES ($1, $2)", name, digest)
        elif ran != digest:
            raise MigrationChanged(
                f"迁移 {name} 已在 {schema} 中按另一内容执行过。请恢复原文件,改动另写新文件。",
                f"{name} already ran in schema {schema} with another text; restore it, and add a new file instead",
            )
