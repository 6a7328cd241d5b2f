"""A statement file of a bank or treasury (对账单): looked at first, then taken in, once, whole or not at all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid5

from schemas.deciding import Context, Ref, State, World
from schemas.fact import Note
from schemas.ids import PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.refused import Refused
from schemas.sheet import Encoding
from services.funds.rules.columns import ColumnMapping, Columns, mapping_of
from services.funds.rules.importing import refs_of_lines
from services.funds.rules.matching import Matching
from services.funds.rules.receipts import InFile, Receipt, ReceiptLine, WhyOpen, receipt_of
from services.funds.rules.uploads import (
    NOTHING_STATED,
    Control,
    FileFormat,
    Stated,
    Upload,
    must_agree,
    total_of,
)

_STATEMENTS = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000012")


class ImportStatement(Upload):
    funder_id: PartyId
    format: FileFormat
    columns: Columns | None = None
    """of CSV and xlsx; without them those that were used last"""


class PreviewStatement(ImportStatement):
    """The same, to be looked at: nothing is booked and nothing remembered."""


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
    stated: Stated = NOTHING_STATED
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
        else ColumnMapping(id=mapping_of(file.funder_id), party_id=file.funder_id, columns=columns)
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
    total = total_of(line.amount for line in file.lines)
    must_agree(file.control, file.stated, len(file.lines), total)
    new: set[UUID] = set()
    for row, line in zip(file.rows, file.lines, strict=True):
        if line.paid_on > context.today:
            raise Refused(
                "line_in_the_future", status=422, field="content", row=row, day=line.paid_on, today=context.today
            )
        if not known_file and matching.take(
            line, "content", InFile(statement_id=statement_id, digest=file.digest, row=row)
        ):
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
