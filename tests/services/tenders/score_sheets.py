"""Scoring sheets as experts fill them in: in a spreadsheet, cell by cell."""

import io
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

FIRST = 5
"""row, counted from 1"""
BID, CRITERION, MOST, POINTS = "A", "D", "F", "G"


def edited(content: bytes, edit: Callable[[Worksheet], None]) -> bytes:
    book = load_workbook(io.BytesIO(content))
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    edit(sheet)
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def filled(content: bytes, points: Callable[[str, str], Any], **changes: Any) -> bytes:
    """`points` by bid and criterion; then single cells by their place, such as `G7`."""

    def fill(sheet: Worksheet) -> None:
        for row in range(FIRST, sheet.max_row + 1):
            sheet[f"{POINTS}{row}"] = points(str(sheet[f"{BID}{row}"].value), str(sheet[f"{CRITERION}{row}"].value))
        for place, value in changes.items():
            sheet[place] = value

    return edited(content, fill)


def a_body(content: bytes, evaluator_id: Any) -> dict[str, Any]:
    return {"evaluator_id": str(evaluator_id), "content": b64encode(content).decode()}
