"""Files of residents over HTTP and PostgreSQL: template, preview, import, confirmation by a second person."""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from schemas.importing import MOST_LINES
from schemas.party import PartyKind
from schemas.role import Role
from services import needs
from services.kit.importing import LARGEST
from tests.services.needs.resident_files import HEADER, a_body, a_row, csv_of, xlsx_of
from tests.services.needs.test_residents import a_resident
from tests.support.fixtures import Running
from tests.support.secrecy import everything_stored, everything_told, shows
from tests.support.system import Person, Reply, System


@dataclass(frozen=True, slots=True)
class Intake:
    system: System
    first: Person
    second: Person

    @property
    def home(self) -> str:
        return f"/v1/communities/{self.first.party_id}"

    async def preview(self, body: dict[str, Any], by: Person | None = None) -> Reply:
        return await self.system.post(f"{self.home}/resident-import-previews", body, by or self.first)

    async def take_in(self, body: dict[str, Any], by: Person | None = None) -> Reply:
        return await self.system.post(f"{self.home}/resident-imports", body, by or self.first)

    async def confirm(self, import_id: str, by: Person | None = None) -> Reply:
        path = f"{self.home}/resident-imports/{import_id}/confirmation"
        return await self.system.post(path, {}, by or self.second)

    async def register(self, *residents: dict[str, Any]) -> list[str]:
        reply = await self.system.post(f"{self.home}/residents", {"residents": residents}, self.first)
        ids: list[str] = reply.json["residents"]
        return ids

    async def residents(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.system.get(f"{self.home}/residents", self.first)).json["residents"]
        return found

    async def kept(self) -> list[int]:
        """How many rows of all that an import writes."""
        tables = ("residents", "registers", "resident_imports")
        return [len(await self.system.fetch(f"SELECT 1 FROM needs.{table}")) for table in tables]


@pytest.fixture
async def intake(running: Running) -> AsyncIterator[Intake]:
    async with running(needs.SERVICE, virtual=True) as system:
        first = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        second = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY, party_id=first.party_id)
        yield Intake(system, first, second)


async def raw(system: System, path: str, by: Person) -> bytes:
    async with system.http.get(path, headers={"Authorization": f"Bearer {by.secret}"}) as answer:
        assert answer.status == 200
        return await answer.read()


async def test_the_template_filled_in_is_previewed_taken_in_once_and_confirmed_by_another(intake: Intake) -> None:
    book = load_workbook(io.BytesIO(await raw(intake.system, "/v1/residents/import-template", intake.first)))
    lines, words = book.worksheets
    for row in (a_row(1, document="居民身份证", ground="户籍"), a_row(2, ground="newcomer", since="2001年2月3日")):
        lines.append(row)
    filled = io.BytesIO()
    book.save(filled)
    body = a_body(filled.getvalue())

    preview = await intake.preview(body)
    nothing = await intake.kept()
    done = await intake.take_in(body)
    again = await intake.take_in(body, intake.second)
    id = done.json["import_id"]
    own = await intake.confirm(id, intake.first)
    confirmed = await intake.confirm(id)
    twice = await intake.confirm(id)
    shown = await intake.system.get(f"{intake.home}/resident-imports/{id}", intake.second)
    listed = await intake.system.get(f"{intake.home}/resident-imports", intake.first)
    template = await raw(intake.system, "/v1/residents/import-template.csv", intake.first)

    assert [cell.value for cell in lines[1]] == list(HEADER)
    assert {"居民身份证", "户籍"} <= {cell.value for cell in words["A"]}
    assert template.decode("utf-8-sig").strip() == ",".join(HEADER)
    assert (preview.status, preview.json["new"], preview.json["wrong"], nothing) == (201, 2, 0, [0, 0, 0])
    assert (done.status, done.json["entered"], done.json["known"]) == (201, 2, False)
    assert (again.status, again.json["known"], again.json["imported_by"]) == (201, True, str(intake.first.person_id))
    assert (own.status, own.json["title"]) == (403, "own_resident_import")
    assert (confirmed.status, confirmed.json["confirmed"], confirmed.json["left_alone"]) == (201, 2, 0)
    assert (twice.status, twice.json["title"]) == (409, "resident_import_confirmed")
    assert shown.json["confirmed_by"] == str(intake.second.person_id)
    assert [one["import_id"] for one in listed.json["imports"]] == [id]
    entered = await intake.residents()
    assert sorted(one["person"]["since"] for one in entered) == ["2000-01-01", "2001-02-03"]
    assert all(one["confirmed"] for one in entered)
    assert await intake.kept() == [2, 1, 1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_csv_is_read_in_utf_8_and_gb_18030(intake: Intake, encoding: str) -> None:
    content = csv_of([a_row(1, name="欧阳示例𠮷", document="护照")]).encode(encoding)

    done = await intake.take_in(a_body(content, format="csv"))

    assert (done.status, done.json["encoding"]) == (201, "gb18030" if encoding == "gb18030" else "utf-8")
    ((person),) = [one["person"] for one in await intake.residents()]
    assert (person["name"], person["document"]) == ("欧阳示例𠮷", "passport")


def _with_a_wrong_check(number: str) -> str:
    return number[:-1] + ("1" if number[-1] != "1" else "2")


async def test_every_fault_is_told_by_line_and_column_and_nothing_of_the_file_is_repeated(intake: Intake) -> None:
    (known,) = await intake.register(a_resident(9))
    wrong = _with_a_wrong_check(str(a_resident(2)["number"]))
    rows = [
        a_row(1),
        a_row(2, number=wrong, since="2030-01-01"),
        a_row(3, ground="visitor", born_on="1960-02-30"),
        a_row(1, name="另一个写法"),
        a_row(9),
        a_row(4, since="1950-01-01"),
        a_row(5, name="", since="昨天"),
    ]
    before = await intake.kept()

    preview = await intake.preview(a_body(csv_of(rows)))
    refused = await intake.take_in(a_body(csv_of(rows)))

    name, _, number, born_on, ground, since = HEADER
    told = {
        (line["row"], fault["column"]): fault["code"] for line in preview.json["lines"] for fault in line["problems"]
    }
    assert told == {
        (3, number): "identity_number_wrong",
        (3, since): "resident_day",
        (4, born_on): "cell_no_day",
        (4, ground): "invalid_field",
        (5, number): "resident_twice_in_file",
        (6, number): "resident_known",
        (7, since): "resident_before_birth",
        (8, name): "invalid_field",
        (8, since): "cell_no_day",
    }
    assert (preview.json["new"], preview.json["wrong"]) == (1, 6)
    assert known in str(preview.json)
    assert (refused.status, refused.json["title"], refused.json["field"]) == (422, "lines_wrong", "content")
    assert f"第 3 行“{number}”" in refused.json["detail"]
    for said in (str(preview.json), str(refused.json)):
        assert not shows(said)
        for text in (wrong, a_row(1)[2], "visitor", "昨天", "1960-02-30", "另一个写法"):
            assert text not in said
    assert await intake.kept() == before


async def test_a_file_without_its_header_is_refused_without_quoting_the_person_in_the_first_row(intake: Intake) -> None:
    refused = await intake.preview(a_body(csv_of([a_row(2)], a_row(1))))

    assert (refused.status, refused.json["title"]) == (422, "import_header_wrong")
    assert "A1、B1、C1、D1、E1、F1" in refused.json["detail"]
    assert not shows(str(refused.json))
    assert a_row(1)[2] not in str(refused.json)


async def test_neither_row_nor_record_holds_anything_that_stood_in_the_file(intake: Intake) -> None:
    body = a_body(csv_of([a_row(1), a_row(2)]))
    await intake.preview(body)
    id = (await intake.take_in(body)).json["import_id"]
    await intake.preview(a_body(csv_of([a_row(1)])))
    await intake.confirm(id)

    for place in (await everything_stored(intake.system), await everything_told(intake.system)):
        assert not shows(place)
        assert not [text for text in (*a_row(1)[2:4], a_row(2)[2], body["content"]) if text in place]
    assert [fact for fact in await intake.system.facts("needs") if "resident" in fact["type"]] == []


async def test_two_clerks_with_the_same_file_at_once_enter_everybody_once(intake: Intake) -> None:
    body = a_body(csv_of([a_row(1), a_row(2)]))

    both = await asyncio.gather(*(intake.take_in(body, by) for by in (intake.first, intake.second)))

    assert [reply.status for reply in both] == [201, 201]
    assert sorted(reply.json["known"] for reply in both) == [False, True]
    assert await intake.kept() == [2, 1, 1]


async def test_who_was_corrected_by_another_confirmed_alone_or_erased_is_left_alone(intake: Intake) -> None:
    done = await intake.take_in(a_body(csv_of([a_row(n) for n in range(4)])))
    home = f"{intake.home}/residents"
    by_number = {one["person"]["number"]: one["id"] for one in await intake.residents()}
    ids = [by_number[a_row(n)[2]] for n in range(4)]
    third = await intake.system.person(PartyKind.COMMUNITY, Role.COMMUNITY, party_id=intake.first.party_id)
    await intake.system.post(f"{home}/{ids[0]}/correction", a_resident(0, ground="living"), third)
    await intake.system.post(f"{home}/{ids[1]}/confirmation", {}, third)
    await intake.system.post(f"{home}/{ids[2]}/erasure", {}, intake.first)

    confirmed = await intake.confirm(done.json["import_id"])

    assert (confirmed.status, confirmed.json["confirmed"], confirmed.json["left_alone"]) == (201, 1, 3)
    assert {one["id"]: one["confirmed"] for one in await intake.residents()} == {
        ids[0]: False,
        ids[1]: True,
        ids[3]: True,
    }


async def test_the_intake_of_another_community_does_not_exist_and_other_roles_are_refused(intake: Intake) -> None:
    stranger = await intake.system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
    funder = await intake.system.person(PartyKind.FUNDER, Role.FUNDER)
    body = a_body(csv_of([a_row(1)]))
    id = (await intake.take_in(body)).json["import_id"]
    theirs = f"/v1/communities/{stranger.party_id}/resident-imports"

    replies = [
        await intake.take_in(body, stranger),
        await intake.preview(body, stranger),
        await intake.take_in(body, funder),
        await intake.confirm(id, stranger),
        await intake.system.post(f"{theirs}/{id}/confirmation", {}, stranger),
        await intake.system.get(f"{theirs}/{id}", stranger),
        await intake.system.get(f"{intake.home}/resident-imports/{id}", stranger),
        await intake.system.get(f"{intake.home}/resident-imports", stranger),
        await intake.confirm(str(uuid4())),
    ]

    assert [reply.status for reply in replies] == [403, 403, 403, 403, 404, 404, 403, 404, 404]
    assert (await intake.system.get(theirs, stranger)).json["imports"] == []


def a_bomb() -> bytes:
    """A workbook whose sheet unpacks to far more than it may."""
    packed = io.BytesIO(xlsx_of([a_row(1)]))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/large.bin", b"\0" * (17 * 1024 * 1024))
    return packed.getvalue()


async def test_too_large_too_long_packed_or_broken_a_file_is_refused_and_nothing_written(intake: Intake) -> None:
    body = "".join(f'"居民","passport","E{n:08}","1960-01-02","living","2000-01-01"\r\n' for n in range(MOST_LINES + 1))

    replies = [
        await intake.take_in(a_body(csv_of([]) + body)),
        await intake.take_in(a_body(a_bomb())),
        await intake.take_in(a_body(b"PK no workbook")),
        await intake.take_in(a_body(csv_of([]))),
        await intake.system.post(f"{intake.home}/resident-imports", b" " * (LARGEST + 1), intake.first),
    ]

    assert [(reply.status, reply.json["title"]) for reply in replies] == [
        (422, "too_many_rows"),
        *([(422, "file_not_readable")] * 3),
        (413, "body_too_large"),
    ]
    assert await intake.kept() == [0, 0, 0]


async def test_as_many_residents_as_may_be_are_taken_in_and_confirmed_at_once(intake: Intake) -> None:
    content = csv_of([a_row(n) for n in range(MOST_LINES)])

    done = await intake.take_in(a_body(content))
    confirmed = await intake.confirm(done.json["import_id"])

    assert (done.status, done.json["entered"]) == (201, MOST_LINES)
    assert confirmed.json["confirmed"] == MOST_LINES
    (row,) = await intake.system.fetch("SELECT state ->> 'residents' AS n FROM needs.registers")
    assert row["n"] == str(MOST_LINES)
