"""Workbooks (Office Open XML, ECMA-376): the first sheet's cells, after a look at the archive they come in."""

import io
import zipfile
import zlib
from datetime import date, datetime
from typing import Any

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_WINDOWS_1900

from services.funds.files.cells import Cell, number
from services.funds.files.table import MOST_COLUMNS, MOST_ROWS, FileFault, Row, must_fit, unreadable
from services.funds.rules.uploads import CellFault

MOST_UNPACKED = 8 * 1024 * 1024
MOST_PARTS = 200
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError),
    *(SyntaxError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError),
)
"""what openpyxl and zipfile are known to raise at a workbook that is damaged, encrypted, or none"""


def rows_of(content: bytes) -> list[Row]:
    """As they stand, formulas not computed: a cell that holds one holds no value that anybody signed for."""
    try:
        _look_at_the_archive(content)
        return _first_sheet(content)
    except _BROKEN as error:
        forbidden = any(isinstance(each, DefusedXmlException) for each in (error, error.__cause__))
        raise unreadable(FileFault.ENTITIES if forbidden else FileFault.NOT_XLSX) from None


def _look_at_the_archive(content: bytes) -> None:
    """zipfile never unpacks more of a part than its directory says, so the sum of that is the limit."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise unreadable(FileFault.UNPACKS_TOO_LARGE)
    if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
        raise unreadable(FileFault.MACRO)


def _first_sheet(content: bytes) -> list[Row]:
    book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    try:
        if book.epoch != CALENDAR_WINDOWS_1900:
            raise unreadable(FileFault.DATES_FROM_1904)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size is not believed
        rows: list[Row] = []
        for cells in sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS + 1):
            row = [_cell(cell) for cell in cells]
            while row and row[-1] == "":
                row.pop()
            rows.append(row)
            must_fit(rows)
        return rows
    finally:
        book.close()


def _cell(cell: Any) -> Cell:
    match cell.value:
        case None:
            return ""
        case _ if cell.data_type == "f":
            return CellFault.FORMULA
        case _ if cell.data_type == "e":
            return CellFault.ERROR_VALUE
        case bool():
            return str(cell.value)
        case int() | float() as value:
            return number(value)
        case datetime() as at:
            return at.date().isoformat()
        case date() as day:
            return day.isoformat()
        case other:
            return str(other)
