"""Rows of cells, read as receipt lines by the columns a funder named."""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TypeVar

from pydantic import ValidationError

from schemas.refused import Refused
from services.funds.files.cells import Cell, Wrong, amount_in, date_in, plain
from services.funds.rules.receipts import ReceiptLine
from services.funds.rules.statements import MOST_LINES, CellFault, Columns, Stated

MOST_ROWS = MOST_LINES + 100
"""headings, totals and blank rows included"""
MOST_COLUMNS = 60
HEADER_WITHIN = 20
"""rows: above it stand titles, account and period"""
NO_NUMBER = "-"
"""where a line has no number of ours in its column"""

_TOTAL = re.compile(r"(?:合计|总计|共计)[::]?")
_COUNT = re.compile(r"共?([0-9]{1,6})笔")
_SENT_BACK = re.compile(r"(?:已|被|银行|支付|交易|处理)?(?:退票|退回|退汇|拒付|失败)(?:[:,;( ].*)?")
_WENT_THROUGH = ("", "成功", "已支付", "支付成功", "交易成功", "处理成功", "已入账", "已清算")

Row = list[Cell]
T = TypeVar("T")


class FileFault(StrEnum):
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


def must_fit(rows: Sequence[Row]) -> None:
    if len(rows) > MOST_ROWS:
        raise Refused("too_many_rows", status=422, field="content", most=MOST_ROWS)
    if len(rows[-1]) > MOST_COLUMNS:
        raise unreadable(FileFault.TOO_WIDE)


def lines_of(rows: Sequence[Row], columns: Columns) -> tuple[tuple[ReceiptLine, ...], tuple[int, ...], Stated]:
    """The lines, the row of each, and what a row of totals says of them. Blank rows and notes after it do not count."""
    top, places = _header(rows, columns)
    lines: list[ReceiptLine] = []
    found: list[int] = []
    stated: Stated | None = None
    for place, cells in enumerate(rows[top + 1 :], start=top + 2):
        row = _Row(place, cells, places)
        if row.is_blank:
            continue
        if stated is not None:
            row.must_be_a_note()
        elif row.is_total:
            stated = row.totals()
        else:
            lines.append(row.line())
            found.append(place)
    if not lines:
        raise unreadable(FileFault.NO_LINES)
    if len(lines) > MOST_LINES:
        raise Refused("too_many_rows", status=422, field="content", most=MOST_LINES)
    return tuple(lines), tuple(found), stated or Stated()


def _header(rows: Sequence[Row], columns: Columns) -> tuple[int, dict[str, tuple[str, int]]]:
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


class _Row:
    def __init__(self, place: int, cells: Row, places: dict[str, tuple[str, int]]) -> None:
        self._place = place
        self._cells = cells
        self._places = places

    @property
    def is_blank(self) -> bool:
        return not any(isinstance(cell, CellFault) or cell.strip() for cell in self._cells)

    @property
    def is_total(self) -> bool:
        return any(_TOTAL.fullmatch(_title(cell)) for cell in self._cells)

    def totals(self) -> Stated:
        counts = [int(found[1]) for cell in self._cells if (found := _COUNT.fullmatch(_title(cell)))]
        return Stated(lines=counts[0] if counts else None, total=self._read("amount", amount_in))

    def must_be_a_note(self) -> None:
        """After the totals: a line there would be one that they leave out."""
        if self._cell("amount") != "" and self._cell("paid_on") != "":
            raise self._refused("amount", CellFault.AFTER_THE_TOTAL)

    def line(self) -> ReceiptLine:
        text = self._words("text") if "text" in self._places else ""
        fields = {
            "paid_on": self._read("paid_on", date_in),
            "amount": self._read("amount", amount_in),
            "line_reference": self._words("line_reference"),
            "payment_reference": self._words("payment_reference") or NO_NUMBER,
            "text": text or None,
            "returned": self._sent_back() if "status" in self._places else None,
        }
        if not fields["line_reference"]:
            raise self._refused("line_reference", CellFault.EMPTY)
        try:
            return ReceiptLine.model_validate(fields)
        except ValidationError as error:
            what = str(error.errors()[0]["loc"][0])
            raise self._refused("status" if what == "returned" else what, CellFault.TOO_LONG) from None

    def _sent_back(self) -> str | None:
        status = self._words("status")
        if _SENT_BACK.fullmatch(status):
            return status
        if status in _WENT_THROUGH:
            return None
        raise self._refused("status", CellFault.UNKNOWN_STATUS)

    def _words(self, what: str) -> str:
        """On one line, without what cannot be printed."""
        return " ".join("".join(c if c.isprintable() else " " for c in self._read(what, plain)).split())

    def _cell(self, what: str) -> Cell:
        place = self._places[what][1]
        return self._cells[place] if place < len(self._cells) else ""

    def _read(self, what: str, read: Callable[[Cell], T]) -> T:
        try:
            return read(self._cell(what))
        except Wrong as wrong:
            raise self._refused(what, wrong.fault) from None

    def _refused(self, what: str, fault: CellFault) -> Refused:
        return Refused(
            "cell_wrong", status=422, field="content", row=self._place, column=self._places[what][0], fault=fault
        )
