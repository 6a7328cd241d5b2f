"""The application as xlsx: the data of the CSV, the same bytes for ever, and nothing in it that is run."""

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook
from pydantic import ValidationError

from schemas.capitals import in_capitals
from schemas.fund import PaymentOrdered, SourceType
from schemas.ids import FundAccountId, LotId, PartyId, ProjectId
from schemas.money import Money
from services import funds
from services.funds.rules.application import SHEET, workbook_of
from services.funds.rules.appropriate import Appropriate
from services.funds.rules.order import OrderPayment
from services.funds.rules.payment import HEAD, Payment, PaymentLine, file_of
from services.funds.rules.project import Payee
from tests.services.funds.desk import Desk, the
from tests.services.funds.test_api import a_scene
from tests.services.funds.test_paying import a_signed_project, the_payment
from tests.support.fixtures import Running
from tests.support.pure import NOON

TOP = 7
"""the row of the head, counted from 1"""


def a_payment(**changes: Any) -> Payment:
    lines = (
        PaymentLine(
            account_id=FundAccountId(UUID(int=4)),
            lot_id=LotId(UUID(int=5)),
            source_type=SourceType.BUDGET,
            budget_line="2080299 民政管理事务",
            amount=Money(12_345_678),
        ),
        PaymentLine(
            account_id=FundAccountId(UUID(int=6)),
            lot_id=LotId(UUID(int=7)),
            source_type=SourceType.DONATION,
            budget_line="=SUM(A1:A9)",
            amount=Money(5),
        ),
    )
    payment = Payment(
        id=UUID(int=1),
        project_id=ProjectId(UUID(int=2)),
        funder_id=PartyId(UUID(int=3)),
        number=1,
        reference="ZFAAAAAAAAAAAAAAAA",
        title="=HYPERLINK(1)&<为老助餐>",
        payee=Payee(id=PartyId(UUID(int=8)), name="示例社会服务中心", code="52340111XXXX00027P"),
        amount=Money(12_345_683),
        lines=lines,
        ordered_by=UUID(int=9),
        ordered_on=NOON.date(),
        file_digest="",
        form=2,
        economic_code="50205",
    )
    return replace(payment, **changes)


def read(content: bytes) -> Any:
    """The only sheet, as a spreadsheet program reads it."""
    book = load_workbook(io.BytesIO(content))
    (sheet,) = book.worksheets
    assert sheet.title == SHEET
    return sheet


def test_every_cell_of_the_csv_stands_in_the_workbook_and_amounts_are_numbers() -> None:
    payment = a_payment()
    sheet = read(workbook_of(payment))

    rows = list(csv.reader(io.StringIO(file_of(payment).decode("utf-8-sig"))))
    for place, row in enumerate(rows):
        for column, (head, cell) in enumerate(zip(HEAD, row, strict=True), start=1):
            value = sheet.cell(TOP + place, column).value
            if place and head == "金额(元)":
                assert Decimal(str(value)) == Decimal(cell)
            else:
                assert str(value or "") == cell.removeprefix("'"), head
    assert [type(sheet.cell(TOP + 1, HEAD.index(head) + 1).value) for head in ("金额(分)", "统一社会信用代码")] == [
        int,
        str,
    ]


def test_the_control_totals_are_values_and_agree_with_the_lines_and_the_capitals() -> None:
    payment = a_payment()
    sheet = read(workbook_of(payment))
    fen = HEAD.index("金额(分)") + 1

    labels = {row[0].value: row[1].value for row in sheet.iter_rows() if row[0].value}
    lines = [sheet.cell(TOP + place, fen).value for place in (1, 2)]
    control = TOP + 3

    assert lines == [line.amount.fen for line in payment.lines]
    assert (sheet.cell(control, 2).value, sheet.cell(control, fen).value) == (2, sum(lines)) == (2, payment.amount.fen)
    assert (labels["笔数"], Decimal(str(labels["合计(元)"]))) == (2, Decimal(payment.amount.fen) / 100)
    assert labels["合计(大写)"] == in_capitals(payment.amount)
    assert (labels["项目"], labels["收款人"]) == (payment.title, "示例社会服务中心 52340111XXXX00027P")


def test_no_cell_is_a_formula_whatever_people_wrote() -> None:
    sheet = read(workbook_of(a_payment()))

    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]

    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert {"=HYPERLINK(1)&<为老助餐>", "=SUM(A1:A9)"} <= {cell.value for cell in cells if cell.data_type == "s"}
    assert {cell.number_format for cell in cells if cell.data_type == "s"} == {"@"}


@pytest.mark.parametrize("fen", [1, 10**15 - 1, 10**15])
def test_the_smallest_and_the_largest_amount_are_read_back_to_the_fen(fen: int) -> None:
    line = a_payment().lines[0].model_copy(update={"amount": Money(fen)})
    sheet = read(workbook_of(a_payment(lines=(line,), amount=Money(fen))))

    yuan = sheet.cell(TOP + 1, HEAD.index("金额(元)") + 1).value

    assert round(Decimal(str(yuan)) * 100) == fen
    assert sheet.cell(TOP + 1, HEAD.index("金额(分)") + 1).value == fen


def test_the_same_payment_is_the_same_bytes_on_every_machine() -> None:
    content = workbook_of(a_payment())

    assert content == workbook_of(a_payment())
    assert hashlib.sha256(content).hexdigest() == "f77e1221aa97d85dbd0ab2aa3d9fbe993836ba5e24d5a14d4fc430b673df672a"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {(part.date_time, part.compress_type) for part in archive.infolist()} == {((1980, 1, 1, 0, 0, 0), 0)}


def test_an_application_of_before_keeps_the_bytes_it_left_with() -> None:
    """Its digest stands in the log; the classification is not added afterwards."""
    before = a_payment(form=1, economic_code=None)

    head = next(csv.reader(io.StringIO(file_of(before).decode("utf-8-sig"))))

    assert [name for name in HEAD if name not in head] == ["功能分类科目", "经济分类科目"]
    assert (
        hashlib.sha256(file_of(before)).hexdigest()
        == "af6b8ea475ed30128afd788a22c45e17d90739c1f3e3476f93a528129ec793df"
    )


def test_what_leaves_keeps_the_digest_of_both_files() -> None:
    desk = Desk()
    project = a_signed_project(desk)

    ordered = the(desk.order(project, 1), PaymentOrdered)

    payment = the_payment(desk, project)
    assert ordered.file_digest == payment.file_digest == hashlib.sha256(file_of(payment)).hexdigest()
    assert payment.workbook_digest == hashlib.sha256(workbook_of(payment)).hexdigest()


@pytest.mark.parametrize("code", ["1080299", "20802", "2080299", "208", "20802999", "2O8", "2080299 "])
def test_a_functional_code_has_three_five_or_seven_digits_and_begins_as_expenditure_does(code: str) -> None:
    body = json.dumps({"source_type": "budget", "budget_line": "x", "amount": {"fen": 1}, "functional_code": code})
    if code in ("20802", "2080299", "208"):
        assert Appropriate.model_validate_json(body).functional_code == code
    else:
        with pytest.raises(ValidationError, match="functional_code"):
            Appropriate.model_validate_json(body)


@pytest.mark.parametrize(("code", "good"), [("50205", True), ("30227", True), ("502", True), ("2080299", False)])
def test_an_economic_code_has_three_or_five_digits(code: str, good: bool) -> None:
    body = {"project_id": UUID(int=1), "number": 1, "economic_code": code}
    if good:
        assert OrderPayment.model_validate(body).economic_code == code
    else:
        with pytest.raises(ValidationError, match="economic_code"):
            OrderPayment.model_validate(body)


async def test_the_workbook_is_fetched_beside_the_csv_and_names_the_classification(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system, functional_code="2080299")
        order = {"number": 1, "economic_code": "50205"}
        ordered = (await system.post(f"/v1/projects/{scene.project}/payments", order, scene.finance)).json

        file = await system.get(ordered["workbook"], scene.finance)
        stranger = await system.get(ordered["workbook"], scene.provider)

        assert (file.status, stranger.status) == (200, 403)
        assert file.headers["Content-Type"].startswith("application/vnd.openxmlformats-officedocument")
        assert hashlib.sha256(file.json).hexdigest() == ordered["workbook_digest"]
        sheet = read(file.json)
        column = {head: HEAD.index(head) + 1 for head in HEAD}
        lines = [
            tuple(sheet.cell(TOP + place, column[head]).value for head in ("功能分类科目", "经济分类科目", "金额(分)"))
            for place in (1, 2)
        ]
        async with system.running[0].database.connection() as connection:
            rows = await connection.fetch(
                "SELECT l.functional_code, a.amount_fen FROM allocations a JOIN lots l ON l.id = a.lot_id"
                " WHERE a.transfer_id = $1",
                UUID(ordered["payment_id"]),
            )
        assert sorted(lines, key=str) == sorted(
            ((row["functional_code"], "50205", row["amount_fen"]) for row in rows), key=str
        )
        assert [line["functional_code"] for line in ordered["lines"]] == ["2080299", None]
