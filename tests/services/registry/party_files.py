"""Files of parties as offices fill them in."""

import io
from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from schemas import uscc
from schemas.sheet import Encoding
from services.registry.api.party_file import COLUMNS, read
from services.registry.rules.importing import ImportParties, PartyFile

HEADER = tuple(column.heading for column in COLUMNS.values())
COUNTY = "320508"


def an_organization(number: int = 1, **changes: Any) -> list[Any]:
    """A row of the template; `number` makes its credit code."""
    code = uscc.make("52", COUNTY, f"{number:08d}")
    row = {"kind": "社会组织等机构", "name": f"示例服务中心{number}", "uscc": code, "division": COUNTY}
    return list((row | changes).values())


def a_worker(name: str = "示例社工", until: str = "2027-01-01", level: str = "社会工作师") -> list[Any]:
    return ["社会工作者", name, "", COUNTY, level, until]


def csv_of(rows: Sequence[Sequence[Any]], header: Sequence[str] = HEADER) -> str:
    return "".join(",".join(f'"{cell}"' for cell in row) + "\r\n" for row in (header, *rows))


def xlsx_of(
    rows: Sequence[Sequence[Any]], header: Sequence[str] = HEADER, change: Callable[[Worksheet], None] | None = None
) -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in (header, *rows):
        sheet.append(list(row))
    if change is not None:
        change(sheet)
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def a_file(content: bytes | str, encoding: Encoding | None = None) -> PartyFile:
    """Text is CSV, bytes are a workbook unless an encoding says otherwise."""
    is_csv = isinstance(content, str) or encoding is not None
    raw = content.encode() if isinstance(content, str) else content
    return read(ImportParties(file_name="主体.csv", content=raw, format="csv" if is_csv else "xlsx", encoding=encoding))


def a_body(content: bytes | str, file_name: str = "主体.xlsx") -> dict[str, Any]:
    """As the door takes it."""
    raw = content.encode() if isinstance(content, str) else content
    format = "csv" if isinstance(content, str) else "xlsx"
    return {"file_name": file_name, "format": format, "content": b64encode(raw).decode()}
