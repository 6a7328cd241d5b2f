"""Files of residents as communities fill them in."""

import io
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from services.needs.api.resident_file import COLUMNS
from tests.services.needs.test_residents import a_resident

HEADER = tuple(column.heading for column in COLUMNS.values())


def a_row(n: int = 1, **changes: Any) -> list[Any]:
    return list(a_resident(n, **changes).values())


def csv_of(rows: Sequence[Sequence[Any]], header: Sequence[str] = HEADER) -> str:
    return "".join(",".join(f'"{cell}"' for cell in row) + "\r\n" for row in (header, *rows))


def xlsx_of(rows: Sequence[Sequence[Any]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in (HEADER, *rows):
        sheet.append(list(row))
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def a_body(content: bytes | str, **changes: Any) -> dict[str, Any]:
    """As the door takes it: text is CSV in UTF-8, bytes are a workbook unless told otherwise."""
    raw = content.encode() if isinstance(content, str) else content
    format = "csv" if isinstance(content, str) else "xlsx"
    return {"format": format, "content": b64encode(raw).decode()} | changes
