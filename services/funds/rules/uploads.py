"""What is common to the tables people hand over as files: statements of banks, reports of costs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.fact import Command
from schemas.model import Model
from schemas.money import MOST_FEN, Money
from schemas.refused import Refused
from schemas.sheet import Encoding
from services.funds.rules.columns import Name

MOST_BYTES = 1024 * 1024
MOST_LINES = 1000
MOST_NAMED = 20
"""wrong cells that a refusal names"""


class FileFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    CAMT_053 = "camt.053"
    """ISO 20022 BankToCustomerStatement"""


class CellFault(StrEnum):
    EMPTY = "empty"
    NOT_AN_AMOUNT = "not_an_amount"
    NEGATIVE = "negative"
    ZERO = "zero"
    PARTS_OF_A_FEN = "parts_of_a_fen"
    TOO_LARGE = "too_large"
    NOT_A_DATE = "not_a_date"
    UNKNOWN_STATUS = "unknown_status"
    NOT_CNY = "not_cny"
    TOO_LONG = "too_long"
    FORMULA = "formula"
    ERROR_VALUE = "error_value"
    ROUNDED = "rounded"
    """a number of more digits than a spreadsheet keeps of one: its last ones are lost"""
    AFTER_THE_TOTAL = "after_the_total"
    UNKNOWN_HEAD = "unknown_head"
    UNKNOWN_KIND = "unknown_kind"
    NOT_AN_INVOICE_NUMBER = "not_an_invoice_number"
    NOT_A_TAX_NUMBER = "not_a_tax_number"
    NOT_A_DIGEST = "not_a_digest"
    ISSUER_BY_ONE_CODE = "issuer_by_one_code"


class Control(Model):
    """Control totals: what the file should hold."""

    lines: Annotated[int, Field(ge=1, le=MOST_LINES)]
    total: Money


class Upload(Command):
    """A table in a file, whatever its lines are of."""

    file_name: Name
    content: Annotated[bytes, Field(min_length=1, max_length=MOST_BYTES, repr=False)]
    """the file, in base64"""
    encoding: Encoding | None = None
    """of CSV; without it UTF-8, and if the file is none GB 18030; the answer says which it was"""
    control: Control | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What the file says of itself."""

    lines: int | None = None
    total: Money | None = None


NOTHING_STATED = Stated()


@dataclass(frozen=True, slots=True, kw_only=True)
class BadCell:
    row: int
    """of the file, counted from 1"""
    column: str
    fault: CellFault

    def refused(self) -> Refused:
        return Refused("cell_wrong", status=422, field="content", row=self.row, column=self.column, fault=self.fault)


def cells_refused(cells: Sequence[BadCell]) -> Refused:
    """Every one by its row and column, as far as a sentence can."""
    if len(cells) == 1:
        return cells[0].refused()
    named = tuple(Refused("cell_among_others", row=c.row, column=c.column, fault=c.fault) for c in cells[:MOST_NAMED])
    return Refused("cells_wrong", status=422, field="content", number=len(cells), named=len(named), cells=named)


def total_of(amounts: Iterable[Money]) -> Money:
    total = sum(amount.fen for amount in amounts)
    if total > MOST_FEN:
        raise Refused("total_too_large", status=422, field="content", most=Money(MOST_FEN))
    return Money(total)


def must_agree(control: Control | None, stated: Stated, found_lines: int, found_total: Money) -> None:
    """With the control totals that came beside the file, and with those in it."""
    for said in (control, stated):
        if said is None:
            continue
        lines = found_lines if said.lines is None else said.lines
        total = found_total if said.total is None else said.total
        if (lines, total) != (found_lines, found_total):
            raise Refused(
                "control_totals_differ",
                status=422,
                field="content" if said is stated else "control",
                lines=lines,
                total=total,
                found_lines=found_lines,
                found_total=found_total,
            )
