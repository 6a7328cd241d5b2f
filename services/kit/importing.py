"""What every door has that takes a file of many lines: its template, its limits, and faults in words."""

import csv
import io
from collections.abc import Iterable, Sequence
from enum import StrEnum

from schemas.importing import MOST_BYTES, LineProblem
from schemas.model import Model
from schemas.workbook import Leaf, bound
from services.kit import reasons
from services.kit.asked import File
from services.kit.table_files import Columns

LARGEST = MOST_BYTES * 4 // 3 + 4096
"""of a request's body: the file in base64"""
CSV_TYPE = "text/csv"


class ImportProblem(Model):
    """What is wrong with a line."""

    column: str | None
    code: str
    zh: str
    en: str


def in_words(problems: Iterable[LineProblem]) -> tuple[ImportProblem, ...]:
    return tuple(
        ImportProblem(
            column=problem.column,
            code=problem.refusal.code,
            zh=reasons.explain(problem.refusal, "zh"),
            en=reasons.explain(problem.refusal, "en"),
        )
        for problem in problems
    )


def xlsx_template(
    name: str,
    sheet: str,
    columns: Columns,
    widths: Sequence[int],
    explained: Sequence[tuple[str, str]],
    taken: Iterable[tuple[str, Iterable[StrEnum]]],
) -> File:
    """A sheet to fill in and one of its words; `taken`: under a heading, what a column takes.

    Every column as text: a spreadsheet would take a code for a number and lose its last digits.
    """
    rows: list[tuple[str, str]] = [("列 Column", "说明 Meaning"), *explained]
    heads = {0}
    for heading, values in taken:
        rows.append(("", ""))
        heads.add(len(rows))
        rows += [(heading, ""), *((reasons.said(one, "zh"), reasons.said(one, "en")) for one in values)]
    headings = tuple(column.heading for column in columns.values())
    lines = Leaf(name=sheet, rows=[headings], bold=frozenset({0}), widths=widths)
    help = Leaf(name="填写说明 Words", rows=rows, bold=frozenset(heads), widths=(34, 70))
    return File(body=bound(lines, help), name=name)


def csv_template(name: str, columns: Columns) -> File:
    text = io.StringIO()
    csv.writer(text).writerow(column.heading for column in columns.values())
    return File(body=text.getvalue().encode("utf-8-sig"), name=name)
