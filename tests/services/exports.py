"""Every list door, and the workbook it gives beside its JSON."""

import io
from typing import Any

import orjson
from openpyxl import load_workbook

from schemas.workbook import MEDIA_TYPE
from services.kit.exporting import lists_of
from services.kit.service import Get
from tests.services.doors import GETS
from tests.support.system import Person, System

LISTS = [get for get in GETS if lists_of(get.answer)]
ABOUT = "说明 About"


async def asked(system: System, path: str, by: Person | None, accepts: str = "*/*") -> tuple[int, str, bytes]:
    """Status, media type, body."""
    headers = {"Accept": accepts} | ({"Authorization": f"Bearer {by.secret}"} if by is not None else {})
    async with system.http.get(path, headers=headers) as answer:
        return answer.status, answer.content_type, await answer.read()


async def exported_rows(system: System, get: Get, path: str, by: Person | None) -> int | None:
    """How many rows the workbook holds, after it was found to hold what the JSON does; none where there is no list."""
    status, _, raw = await asked(system, f"{path}?limit=200", by)
    as_book, media_type, body = await asked(system, f"{path}?format=xlsx&limit=200", by)
    assert as_book == status, (path, status, body[:300])
    if status != 200:
        return None
    assert media_type == MEDIA_TYPE
    answer = orjson.loads(raw)
    sheets = sheets_of(body)
    assert list(sheets) == [*(name[:31] for name in lists_of(get.answer)), ABOUT]
    for name in lists_of(get.answer):
        header, *rows = sheets[name[:31]]
        assert len(rows) == len(answer[name]), path
        must_name_every_field(header, answer[name])
    return sum(len(answer[name]) for name in lists_of(get.answer))


def sheets_of(body: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = load_workbook(io.BytesIO(body))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


def must_name_every_field(header: tuple[Any, ...], rows: list[dict[str, Any]]) -> None:
    tops = {str(column).partition(".")[0] for column in header}
    assert all(set(row) <= tops for row in rows), (header, rows[:1])
