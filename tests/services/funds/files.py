"""Statement files as banks and treasuries make them."""

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from openpyxl import Workbook, load_workbook

from schemas.sheet import Encoding
from services.funds.files.reading import read
from services.funds.rules.columns import Columns
from services.funds.rules.statements import ImportStatement, PreviewStatement, StatementFile
from services.funds.rules.uploads import Control, FileFormat
from tests.services.funds.desk import FUNDER

COLUMNS = Columns(
    paid_on="交易日期", amount="金额(元)", line_reference="流水号", payment_reference="附言", status="状态"
)
HEADER = ("流水号", "交易日期", "对方户名", "金额(元)", "附言", "状态")


def a_row(reference: str, amount: Any, number: str = "L1", day: Any = "2026-03-02", status: str = "") -> list[Any]:
    return [number, day, "示例社会服务中心", amount, reference, status]


def csv_of(rows: Sequence[Sequence[Any]], header: Sequence[str] = HEADER) -> str:
    """Every cell in quotation marks, as many banks do."""
    return "".join(",".join(f'"{cell}"' for cell in row) + "\r\n" for row in (header, *rows))


def xlsx_of(rows: Sequence[Sequence[Any]], header: Sequence[str] = HEADER) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (header, *rows):
        sheet.append(list(row))
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def filled(template: bytes, *rows: Sequence[Any]) -> bytes:
    """As a person does in a spreadsheet: from the first free row on."""
    book = load_workbook(io.BytesIO(template))
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def with_part(workbook: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same archive with a part changed, or added when it has none of the name."""
    body = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as before, zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as after:
        parts = {info.filename: before.read(info) for info in before.infolist()}
        for each, content in {name: b"", **parts}.items():
            after.writestr(each, change(content) if each == name else content)
    return body.getvalue()


def a_command(
    content: bytes | str,
    *,
    format: FileFormat = FileFormat.CSV,
    columns: Columns | None = COLUMNS,
    control: Control | None = None,
    encoding: Encoding | None = None,
    to_look_at: bool = False,
) -> ImportStatement:
    return (PreviewStatement if to_look_at else ImportStatement)(
        funder_id=FUNDER,
        file_name="2026年3月对账单.csv",
        format=format,
        content=content.encode() if isinstance(content, str) else content,
        columns=columns,
        control=control,
        encoding=encoding,
    )


def read_csv(
    content: bytes | str, encoding: Encoding | None = None, columns: Columns | None = COLUMNS
) -> StatementFile:
    return must_be_readable(read(a_command(content, encoding=encoding, columns=columns), None))


def read_xlsx(content: bytes) -> StatementFile:
    return must_be_readable(read(a_command(content, format=FileFormat.XLSX), None))


def must_be_readable(file: StatementFile) -> StatementFile:
    if file.problem is not None:
        raise file.problem
    return file
