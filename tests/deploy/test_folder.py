"""The data folder: one program at a time, room on the disk, and a way in."""

import asyncio
import os
import subprocess
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import asyncpg
import pytest

from deploy.embedded import CannotStart, embedded_postgres
from deploy.embedded.folder import held_folder, require_room
from deploy.embedded.owner import owner_of_servers
from tests.deploy.conftest import fill

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

HOLD = "import fcntl, sys; f = open(sys.argv[1], 'r+'); fcntl.flock(f, 2); print('held', flush=True); input()"


async def test_a_second_program_on_the_same_folder_is_refused_and_the_first_is_named(folder: Path) -> None:
    async with embedded_postgres(folder, durable=False):
        with pytest.raises(CannotStart, match=rf"/postgres is in use by process {os.getpid()} on "):
            async with embedded_postgres(folder, durable=False):
                pass


def test_the_folder_is_free_again_as_soon_as_its_holder_is_killed(folder: Path) -> None:
    owner = owner_of_servers()
    with held_folder(folder, owner):
        pass
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, folder / "lock"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(CannotStart, match="is in use by process"), held_folder(folder, owner):
            pass
        holder.kill()

    with held_folder(folder, owner) as held:
        assert held == folder


def test_a_file_where_the_folder_should_be_is_named(folder: Path) -> None:
    folder.write_text("not a folder")

    wanted = held_folder(folder / "postgres", owner_of_servers())
    with pytest.raises(CannotStart, match="cannot be used: Not a directory"), wanted:
        pass


def test_too_little_room_is_refused_with_numbers(folder: Path) -> None:
    with pytest.raises(CannotStart, match=r"MiB left, and the servers need \d+ MiB\. Free some space"):
        require_room(folder.parent, 2**60)


@as_root
def test_as_root_a_folder_below_a_private_one_is_refused_and_nothing_is_loosened(folder: Path) -> None:
    folder.mkdir(mode=0o700)

    wanted = held_folder(folder / "inside" / "postgres", owner_of_servers())
    with pytest.raises(CannotStart, match=rf"lies in {folder}, which user 'nobody' may not enter"), wanted:
        pass

    assert folder.stat().st_mode & 0o777 == 0o700


@as_root
async def test_another_user_of_the_machine_reads_neither_password_nor_data(folder: Path) -> None:
    async with embedded_postgres(folder, durable=False):
        for name in ("password", "data/PG_VERSION"):
            look = await asyncio.create_subprocess_exec(
                *("cat", folder / "postgres" / name), user="daemon", group="daemon", extra_groups=[], stderr=PIPE
            )
            _, said = await look.communicate()
            assert b"Permission denied" in said


async def test_a_full_disk_refuses_writes_and_a_start_and_loses_nothing(small_disk: Path) -> None:
    async with embedded_postgres(small_disk) as server:
        connection = await asyncpg.connect(server.dsn)
        await connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        fill(small_disk)
        with pytest.raises(asyncpg.DiskFullError, match="No space left on device"):
            await connection.execute("CREATE TABLE much AS SELECT g FROM generate_series(1, 1000000) g")
        await connection.close()

        await server.stop()
        with pytest.raises(CannotStart, match=r"has \d MiB left, and the servers need 256 MiB\. Free some"):
            await server.start()

        (small_disk / "filler").unlink()
        await server.start()
        connection = await asyncpg.connect(server.dsn)
        assert await connection.fetchval("SELECT answer FROM kept") == 42
        await connection.close()
