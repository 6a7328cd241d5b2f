"""The fiscal self-evaluation: planned before, measured after, scored by the rulebook; beside the grade."""

import io
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from pydantic import ValidationError

from schemas import workbook
from schemas.contract import Milestone
from schemas.fund import PaymentRefunded, RefundReason
from schemas.money import Money
from schemas.role import Role
from schemas.rulebook import Rule, Rulebook
from schemas.self_evaluation import IndicatorGroup, IndicatorsPlanned, PlannedIndicator, ProjectSelfEvaluated
from services.evaluation.rules.self_evaluation import SCHEME, SelfEvaluationTable
from services.evaluation.rules.self_scoring import BANDS, SCALE, banded, reached
from services.kit.rulebooks import shipped
from tests.services.evaluation.evaluated import BOOK, COMMUNITY, FUNDER, PROJECT, PROVIDER, a_submission
from tests.services.evaluation.self_evaluated import (
    ALIVE,
    MEALS,
    PLAN,
    PRICE,
    VISITS,
    SelfEvaluated,
    a_draft,
    a_payment,
    a_settlement,
    an_indicator,
    delivered,
    over,
    planned,
)
from tests.support.pure import an_actor, refused

ALL = {"meals": 2000, "visits": 300, "safe_at_home": 40}
STEPS = [
    {"from": "100%", "share": "1"},
    {"from": "80%", "share": "2/3"},
    {"from": "60%", "share": "1/3"},
]
"""DB31 《社区公益服务项目绩效评估导则》 as published: 3, 2, 1 and no points"""


def with_rules(**values: Any) -> Rulebook:
    paths = {"scheme": SCHEME, "scale": SCALE, "bands": BANDS}
    return replace(
        BOOK,
        rules={**BOOK.rules} | {paths[name]: Rule(value, BOOK.source(paths[name])) for name, value in values.items()},
    )


def scores(drawn: ProjectSelfEvaluated) -> dict[str, Decimal]:
    return {line.id: line.score for line in drawn.lines}


def test_each_indicator_earns_actual_by_plan_up_to_its_points_and_money_and_satisfaction_theirs() -> None:
    story = over({"meals": 1900, "visits": 450, "safe_at_home": 25}, paid=Money(95), satisfied=8, dissatisfied=2)

    drawn = story.draw_up()

    assert scores(drawn) == {
        "budget_execution": Decimal("9.50"),  # 95 ÷ 100 × 10
        "meals": Decimal("28.50"),  # 1900 ÷ 2000 × 30
        "visits": Decimal("20.00"),  # 450 of 300 counts as all
        "safe_at_home": Decimal("18.75"),  # 25 ÷ 40 × 30
        "satisfaction": Decimal("8.89"),  # 80 % of 90 % planned, × 10
    }
    assert (drawn.total, drawn.score, drawn.grade) == (Decimal("85.64"), Decimal(86), "良")
    assert sum(line.points for line in drawn.lines) == 100
    workings = {line.id: line.working for line in drawn.lines}
    assert workings["safe_at_home"] == "min(1, 25 ÷ 40) × 30 = 18.75"
    assert workings["satisfaction"] == "8 ÷ 10 × 100 = 80.00; min(1, 80.00 ÷ 90) × 10 = 8.89"


def test_satisfaction_is_normally_ten_of_a_hundred_and_budget_execution_ten() -> None:
    drawn = over(ALL).draw_up()

    assert {line.id: line.points for line in drawn.lines if line.id in ("satisfaction", "budget_execution")} == {
        "satisfaction": 10,
        "budget_execution": 10,
    }
    assert drawn.grade == "优"


def test_the_residents_grade_and_its_factor_are_not_touched() -> None:
    story = over({"meals": 0, "visits": 0, "safe_at_home": 0})
    before = story.evaluation

    drawn = story.draw_up()

    assert drawn.grade == "差"
    assert story.evaluation == before
    assert before.grade is not None
    assert before.grade.factor_percent == 100


def test_what_the_provider_paid_back_was_not_spent() -> None:
    story = over(ALL, paid=Money(100))
    story.hear(
        PaymentRefunded(
            project_id=PROJECT,
            refund_id=PROJECT,
            amount=Money(40),
            payee_id=PROVIDER.party_id,
            shares=(),
            reason=RefundReason.UNSPENT,
            basis="结余退回",
            received_on=story.at.date(),
            line_reference="1",
            recorded_by=FUNDER.party_id,
        )
    )

    assert scores(story.draw_up())["budget_execution"] == Decimal("6.00")


def test_without_a_rating_that_counts_satisfaction_earns_nothing_and_the_line_says_why() -> None:
    drawn = over(ALL, satisfied=0).draw_up()

    line = next(line for line in drawn.lines if line.id == "satisfaction")
    assert (line.actual, line.score) == (None, Decimal("0.00"))
    assert "没有可计入的居民评价" in line.working
    assert drawn.total == Decimal("90.00")


@pytest.mark.parametrize(
    ("actual", "share"), [(101, 1), (100, 1), (99, "2/3"), (80, "2/3"), (79, "1/3"), (60, "1/3"), (59, 0), (0, 0)]
)
def test_a_scale_of_steps_gives_the_share_of_the_step_that_is_reached(actual: int, share: Any) -> None:
    assert reached(Fraction(actual), Fraction(100), STEPS) == Fraction(share)


def test_a_rulebook_with_steps_scores_by_them_and_shows_the_step() -> None:
    drawn = over({"meals": 1900, "visits": 300, "safe_at_home": 25}, book=with_rules(scale=STEPS)).draw_up()

    assert scores(drawn)["meals"] == Decimal("20.00")  # 95 % lies in 80–100: two thirds of 30
    assert scores(drawn)["safe_at_home"] == Decimal("10.00")  # 62.5 %: one third of 30
    assert next(line.working for line in drawn.lines if line.id == "meals") == "1900 ÷ 2000 → 2/3; 2/3 × 30 = 20.00"


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_no_indicator_earns_less_than_nothing_or_more_than_its_points(actual: int, plan: int) -> None:
    for scale in ("proportional", STEPS):
        assert 0 <= reached(Fraction(actual), Fraction(plan), scale) <= 1


@pytest.mark.parametrize(
    ("total", "score", "grade"),
    [
        ("100.00", "100", "优"),
        ("89.50", "90", "优"),
        ("89.49", "89", "良"),
        ("79.50", "80", "良"),
        ("79.49", "79", "中"),
        ("59.50", "60", "中"),
        ("59.49", "59", "差"),
        ("0.00", "0", "差"),
    ],
)
def test_between_two_bands_of_whole_points_rounding_half_up_decides(total: str, score: str, grade: str) -> None:
    assert banded(Decimal(total), BOOK) == (Decimal(score), grade)


@given(st.integers(0, 10_000))
def test_no_total_falls_between_two_bands_with_any_number_of_decimals(cents: int) -> None:
    total = Decimal(cents).scaleb(-2)
    for decimals in (0, 1, 2):
        book = with_rules(bands=BOOK.value(BANDS) | {"decimals": decimals})
        score, grade = banded(total, book)
        assert grade == ("优" if score >= 90 else "良" if score >= 80 else "中" if score >= 60 else "差")


def test_every_shipped_scheme_makes_a_hundred_points_with_ten_for_satisfaction() -> None:
    books = [book for book in shipped() if SCHEME in book.rules]

    assert books
    for book in books:
        said = book.value(SCHEME)
        assert set(said["groups"]) == set(IndicatorGroup)
        assert sum(Decimal(points) for points in said["groups"].values()) == 100
        assert said["satisfaction"]["points"] == "10"
        assert {book.source(path).certainty for path in (SCHEME, SCALE, BANDS)} & {"L"} == set()


@pytest.mark.parametrize(
    "change",
    [{"groups": {"decision": "0", "process": "10", "output": "50", "benefit": "39"}}, {"budget_execution": "11"}],
)
def test_a_scheme_that_does_not_add_up_is_refused_before_anything_is_planned(change: dict[str, Any]) -> None:
    story = SelfEvaluated(with_rules(scheme=BOOK.value(SCHEME) | change))
    story.hear(a_draft())

    with refused("scheme_not_whole", source="财预〔2020〕10号"):
        story.plan()


@pytest.mark.parametrize(
    "indicators",
    [
        (MEALS, VISITS),
        (MEALS, ALIVE),
        (*PLAN, an_indicator("more", "0.01")),
        (*PLAN, an_indicator("well_decided", "5", group=IndicatorGroup.DECISION)),
    ],
)
def test_the_points_of_each_group_are_the_rulebooks(indicators: tuple[PlannedIndicator, ...]) -> None:
    story = SelfEvaluated()
    story.hear(a_draft())

    with refused("group_points", status=422):
        story.plan(*indicators)


def test_the_plan_may_be_stated_again_until_the_first_submission_and_then_stands() -> None:
    story = planned()
    half = (an_indicator("meals", "50"), ALIVE)

    (said,) = story.plan(*half)
    assert isinstance(said, IndicatorsPlanned)
    assert story.self_evaluation.indicators == half

    story.hear(a_submission(Milestone.MID_TERM))
    with refused("plan_stands"):
        story.plan()


def test_only_the_projects_funder_plans() -> None:
    for by in (an_actor(Role.FUNDER), PROVIDER, COMMUNITY):
        with refused("not_your_party", status=403):
            planned().plan(by=by)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "Meals"},
        {"name": ""},
        {"name": "x" * 101},
        {"unit": "x" * 21},
        {"planned": 0},
        {"planned": -1},
        {"planned": 10**9 + 1},
        {"points": "0"},
        {"points": "0.001"},
        {"points": "100.01"},
    ],
)
def test_an_indicator_has_a_code_a_name_a_unit_and_a_plan_above_nothing(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PlannedIndicator.model_validate(MEALS.model_dump() | wrong)


def test_an_indicator_with_somebodys_number_in_its_name_is_refused() -> None:
    private = MEALS.model_copy(update={"name": "联系 13800138000"})

    with refused("personal_data", status=422):
        planned().plan(private, VISITS, ALIVE)


def test_provider_and_funder_state_what_was_reached_and_the_latest_stands() -> None:
    story = delivered()

    story.measure("meals", 1900, PROVIDER)
    story.measure("meals", 1850, FUNDER)

    stated = story.self_evaluation.actuals["meals"]
    assert (stated.value, stated.party_id) == (1850, FUNDER.party_id)


def test_others_indicators_nobody_planned_and_work_nobody_submitted_are_not_measured() -> None:
    for by in (COMMUNITY, an_actor(Role.PROVIDER)):
        with refused("not_your_party", status=403):
            delivered().measure("meals", 1, by)
    with refused("no_indicator", status=404):
        delivered().measure("songs", 1)
    with refused("nothing_to_measure"):
        planned().measure("meals", 1)


def test_the_table_waits_for_every_actual_value_the_grade_and_the_money() -> None:
    with refused("not_all_measured") as caught:
        over({"meals": 1}).draw_up()
    assert caught.value.details["indicators"] == "指标 visits、指标 safe_at_home"

    story = delivered()
    for id, actual in ALL.items():
        story.measure(id, actual)
    with refused("project_not_over"):
        story.draw_up()
    story.finish()
    with refused("project_not_over"):
        story.draw_up()
    story.hear(a_payment(PRICE))
    story.hear(a_settlement(PRICE))
    assert story.draw_up().total == Decimal("90.00")


def test_without_a_plan_there_is_no_table() -> None:
    story = SelfEvaluated()
    story.hear(a_draft())

    with refused("nothing_planned"):
        story.draw_up()


def test_a_table_is_drawn_up_once_by_the_funder_and_nothing_is_stated_after_it() -> None:
    story = over(ALL)
    with refused("not_your_party", status=403):
        story.draw_up(PROVIDER)
    story.draw_up()

    with refused("self_evaluation_drawn_up"):
        story.draw_up()
    with refused("self_evaluation_drawn_up"):
        story.measure("meals", 3000)


def test_a_project_under_an_earlier_rulebook_has_no_self_evaluation_and_is_told_so() -> None:
    story = SelfEvaluated(next(book for book in shipped() if book.version == "2026.2"))
    story.hear(a_draft())

    with refused("self_evaluation_not_in_rulebook") as caught:
        story.plan()
    assert caught.value.details["rulebook"] == "example/below-limit 2026.2"


def cells_of(body: bytes) -> dict[str, list[Any]]:
    """Rows by their first cell (indicators by their name), empty ones left out."""
    sheet = load_workbook(io.BytesIO(body)).worksheets[0]
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    return {str(row[1] if len(row) > 6 else row[0]): row for row in rows}


def test_every_number_read_back_from_the_table_is_the_one_that_was_told() -> None:
    story = over({"meals": 1900, "visits": 450, "safe_at_home": 25}, paid=Money(95), satisfied=8, dissatisfied=2)

    drawn = story.draw_up()

    body = story.world.get(SelfEvaluationTable, PROJECT).body
    assert sha256(body).hexdigest() == drawn.file_digest
    rows = cells_of(body)
    for line in drawn.lines:
        _, name, unit, plan, actual, points, score, working, *evidence = rows[line.name]
        read = [Decimal(str(number)) for number in (plan, actual, points, score)]
        assert read == [line.planned, line.actual, line.points, line.score]
        assert (name, unit, working) == (line.name, line.unit, line.working)
        assert evidence == (["e" * 64] if line.id in ALL else [])
    assert Decimal(str(rows["合计 Total"][2])) == drawn.total
    assert rows["合计 Total"][3] == "9.50 + 28.50 + 20.00 + 18.75 + 8.89 = 85.64"
    assert (rows["自评得分 Score"][1], rows["等级 Grade"][1]) == (drawn.score, drawn.grade)
    assert Decimal(str(rows["协议价款(元) Price, CNY"][1])) == Decimal("1.00")
    assert Decimal(str(rows["已付(元) Paid, CNY"][1])) == Decimal("0.95")
    assert rows["项目名称 Project"][1:] == ["独居老人<助餐>", str(PROJECT)]


def test_the_same_facts_make_the_same_bytes() -> None:
    rows: list[tuple[workbook.Cell, ...]] = [("=1+1", Decimal("1.5")), ("<甲&乙>\x00", Decimal(2))]

    once, again = (workbook.written("表", rows, widths=(10, 10)) for _ in range(2))

    assert once == again
    sheet = load_workbook(io.BytesIO(once)).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["=1+1", 1.5], ["<甲&乙>\ufffd", 2]]
    assert sheet["A1"].data_type == "s"  # text, never a formula
