"""A report of costs in a file goes the way of every other report, and says what is wrong by row and column."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.cost import CostsReported
from schemas.money import Money
from schemas.role import Role
from schemas.sheet import Encoding
from services.funds.rules.columns import TEMPLATE, ColumnMapping, CostColumns, cost_mapping_of
from services.funds.rules.cost_files import CostFileRead
from services.funds.rules.cost_reports import ReportCosts
from services.funds.rules.cost_taking import MOST_OF_A_PROJECT
from services.funds.rules.cost_template import HeadLeft, heads_left, left_in_all, template_of
from services.funds.rules.costs import CostLine
from services.funds.rules.uploads import MOST_BYTES, MOST_LINES, MOST_NAMED, CellFault, Control, FileFormat
from services.kit import reasons
from tests.services.funds.cost_files import DIGEST, HEADER, a_cell_row, a_file, as_read, in_words, told, upload
from tests.services.funds.costs import LIMITS, SHOP, TODAY, a_cost, a_project, a_report, hand_in, on, spent
from tests.services.funds.desk import PROVIDER, Desk, the
from tests.services.funds.files import csv_of, filled
from tests.services.funds.test_costs import EARLIER
from tests.support.pure import an_actor, refused

OWN = CostColumns(
    spent_on="日期", head="科目", kind="类别", amount="金额", description="摘要", invoice_number="票号",
    issuer_uscc="信用代码", issuer_name=None, issuer_tax_id=None, evidence_digest=None,
)  # fmt: skip
OWN_HEADER = tuple(name for _, name in OWN if name is not None)


@pytest.mark.parametrize(
    ("format", "recoded"), [(FileFormat.CSV, "utf-8"), (FileFormat.CSV, "gb18030"), (FileFormat.XLSX, None)]
)
def test_a_file_is_the_same_report_as_the_json_that_says_the_same(format: FileFormat, recoded: str | None) -> None:
    desk, rows = Desk(), [a_cell_row("7.00", invoice_number="N1"), a_cell_row(0.5, "management", invoice_number="N2")]
    project = a_project(desk)
    content = {} if recoded is None else {"content": csv_of(rows, HEADER).encode(recoded)}

    said, reading = upload(desk, a_file(project, rows, format=format, **content))
    again = hand_in(
        desk, a_report(project, a_cost(700, number="N1"), a_cost(50, "management", number="N2"), batch="2026-1")
    )

    fact = the(said, CostsReported)
    assert [(head.head, head.amount.fen) for head in fact.heads] == [("activity", 700), ("management", 50)]
    assert (reading.total, reading.encoding) == (Money(750), None if recoded is None else Encoding(recoded))
    assert again == []  # to the byte what was reported
    assert spent(desk, project).counted == Money(750)


def test_the_same_file_again_changes_nothing_and_another_under_its_number_is_refused() -> None:
    desk, rows = Desk(), [a_cell_row(1)]
    project = a_project(desk)
    upload(desk, a_file(project, rows))

    said, reading = upload(desk, a_file(project, rows, format=FileFormat.XLSX, columns=CostColumns()))
    _, looked_at = upload(desk, a_file(project, rows, preview=True))

    assert [type(one) for one in said] == [CostFileRead]
    assert (reading.known_batch, reading.lines, reading.total) == (True, (), Money(100))
    assert looked_at.known_batch
    with refused("batch_reported_otherwise"):
        upload(desk, a_file(project, [a_cell_row(2)]))
    with refused("invoice_used_by_you"):
        upload(desk, a_file(project, rows, batch="2026-2"))
    assert spent(desk, project).lines == 1


def test_a_preview_says_of_every_line_what_would_happen_and_nothing_is_written() -> None:
    desk = Desk()
    project = a_project(desk)  # 10.00 yuan: 8.00 under activity, 1.00 under management
    rows = [
        a_cell_row("7.00", invoice_number="N1"),
        a_cell_row("1.01"),  # with the one above 8.01
        a_cell_row("1.00"),  # what the refused one leaves
        a_cell_row("0.10", "管理费用", invoice_number="N1"),
        a_cell_row("0.10", "差旅费"),
        a_cell_row("0.10", "管理费用", kind="发放现金"),
        a_cell_row("0.10", "管理费用", spent_on="2026-03-03"),
        a_cell_row("0.10", "管理费用", issuer_uscc="91320500MA1QYR12X9"),
        a_cell_row("0.10", "管理费用"),
    ]

    said, reading = upload(desk, a_file(project, rows, preview=True))

    assert [type(one) for one in said] == [CostFileRead]
    assert told(reading) == [
        (2, []),
        (3, [("金额(元)", "cost_above_limit")]),
        (4, []),
        (5, [("发票号码", "invoice_twice")]),
        (6, [("费用科目", "cell_wrong")]),
        (7, [("支出类别", "cost_kind_refused")]),
        (8, [("支出日期", "cost_day_out_of_range")]),
        (9, [("开票方统一社会信用代码", "issuer_uscc_wrong")]),
        (10, []),
    ]
    assert [(head.head, head.amount.fen) for head in reading.heads] == [("activity", 800), ("management", 10)]
    zh, en = in_words(reading, "zh"), in_words(reading, "en")
    assert zh[0].startswith("第 3 行:科目“业务活动费”的限额为")
    assert "第 5 行:发票 N1 与第 2 行相同" in zh[1]
    assert zh[2] == "第 6 行“费用科目”有误:没有这个费用科目。未写入任何内容。"
    assert en[1].startswith("Row 5: invoice N1 stands in row 2 already")
    assert desk.world.each(CostLine) == []
    assert spent(desk, project).counted == Money(0)
    assert desk.world.find(ColumnMapping, cost_mapping_of(PROVIDER)) is None


def test_an_import_does_what_its_preview_said_or_nothing() -> None:
    desk = Desk()
    project = a_project(desk)
    good = [["", *[""] * 9], a_cell_row("0.60", "管理费用"), a_cell_row("0.40", "管理费用")]

    with refused("cost_above_limit", source="项目协议书") as caught:
        upload(desk, a_file(project, [*good, a_cell_row("0.01", "管理费用")]))
    nothing = spent(desk, project).lines
    _, looked_at = upload(desk, a_file(project, good, preview=True))
    _, reading = upload(desk, a_file(project, good))

    assert (caught.value.field, caught.value.details["row"], nothing) == ("content", 5, 0)
    assert (reading.lines, reading.heads, reading.total) == (looked_at.lines, looked_at.heads, Money(100))
    assert [(line.row, line.amount.fen) for line in desk.world.each(CostLine)] == [(1, 60), (2, 40)]


WRONG: list[tuple[dict[str, Any], str, CellFault]] = [
    ({"amount": "-5"}, "金额(元)", CellFault.NEGATIVE),
    ({"amount": "五元"}, "金额(元)", CellFault.NOT_AN_AMOUNT),
    ({"spent_on": "2026-02-30"}, "支出日期", CellFault.NOT_A_DATE),
    ({"head": ""}, "费用科目", CellFault.EMPTY),
    ({"head": "差旅费"}, "费用科目", CellFault.UNKNOWN_HEAD),
    ({"kind": "杂项"}, "支出类别", CellFault.UNKNOWN_KIND),
    ({"description": ""}, "用途", CellFault.EMPTY),
    ({"description": "x" * 501}, "用途", CellFault.TOO_LONG),
    ({"invoice_number": "№ 7"}, "发票号码", CellFault.NOT_AN_INVOICE_NUMBER),
    ({"issuer_uscc": ""}, "开票方统一社会信用代码", CellFault.ISSUER_BY_ONE_CODE),
    ({"issuer_tax_id": "1" * 15}, "开票方统一社会信用代码", CellFault.ISSUER_BY_ONE_CODE),
    ({"issuer_uscc": "", "issuer_tax_id": "1" * 15}, "开票方统一社会信用代码", CellFault.ISSUER_BY_ONE_CODE),
    ({"issuer_tax_id": "1" * 14}, "开票方税号", CellFault.NOT_A_TAX_NUMBER),
    ({"issuer_name": "x" * 101}, "开票方名称", CellFault.TOO_LONG),
    ({"evidence_digest": "见附件"}, "发票影像摘要", CellFault.NOT_A_DIGEST),
    ({"evidence_digest": ""}, "发票影像摘要", CellFault.EMPTY),
]


@pytest.mark.parametrize(("changes", "column", "fault"), WRONG)
def test_a_wrong_cell_is_named_by_row_and_column_in_both_languages(
    changes: dict[str, Any], column: str, fault: CellFault
) -> None:
    desk = Desk()
    row = a_cell_row(**({"amount": 1} | changes))

    with refused("cell_wrong", status=422) as caught:
        upload(desk, a_file(a_project(desk), [a_cell_row(1), row]))

    assert caught.value.details == {"row": 3, "column": column, "fault": fault}
    for language, said in (("zh", f"第 3 行“{column}”有误:"), ("en", f"Row 3, column {column}: ")):
        assert reasons.explain(caught.value, language).startswith(said)


def test_every_bad_cell_is_named_and_of_very_many_the_first() -> None:
    desk = Desk()
    project = a_project(desk)
    two = [a_cell_row("x", kind="y"), a_cell_row(1), a_cell_row("0")]

    with refused("cells_wrong", status=422) as caught:
        upload(desk, a_file(project, two))
    with refused("cells_wrong") as many:
        upload(desk, a_file(project, [a_cell_row("x")] * 30))
    _, reading = upload(desk, a_file(project, [a_cell_row("x")] * 30, preview=True))

    assert reasons.explain(caught.value, "zh") == (
        "共 3 处有误,前 3 处是:第 2 行“支出类别”(没有这个支出类别)、第 2 行“金额(元)”(不是金额(元,至多两位小数))、"
        "第 4 行“金额(元)”(金额为零)。未写入任何内容。"
    )
    assert "row 4, column 金额(元) (the amount is zero)" in reasons.explain(caught.value, "en")
    assert (many.value.details["number"], len(many.value.details["cells"])) == (30, MOST_NAMED)
    assert len(in_words(reading, "zh")) == 30
    assert spent(desk, project).lines == 0


def test_a_number_the_spreadsheet_cut_short_is_no_invoice_number() -> None:
    desk = Desk()
    project = a_project(desk)
    cut = a_file(project, [a_cell_row(1, invoice_number=24312000000123456789)], format=FileFormat.XLSX)
    kept = a_file(project, [a_cell_row(1, invoice_number="24312000000123456789")], format=FileFormat.XLSX)

    with refused("cell_wrong") as caught:
        upload(desk, cut)
    upload(desk, kept)

    assert caught.value.details == {"row": 2, "column": "发票号码", "fault": CellFault.ROUNDED}
    assert [line.number for line in desk.world.each(CostLine)] == ["24312000000123456789"]


def test_columns_are_remembered_until_others_are_named_and_without_any_the_templates_are_meant() -> None:
    desk = Desk()
    project = a_project(desk)
    own = [TODAY, "activity", "materials", 1, "餐盒", "N1", SHOP]
    first = a_file(project, [own], header=OWN_HEADER, columns=OWN, evidence_digest=DIGEST, batch="1")
    second = a_file(
        project, [[*own[:5], "N2", SHOP]], header=OWN_HEADER, evidence_digest=DIGEST, batch="2", format=FileFormat.XLSX
    )

    with refused("column_missing"):
        upload(desk, a_file(project, [own], header=OWN_HEADER, evidence_digest=DIGEST, batch="1"))
    upload(desk, first)
    upload(desk, second)
    with refused("column_missing"):
        upload(desk, a_file(project, [a_cell_row(1)], batch="3", evidence_digest=DIGEST))
    upload(desk, a_file(project, [a_cell_row(1)], batch="3", columns=CostColumns()))

    assert spent(desk, project).counted == Money(300)
    assert desk.world.get(ColumnMapping, cost_mapping_of(PROVIDER)).columns == CostColumns()


def test_a_file_that_shows_every_invoice_stands_for_lines_without_a_digest_of_their_own() -> None:
    desk = Desk()
    project = a_project(desk)
    rows = [a_cell_row(1, evidence_digest=""), a_cell_row(1, evidence_digest="AB " * 32)]

    upload(desk, a_file(project, rows, evidence_digest="c" * 64))

    assert [line.evidence_digest for line in desk.world.each(CostLine)] == ["c" * 64, "ab" * 32]
    with refused("evidence_not_given", status=422):
        upload(desk, a_file(project, [], header=OWN_HEADER, columns=OWN))


def test_an_issuer_may_be_given_by_name_and_tax_number() -> None:
    desk = Desk()
    project = a_project(desk)

    upload(desk, a_file(project, [a_cell_row(1, issuer_uscc="", issuer_name="示例商店", issuer_tax_id="1" * 15)]))

    (line,) = desk.world.each(CostLine)
    assert (line.issuer, line.issuer_name) == ("1" * 15, "示例商店")


def test_a_persons_number_is_refused_where_it_stands_and_not_repeated() -> None:
    desk = Desk()
    project = a_project(desk)
    by_name = {"issuer_uscc": "", "issuer_name": "示例商店 13812345678", "issuer_tax_id": "1" * 15}
    by_number = {"issuer_uscc": "", "issuer_name": "示例商店", "issuer_tax_id": "320508199001011234"}

    _, reading = upload(desk, a_file(project, [a_cell_row(1, **by_name), a_cell_row(1, **by_number)], preview=True))

    assert told(reading) == [(2, [("开票方名称", "personal_data")]), (3, [("开票方税号", "personal_data")])]
    assert "第 2 行“开票方名称”" in in_words(reading, "zh")[0]
    assert "row 3, column 开票方税号" in in_words(reading, "en")[1]
    assert "13812345678" not in str(in_words(reading, "zh"))


def test_a_project_that_is_full_takes_no_file() -> None:
    desk = Desk()
    project = a_project(desk)
    desk.world.put(replace(spent(desk, project), lines=MOST_OF_A_PROJECT))

    for preview in (True, False):
        with refused("too_many_costs") as caught:
            upload(desk, a_file(project, [a_cell_row(1)], preview=preview))
        assert caught.value.field == "content"


def test_totals_in_the_file_and_beside_it_must_agree() -> None:
    desk = Desk()
    project = a_project(desk)
    rows = [a_cell_row(1), a_cell_row(2)]
    total = ["合计", "", "共2笔", "3.00", *[""] * 6]

    with refused("control_totals_differ", status=422):
        upload(desk, a_file(project, [*rows, [*total[:3], "3.01", *[""] * 6]], preview=True))
    with refused("control_totals_differ"):
        upload(desk, a_file(project, rows, control=Control(lines=2, total=Money(301))))
    with refused("cell_wrong") as caught:
        upload(desk, a_file(project, [*rows, [*total[:3], "x", *[""] * 6]], preview=True))
    with refused("cell_wrong") as after:
        upload(desk, a_file(project, [*rows, total, a_cell_row(1)], preview=True))
    upload(desk, a_file(project, [*rows, total], control=Control(lines=2, total=Money(300))))

    assert (caught.value.details["row"], after.value.details["fault"]) == (4, CellFault.AFTER_THE_TOTAL)
    assert spent(desk, project).counted == Money(300)


def test_amounts_that_together_are_beyond_all_sums_are_refused() -> None:
    desk = Desk()
    project = a_project(desk)

    for preview in (True, False):
        with refused("total_too_large", status=422):
            upload(desk, a_file(project, [a_cell_row("9999999999999.99")] * 2, preview=preview))


def test_only_the_projects_provider_learns_what_is_wrong_with_a_file() -> None:
    desk = Desk()
    project = a_project(desk)
    stranger = an_actor(Role.PROVIDER)

    for preview in (True, False):
        for rows in ([], [a_cell_row("x")]):  # unreadable, and wrong
            with refused("not_your_party", status=403):
                upload(desk, a_file(project, rows, preview=preview), stranger)
    with refused("file_not_readable"):
        upload(desk, a_file(project, [], preview=True))


def test_a_file_holds_as_many_lines_as_a_report_and_no_more() -> None:
    desk = Desk()
    project = a_project(desk, price=1_000_000)
    rows = [a_cell_row("0.01") for _ in range(MOST_LINES)]

    upload(desk, a_file(project, rows))
    with refused("too_many_rows"):
        upload(desk, a_file(project, [*rows, a_cell_row(1)], batch="2"))

    with pytest.raises(ValidationError, match="at most 1048576 bytes"):
        a_file(project, [], content=b"x" * (MOST_BYTES + 1))

    assert spent(desk, project).lines == MOST_LINES
    limit = ReportCosts.model_json_schema()["properties"]["lines"]["maxItems"]
    assert limit == MOST_LINES


def test_under_an_edition_without_heads_any_code_is_one() -> None:
    desk = Desk()
    desk.story.rulebook = EARLIER
    project = a_project(desk, limited=False)

    with refused("cell_wrong") as caught:
        upload(desk, a_file(project, [a_cell_row(1, "差旅费")]))
    upload(desk, a_file(project, [a_cell_row(1, "travel")]))

    assert caught.value.details["fault"] is CellFault.UNKNOWN_HEAD
    assert [line.head for line in desk.world.each(CostLine)] == ["travel"]


def test_days_and_kinds_are_read_as_people_write_them() -> None:
    desk = Desk()
    project = a_project(desk)
    written = [
        ("2026年3月2日", "物资与耗材"),
        ("2026/3/2", "materials"),
        (on(2), "material"),
        ("20260302", " 物资与耗材 "),
    ]
    rows = [a_cell_row(1, spent_on=day, kind=kind) for day, kind in written]

    file = as_read(desk, a_file(project, rows, format=FileFormat.XLSX))

    assert {(line.spent_on, line.kind.value) for line in file.read} == {(on(2), "material")}


def test_a_template_shows_what_is_left_and_nothing_where_the_price_came_down_below_it() -> None:
    desk = Desk()
    project = a_project(desk)
    names = {limit.head: limit.name for limit in LIMITS}
    hand_in(desk, a_report(project, a_cost(750), a_cost(100, "management")))

    now, lowered = (heads_left(spent(desk, project), Money(price), names) for price in (1000, 800))

    assert [head.left.fen for head in now] == [50, 0, 0]
    assert [head.left.fen for head in lowered] == [0, 0, 0]
    assert left_in_all(spent(desk, project), Money(800)) == Money(0)
    assert [head.limit for head in lowered] == [Money(640), Money(80), Money(0)]


def test_a_template_of_as_many_heads_as_an_agreement_may_have_is_read_again() -> None:
    desk = Desk()
    project = a_project(desk)
    head = HeadLeft(head="activity", name="业务活动费", limit=Money(800), used=Money(1), left=Money(799))
    heads = [head, *(replace(head, head=f"h{place}", limit=None) for place in range(19))]
    blank = template_of("=为老助餐", heads, ["劳务与服务"], Money(999), TEMPLATE)

    upload(desk, a_file(project, [], content=filled(blank, a_cell_row(1)), format=FileFormat.XLSX))

    assert spent(desk, project).counted == Money(100)
    assert blank == template_of("=为老助餐", heads, ["劳务与服务"], Money(999), TEMPLATE)
