"""A list as a workbook: whole or saying where it goes on, and nothing in it that a spreadsheet would run."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook

from events.database import Connection
from schemas.ids import PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.party import PartyKind
from schemas.refused import Refused
from schemas.workbook import MEDIA_TYPE, MOST_IN_A_CELL
from services.kit import exporting
from services.kit.asked import Answer, Asked
from services.kit.exporting import exported, lists_of, wanted
from services.kit.service import Get
from services.kit.vault import Vault
from tests.services.exports import ABOUT, sheets_of

NOBODYS: Any = None
VAULT = Vault(bytes(32))


class Place(Model):
    street: str
    number: int


class Row(Model):
    id: int
    name: str = "示例"
    price: Money | None = None
    place: Place | None = None
    words: tuple[str, ...] = ()
    kind: PartyKind = PartyKind.COMMUNITY
    ready: bool = True
    share: Decimal = Decimal("0.5")
    at: datetime = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    day: date = date(2026, 3, 2)


class RowsPage(Answer):
    rows: tuple[Row, ...]
    next: UUID | None


class OneThing(Answer):
    version: int
    title: str
    rows: tuple[Row, ...]


class Plain(Answer):
    version: int
    project_id: PartyId
    rows: tuple[Row, ...]


def a_door(rows: list[Row]) -> Get:
    """A list whose cursor is the number of the row."""

    async def page(connection: Connection, asked: Asked) -> RowsPage:
        start = 0 if asked.cursor is None else asked.cursor.int
        end = start + asked.limit
        return RowsPage(rows=tuple(rows[start:end]), next=UUID(int=end) if end < len(rows) else None)

    return Get(path="/v1/rows/{row_id}", roles=frozenset(), handler=page, answer=RowsPage, summary="行 · Rows")


async def export(rows: list[Row], language: str = "zh", **query: str) -> dict[str, list[tuple[Any, ...]]]:
    asked = Asked(by=None, at=datetime(2026, 3, 2, tzinfo=UTC), path={"row_id": "7"}, query=query, vault=VAULT)
    file = await exported(NOBODYS, a_door(rows), asked, language)
    assert file.name == "rows-row_id.xlsx"
    return sheets_of(file.body)


def about(sheets: dict[str, list[tuple[Any, ...]]]) -> dict[str, Any]:
    return dict(sheets[ABOUT])


def test_a_list_is_an_answer_of_rows_and_not_one_thing_that_has_some() -> None:
    assert lists_of(RowsPage) == lists_of(Plain) == ("rows",)
    assert lists_of(OneThing) == lists_of("text/csv") == ()


async def test_every_page_is_in_the_workbook_and_it_says_that_it_is_complete() -> None:
    sheets = await export([Row(id=number) for number in range(450)])

    header, *rows = sheets["rows"]
    assert header[0] == "id"
    assert [row[0] for row in rows] == list(range(450))
    assert (about(sheets)["行数"], about(sheets)["是否完整"]) == (450, "完整")


async def test_with_a_limit_it_is_that_one_page_and_says_where_the_next_begins() -> None:
    sheets = await export(
        [Row(id=number) for number in range(450)], language="en", limit="100", cursor=str(UUID(int=50))
    )

    assert [row[0] for row in sheets["rows"][1:]] == list(range(50, 150))
    assert str(UUID(int=150)) in about(sheets)["complete"]


async def test_a_list_without_end_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST_ROWS", 400)

    sheets = await export([Row(id=number) for number in range(1000)])

    assert len(sheets["rows"]) == 401
    assert about(sheets)["是否完整"].startswith("不完整")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "\t=1", "\r=1"])
async def test_a_text_that_looks_like_a_formula_stays_a_text(text: str) -> None:
    asked = Asked(by=None, at=datetime(2026, 3, 2, tzinfo=UTC), path={"row_id": "7"}, query={"q": text}, vault=VAULT)

    file = await exported(NOBODYS, a_door([Row(id=1, name=text, words=(text,))]), asked, "zh")

    cells = [cell for sheet in load_workbook(io.BytesIO(file.body)).worksheets for row in sheet for cell in row]
    assert sum(text.strip() in str(cell.value) for cell in cells) >= 3
    assert not any(cell.data_type == "f" for cell in cells)


async def test_values_are_as_people_read_them() -> None:
    place = Place(street="示例路", number=3)
    rows = [Row(id=10**16), Row(id=2, price=Money(12_50), place=place, words=("乙", "甲"), ready=False)]

    header, first, second = (await export(rows))["rows"]

    named = dict(zip(header, second, strict=True))
    assert named["price"] == 12.5
    assert (named["place.street"], named["place.number"]) == ("示例路", 3)
    assert (named["words"], named["kind"], named["ready"]) == ("乙、甲", "社区", "否")
    assert (named["at"], named["day"], named["share"]) == ("2026-03-02 09:00", "2026-03-02", 0.5)
    assert "place" not in header
    assert first[0] == str(10**16)


async def test_a_text_longer_than_a_cell_is_cut_visibly() -> None:
    _, row = (await export([Row(id=1, name="长" * 40_000)]))["rows"]

    assert (len(row[1]), row[1][-1]) == (MOST_IN_A_CELL, "…")


async def test_an_empty_list_is_a_workbook_too() -> None:
    sheets = await export([])

    assert len(sheets["rows"]) == 1
    assert about(sheets)["行数"] == 0


def test_it_is_asked_for_by_query_or_by_accept_and_another_format_is_refused() -> None:
    door = a_door([])

    assert wanted(door, {"format": "xlsx"}, "")
    assert wanted(door, {}, MEDIA_TYPE)
    assert not wanted(door, {"format": "json"}, MEDIA_TYPE)
    assert not wanted(door, {}, "application/json")
    with pytest.raises(Refused) as no:
        wanted(door, {"format": "pdf"}, "")
    assert (no.value.code, no.value.field) == ("no_such_format", "format")
