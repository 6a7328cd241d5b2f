"""A sheet of a workbook that somebody filled in, as its reader hands it on: texts, and what could not be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Unread(StrEnum):
    """Why a cell holds no value that anybody signed for."""

    FORMULA = "formula"
    ERROR_VALUE = "error_value"
    ROUNDED = "rounded"
    """a number of more digits than a spreadsheet keeps of one: its last ones are lost"""


SheetCell = str | Unread


class Encoding(StrEnum):
    """Of a table in plain text."""

    UTF_8 = "utf-8"
    GB18030 = "gb18030"
    """GB 18030-2022, which holds GBK and GB 2312"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows are as long as what is in them."""

    name: str
    rows: Sequence[Sequence[SheetCell]]
    merged: Sequence[str] = ()
    """ranges of cells that are shown as one, as `A2:A5`"""


def place_of(row: int, column: int) -> str:
    """As a spreadsheet calls it, counted from 0: (6, 5) is `F7`, (0, 26) is `AA1`."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"
