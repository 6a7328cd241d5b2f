"""Workbooks people hand in (Office Open XML, ECMA-376): the first sheet's cells, after a look at their archive."""

import io
import re
import zipfile
import zlib
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_WINDOWS_1900

from schemas.refused import Refused
from schemas.sheet import Sheet, SheetCell, Unread

MOST_UNPACKED = 8 * 1024 * 1024
MOST_PARTS = 200
MOST_COLUMNS = 60
MOST_KEPT = 10**15
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})[\"']")
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError),
    *(SyntaxError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError),
)
"""what openpyxl and zipfile are known to raise at a workbook that is damaged, encrypted, or none"""


class FileFault(StrEnum):
    """Of any file that is handed in."""

    NOT_CSV = "not_csv"
    NOT_XLSX = "not_xlsx"
    NOT_CAMT = "not_camt"
    TOO_WIDE = "too_wide"
    UNPACKS_TOO_LARGE = "unpacks_too_large"
    MACRO = "macro"
    ENTITIES = "entities"
    DATES_FROM_1904 = "dates_from_1904"
    NO_LINES = "no_lines"


def unreadable(fault: FileFault) -> Refused:
    return Refused("file_not_readable", status=422, field="content", fault=fault)


def too_many_rows(most: int) -> Refused:
    return Refused("too_many_rows", status=422, field="content", most=most)


def first_sheet(content: bytes, most_rows: int, most_unpacked: int = MOST_UNPACKED) -> Sheet:
    """As it stands, formulas not computed: a cell that holds one holds no value that anybody signed for.

    One row more than `most_rows` is read, so that its reader can tell that there are more.
    """
    try:
        _look_at_the_archive(content, most_unpacked)
        return _first_sheet(content, most_rows)
    except _BROKEN as error:
        forbidden = any(isinstance(each, DefusedXmlException) for each in (error, error.__cause__))
        raise unreadable(FileFault.ENTITIES if forbidden else FileFault.NOT_XLSX) from None


def _look_at_the_archive(content: bytes, most_unpacked: int) -> None:
    """zipfile never unpacks more of a part than its directory says, so the sum of that is the limit."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > most_unpacked:
        raise unreadable(FileFault.UNPACKS_TOO_LARGE)
    if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
        raise unreadable(FileFault.MACRO)


def _first_sheet(content: bytes, most_rows: int) -> Sheet:
    book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    try:
        if book.epoch != CALENDAR_WINDOWS_1900:
            raise unreadable(FileFault.DATES_FROM_1904)
        sheet: Any = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size is not believed
        rows: list[list[SheetCell]] = []
        for cells in sheet.iter_rows(max_row=most_rows + 1, max_col=MOST_COLUMNS + 1):
            row = [_cell(cell) for cell in cells]
            while row and row[-1] == "":
                row.pop()
            if len(row) > MOST_COLUMNS:
                raise unreadable(FileFault.TOO_WIDE)
            rows.append(row)
        return Sheet(sheet.title, rows, _merged(content, sheet._worksheet_path))
    finally:
        book.close()


def _merged(content: bytes, part: str) -> list[str]:
    """openpyxl does not read them of a sheet that it streams; in a text `<` is written otherwise."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [found.decode() for found in _MERGED.findall(archive.read(part.lstrip("/")))]


def _cell(cell: Any) -> SheetCell:
    match cell.value:
        case None:
            return ""
        case _ if cell.data_type == "f":
            return Unread.FORMULA
        case _ if cell.data_type == "e":
            return Unread.ERROR_VALUE
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


def number(value: int | float) -> SheetCell:
    """As the spreadsheet shows it: binary fractions hold 15 decimal digits, what lies beyond is noise (IEEE 754).

    Of a longer whole number, as invoices and banks have them, a spreadsheet that took it for one lost the last digits.
    """
    if abs(value) >= MOST_KEPT:
        return Unread.ROUNDED
    return str(value) if isinstance(value, int) else f"{Decimal(f'{value:.15g}'):f}"
