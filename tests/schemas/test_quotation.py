"""Differing amounts are put right in one order, and the steps say how."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.capitals import in_capitals, of_capitals
from schemas.money import MOST_FEN, Money
from schemas.quotation import CorrectionRule, PricedItem, Quotation, corrections

YUAN = 100
RULES = tuple(CorrectionRule)


def item(quantity: str, fen: int, name: str = "送餐") -> PricedItem:
    return PricedItem(name=name, unit="次", quantity=Decimal(quantity), unit_price=Money(fen))


def corrected(price: int, said: Quotation, order: tuple[CorrectionRule, ...] = RULES) -> list[tuple[str, int]]:
    steps = corrections(Money(price), said, order)
    return [(step.rule.value, step.after.fen) for step in steps]


@given(st.integers(min_value=0, max_value=MOST_FEN))
def test_capitals_are_read_as_they_are_written(fen: int) -> None:
    assert of_capitals(in_capitals(Money(fen))) == Money(fen)


@pytest.mark.parametrize(
    ("said", "fen"), [("壹佰圆正", 10_000), ("拾伍元伍角整", 1_550), ("叁万零伍拾元零贰分", 3_005_002)]
)
def test_capitals_are_read_in_the_spellings_that_occur(said: str, fen: int) -> None:
    assert of_capitals(said) == Money(fen)


@pytest.mark.parametrize("said", ["一百元", "壹佰", "壹贰元", "", "人民币", "元", "角", "伍角壹元"])
def test_what_is_no_amount_in_capitals_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="no "):
        of_capitals(said)


def test_amounts_that_agree_need_no_correction() -> None:
    items = (item("2", 30_00), item("4", 10_00))
    assert corrected(100_00, Quotation(capitals="人民币壹佰元整", total=Money(100_00), items=items)) == []


@pytest.mark.parametrize(
    ("price", "said", "steps"),
    [
        (100_00, Quotation(total=Money(90_00)), [("opening_list", 100_00)]),
        (100_00, Quotation(capitals="玖拾元整"), [("capitals", 90_00)]),
        (100_00, Quotation(items=(item("10", 100_00), item("1", 0, "物料"))), [("decimal_slip", 100_00)]),
        (100_00, Quotation(items=(item("10", 11_00),)), [("unit_price", 110_00)]),
        (100_00, Quotation(items=(item("1.5", 3_33),)), [("unit_price", 5_00)]),
    ],
)
def test_each_difference_is_put_right_by_its_rule(price: int, said: Quotation, steps: list[tuple[str, int]]) -> None:
    assert corrected(price, said) == steps


def test_several_differences_are_put_right_one_after_the_other() -> None:
    """Capitals say 90, and unit prices then make 110 of it."""
    said = Quotation(total=Money(80_00), capitals="玖拾元整", items=(item("10", 11_00),))
    assert corrected(100_00, said) == [("opening_list", 100_00), ("capitals", 90_00), ("unit_price", 110_00)]


def test_a_rule_the_rulebook_does_not_name_is_not_used() -> None:
    assert corrected(100_00, Quotation(capitals="玖拾元整"), (CorrectionRule.UNIT_PRICE,)) == []


def test_the_arithmetic_can_be_followed() -> None:
    (step,) = corrections(Money(100_00), Quotation(items=(item("10", 11_00),)), RULES)
    assert step.arithmetic == "单价汇总 · by unit prices: 11.00 元 × 10 = 110.00 元 ≠ 100.00 元"


@pytest.mark.parametrize(
    "said",
    [
        {"items": (item("1000000", MOST_FEN),)},
        {"items": (item("0.01", 0),)},
        {"items": (item("1", 1),) * 51},
        {"capitals": "一百元"},
    ],
)
def test_a_list_that_adds_up_to_nothing_payable_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Quotation.model_validate(said)


def test_negative_or_absurd_quantities_are_refused() -> None:
    for quantity in ("0", "-1", "0.001", "1000001"):
        with pytest.raises(ValidationError):
            item(quantity, 1)
