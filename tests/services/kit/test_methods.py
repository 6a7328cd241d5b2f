"""A document that names its method of purchase has that method's values as the tender's, within their bounds."""

from typing import Any

import pytest

from schemas.in_force import A_BALLOT, A_PROJECT
from services.kit.rulebooks import Shelf, shipped
from services.tenders.rules.framework import concluding
from tests.services.kit.books import PURCHASE, a_document, a_rule, book, chain, wrong

OPEN = "example/open-bidding@2026.1"
METHODS = ("open-bidding", "consultation", "single-source")


@pytest.mark.parametrize(("method", "days", "bids", "lead"), [("open-bidding", 20, 3, 15), ("consultation", 10, 3, 5)])
def test_what_differs_by_method_comes_from_the_national_document(method: str, days: int, bids: int, lead: int) -> None:
    example, national = shipped().named(f"example/{method}"), shipped().named("national/purchased-service")
    m = method.replace("-", "_")

    assert example.integer("tender.bid_days_least") == days
    assert example.integer("tender.bids_least") == bids
    assert example.integer("tender.clarification_lead_days") == lead
    assert example.rules["tender.bid_days_least"] == national.rules[f"method.{m}.bid_days_least"]
    assert example.rules["tender.bid_days_least"].layer == national.name


def test_a_programme_under_the_framework_method_sets_only_how_long_users_choose() -> None:
    programme = book(a_document({"tender.method": a_rule("framework")}, parent="example/purchased-service@2026.1"))

    assert programme.integer("tender.suppliers_least") == 2
    assert concluding.NEEDED - programme.rules.keys() == {"tender.choice_days"}


def test_a_document_without_a_method_has_no_methods_values() -> None:
    assert "tender.bid_days_least" not in book(a_document({})).rules


@pytest.mark.parametrize("method", METHODS)
def test_a_project_can_be_run_wholly_under_each_example(method: str) -> None:
    assert shipped().named(f"example/{method}").rules.keys() >= A_PROJECT | A_BALLOT


def test_open_bidding_has_no_upper_limit_for_price_points_or_amount_and_consultation_has() -> None:
    opened, consulted = shipped().named("example/open-bidding"), shipped().named("example/consultation")

    assert {"tender.price_points_most", "tender.below_fen"}.isdisjoint(opened.rules)
    assert consulted.integer("tender.price_points_most") == 30
    assert "tender.below_fen" in consulted.rules


def test_a_value_of_its_own_stands_before_the_methods_and_keeps_its_bounds() -> None:
    own = book(a_document({"tender.bid_days_least": a_rule(25)}, parent=OPEN))
    (found,) = wrong(a_document({"tender.bid_days_least": a_rule(19)}, parent=OPEN))

    assert own.integer("tender.bid_days_least") == 25
    assert (found.path, "19 低于上层的下限 20" in found.zh) == ("tender.bid_days_least", True)
    assert found.source is not None
    assert found.source.text.startswith("政府采购法第三十五条")


def test_a_method_named_below_bounds_what_was_set_before_it_was_named() -> None:
    province = a_document({"tender.bid_days_least": a_rule(15)}, id="320000/purchase")
    shelf = Shelf([chain(province)], shipped())
    rules = {"tender.method": a_rule("open_bidding")}

    (found,) = wrong(a_document(rules, parent="320000/purchase@2026.1"), shelf)

    assert (found.path, "15 低于上层的下限 20" in found.zh) == ("tender.bid_days_least", True)


def test_the_methods_own_narrower_value_is_the_tenders() -> None:
    rules = {"tender.method": a_rule("consultation"), "method.consultation.bid_days_least": a_rule(12)}

    assert book(a_document(rules)).integer("tender.bid_days_least") == 12


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"tender.method": a_rule("comparison")}, "purchase.methods 中没有 comparison"),
        ({"tender.method": a_rule("auction")}, "auction"),
        ({"tender.method": a_rule("consultation"), "tender.price_points_most": a_rule(31)}, "高于上层的上限 30"),
        ({"tender.method": a_rule("open_bidding"), "tender.qualified_least": a_rule(2)}, "上层规定为 3"),
        ({"method.open_bidding.bid_day": a_rule(20)}, "没有这一项"),
    ],
)
def test_a_method_nobody_may_use_or_values_outside_its_bounds_are_refused(rules: dict[str, Any], said: str) -> None:
    found = wrong(a_document(rules))

    assert [said in one.zh for one in found] == [True], found


def test_what_a_document_copies_is_its_own_with_its_source_and_in_its_hash() -> None:
    below = "example/below-limit@2026.4"
    text = a_document({"funds.payment_days": a_rule(20)})
    copies = f"copies: {{from: {below}, paths: [funds, tender.full_marks]}}\n"
    copied, plain = book(copies + text), book(text)
    origin = {one.name: one for one in shipped()}[below]

    assert copied.value("tender.full_marks") == origin.value("tender.full_marks")
    assert copied.source("tender.full_marks") == origin.source("tender.full_marks")
    assert copied.rules["funds.gates"].layer == copied.name
    assert copied.integer("funds.payment_days") == 20
    assert "evaluation.bands" in plain.rules
    assert "funds.gates" not in plain.rules
    assert copied.hash != plain.hash


@pytest.mark.parametrize(
    ("copies", "said"),
    [
        ("{from: example/nothing@2026.1, paths: [funds]}", "没有规则集 example/nothing@2026.1"),
        ("{from: example/below-limit@2026.4, paths: [fund]}", "没有 fund"),
        ("{paths: [funds]}", "应为"),
        ("{from: example/below-limit@2026.4, paths: [need], of: 1}", "应为"),
    ],
)
def test_what_cannot_be_copied_is_told_in_its_line(copies: str, said: str) -> None:
    (found,) = wrong(f"copies: {copies}\n" + a_document({}))

    assert (found.line, found.path, said in found.zh) == (1, "copies", True)


def test_what_is_copied_keeps_the_bounds_above_it() -> None:
    text = f'copies: {{from: "{BEYOND}", paths: [purchase]}}\n' + a_document({})
    beyond = a_document({"purchase.files_years": a_rule(10)}, id="320508/other", parent=None)

    found = wrong(text, Shelf([chain(beyond)], shipped()))

    assert ["10 低于上层的下限 15" in one.zh for one in found] == [True]


BEYOND = "320508/other@2026.1"


def test_the_examples_say_that_they_are_examples_and_lie_on_the_national_document() -> None:
    base = shipped().named("example/purchased-service")

    for method in METHODS:
        example = shipped().named(f"example/{method}")
        assert "示例" in example.title
        assert example.layers == (*base.layers, base.hash)
    assert base.layers == ({one.name: one for one in shipped()}[PURCHASE].hash,)
