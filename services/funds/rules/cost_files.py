"""A report of costs in a file, CSV or xlsx: looked at first, then taken in by the rules of every other report."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from pydantic import InstanceOf

from schemas.cost import HeadTotal
from schemas.deciding import Context, Ref, State, World
from schemas.fact import Note
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money, sum_of
from schemas.refused import Refused
from schemas.sheet import Encoding
from services.funds.rules.columns import ColumnMapping, CostColumns, cost_mapping_of
from services.funds.rules.cost_reports import ReportCosts, is_known, own_money, refs_of_lines, report
from services.funds.rules.cost_taking import Taking
from services.funds.rules.costs import CostBatch, batch_of
from services.funds.rules.receipts import Reference
from services.funds.rules.spent_lines import Digest, SpentLine
from services.funds.rules.uploads import (
    NOTHING_STATED,
    BadCell,
    Control,
    FileFormat,
    Stated,
    Upload,
    cells_refused,
    must_agree,
    total_of,
)


class ReportCostFile(Upload):
    project_id: ProjectId
    batch: Reference
    """the provider's own number of this report; the same one again with the same lines changes nothing"""
    format: Literal[FileFormat.CSV, FileFormat.XLSX]
    columns: CostColumns | None = None
    """without them those that were used last, and else those of the template"""
    evidence_digest: Digest | None = None
    """SHA-256 of one file that shows every invoice, for the lines that name no digest of their own"""


class PreviewCostFile(ReportCostFile):
    """The same, to be looked at: nothing counts and nothing is remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostFile:
    """`ReportCostFile` as it reaches the transaction: read, or the reason why it cannot be."""

    project_id: ProjectId
    provider_id: PartyId | None = None
    """who performs the project"""
    batch: str
    named: CostColumns | None
    """that were given with the file"""
    columns: CostColumns
    """that it was read with"""
    control: Control | None
    encoding: Encoding | None = None
    stated: Stated = NOTHING_STATED
    lines: tuple[SpentLine | None, ...] = ()
    """none where a cell is wrong"""
    rows: tuple[int, ...] = ()
    """where each line stands in the file, counted from 1"""
    wrong: tuple[BadCell, ...] = ()
    problem: Refused | None = None
    """told, like wrong cells, only to those whose project it is"""

    @property
    def read(self) -> tuple[SpentLine, ...]:
        return tuple(line for line in self.lines if line is not None)

    def column(self, field: str) -> str | None:
        """What the file calls a field of a line."""
        name: str | None = getattr(self.columns, _COLUMN_OF.get(field, field), None)
        return name


_COLUMN_OF = {
    "invoice.number": "invoice_number",
    "invoice.issuer.name": "issuer_name",
    "invoice.issuer.tax_id": "issuer_tax_id",
    "invoice.issuer.uscc": "issuer_uscc",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLineProblem:
    column: str | None
    refusal: InstanceOf[Refused]


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLineRead:
    row: int
    line: SpentLine | None
    """none where a cell is wrong"""
    problems: tuple[CostLineProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CostReading(State):
    """What came of a file, for the answer; bears the id of its command. Never saved."""

    batch: str
    known_batch: bool
    encoding: Encoding | None
    total: Money
    """of the lines that count"""
    heads: tuple[HeadTotal, ...]
    lines: tuple[CostLineRead, ...]


class CostColumnsKept(Note):
    mapping: ColumnMapping


class CostFileRead(Note):
    reading: CostReading


def refs(file: CostFile, cause: UUID) -> list[Ref]:
    found = refs_of_lines(file.project_id, file.batch, file.read)
    if file.provider_id is not None:
        found.append((ColumnMapping, cost_mapping_of(file.provider_id)))
    return found


def report_file(world: World, file: CostFile, context: Context) -> Sequence[Model]:
    """All lines of the file, or none. The same report again changes nothing."""
    reading = _looked_at(world, file, context)
    if file.wrong:
        raise cells_refused(file.wrong)
    for line in reading.lines:
        for problem in line.problems:
            raise _of_the_file(problem.refusal)
    if reading.known_batch:
        return [CostFileRead(reading=reading)]
    said = report(world, _as_report(file), context, file.rows)
    return [*said, *_remembered(file), CostFileRead(reading=reading)]


def preview_file(world: World, file: CostFile, context: Context) -> Sequence[Model]:
    """What `report_file` would do, line by line, decided by the same rules, and not done.

    A line that is refused leaves what it asked for to those after it.
    """
    return [CostFileRead(reading=_looked_at(world, file, context))]


def _looked_at(world: World, file: CostFile, context: Context) -> CostReading:
    money = own_money(world, file.project_id, context)
    if file.problem is not None:
        raise file.problem
    if beside := [cell for cell in file.wrong if cell.row not in file.rows]:
        raise cells_refused(beside)  # in the row of totals, or after it
    if not file.wrong:
        must_agree(file.control, file.stated, len(file.lines), total_of(line.amount for line in file.read))
        if is_known(world, _as_report(file)):
            known = world.get(CostBatch, batch_of(file.project_id, file.batch))
            return _reading(file, context, known.heads)
    try:
        taking = Taking(world, money, file.batch, file.rows, context)
    except Refused as no:
        raise _of_the_file(no) from None
    lines = tuple(_taken(taking, file, place) for place in range(len(file.lines)))
    return _reading(file, context, taking.heads(), lines)


def _of_the_file(no: Refused) -> Refused:
    """Its lines are no part of the request by themselves."""
    no.field = "content"
    return no


def _taken(taking: Taking, file: CostFile, place: int) -> CostLineRead:
    row, line = file.rows[place], file.lines[place]
    if line is None:
        wrong = tuple(CostLineProblem(column=c.column, refusal=c.refused()) for c in file.wrong if c.row == row)
        return CostLineRead(row=row, line=None, problems=wrong)
    try:
        taking.take(place, line)
    except Refused as no:
        column = file.column((no.field or "").removeprefix(f"lines.{place}."))
        if "where" in no.details:
            no.details["where"] = Refused("cell_of_a_file", row=row, column=column)
        return CostLineRead(row=row, line=line, problems=(CostLineProblem(column=column, refusal=no),))
    return CostLineRead(row=row, line=line)


def _reading(
    file: CostFile, context: Context, heads: tuple[HeadTotal, ...], lines: tuple[CostLineRead, ...] = ()
) -> CostReading:
    """Without lines: it is known."""
    return CostReading(
        id=context.cause,
        batch=file.batch,
        known_batch=not lines,
        encoding=file.encoding,
        total=sum_of(head.amount for head in heads),
        heads=heads,
        lines=lines,
    )


def _as_report(file: CostFile) -> ReportCosts:
    return ReportCosts(project_id=file.project_id, batch=file.batch, lines=file.read)


def _remembered(file: CostFile) -> tuple[CostColumnsKept, ...]:
    if file.named is None or file.provider_id is None:  # none: the agreement was signed while the file was read
        return ()
    mapping = ColumnMapping(id=cost_mapping_of(file.provider_id), party_id=file.provider_id, columns=file.named)
    return (CostColumnsKept(mapping=mapping),)
