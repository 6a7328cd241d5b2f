"""Embedded PostgreSQL: who gets in, what survives, what is said when it cannot run."""

import asyncio
import os
import signal
import socket
from pathlib import Path

import asyncpg
import pytest

from deploy.embedded import CannotStart, Postgres, embedded_postgres

Row = asyncpg.Record | None


async def ask(dsn: str, question: str) -> Row:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchrow(question)
    finally:
        await connection.close()


async def setting(server: Postgres, name: str) -> str:
    row = await ask(server.dsn, f"SHOW {name}")
    assert row is not None
    return str(row[0])


async def test_it_is_version_18_on_the_loopback_address_and_waits_for_the_disk(folder: Path) -> None:
    async with embedded_postgres(folder) as server:
        assert (await setting(server, "server_version")).startswith("18.")
        assert await setting(server, "listen_addresses") == "127.0.0.1"
        assert await setting(server, "unix_socket_directories") == ""
        assert await setting(server, "fsync") == "on"
        assert await setting(server, "synchronous_commit") == "on"


async def test_without_the_password_nobody_gets_in_and_only_its_owner_can_read_it(folder: Path) -> None:
    async with embedded_postgres(folder, durable=False) as server:
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(host="127.0.0.1", port=server.port, user="sanshe", password="guess")

        password = folder / "postgres" / "password"
        assert password.stat().st_uid == os.geteuid()
        assert password.stat().st_mode & 0o777 == 0o600
        assert (folder / "postgres" / "data").stat().st_mode & 0o777 == 0o700


async def test_what_was_committed_survives_a_kill_and_the_address_stays(folder: Path) -> None:
    async with embedded_postgres(folder) as server:
        before = server.dsn
        await ask(before, "CREATE TABLE kept AS SELECT 42 AS answer")

        await server.restart("kill")

        assert server.dsn == before
        row = await ask(before, "SELECT answer FROM kept")
        assert row is not None
        assert row["answer"] == 42


async def test_a_second_run_finds_the_data_of_the_first(folder: Path) -> None:
    async with embedded_postgres(folder, durable=False) as server:
        await ask(server.dsn, "CREATE TABLE kept AS SELECT 42 AS answer")

    async with embedded_postgres(folder, durable=False) as server:
        row = await ask(server.dsn, "SELECT answer FROM kept")
    assert row is not None
    assert row["answer"] == 42


async def test_a_taken_port_is_refused_by_its_number(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"Port {port} .*PostgreSQL, is taken by another program"):
            async with embedded_postgres(folder, port, durable=False):
                pass


async def test_a_wanted_port_is_used(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    async with embedded_postgres(folder, port, durable=False) as server:
        assert server.port == port


async def test_a_death_is_noticed_with_a_sentence_and_it_can_be_started_again(folder: Path) -> None:
    async with embedded_postgres(folder, durable=False) as server:
        os.kill(server.pid, signal.SIGKILL)

        zh, sentence = await asyncio.wait_for(server.died(), 10)

        assert "被 SIGKILL 终止。请重新启动程序" in zh
        assert "PostgreSQL (process" in sentence
        assert "was killed by SIGKILL" in sentence
        assert "ready to accept connections" in sentence
        await server.start()
        assert await setting(server, "fsync") == "off"


async def test_a_stale_pid_file_that_names_a_living_stranger_is_no_obstacle(folder: Path) -> None:
    async with embedded_postgres(folder, durable=False) as server:
        pid_file = folder / "postgres" / "data" / "postmaster.pid"
        words = pid_file.read_text().splitlines()
        await server.kill()
        pid_file.write_text("\n".join([str(os.getpid()), *words[1:], ""]))

        await server.start()

        assert await setting(server, "fsync") == "off"


async def test_a_cluster_made_only_halfway_is_made_again(folder: Path) -> None:
    half = folder / "postgres" / "data.new"
    half.mkdir(parents=True)
    for path in (folder, half.parent):
        path.chmod(0o711)
    (half / "PG_VERSION").write_text("18\n")

    async with embedded_postgres(folder, durable=False) as server:
        assert await setting(server, "fsync") == "off"


async def test_data_of_another_major_version_is_refused_with_the_way_out(folder: Path) -> None:
    async with embedded_postgres(folder, durable=False) as server:
        await server.stop()
        (folder / "postgres" / "data" / "PG_VERSION").write_text("17\n")

        with pytest.raises(CannotStart, match=r"made by PostgreSQL 17, and this is 18\. Carry it over"):
            await server.start()


async def test_a_lost_and_a_wrong_password_file_are_named(folder: Path) -> None:
    async with embedded_postgres(folder, durable=False) as server:
        await server.stop()
        password = folder / "postgres" / "password"
        password.write_text("wrong")
        with pytest.raises(CannotStart, match=r"does not take the password in .*/postgres/password"):
            await server.start()

        password.unlink()
        with pytest.raises(CannotStart, match="/postgres/password does not exist"):
            await server.start()
