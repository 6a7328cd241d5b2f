"""`sanshe import parties`: looked at, told by line, asked, and whole or not at all."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from deploy import keys
from deploy.cli import app
from deploy.keys import new_ring
from schemas.ids import PartyId
from schemas.importing import MOST_BYTES
from schemas.role import Role
from services.registry.api.importing import ImportsPage
from tests.journey.town import Town, a_town
from tests.services.registry.party_files import an_organization, csv_of, xlsx_of

Towns = AsyncIterator[Town]


@pytest.fixture(scope="module")
async def town(postgres_dsn: str, kafka_bootstrap: str, tmp_path_factory: pytest.TempPathFactory) -> Towns:
    async with a_town(postgres_dsn, kafka_bootstrap, tmp_path_factory.mktemp("town")) as one:
        yield one


async def imports(town: Town, file: Path, *options: str, answer: str = "") -> tuple[int, str, str]:
    """Exit status, and what it printed on both ways."""
    command = ("import", "parties", str(file), "--at", town.api.url, "--keys", str(town.keys), *options)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from deploy.cli import main; main()", *command),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, told = await process.communicate(answer.encode())
    return process.returncode or 0, printed.decode(), told.decode()


async def taken_in(town: Town) -> set[str]:
    page = await town.api.get("/v1/parties/imports", ImportsPage, town.registry.enters)
    return {one.file_name for one in page.imports}


async def test_a_file_is_taken_in_once_and_the_second_time_changes_nothing(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "名录.xlsx"
    file.write_bytes(xlsx_of([an_organization(n) for n in range(100, 105)]))

    first = await imports(town, file, "--yes")
    again = await imports(town, file, "--yes")

    assert first[0] == again[0] == 0
    assert "✓ 已登记 5" in first[1]
    assert "was taken in before" in again[1]
    assert "名录.xlsx" in await taken_in(town)


async def test_it_asks_before_it_commits_and_no_leaves_everything_as_it_was(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "asked.csv"
    file.write_text(csv_of([an_organization(200)]), "gb18030")

    no = await imports(town, file, answer="n\n")
    left = await taken_in(town)
    yes = await imports(town, file, answer="y\n")

    assert no[0] == 1
    assert "Register 1 parties?" in no[1]
    assert file.name not in left
    assert yes[0] == 0
    assert file.name in await taken_in(town)


async def test_wrong_lines_are_told_by_row_and_column_and_nothing_is_taken_in(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "wrong.csv"
    file.write_text(csv_of([an_organization(300), an_organization(301, division="99")]), "utf-8")

    status, printed, told = await imports(town, file, "--yes")

    assert status == 1
    assert "将登记 1" in printed
    assert "第 3 行" in told
    assert "区划代码 Division" in told
    assert file.name not in await taken_in(town)


def far_away(tmp_path: Path, name: str, content: bytes, *options: str) -> tuple[int, str]:
    """With an installation that cannot be reached: nothing is asked of it before the file can be sent."""
    file, ring = tmp_path / name, new_ring([("registrar-1", Role.REGISTRAR, "甲", "registrar", PartyId(uuid4()))])
    file.write_bytes(content)
    keys.write(tmp_path, ring)
    command = ["import", "parties", str(file), "--at", "http://127.0.0.1:1", "--keys", str(tmp_path / keys.NAME)]
    result = CliRunner().invoke(app, [*command, *options])
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("name", "content", "options", "why"),
    [
        ("a.xls", b"x", (), "Only .xlsx and .csv"),
        ("a.csv", b"", (), "must have 1 to"),
        ("a.csv", b"x" * (MOST_BYTES + 1), (), "must have 1 to"),
        ("a.csv", b"x", ("--as", "nobody"), "no key of nobody"),
    ],
)
def test_what_cannot_be_sent_is_told_without_asking(
    tmp_path: Path, name: str, content: bytes, options: tuple[str, ...], why: str
) -> None:
    status, printed = far_away(tmp_path, name, content, *options)

    assert status == 1
    assert why in printed
