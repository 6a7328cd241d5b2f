"""Workbooks as funds reads them."""

from schemas.sheet import SheetCell, Unread
from services.funds.files.cells import Cell
from services.funds.files.table import MOST_ROWS, Row, must_fit
from services.funds.rules.uploads import CellFault
from services.kit.workbooks import first_sheet


def rows_of(content: bytes) -> list[Row]:
    rows = [[_cell(cell) for cell in row] for row in first_sheet(content, MOST_ROWS).rows]
    if rows:
        must_fit(rows)
    return rows


def _cell(cell: SheetCell) -> Cell:
    return CellFault(cell) if isinstance(cell, Unread) else cell
