"""The outer form of a .pb file: three sections of semicolon CSV, each bad line collected by number."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

MOST_CHARACTERS = 50_000_000
MOST_ROWS = {"META": 200, "PROJECTS": 10_000, "VOTES": 500_000}
MOST_BAD_LINES = 50
COLUMNS = {"META": ("key", "value"), "PROJECTS": ("project_id", "cost"), "VOTES": ("voter_id", "vote")}
"""The sections in their order, and the columns each must have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    line: int
    """counted from 1; the last line of the file for what is missing, 0 for the file as a whole"""
    zh: str
    en: str


class NotPabulib(ValueError):
    """The text is not an election in Pabulib's format; `bad_lines` says why, line by line."""

    def __init__(self, bad_lines: tuple[BadLine, ...]) -> None:
        super().__init__("; ".join(f"line {bad.line}: {bad.en}" for bad in bad_lines))
        self.bad_lines = bad_lines


class BadLines:
    """Collects what is wrong; at the limit it gives up reading."""

    def __init__(self) -> None:
        self.found: list[BadLine] = []

    def add(self, line: int, zh: str, en: str) -> None:
        self.found.append(BadLine(line=line, zh=zh, en=en))
        if len(self.found) == MOST_BAD_LINES:
            self.found.append(BadLine(line=line, zh="错误太多，不再读下去", en="too many, reading stopped"))
            self.stop()

    def stop(self, before: int | None = None) -> None:
        """Give up if there is anything wrong, or anything wrong before a line."""
        if any(before is None or bad.line < before for bad in self.found):
            raise NotPabulib(tuple(sorted(self.found, key=lambda bad: bad.line)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    name: str
    line: int
    """of the header"""
    columns: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]
    """the line each begins on, and its cells by column"""


def _records(text: str, bad: BadLines) -> Iterator[tuple[int, list[str]]]:
    """Each CSV record that is not blank, with the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            bad.add(
                line,
                f"不是合法的CSV，引号是否成对？（{error}）",
                f"not legal CSV, are quotes paired? ({error})",
            )
            continue
        if any(cells):
            yield line, cells


def read_tables(text: str, bad: BadLines) -> dict[str, Table]:
    """META, PROJECTS and VOTES, each once and in this order, the line after the name being the header.

    Bad rows are left out and reported in `bad`; a missing section or column ends the reading here.
    """
    if len(text) > MOST_CHARACTERS:
        bad.add(1, f"文件超过{MOST_CHARACTERS}个字符", f"the file has more than {MOST_CHARACTERS} characters")
        bad.stop()
    tables: dict[str, Table] = {}
    order = list(COLUMNS)
    name, line = "", 1
    for line, cells in _records(text.removeprefix("\ufeff"), bad):
        if cells[0] in order and not any(cells[1:]):
            name = cells[0]
            if order.index(name) != len(tables):
                bad.add(line, f"{name}重复或次序不对", f"{name} stands here twice or out of order")
                bad.stop()
        elif name in tables:
            _add_row(tables[name], line, cells, bad)
        elif name:
            tables[name] = _header(name, line, cells, bad)
        else:
            bad.add(line, "文件应以META开头", "the file must begin with META")
            bad.stop()
    for missing in order[len(tables) :]:
        bad.add(line, f"缺少{missing}", f"{missing} is missing")
        bad.stop()
    return tables


def _header(name: str, line: int, cells: list[str], bad: BadLines) -> Table:
    while not cells[-1]:
        cells.pop()
    for column in COLUMNS[name]:
        if cells.count(column) != 1:
            bad.add(line, f"{name}应有一列{column}", f"{name} must have one column {column}")
            bad.stop()
    return Table(name=name, line=line, columns=tuple(cells), rows=[])


def _add_row(table: Table, line: int, cells: list[str], bad: BadLines) -> None:
    width, most = len(table.columns), MOST_ROWS[table.name]
    if len(cells) < width or any(cells[width:]):
        bad.add(line, f"应有{width}列，实有{len(cells)}列", f"{width} columns expected, {len(cells)} found")
    elif len(table.rows) == most:
        bad.add(line, f"{table.name}超过{most}行", f"{table.name} has more than {most} rows")
        bad.stop()
    else:
        table.rows.append((line, dict(zip(table.columns, cells, strict=False))))
