"""A file handed over, read as far as it can be without deciding anything."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from schemas.refused import Refused
from services.funds.files import camt, table, text, xlsx
from services.funds.rules.receipts import ReceiptLine, StatementLine
from services.funds.rules.statements import Columns, Encoding, FileFormat, ImportStatement, StatementFile


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
    rows, encoding = _rows(command)
    lines, places, stated = table.lines_of(rows, columns)
    return replace(file, encoding=encoding, lines=_owned(lines, command), rows=places, stated=stated)


def _owned(lines: Iterable[ReceiptLine], command: ImportStatement) -> tuple[ReceiptLine, ...]:
    return tuple(StatementLine(funder_id=command.funder_id, **dict(line)) for line in lines)


def _rows(command: ImportStatement) -> tuple[list[table.Row], Encoding | None]:
    if command.format is FileFormat.XLSX:
        return xlsx.rows_of(command.content), None
    content, encoding = text.decoded(command.content, command.encoding)
    return text.rows_of(content), encoding
