"""The `sanshe` command against a running installation, and where there is none."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from deploy.cli import app
from deploy.founding import founded
from deploy.serve import House
from events.kafka import Cluster
from schemas.fact import PARTIES
from tests.deploy.houses import house, place
from tests.support.telling import Teller
from tests.support.waiting import eventually

FIRST = "key = (SELECT min(key) FROM audit.inbox)"
LAST = "key = (SELECT max(key) FROM audit.inbox)"


async def sanshe(*arguments: str) -> Result:
    """In a thread, because a command brings an event loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, app, list(arguments))


@asynccontextmanager
async def running(
    dsn: str, bootstrap: str, data: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[House, Cluster]]:
    async with place(dsn, bootstrap, data) as chosen, house(chosen) as one:
        for name in ("database", "kafka", "prefix", "partitions", "data"):
            monkeypatch.setenv(f"SANSHE_{name.upper()}", str(getattr(chosen, name)))
        await founded(one, street=False)
        yield one, Cluster(bootstrap=bootstrap, prefix=chosen.prefix, partitions=2)


async def change(one: House, sql: str, *arguments: object) -> None:
    connection = await asyncpg.connect(one.servers.dsn)
    try:
        await connection.execute(sql, *arguments)
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "command", [["status"], ["verify"], ["parked", "list"], ["service", "audit"], ["rebuild", "audit"]]
)
async def test_where_nothing_runs_every_command_says_so_and_what_to_do(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SANSHE_DATABASE", raising=False)
    monkeypatch.delenv("SANSHE_KAFKA", raising=False)
    monkeypatch.setenv("SANSHE_DATA", str(tmp_path))

    result = await sanshe(*command)

    assert result.exit_code == 1
    assert "没有正在运行的系统" in result.stderr
    assert "sanshe up" in result.stderr
    assert "Traceback" not in result.stderr


async def test_wrong_settings_are_named_by_their_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANSHE_PORT", "eighty")
    monkeypatch.setenv("SANSHE_POOL", "1")

    result = await sanshe("status")

    assert result.exit_code == 1
    assert "SANSHE_PORT: 应是整数 it must be an integer" in result.stderr
    assert "SANSHE_POOL: 不得小于 2 it must be 2 or more" in result.stderr


async def test_status_and_proofs_of_a_sound_installation(
    postgres_dsn: str, kafka_bootstrap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(postgres_dsn, kafka_bootstrap, tmp_path, monkeypatch):
        table, lines, proofs = await sanshe("status"), await sanshe("status", "--json"), await sanshe("verify")
        parked, stranger = await sanshe("parked", "list"), await sanshe("service", "nobody")

    assert table.exit_code == 0
    assert "registry" in table.stdout
    told = [json.loads(line) for line in lines.stdout.splitlines()]
    assert [line["service"] for line in told] == ["registry", "audit"]
    streams = ("funds", "needs", "parties", "projects", "rounds", "rulebooks")
    assert told[1]["lag"] == {f"sanshe.{stream}": 0 for stream in streams}
    assert proofs.exit_code == 0
    assert "账目相符" in proofs.stdout
    assert "没有停放的键" in parked.stdout
    assert stranger.exit_code == 1
    assert "没有服务 nobody" in stranger.stderr


async def test_a_poisoned_key_is_shown_found_and_left_out_on_an_operators_word(
    postgres_dsn: str, kafka_bootstrap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = str(uuid4())
    async with (
        running(postgres_dsn, kafka_bootstrap, tmp_path, monkeypatch) as (one, cluster),
        Teller(cluster) as teller,
    ):
        await teller.tell_bytes(PARTIES, key, "elsewhere", 1, "party.verified", 1, b"{}")

        async def parked() -> bool:
            return any(condition.parked for condition in await one.observer.look())

        async def flowing() -> bool:
            return not await parked()

        await eventually(parked, "the key to be parked")
        listed, status, found = (
            await sanshe("parked", "list"),
            await sanshe("status"),
            await sanshe("verify", "--wait=0"),
        )
        assert all(key in result.stdout for result in (listed, status, found))
        assert "poison" in listed.stdout
        assert f"上的 {key} 已停放(poison)" in found.stdout
        assert found.exit_code == 1
        unknown = await sanshe("parked", "release", "audit", "parties", str(uuid4()))
        assert unknown.exit_code == 1
        assert "没有停放" in unknown.stderr

        assert (await sanshe("parked", "skip", "audit", "parties", key)).exit_code == 0
        await eventually(flowing, "the key to flow again")


async def test_what_was_rewritten_removed_or_forged_in_the_archive_is_found(
    postgres_dsn: str, kafka_bootstrap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(postgres_dsn, kafka_bootstrap, tmp_path, monkeypatch) as (one, _):
        await change(
            one, "UPDATE audit.events SET data = data || '{\"x\": 1}' WHERE type = 'party.verified' AND " + FIRST
        )
        await change(one, "DELETE FROM audit.events WHERE type = 'party.registered' AND " + FIRST)
        await change(one, "UPDATE audit.events SET event_id = gen_random_uuid() WHERE type = 'key.issued' AND " + FIRST)

        result = await sanshe("verify", "--wait=0")

    assert result.exit_code == 1
    assert "archived in other words than it was said" in result.stdout
    assert result.stdout.count("was said, heard and not archived") == 2
    assert "is archived and was never said" in result.stdout
    assert "lines about" in result.stdout
    said = result.stdout.splitlines()
    for zh, en in (
        ("在档案中,却从未说过", "was never said"),
        ("内容与所说不同", "in other words"),
        ("档案中有", "lines about"),
    ):
        place = next(place for place, line in enumerate(said) if zh in line)
        assert en in said[place + 1]  # the same in English stands below it


async def test_a_line_said_and_never_heard_or_heard_and_never_said_is_found(
    postgres_dsn: str, kafka_bootstrap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(postgres_dsn, kafka_bootstrap, tmp_path, monkeypatch) as (one, _):
        await change(one, f"UPDATE audit.inbox SET sequence = sequence + 1 WHERE {FIRST}")
        await change(one, f"UPDATE audit.inbox SET sequence = sequence - 1 WHERE {LAST}")
        await change(one, f"UPDATE registry.stream_heads SET sequence = 99 WHERE {LAST}")

        result = await sanshe("verify", "--wait=0")

    assert result.exit_code == 1
    assert result.stdout.count("audit: heard ") == result.stdout.count("条,收到 ") == 2
    assert "流头记为 99" in result.stdout
    assert "the head says 99" in result.stdout
