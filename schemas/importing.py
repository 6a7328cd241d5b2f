"""Files of many lines that people hand in: what arrives, what is wrong with a line, and the refusal of the whole."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, InstanceOf

from schemas.fact import Command
from schemas.refused import Refused
from schemas.sheet import Encoding

MOST_BYTES = 2 * 1024 * 1024
MOST_LINES = 10_000
MOST_NAMED = 20
"""wrong lines that a refusal names"""


class ImportedFile(Command):
    """One file, xlsx or CSV, with the columns of the template."""

    content: Annotated[bytes, Field(min_length=1, max_length=MOST_BYTES, repr=False)]
    """the file, in base64"""
    format: Literal["xlsx", "csv"]
    encoding: Encoding | None = None
    """of CSV; without it UTF-8, and if the file is none GB 18030; the answer says which it was"""


class LineOutcome(StrEnum):
    NEW = "new"
    ALREADY = "already"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineProblem:
    column: str | None
    """of the file; none when it is no one column's"""
    refusal: InstanceOf[Refused]


WrongLine = tuple[int, Sequence[LineProblem]]
"""by its row, counted from 1"""


def lines_refused(wrong: Sequence[WrongLine]) -> Refused:
    """Every one by its row and column, as far as a sentence can."""
    named = tuple(_named(wrong[:MOST_NAMED]))[:MOST_NAMED]
    return Refused("lines_wrong", status=422, field="content", number=len(wrong), lines=named)


def _named(wrong: Iterable[WrongLine]) -> Iterator[Refused]:
    for row, problems in wrong:
        for problem in problems:
            yield Refused("line_among_others", row=row, column=problem.column or "—", why=problem.refusal)
