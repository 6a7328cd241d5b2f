"""A table that somebody filled in by a template, read line by line as far as it can be without deciding anything."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from pydantic import ValidationError

from schemas.importing import MOST_LINES, ImportedFile, LineProblem
from schemas.refused import Refused
from schemas.sheet import Encoding, Sheet, SheetCell, Unread, place_of
from services.kit import csv_files, reasons
from services.kit.problems import fault
from services.kit.workbooks import FileFault, first_sheet, too_many_rows, unreadable

MOST_ROWS = MOST_LINES + 100
"""the header and blank rows included"""
MOST_UNPACKED = 16 * 1024 * 1024
MOST_SHOWN = 10
"""merged ranges and headings that a refusal names"""
_DAY = re.compile(r"([0-9]{4})(?:-|/|\.|年)([0-9]{1,2})(?:-|/|\.|月)([0-9]{1,2})日?|([0-9]{4})([0-9]{2})([0-9]{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One of a template: its heading in both languages, a space between, and what its cells hold."""

    heading: str
    optional: bool = False
    as_written: bool = False
    """its cells keep their full-width signs"""
    words: tuple[StrEnum, ...] = ()
    """what it takes, by code or by word in either language"""
    is_day: bool = False
    """taken as offices write days: 2026-03-02, 2026/3/2, 2026.3.2, 2026年3月2日, 20260302"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLine:
    row: int
    """of the file, counted from 1"""
    fields: Mapping[str, str] = field(repr=False)
    """of the cells that are filled; of a word its code"""
    problems: tuple[LineProblem, ...] = ()


Columns = Mapping[str, Column]


def read_table(
    file: ImportedFile, columns: Columns, *, quotes_headings: bool = True
) -> tuple[list[TableLine], Encoding | None]:
    """A pure function of the file. `quotes_headings`: whether a refusal may repeat what stands in the first row."""
    sheet, encoding = _sheet(file)
    filled = [(place, row) for place, row in enumerate(sheet.rows, start=1) if any(_is_filled(cell) for cell in row)]
    if not filled:
        raise unreadable(FileFault.NO_LINES)
    places = _places(*filled[0], columns, quotes_headings)
    if len(filled) == 1:
        raise unreadable(FileFault.NO_LINES)
    if len(filled) > MOST_LINES + 1:
        raise too_many_rows(MOST_LINES)
    known = {what: _spoken(column.words) for what, column in columns.items()}
    return [_line(place, row, places, columns, known) for place, row in filled[1:]], encoding


def field_problems(error: ValidationError, columns: Columns) -> tuple[LineProblem, ...]:
    """In one line once per column, never quoting the cell."""
    found: dict[str, Refused] = {}
    for each in error.errors(include_url=False, include_input=False):
        wrong = fault(each)
        column = heading_of(columns, wrong["field"]) or wrong["field"]
        found.setdefault(column, Refused("invalid_field", status=422, **wrong | {"field": column}))
    return tuple(LineProblem(column=column, refusal=refusal) for column, refusal in found.items())


def heading_of(columns: Columns, field: str | None) -> str | None:
    column = columns.get(field or "")
    return None if column is None else column.heading


def _sheet(file: ImportedFile) -> tuple[Sheet, Encoding | None]:
    if file.format == "csv":
        text, encoding = csv_files.decoded(file.content, file.encoding)
        return Sheet("", csv_files.rows_of(text, MOST_ROWS)), encoding
    sheet = first_sheet(file.content, MOST_ROWS, MOST_UNPACKED)
    if len(sheet.rows) > MOST_ROWS:
        raise too_many_rows(MOST_LINES)
    if sheet.merged:
        raise Refused("cells_merged", status=422, field="content", cells=", ".join(sheet.merged[:MOST_SHOWN]))
    return sheet, None


def _is_filled(cell: SheetCell) -> bool:
    return isinstance(cell, Unread) or bool(cell.strip())


def _spoken(values: Sequence[StrEnum]) -> dict[str, str]:
    """By what they are called: their code, and their words in both languages."""
    return {_title(said): str(v) for v in values for said in (str(v), reasons.said(v, "zh"), reasons.said(v, "en"))}


def _places(row: int, header: Sequence[SheetCell], columns: Columns, quotes: bool) -> dict[str, int]:
    """Of each column its place. Headings in either language or both; every other heading is a mistake."""
    wanted = {
        _title(name): what
        for what, column in columns.items()
        for name in (what, column.heading, *_halves(column.heading))
    }
    titles = [_title(cell) for cell in header]
    found = [wanted.get(title) for title in titles]
    counts = Counter(what for what in found if what is not None)
    missing = [column.heading for what, column in columns.items() if what not in counts and not column.optional]
    strange = [place for place, title in enumerate(titles) if title and title not in wanted]
    beside = [str(header[place]) if quotes else place_of(row - 1, place) for place in strange]
    twice = [columns[what].heading for what, number in counts.items() if number > 1]
    if missing or strange or twice:
        raise Refused(
            "import_header_wrong",
            status=422,
            field="content",
            row=row,
            missing=_some(missing),
            beside=_some([*beside, *twice]),
        )
    return {what: place for place, what in enumerate(found) if what is not None}


def _halves(heading: str) -> tuple[str, str]:
    zh, _, en = heading.partition(" ")
    return zh, en


def _some(names: Sequence[str]) -> str:
    return "、".join(name[:40] for name in names[:MOST_SHOWN]) or "—"


def _title(cell: SheetCell) -> str:
    return "".join(unicodedata.normalize("NFKC", cell).split()).lower()


def _line(
    place: int,
    row: Sequence[SheetCell],
    places: Mapping[str, int],
    columns: Columns,
    known: Mapping[str, Mapping[str, str]],
) -> TableLine:
    fields: dict[str, str] = {}
    problems: list[LineProblem] = []
    for what, at in places.items():
        cell, column = row[at] if at < len(row) else "", columns[what]
        if isinstance(cell, Unread):
            refusal = Refused("cell_unread", status=422, unread=cell)
            problems.append(LineProblem(column=column.heading, refusal=refusal))
        elif text := _text(column, cell):
            fields[what] = known[what].get(_title(text), text)
        if column.is_day and what in fields:
            day = _day(fields.pop(what))
            if day is None:
                problems.append(LineProblem(column=column.heading, refusal=Refused("cell_no_day", status=422)))
            else:
                fields[what] = day
    return TableLine(row=place, fields=fields, problems=tuple(problems))


def _text(column: Column, cell: str) -> str:
    return cell.strip() if column.as_written else unicodedata.normalize("NFKC", cell).strip()


def _day(text: str) -> str | None:
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
