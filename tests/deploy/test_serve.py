"""An installation from its servers to its doors."""

import asyncio
import json
import re
import socket
from pathlib import Path
from uuid import UUID

import jsonschema_rs
import pytest
from aiohttp import web

from deploy import keys, note
from deploy.embedded import CannotStart
from deploy.founding import FOUNDERS, STREET_PARTIES, founded
from deploy.note import Note
from deploy.serve import Ended, House, listening, servers
from schemas import uscc
from schemas.party import PartyKind
from schemas.role import Role
from services.kit.settings import Settings
from services.registry.rules.bootstrap import first_party
from tests.deploy.houses import get, house, place

NOTE = Note(
    pid=1,
    address="http://127.0.0.1:1",
    database="postgresql://secret",
    kafka="k:1",
    prefix="",
    partitions=6,
    replication=1,
    virtual_clock=False,
)


async def test_the_first_page_says_what_runs_and_where_to_go_without_help_from_elsewhere(
    postgres_dsn: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    async with place(postgres_dsn, kafka_bootstrap, tmp_path) as chosen, house(chosen) as one:
        pages = {path: await get(one.address, path) for path in ("/", "/docs")}
        status, metrics = await get(one.address, "/metrics")
        document = json.loads((await get(one.address, "/openapi.json"))[1])

        assert all(status == 200 for status, _ in pages.values())
        assert "登记" in pages["/"][1]
        for _, page in pages.values():
            assert not re.search(r"""(src|href)=["'](https?:)?//""", page)
            for link in re.findall(r"""(?:src|href)=["'](/[^"']*)""", page):
                assert (await get(one.address, link))[0] == 200, link
        assert status == 200
        assert 'sanshe_consumer_lag{service="audit",stream="sanshe.parties"} 0.0' in metrics
        assert 'sanshe_http_requests_total{method="GET",route="/docs",status="200"} 1.0' in metrics
        assert (await get(one.address, "/docs/..%2f__init__.py"))[0] == 404

        status, parties = await get(one.address, "/v1/parties")
        answer = document["paths"]["/v1/parties"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema_rs.validate(answer | {"components": document["components"]}, json.loads(parties))


async def test_the_doors_of_the_example_clock_are_described_where_they_are(
    postgres_dsn: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    for virtual in (True, False):
        async with (
            place(postgres_dsn, kafka_bootstrap, tmp_path / str(virtual), virtual_clock=virtual) as chosen,
            house(chosen) as one,
        ):
            document = json.loads((await get(one.address, "/openapi.json"))[1])

            assert ((await get(one.address, "/v1/clock"))[0] == 200) is virtual
            assert ("/v1/clock" in document["paths"]) is virtual
            assert ("/v1/clock/advance" in document["paths"]) is virtual


async def test_a_first_start_founds_the_street_and_the_next_finds_it_and_says_nothing_new(
    postgres_dsn: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    async with place(postgres_dsn, kafka_bootstrap, tmp_path) as chosen:
        async with house(chosen) as one:
            first = await founded(one, street=True)
            assert first is not None
            said = await lines_said(one)
            parties = json.loads((await get(one.address, "/v1/parties"))[1])["parties"]
            assert (await get(one.address, "/v1/audit/events", first["auditor"].key))[0] == 200
        async with house(chosen) as one:
            assert await founded(one, street=True) == first
            assert await lines_said(one) == said

    assert len(parties) == len({name for *_, name in FOUNDERS}) + len(STREET_PARTIES)
    assert all(party["verified"] for party in parties)
    assert all(uscc.check(party["uscc"]) is None for party in parties if party["uscc"])
    assert {key.party_id for key in first.keys} == {UUID(party["id"]) for party in parties}
    assert set(Role) - {key.role for key in first.keys} == {Role.RESIDENT}
    assert (tmp_path / keys.NAME).stat().st_mode & 0o777 == 0o600


async def test_an_installation_founded_elsewhere_keeps_its_keys_there(
    postgres_dsn: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    async with place(postgres_dsn, kafka_bootstrap, tmp_path) as chosen, house(chosen) as one:
        assert await founded(one, street=False) is not None
        said = await lines_said(one)

        (tmp_path / keys.NAME).unlink()

        assert await founded(one, street=True) is None
        assert keys.read(tmp_path) is None
        assert await lines_said(one) == said


async def lines_said(one: House) -> int:
    async with one.observer.snapshot() as tx:
        return int(await tx.fetchval("SELECT count(*) FROM registry.outbox"))


async def test_the_first_registrar_and_auditor_are_where_the_installation_says(
    postgres_dsn: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    async with place(postgres_dsn, kafka_bootstrap, tmp_path, division="999999") as chosen, house(chosen) as one:
        with pytest.raises(CannotStart, match="SANSHE_DIVISION"):
            await founded(one, street=False)
    async with place(postgres_dsn, kafka_bootstrap, tmp_path, division="340111") as chosen, house(chosen) as one:
        await founded(one, street=False)
        for kind in (PartyKind.REGISTRAR, PartyKind.AUDITOR):
            _, shown = await get(one.address, f"/v1/parties/{first_party(kind)}")
            assert json.loads(shown)["division"] == "340111"


async def test_a_task_that_ends_by_itself_ends_the_program_with_a_sentence(
    postgres_dsn: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    async with place(postgres_dsn, kafka_bootstrap, tmp_path) as chosen, house(chosen) as one:
        watching = asyncio.create_task(one.ended())
        await asyncio.sleep(0)
        one.running[1].tasks[0].cancel()

        with pytest.raises(Ended, match="A task of service audit has ended"):
            await asyncio.wait_for(watching, 10)


async def test_a_busy_port_gives_way_to_the_next_and_twenty_busy_ones_to_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]

        async with listening(web.Application(), "127.0.0.1", port) as address:
            assert address != f"http://127.0.0.1:{port}"

        monkeypatch.setattr("deploy.serve.PORTS_TRIED", 1)
        with pytest.raises(CannotStart, match=f"The ports {port} to {port} are all taken"):
            async with listening(web.Application(), "127.0.0.1", port):
                pass


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ({"database": "postgresql://u:hidden@127.0.0.1:1/x", "kafka": "127.0.0.1:1"}, "PostgreSQL at 127.0.0.1:1"),
        ({"database": "nonsense", "kafka": "127.0.0.1:1"}, "PostgreSQL at"),
    ],
)
async def test_a_named_server_that_does_not_answer_is_named_without_its_password(
    tmp_path: Path, named: dict[str, str], sentence: str
) -> None:
    with pytest.raises(CannotStart, match=sentence) as caught:
        async with servers(Settings(data=tmp_path, database=named["database"], kafka=named["kafka"])):
            pass

    assert "hidden" not in str(caught.value)


async def test_a_named_broker_that_does_not_answer_is_named(postgres_dsn: str, tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=r"Kafka at 127.0.0.1:1 \(SANSHE_KAFKA\)"):
        async with servers(Settings(data=tmp_path, database=postgres_dsn, kafka="127.0.0.1:1")):
            pass


def test_a_note_is_found_while_it_is_held_and_only_by_its_owner(tmp_path: Path) -> None:
    assert note.read(tmp_path) is None
    with note.held(tmp_path) as write:
        assert note.read(tmp_path) is None
        write(NOTE)
        assert note.read(tmp_path) == NOTE
        assert (tmp_path / note.NAME).stat().st_mode & 0o777 == 0o600
        with pytest.raises(CannotStart, match="already runs on the data folder"), note.held(tmp_path):
            pass
        assert note.read(tmp_path) == NOTE
    assert not (tmp_path / note.NAME).exists()


def test_the_note_of_a_killed_program_is_no_running_installation(tmp_path: Path) -> None:
    (tmp_path / note.NAME).write_text(NOTE.model_dump_json())

    assert note.read(tmp_path) is None
    with note.held(tmp_path) as write:
        write(NOTE)
        assert note.read(tmp_path) == NOTE
