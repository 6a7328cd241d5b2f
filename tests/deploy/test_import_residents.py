"""`sanshe import residents`: looked at, told by line without repeating anybody, and whole or not at all."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy import keys
from deploy.keys import HeldKey, KeyRing
from schemas.role import Role
from services.needs.api.residents import ResidentsPage
from tests.journey.town import Town, a_town
from tests.services.needs.resident_files import a_row, csv_of, xlsx_of

CLERK = "community-1"
Towns = AsyncIterator[Town]


@pytest.fixture(scope="module")
async def town(postgres_dsn: str, kafka_bootstrap: str, tmp_path_factory: pytest.TempPathFactory) -> Towns:
    async with a_town(postgres_dsn, kafka_bootstrap, tmp_path_factory.mktemp("town")) as one:
        yield one


async def test_wrong_lines_are_told_and_the_right_file_is_taken_in_once(town: Town, tmp_path: Path) -> None:
    clerk = await town.community()
    ring = KeyRing.model_validate_json(town.keys.read_bytes())
    key = HeldKey(
        name=CLERK, role=Role.COMMUNITY, holder=clerk.name, party="community", party_id=clerk.party_id, key=clerk.secret
    )
    keys.write(tmp_path, ring.model_copy(update={"keys": (*ring.keys, key)}))
    wrong, right = tmp_path / "wrong.csv", tmp_path / "right.xlsx"
    wrong.write_text(csv_of([a_row(1), a_row(2, since="1950-01-01")]), "gb18030")
    right.write_bytes(xlsx_of([a_row(1), a_row(2)]))

    async def imports(file: Path) -> tuple[int, str]:
        command = ("import", "residents", str(file), "--as", CLERK, "--yes", "--at", town.api.url)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from deploy.cli import main; main()", *command),
            *("--keys", str(tmp_path / keys.NAME)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await process.communicate()
        return process.returncode or 0, printed.decode()

    refused, taken, again = await imports(wrong), await imports(right), await imports(right)

    assert refused[0] == 1
    assert "第 3 行" in refused[1]
    assert "居住起始日 Since" in refused[1]
    assert a_row(2)[2] not in refused[1]
    assert (taken[0], again[0]) == (0, 0)
    assert "✓ 已登记 2 entered" in taken[1]
    assert "resident-imports/" in taken[1]
    assert "was taken in before" in again[1]
    page = await town.api.get(f"/v1/communities/{clerk.party_id}/residents", ResidentsPage, clerk)
    assert len(page.residents) == 2
