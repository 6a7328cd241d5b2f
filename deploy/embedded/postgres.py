"""PostgreSQL 18 as a child process."""

import asyncio
import os
import secrets
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from deploy.embedded.cannot_start import CannotStart
from deploy.embedded.folder import cache_folder, held_folder, owned_folder, sentences
from deploy.embedded.log import Log
from deploy.embedded.owner import Owner, owner_of_servers
from deploy.embedded.port import LOOPBACK
from deploy.embedded.runtime import postgres_programs
from deploy.embedded.server import Server

MAJOR = "18"
SUPERUSER = "sanshe"
ASK_LIMIT_S = 5.0

SETTINGS = """\
# Written anew at every start. To change a setting use ALTER SYSTEM, which is kept with the data.
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = 128MB
max_wal_size = 512MB
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
"""
VOLATILE = """\
# For tests: a power cut may lose or break the data.
fsync = off
synchronous_commit = off
full_page_writes = off
"""
ACCESS = """\
# Written anew at every start: over the loopback address, with the password, and in no other way.
host all         all 127.0.0.1/32 scram-sha-256
host replication all 127.0.0.1/32 scram-sha-256
"""


class Postgres(Server):
    """Listens on the loopback address only, and wants a password that only our user can read."""

    title = "PostgreSQL"
    farewell = signal.SIGINT  # "fast": ends sessions, writes a checkpoint

    def __init__(self, folder: Path, owner: Owner, port: int | None, programs: Path, *, durable: bool) -> None:
        super().__init__(folder, owner, port, Log(folder / "postgres.log"))
        self._programs = programs
        self._durable = durable
        self._data = folder / "data"
        self._password = folder / "password"

    @property
    def dsn(self) -> str:
        """Address of the database `postgres`, as the superuser."""
        return self._dsn(self.port)

    async def prepare(self) -> None:
        """Make the database cluster once, whole or not at all; write settings and access rules."""
        if not self._data.exists():
            await self._make_data()
        made_by = await asyncio.to_thread((self._data / "PG_VERSION").read_text)
        if made_by.strip() != MAJOR:
            raise CannotStart(
                f"{self._data} 中的数据是 PostgreSQL {made_by.strip()} 建立的,而本程序使用 {MAJOR}。"
                f"请用 pg_dump 和 pg_restore 迁移,或另指定数据目录。",
                f"The data in {self._data} was made by PostgreSQL {made_by.strip()}, and this is {MAJOR}. "
                f"Carry it over with pg_dump and pg_restore, or name another data folder.",
            )
        # We hold the folder and nothing works in it any more, so the process it names is somebody else's.
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        _write(self.folder / "access.conf", ACCESS)
        _write(self.folder / "postgres.conf", SETTINGS + ("" if self._durable else VOLATILE))

    def command(self, port: int) -> list[str | Path]:
        """The server, with settings the server itself cannot write."""
        files = {"config_file": self.folder / "postgres.conf", "hba_file": self.folder / "access.conf"}
        where = [word for name, path in files.items() for word in ("-c", f"{name}={path}")]
        return [self._programs / "postgres", "-D", self._data, "-p", str(port), *where]

    async def answers(self, port: int) -> bool:
        """Whether a session can be opened."""
        try:
            connection = await asyncpg.connect(self._dsn(port), timeout=ASK_LIMIT_S)
        except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError) as error:
            raise CannotStart(
                f"PostgreSQL 不接受 {self._password} 中的密码。请恢复建立 {self._data} 时的该文件,或另指定数据目录。",
                f"PostgreSQL does not take the password in {self._password}: {error}. Restore that file from "
                f"the time when {self._data} was made, or name another data folder.",
            ) from error
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        await connection.close()
        return True

    async def _make_data(self) -> None:
        half = self.folder / "data.new"
        shutil.rmtree(half, ignore_errors=True)
        owned_folder(half, self.owner)
        password = secrets.token_urlsafe(24)
        _write(self._password, password, mode=0o600)
        told = self.folder / "password.new"
        _write(told, password, mode=0o600)
        if self.owner.is_another:
            os.chown(told, self.owner.uid, self.owner.gid)
        try:
            await self.run(
                [
                    *(self._programs / "initdb", "-D", half, f"--username={SUPERUSER}", f"--pwfile={told}"),
                    *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
                    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
                    *([] if self._durable else ["--no-sync"]),
                ]
            )
        finally:
            told.unlink()
        half.rename(self._data)

    def _dsn(self, port: int) -> str:
        try:
            password = self._password.read_text()
        except FileNotFoundError as error:
            raise CannotStart(
                f"{self._data} 中数据的密码丢失:{self._password} 不存在。请恢复该文件,或另指定数据目录。",
                f"The password of the data in {self._data} is gone: {self._password} does not exist. "
                f"Restore that file, or name another data folder.",
            ) from error
        return f"postgresql://{SUPERUSER}:{password}@{LOOPBACK}:{port}/postgres?sslmode=disable"


@asynccontextmanager
async def embedded_postgres(folder: Path, port: int | None = None, *, durable: bool = True) -> AsyncIterator[Postgres]:
    """PostgreSQL with its data in `folder`/postgres, stopped when the context ends.

    Without a port a free one is chosen. `durable=False` is for tests: it does not wait for the disk.
    """
    owner = owner_of_servers()
    with held_folder(folder / "postgres", owner) as held:
        with sentences(cache_folder()):
            programs = await asyncio.to_thread(postgres_programs, cache_folder(), owner)
        server = Postgres(held, owner, port, programs, durable=durable)
        try:
            await server.start()
            yield server
        finally:
            await server.stop()


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    """Whole or not at all, and never readable by more users than `mode` says."""
    half = path.with_name(path.name + ".half")
    half.unlink(missing_ok=True)
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(text)
    half.chmod(mode)
    half.replace(path)
