"""Rows of cells with a header: which column is what, which rows are lines, and every cell that is wrong."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from schemas.refused import Refused
from services.funds.files.cells import Cell, Wrong, amount_in, line_in, plain
from services.funds.rules.columns import Columns, CostColumns
from services.funds.rules.uploads import MOST_LINES, NOTHING_STATED, BadCell, CellFault, Stated
from services.kit.workbooks import MOST_COLUMNS, FileFault, too_many_rows, unreadable

MOST_ROWS = MOST_LINES + 100
"""headings, totals and blank rows included"""
HEADER_WITHIN = 40
"""rows: above it stand titles, account and period, or the heads that costs may be reported under"""

_TOTAL = re.compile(r"(?:合计|总计|共计)[::]?")
_COUNT = re.compile(r"共?([0-9]{1,6})笔")

Row = list[Cell]
T = TypeVar("T")


def must_fit(rows: Sequence[Row]) -> None:
    if len(rows) > MOST_ROWS:
        raise too_many_rows(MOST_ROWS)
    if len(rows[-1]) > MOST_COLUMNS:
        raise unreadable(FileFault.TOO_WIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Generic[T]):
    """What was read of it."""

    lines: tuple[T | None, ...]
    """none where a cell is wrong"""
    rows: tuple[int, ...]
    """where each line stands, counted from 1"""
    stated: Stated
    """what a row of totals says"""
    wrong: tuple[BadCell, ...]


class TableRow:
    def __init__(self, place: int, cells: Row, places: dict[str, tuple[str, int]]) -> None:
        self.place = place
        self._cells = cells
        self._places = places
        self.wrong: list[BadCell] = []

    @property
    def is_blank(self) -> bool:
        return not any(isinstance(cell, CellFault) or cell.strip() for cell in self._cells)

    @property
    def is_total(self) -> bool:
        return any(_TOTAL.fullmatch(_title(cell)) for cell in self._cells)

    def has(self, what: str) -> bool:
        return what in self._places

    def cell(self, what: str) -> Cell:
        place = self._places[what][1]
        return self._cells[place] if place < len(self._cells) else ""

    def read(self, what: str, read: Callable[[Cell], T]) -> T | None:
        """None when the cell is wrong, which is noted."""
        try:
            return read(self.cell(what))
        except Wrong as wrong:
            self.refuse(what, wrong.fault)
            return None

    def refuse(self, what: str, fault: CellFault) -> None:
        self.wrong.append(BadCell(row=self.place, column=self._places[what][0], fault=fault))

    def totals(self) -> Stated:
        counts = [int(found[1]) for cell in self._cells if (found := _COUNT.fullmatch(_title(cell)))]
        return Stated(lines=counts[0] if counts else None, total=self.read("amount", amount_in))

    def must_be_a_note(self, dated: str) -> None:
        """After the totals: a line there would be one that they leave out."""
        if self.cell("amount") != "" and self.cell(dated) != "":
            self.refuse("amount", CellFault.AFTER_THE_TOTAL)


def read_table(
    rows: Sequence[Row], columns: Columns | CostColumns, line: Callable[[TableRow], T | None], dated: str
) -> Table[T]:
    """Every row under the header down to a row of totals; blank rows, and notes after it, do not count.

    `line` reads one; `dated`: the column that a line has its day in and a note has not.
    """
    top, places = _header(rows, columns)
    lines: list[T | None] = []
    found: list[int] = []
    wrong: list[BadCell] = []
    stated: Stated | None = None
    for place, cells in enumerate(rows[top + 1 :], start=top + 2):
        row = TableRow(place, cells, places)
        if row.is_blank:
            continue
        if stated is not None:
            row.must_be_a_note(dated)
        elif row.is_total:
            stated = row.totals()
        else:
            lines.append(line(row))
            found.append(place)
        wrong += row.wrong
    if not lines:
        raise unreadable(FileFault.NO_LINES)
    if len(lines) > MOST_LINES:
        raise too_many_rows(MOST_LINES)
    return Table(lines=tuple(lines), rows=tuple(found), stated=stated or NOTHING_STATED, wrong=tuple(wrong))


def words_as(kind: Any, fault: CellFault) -> Callable[[Cell], str]:
    """Reads what must not be empty and is of this kind of text."""
    adapter: TypeAdapter[str] = TypeAdapter(kind)

    def read(cell: Cell) -> str:
        text = line_in(cell)
        if not text:
            raise Wrong(CellFault.EMPTY)
        try:
            return adapter.validate_python(text)
        except ValidationError:
            raise Wrong(fault) from None

    return read


def _header(rows: Sequence[Row], columns: Columns | CostColumns) -> tuple[int, dict[str, tuple[str, int]]]:
    """Where the header is, and of each column its name and place: the first row that holds most of the names."""
    wanted = {what: name for what, name in columns if name is not None}
    heads = [[_title(cell) for cell in row] for row in rows[:HEADER_WITHIN]]
    names = {_title(name) for name in wanted.values()}
    top = max(range(len(heads)), key=lambda at: (len(names & set(heads[at])), -at), default=0)
    head = heads[top] if heads else []
    for name in wanted.values():
        if _title(name) not in head:
            raise Refused("column_missing", status=422, field="content", column=name, row=top + 1)
        if head.count(_title(name)) > 1:
            raise Refused("column_twice", status=422, field="content", column=name, row=top + 1)
    return top, {what: (name, head.index(_title(name))) for what, name in wanted.items()}


def _title(cell: Cell) -> str:
    try:
        return "".join(plain(cell).split())
    except Wrong:
        return ""
