"""A file handed over, read as far as it can be without deciding anything."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from schemas.refused import Refused
from schemas.sheet import Encoding
from services.funds.files import camt, table, xlsx
from services.funds.files.cost_rows import CostRows
from services.funds.files.statement_rows import receipt_line
from services.funds.rules.columns import TEMPLATE, Columns, CostColumns
from services.funds.rules.cost_files import CostFile, ReportCostFile
from services.funds.rules.receipts import ReceiptLine, StatementLine
from services.funds.rules.statements import ImportStatement, StatementFile
from services.funds.rules.uploads import FileFormat, Upload, cells_refused
from services.kit import csv_files


def read(command: ImportStatement, remembered: Columns | None) -> StatementFile:
    """A pure function of the command and of the columns this funder's last file was read with."""
    file = StatementFile(
        funder_id=command.funder_id,
        file_name=command.file_name,
        format=command.format,
        digest=hashlib.sha256(command.content).hexdigest(),
        columns=None if command.format is FileFormat.CAMT_053 else command.columns,
        control=command.control,
    )
    try:
        return _filled(file, command, remembered)
    except Refused as problem:
        return replace(file, problem=problem)


def _filled(file: StatementFile, command: ImportStatement, remembered: Columns | None) -> StatementFile:
    if command.format is FileFormat.CAMT_053:
        lines, places, stated = camt.lines_of(command.content)
        return replace(file, lines=_owned(lines, command), rows=places, stated=stated)
    columns = command.columns or remembered
    if columns is None:
        raise Refused("columns_not_known", status=422, field="columns")
    rows, encoding = _rows(command, command.format)
    found = table.read_table(rows, columns, receipt_line, dated="paid_on")
    if found.wrong:
        raise cells_refused(found.wrong)
    lines = tuple(line for line in found.lines if line is not None)
    return replace(file, encoding=encoding, lines=_owned(lines, command), rows=found.rows, stated=found.stated)


def _owned(lines: Iterable[ReceiptLine], command: ImportStatement) -> tuple[ReceiptLine, ...]:
    return tuple(StatementLine(funder_id=command.funder_id, **dict(line)) for line in lines)


def read_costs(command: ReportCostFile, remembered: CostColumns | None, heads: Mapping[str, str]) -> CostFile:
    """Likewise of a report of costs; without any columns named, now or before, those of the template.

    `heads`: code → name of what the project has; empty when any code will do.
    """
    columns = command.columns or remembered or TEMPLATE
    file = CostFile(
        project_id=command.project_id,
        batch=command.batch,
        named=command.columns,
        columns=columns,
        control=command.control,
    )
    try:
        if columns.evidence_digest is None and command.evidence_digest is None:
            raise Refused("evidence_not_given", status=422, field="evidence_digest")
        rows, encoding = _rows(command, command.format)
        found = table.read_table(rows, columns, CostRows(heads, command.evidence_digest).line, dated="spent_on")
    except Refused as problem:
        return replace(file, problem=problem)
    return replace(file, encoding=encoding, lines=found.lines, rows=found.rows, stated=found.stated, wrong=found.wrong)


def _rows(upload: Upload, format: FileFormat) -> tuple[list[table.Row], Encoding | None]:
    if format is FileFormat.XLSX:
        return xlsx.rows_of(upload.content), None
    content, encoding = csv_files.decoded(upload.content, upload.encoding)
    rows: list[table.Row] = [[*row] for row in csv_files.rows_of(content, table.MOST_ROWS)]
    return rows, encoding
