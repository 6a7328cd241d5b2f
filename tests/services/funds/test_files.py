"""Statement files: read whole and right, or refused with the place that is wrong."""

import io
import zipfile
from datetime import date, datetime

import pytest

from schemas.money import Money
from schemas.refused import Refused
from schemas.sheet import Encoding
from services.funds.files.reading import read
from services.funds.files.table import MOST_ROWS
from services.funds.rules.uploads import MOST_LINES, CellFault, FileFormat, Stated
from services.kit.workbooks import MOST_UNPACKED, FileFault
from tests.services.funds.files import (
    COLUMNS,
    HEADER,
    a_command,
    a_row,
    csv_of,
    must_be_readable,
    read_csv,
    read_xlsx,
    with_part,
    xlsx_of,
)
from tests.support.pure import refused

NUMBER = "ZFAAAABBBBCCCCDDDD"
ONE = csv_of([a_row(NUMBER, "1,234.50")])


def details(caught: pytest.ExceptionInfo[Refused]) -> dict[str, object]:
    return caught.value.details


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (ONE.encode(), Encoding.UTF_8),
        (b"\xef\xbb\xbf" + ONE.encode(), Encoding.UTF_8),
        (ONE.encode("gb18030"), Encoding.GB18030),
    ],
)
def test_the_same_lines_are_read_in_every_encoding_and_it_is_said_which(content: bytes, encoding: Encoding) -> None:
    file = read_csv(content)

    (line,) = file.lines
    assert (line.amount, line.paid_on, line.payment_reference) == (Money(123_450), date(2026, 3, 2), NUMBER)
    assert (file.encoding, file.rows) == (encoding, (2,))
    assert read_csv(content, encoding).lines == file.lines


def test_a_wrong_encoding_is_refused_with_the_first_byte_that_does_not_fit() -> None:
    with refused("file_not_text", status=422) as utf_16:
        read_csv(ONE.encode("utf-16"))
    with refused("file_not_text") as declared:
        read_csv(ONE.encode("gb18030"), Encoding.UTF_8)
    with refused("file_not_text") as marked:
        read_csv(b"\xef\xbb\xbf\xff")

    assert details(utf_16) == {"encoding": "GB18030", "byte": 1}
    assert details(declared) == {"encoding": "UTF-8", "byte": 2}
    assert details(marked) == {"encoding": "UTF-8", "byte": 4}


def test_titles_above_the_header_blank_rows_and_notes_below_the_totals_do_not_count() -> None:
    body = csv_of([a_row("", 2, "L1"), [""] * 6, a_row("", 3, "L2"), ["合计", "", "共2笔", "5.00", "", ""]])

    file = read_csv(f"某银行对公账户明细\r\n\r\n{body}打印时间,2026-03-02\r\n")

    assert (file.rows, file.stated) == ((4, 6), Stated(lines=2, total=Money(500)))
    assert [line.payment_reference for line in file.lines] == ["-", "-"]


def test_a_line_after_the_totals_is_refused_for_they_leave_it_out() -> None:
    with refused("cell_wrong") as caught:
        read_csv(csv_of([a_row("", 2), ["合计", "", "", "2.00", "", ""], a_row("", 3, "L2")]))

    assert details(caught) == {"row": 4, "column": "金额(元)", "fault": CellFault.AFTER_THE_TOTAL}


def test_a_header_that_does_not_fit_names_the_column_that_is_missing_or_doubled() -> None:
    with refused("column_missing", status=422) as missing:
        read_csv(ONE.replace("流水号", "序号"))
    with refused("column_twice") as twice:
        read_csv(ONE.replace("对方户名", "流水号"))

    assert details(missing) == {"column": "流水号", "row": 1}
    assert details(twice) == {"column": "流水号", "row": 1}


def test_without_columns_given_the_remembered_ones_are_used_and_without_those_it_is_asked_for_them() -> None:
    command = a_command(ONE, columns=None)

    assert must_be_readable(read(command, COLUMNS)).lines == read_csv(ONE).lines
    with refused("columns_not_known"):
        must_be_readable(read(command, None))


@pytest.mark.parametrize(
    ("row", "column", "fault"),
    [
        (a_row("", "-5.00"), "金额(元)", CellFault.NEGATIVE),
        (a_row("", "abc"), "金额(元)", CellFault.NOT_AN_AMOUNT),
        (a_row("", 1, day="2026-02-29"), "交易日期", CellFault.NOT_A_DATE),
        (a_row("", 1, number=""), "流水号", CellFault.EMPTY),
        (a_row("", 1, number="9" * 65), "流水号", CellFault.TOO_LONG),
        (a_row("", 1, status="处理中"), "状态", CellFault.UNKNOWN_STATUS),
        (a_row("", 1, status="无退票"), "状态", CellFault.UNKNOWN_STATUS),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(row: list[object], column: str, fault: CellFault) -> None:
    with refused("cell_wrong", status=422) as caught:
        read_csv(csv_of([a_row("", 1, "L0"), row]))

    assert details(caught) == {"row": 3, "column": column, "fault": fault}


@pytest.mark.parametrize("status", ["退票", "已退回", "银行退票:户名不符", "交易失败 账号错误"])
def test_the_status_column_says_that_a_payment_was_sent_back_and_why(status: str) -> None:
    (line,) = read_csv(csv_of([a_row(NUMBER, 1, status=status)])).lines

    assert line.returned is not None
    assert line.returned[:2] == status[:2]


def test_what_is_no_csv_or_has_no_line_or_too_many_is_refused() -> None:
    for body, fault in (
        (ONE + '"open', FileFault.NOT_CSV),
        (csv_of([]), FileFault.NO_LINES),
        (csv_of([["合计", "", "", "1.00", "", ""]]), FileFault.NO_LINES),
        (csv_of([["x"] * 61]), FileFault.TOO_WIDE),
    ):
        with refused("file_not_readable", status=422) as caught:
            read_csv(body)
        assert details(caught) == {"fault": fault}
    with refused("too_many_rows", status=422):
        read_csv(csv_of([a_row("", 1, f"L{n}") for n in range(MOST_LINES + 1)]))
    with refused("too_many_rows"):
        read_csv("\r\n" * (MOST_ROWS + 1))


def test_a_workbook_is_read_with_its_dates_numbers_and_texts() -> None:
    days = (datetime(2026, 3, 1, 9, 30), date(2026, 3, 1), "2026年3月1日", 46082)
    amounts = (0.1 + 0.2, 12, "1,000.00", 99.99)

    rows = [a_row(NUMBER, amounts[n], f"L{n}", day) for n, day in enumerate(days)]
    file = read_xlsx(xlsx_of(rows))

    assert [line.amount.fen for line in file.lines] == [30, 1200, 100_000, 9999]
    assert {line.paid_on for line in file.lines} == {date(2026, 3, 1)}
    assert file.encoding is None


def test_a_formula_or_an_error_instead_of_a_value_is_refused() -> None:
    for cell, fault in (("=1+1", CellFault.FORMULA), ("#DIV/0!", CellFault.ERROR_VALUE)):
        with refused("cell_wrong") as caught:
            read_xlsx(xlsx_of([a_row(NUMBER, cell)]))
        assert details(caught) == {"row": 2, "column": "金额(元)", "fault": fault}


def _bomb(content: bytes) -> bytes:
    return b" " * (MOST_UNPACKED + 1)


def _entities(content: bytes) -> bytes:
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 9))
    sheet = content.replace(b"<worksheet", b'<!DOCTYPE w [<!ENTITY l0 "ha">' + laughs + b"]><worksheet", 1)
    assert sheet != content
    return sheet


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"no archive", FileFault.NOT_XLSX),
        (xlsx_of([a_row("", 1)])[:-30], FileFault.NOT_XLSX),
        (with_part(xlsx_of([]), "xl/workbook.xml", lambda part: part[: len(part) // 2]), FileFault.NOT_XLSX),
        (with_part(xlsx_of([a_row("", 1)]), "xl/bomb.xml", _bomb), FileFault.UNPACKS_TOO_LARGE),
        (with_part(xlsx_of([a_row("", 1)]), "xl/vbaProject.bin", lambda part: b"macro"), FileFault.MACRO),
        (with_part(xlsx_of([a_row("", 1)]), "xl/worksheets/sheet1.xml", _entities), FileFault.ENTITIES),
        (xlsx_of([["x"] * 61]), FileFault.TOO_WIDE),
        (xlsx_of([]), FileFault.NO_LINES),
    ],
    ids=["text", "cut short", "half a part", "bomb", "macro", "billion laughs", "wide", "empty"],
)
def test_a_workbook_that_is_none_or_means_harm_is_refused(content: bytes, fault: FileFault) -> None:
    with refused("file_not_readable", status=422) as caught:
        read_xlsx(content)
    assert details(caught) == {"fault": fault}


def test_an_archive_of_very_many_parts_is_refused_unread() -> None:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for n in range(300):
            archive.writestr(f"{n}.xml", "")
    with refused("file_not_readable") as caught:
        read_xlsx(body.getvalue())
    assert details(caught) == {"fault": FileFault.UNPACKS_TOO_LARGE}


def test_a_cell_far_below_or_a_lie_about_the_size_does_not_make_a_workbook_long() -> None:
    far = with_part(
        xlsx_of([a_row("", 1)]), "xl/worksheets/sheet1.xml", lambda part: part.replace(b'r="2"', b'r="1048576"', 1)
    )
    lying = with_part(
        xlsx_of([a_row("", 1)]),
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b'<dimension ref="A1:F2"', b'<dimension ref="A1:XFD1048576"', 1),
    )

    with refused("too_many_rows"):
        read_xlsx(far)
    assert len(read_xlsx(lying).lines) == 1


def test_a_file_is_what_its_format_says_or_refused() -> None:
    with refused("file_not_text"):
        must_be_readable(read(a_command(xlsx_of([a_row("", 1)])), None))
    with refused("file_not_readable"):
        must_be_readable(read(a_command(ONE, format=FileFormat.XLSX), None))


def test_the_header_is_found_in_full_width_and_with_blanks() -> None:
    wide = ONE.replace("金额(元)", " 金额 （元）")

    assert COLUMNS.amount == HEADER[3]
    assert len(read_csv(wide).lines) == 1
