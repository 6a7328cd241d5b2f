"""A statement file of a bank or treasury (对账单): looked at first, then taken in, once, whole or not at all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import Field, StringConstraints

from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command, Note
from schemas.ids import PartyId
from schemas.model import Model
from schemas.money import Money, sum_of
from schemas.refused import Refused
from services.funds.rules.appropriate import PRINTABLE
from services.funds.rules.importing import refs_of_lines
from services.funds.rules.matching import Matching
from services.funds.rules.receipts import Receipt, ReceiptLine, WhyOpen, receipt_of

_STATEMENTS = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000012")
MOST_BYTES = 1024 * 1024
MOST_LINES = 1000

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=PRINTABLE)]


class FileFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    CAMT_053 = "camt.053"
    """ISO 20022 BankToCustomerStatement"""


class Encoding(StrEnum):
    UTF_8 = "utf-8"
    GB18030 = "gb18030"
    """GB 18030-2022, which holds GBK and GB 2312"""


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
    AFTER_THE_TOTAL = "after_the_total"


class Columns(Model):
    """Which column is what, by the words of the file's header row."""

    paid_on: Name
    amount: Name
    """in yuan"""
    line_reference: Name
    """the bank's own number"""
    payment_reference: Name
    """where our number stands, alone or within other words"""
    text: Name | None = None
    """where else our numbers may stand (摘要、附言)"""
    status: Name | None = None
    """whether the payment went through or was sent back, and why"""


class Control(Model):
    """Control totals: what the file should hold."""

    lines: Annotated[int, Field(ge=1, le=MOST_LINES)]
    total: Money


class ImportStatement(Command):
    funder_id: PartyId
    file_name: Name
    format: FileFormat
    content: Annotated[bytes, Field(min_length=1, max_length=MOST_BYTES, repr=False)]
    """the file, in base64"""
    encoding: Encoding | None = None
    """of CSV; without it UTF-8, and if the file is none GB 18030; the answer says which it was"""
    columns: Columns | None = None
    """of CSV and xlsx; without them those that were used last"""
    control: Control | None = None


class PreviewStatement(ImportStatement):
    """The same, to be looked at: nothing is booked and nothing remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What the file says of itself."""

    lines: int | None = None
    total: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFile:
    """`ImportStatement` as it reaches the transaction: read, or the reason why it cannot be."""

    funder_id: PartyId
    file_name: str
    format: FileFormat
    digest: str
    """SHA-256 of the bytes"""
    encoding: Encoding | None = None
    columns: Columns | None = None
    """that were given with the file"""
    control: Control | None = None
    stated: Stated = Stated()
    lines: tuple[ReceiptLine, ...] = ()
    rows: tuple[int, ...] = ()
    """where each line stands in the file, counted from 1; of camt.053 which entry it is"""
    problem: Refused | None = None
    """told only to those whose file it is"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(State):
    funder_id: PartyId
    file_name: str
    format: FileFormat
    digest: str
    lines: int
    total: Money
    imported_at: datetime
    imported_by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping(State):
    """The columns a funder's last file was read with."""

    funder_id: PartyId
    columns: Columns


class LineResult(StrEnum):
    PAYS = "pays"
    SENDS_BACK = "sends_back"
    OPEN = "open"
    KNOWN = "known"


class LineRead(Model):
    """A line and what becomes of it."""

    row: int
    line_reference: str
    payment_reference: str
    amount: Money
    paid_on: date
    result: LineResult
    why_open: WhyOpen | None
    payments: tuple[str, ...]
    """numbers of what it pays or sends back"""
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(State):
    """What came of a file, for the answer; bears the id of its command. Never saved."""

    statement_id: UUID
    known_file: bool
    encoding: Encoding | None
    total: Money
    lines: tuple[LineRead, ...]


class StatementKept(Note):
    statement: Statement
    mapping: ColumnMapping | None


class StatementRead(Note):
    reading: Reading


def statement_of(funder_id: UUID, digest: str) -> UUID:
    return uuid5(_STATEMENTS, f"{funder_id}/{digest}")


def mapping_of(funder_id: UUID) -> UUID:
    return uuid5(_STATEMENTS, f"{funder_id}/columns")


def refs(file: StatementFile, cause: UUID) -> list[Ref]:
    own: list[Ref] = [
        (Statement, statement_of(file.funder_id, file.digest)),
        (ColumnMapping, mapping_of(file.funder_id)),
    ]
    return [*own, *refs_of_lines(file.lines)]


def kept(world: World, note: StatementKept) -> Iterable[State]:
    return (note.statement,) if note.mapping is None else (note.statement, note.mapping)


def import_statement(world: World, file: StatementFile, context: Context) -> Sequence[Model]:
    """All lines of the file, or none. The same file again changes nothing."""
    reading, matching = _read(world, file, context)
    if reading.known_file:
        return [StatementRead(reading=reading)]
    statement = Statement(
        id=reading.statement_id,
        funder_id=file.funder_id,
        file_name=file.file_name,
        format=file.format,
        digest=file.digest,
        lines=len(file.lines),
        total=reading.total,
        imported_at=context.at,
        imported_by=context.by.person_id,
    )
    columns = file.columns
    mapping = (
        None
        if columns is None
        else ColumnMapping(id=mapping_of(file.funder_id), funder_id=file.funder_id, columns=columns)
    )
    return [StatementKept(statement=statement, mapping=mapping), *matching.said(), StatementRead(reading=reading)]


def preview(world: World, file: StatementFile, context: Context) -> Sequence[Model]:
    """What `import_statement` would do, decided by the same rules, and not done."""
    reading, _ = _read(world, file, context)
    return [StatementRead(reading=reading)]


def _read(world: World, file: StatementFile, context: Context) -> tuple[Reading, Matching]:
    context.by.must_be(file.funder_id)
    if file.problem is not None:
        raise file.problem
    statement_id = statement_of(file.funder_id, file.digest)
    known_file = world.find(Statement, statement_id) is not None
    matching = Matching(world, context)
    total = sum_of(line.amount for line in file.lines)
    _must_agree(file, total)
    new: set[UUID] = set()
    for row, line in zip(file.rows, file.lines, strict=True):
        if line.paid_on > context.today:
            raise Refused(
                "line_in_the_future", status=422, field="content", row=row, day=line.paid_on, today=context.today
            )
        if not known_file and matching.take(line, "content", statement_id):
            new.add(receipt_of(line))
    lines = () if known_file else tuple(_line(file, place, matching, new) for place in range(len(file.lines)))
    reading = Reading(
        id=context.cause,
        statement_id=statement_id,
        known_file=known_file,
        encoding=file.encoding,
        total=total,
        lines=lines,
    )
    return reading, matching


def _must_agree(file: StatementFile, total: Money) -> None:
    for control in (file.control, file.stated):
        if control is None:
            continue
        lines = len(file.lines) if control.lines is None else control.lines
        stated = total if control.total is None else control.total
        if (lines, stated) != (len(file.lines), total):
            raise Refused(
                "control_totals_differ",
                status=422,
                field="content" if control is file.stated else "control",
                lines=lines,
                total=stated,
                found_lines=len(file.lines),
                found_total=total,
            )


def _line(file: StatementFile, place: int, matching: Matching, new: set[UUID]) -> LineRead:
    """A line that stands twice in the file is known the second time."""
    line = file.lines[place]
    receipt = matching.receipt(receipt_of(line))
    assert receipt is not None  # it was taken, or known
    first = receipt.id in new
    new.discard(receipt.id)
    return LineRead(
        row=file.rows[place],
        line_reference=line.line_reference,
        payment_reference=line.payment_reference,
        amount=line.amount,
        paid_on=line.paid_on,
        result=_result(receipt) if first else LineResult.KNOWN,
        why_open=receipt.why_open,
        payments=tuple(
            payment.reference
            for id in (*receipt.payment_ids, *receipt.returns)
            if (payment := matching.payment(id)) is not None
        ),
        candidates=receipt.candidates,
    )


def _result(receipt: Receipt) -> LineResult:
    if receipt.why_open is not None:
        return LineResult.OPEN
    return LineResult.SENDS_BACK if receipt.returns else LineResult.PAYS
