"""Bad documents: each is refused with the line, the path, and the reason in both languages."""

from typing import Any

import pytest

from schemas.rulebook import Certainty
from services.kit.rulebook_text import MOST_BYTES
from services.kit.rulebooks import Shelf, shipped
from tests.services.kit.books import BELOW, a_document, a_rule, chain, wrong

LAW = "政府采购法第三十五条:示例"
BAND = {"grade": "优", "from": 90}


def one_wrong(rules: dict[str, Any], **head: Any) -> tuple[int, str, str, str]:
    (found,) = wrong(a_document(rules, **head))
    return found.line, found.path, found.zh, found.en


def test_a_sound_document_has_nothing_wrong() -> None:
    assert wrong(a_document({"method.open_bidding.bid_days_least": a_rule(25)})) == ()


def test_a_bid_period_below_the_law_is_refused_in_its_line_with_the_article_above() -> None:
    text = a_document({"purchase.files_years": a_rule(20), "method.open_bidding.bid_days_least": a_rule(19)})

    (found,) = wrong(text)

    assert text.splitlines()[found.line - 1].strip() == "value: 19"
    assert found.path == "method.open_bidding.bid_days_least"
    assert "19 低于上层的下限 20" in found.zh
    assert "below the least allowed above, 20" in found.en
    assert found.source is not None
    assert found.source.text.startswith("政府采购法第三十五条")
    assert found.source.certainty is Certainty.LAW


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("purchase.supplement_percent_most", 11, "高于上层的上限 10"),
        ("purchase.regime", "grant", "上层规定为 statutory"),
        ("purchase.methods", ["comparison"], "不在上层允许的范围"),
        ("purchase.negative_list", {"financing": "融资行为"}, "不得去掉上层的 not_government_duty"),
        ("deadline.choose", {"days": 6, "unit": "wd", "from": "report"}, "高于上层的上限 5"),
        ("deadline.choose", {"days": 5, "unit": "d", "from": "report"}, "期限单位须与上层相同(wd)"),
        ("deadline.complaint", {"days": 10, "unit": "wd", "from": "reply"}, "上层规定为"),
        ("low_price.mean_share", "70%", "高于上层的上限 65%"),
        ("method.open_bidding.expert_share_least", "1/2", "低于上层的下限 2/3"),
    ],
)
def test_a_value_outside_the_bounds_above_is_refused_with_the_upper_rules_source(
    path: str, value: Any, said: str
) -> None:
    (found,) = wrong(a_document({path: a_rule(value)}))

    assert (found.path, said in found.zh) == (path, True), found.zh
    assert found.source == shipped().named("national/purchased-service").source(path)


def test_bounds_reach_through_a_layer_that_says_nothing_of_them_and_may_only_be_narrowed() -> None:
    province = chain(
        a_document({"method.open_bidding.bid_days_least": a_rule(30, bounds={"at_least": 25})}, id="320000/purchase")
    )
    shelf = Shelf([province], shipped())
    below = {"parent": "320000/purchase@2026.1"}

    assert wrong(a_document({"purchase.files_years": a_rule(15)}, **below), shelf) == ()
    (by_province,) = wrong(a_document({"method.open_bidding.bid_days_least": a_rule(22)}, **below), shelf)
    by_both = wrong(a_document({"method.open_bidding.bid_days_least": a_rule(10)}, **below), shelf)
    (years,) = wrong(a_document({"purchase.files_years": a_rule(10)}, **below), shelf)
    (wider,) = wrong(a_document({"purchase.files_years": a_rule(20, bounds={"at_least": 5})}))

    assert "下限 25" in by_province.zh
    assert len(by_both) == 2
    assert "下限 15" in years.zh
    assert "5 低于上层的下限 15" in wider.zh


@pytest.mark.parametrize("item", ["local_registration", "local_award", "local_performance", "grade", "distance"])
@pytest.mark.parametrize("path", ["bidder.gates", "scoring.factors"])
def test_where_somebody_is_registered_or_awarded_never_gates_or_scores_a_statutory_purchase(
    item: str, path: str
) -> None:
    above = shipped().named("national/purchased-service").value(path)

    (found,) = wrong(a_document({path: a_rule([*above, item])}))

    assert found.path == path
    assert item in found.zh
    assert found.source is not None
    assert "政府采购法实施条例第二十条" in found.source.text
    lawful = item.startswith("local_")
    assert (found.source.certainty is Certainty.LAW) is lawful


def test_in_a_venture_they_may_bind() -> None:
    rules = {"bidder.gates": a_rule(["legal_capacity", "grade", "local_registration"])}

    assert wrong(a_document(rules, parent="national/charity-venture@2026.1")) == ()


@pytest.mark.parametrize(
    ("path", "value", "zh", "en"),
    [
        ("tender.price_points_least", 101, "0 至 100", "from 0 to 100"),
        ("tender.price_points_least", "10", "整数", "whole number"),
        ("tender.price_points_least", True, "整数", "whole number"),
        ("tender.bid_days_least", 0, "1 至", "from 1"),
        ("tender.below_fen", -1, "0 至", "from 0"),
        ("purchase.social_organizations_share", "140%", "0 与 100%", "from 0 to 100%"),
        ("purchase.social_organizations_share", "1e9", "写成文字", "a text like"),
        ("purchase.social_organizations_share", 30, "写成文字", "a text like"),
        ("evaluation.governance", {"satisfaction": 60, "street": 50}, "合计应为 100,实为 110", "not 110"),
        ("evaluation.weights", {"residents": 50, "community": 30, "experts": 20}, "合计应为 100", "add up"),
        ("evaluation.unrated", {"grade": "合格"}, "缺少 score", "score is missing"),
        ("evaluation.unrated", {"grade": "合格", "score": "60", "x": 1}, "没有 x 这一项", "there is no x"),
        ("evaluation.satisfied_levels", [], "列表", "a list"),
        ("evaluation.bands", [BAND, {"grade": "差", "from": 10}], "最低一档应从 0 分起", "begins at 0"),
        ("evaluation.bands", [BAND, {"grade": "优", "from": 0}], "不重复", "once"),
        ("evaluation.bands", [BAND, {"grade": "差", "from": 0, "to": 95}], "不重叠", "overlap"),
        ("contracts.mid_term_failed", "maybe", "ends, stops", "ends, stops"),
        ("deadline.choose", {"days": 5, "unit": "weeks", "from": "x"}, "wd, d", "wd, d"),
        ("deadline.choose", 5, "表", "a table"),
        ("tender.deadline", "", "文字", "a text"),
    ],
)
def test_a_value_of_another_shape_is_refused_and_told_what_it_should_be(
    path: str, value: Any, zh: str, en: str
) -> None:
    rules = {path: a_rule(value)}

    line, told, said_zh, said_en = one_wrong(rules, parent=None)

    assert told == path
    assert a_document(rules, parent=None).splitlines()[line - 1].startswith("    value:")
    assert zh in said_zh
    assert en in said_en


def test_grades_with_a_gap_need_a_rounding_rule() -> None:
    bands = {"evaluation.bands": a_rule([{"grade": "优", "from": 90}, {"grade": "差", "from": 0, "to": 89}])}
    rounded = bands | {"evaluation.score_decimals": a_rule(0)}
    finer = bands | {"evaluation.score_decimals": a_rule(1)}

    assert wrong(a_document(rounded, parent=None)) == ()
    for gap in (bands, finer):
        _, path, zh, en = one_wrong(gap, parent=None)
        assert path == "evaluation.bands"
        assert "空档 89—90" in zh
        assert "evaluation.score_decimals" in en


@pytest.mark.parametrize(
    ("rules", "path", "said"),
    [
        (
            {"evaluation.factors": {"优秀": 100, "合格": 90, "不合格": 0}},
            "evaluation.factors",
            "grades and factors differ: 良好",
        ),
        ({"evaluation.unrated": {"grade": "尚可", "score": "60"}}, "evaluation.unrated", "no grade 尚可"),
        ({"evaluation.weights": {"residents": 40, "funder": 40, "community": 20}}, "evaluation.weights", "the largest"),
        ({"evaluation.weights": {"residents": 80, "funder": 20}}, "evaluation.weights", "community is missing"),
        ({"tender.bid_days_least": 61}, "tender.bid_days_most", "the most, 60, is below the least, 61"),
    ],
)
def test_values_that_must_agree_are_looked_at_with_all_layers(rules: dict[str, Any], path: str, said: str) -> None:
    document = {name: a_rule(value) for name, value in rules.items()}

    (found,) = wrong(a_document(document, parent=BELOW))

    assert (found.path, said in found.en) == (path, True), found.en


def criteria(**weights: int) -> dict[str, Any]:
    return {name: {"zh": "示例", "en": "example", "weight": weight} for name, weight in weights.items()}


@pytest.mark.parametrize(
    ("weights", "zh", "en"),
    [
        ({"satisfaction": 40, "duties": 40, "visits": 20}, "居民满意度的权重须为最大", "must have the largest weight"),
        ({"satisfaction": 30, "duties": 70}, "居民满意度的权重须为最大", "must have the largest weight"),
        ({"duties": 60, "visits": 40}, "缺少 satisfaction", "satisfaction, the residents', is missing"),
    ],
)
def test_an_appraisal_of_workers_without_the_residents_as_the_largest_weight_is_refused_with_the_rule(
    weights: dict[str, int], zh: str, en: str
) -> None:
    rules = {"community.appraisal_criteria": a_rule(criteria(**weights))}

    (found,) = wrong(a_document(rules, parent="example/community@2026.3"))

    assert found.path == "community.appraisal_criteria"
    assert zh in found.zh
    assert en in found.en
    assert found.source is not None
    assert "群众满意度占主要权重" in found.source.text
    assert found.source.certainty is Certainty.FOUNDING


def test_the_weights_of_an_appraisal_add_up_to_100_and_the_satisfaction_alone_may_be_all_of_it() -> None:
    def of(**weights: int) -> str:
        rules = {"community.appraisal_criteria": a_rule(criteria(**weights))}
        return a_document(rules, parent="example/community@2026.3")

    assert wrong(of(satisfaction=100)) == ()
    assert wrong(of(satisfaction=34, duties=33, visits=33)) == ()
    (found,) = wrong(of(satisfaction=50, duties=40))
    assert "合计应为 100,实为 90" in found.zh


def test_grades_of_workers_leave_no_gap_between_whole_points() -> None:
    def of(most: int) -> str:
        bands = [{"grade": "优秀", "from": 90}, {"grade": "称职", "from": 0, "to": most}]
        return a_document({"community.appraisal_bands": a_rule(bands)}, parent="example/community@2026.3")

    assert wrong(of(89)) == ()
    (found,) = wrong(of(88))
    assert (found.path, "空档 88—90" in found.zh) == ("community.appraisal_bands", True)


@pytest.mark.parametrize("source", ["本地通知", "财政部令第87号第五十五条", "政府采购法", "国务院令第802号"])
def test_what_is_quoted_from_no_statute_and_article_is_not_marked_as_law(source: str) -> None:
    rules = {"purchase.files_years": a_rule(20, source, "L")}

    line, path, zh, en = one_wrong(rules)

    assert (a_document(rules).splitlines()[line - 1].strip(), path) == (f"source: {source}", "purchase.files_years")
    assert "标为 L" in zh
    assert "marked L" in en
    assert wrong(a_document({"purchase.files_years": a_rule(20, LAW, "L")})) == ()


def test_an_unknown_path_is_told_with_the_nearest_known_one() -> None:
    _, path, zh, en = one_wrong({"purchase.file_years": a_rule(20)})

    assert (path, "是否为 purchase.files_years" in zh) == ("purchase.file_years", True)
    assert "did you mean purchase.files_years" in en


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"value": 20, "certainty": "?"}, "source"),
        ({"value": 20, "source": "x", "certainty": "?"}, "source"),
        ({"value": 20, "source": "本地通知"}, "certainty"),
        ({"value": 20, "source": "本地通知", "certainty": "X"}, "certainty"),
        ({"source": "本地通知", "certainty": "?"}, "value"),
        ({"value": 20, "source": "本地通知", "certainty": "?", "colour": "red"}, "colour"),
    ],
)
def test_a_value_without_source_or_known_certainty_is_refused(rule: dict[str, Any], field: str) -> None:
    line, path, zh, en = one_wrong({"purchase.files_years": rule})

    assert path == f"purchase.files_years.{field}"
    assert line >= 7
    assert zh
    assert en


def test_the_bounds_a_document_sets_hold_for_its_own_value() -> None:
    _, path, zh, _ = one_wrong({"purchase.files_years": a_rule(20, bounds={"at_least": 25})})

    assert (path, "自身的上下限" in zh) == ("purchase.files_years", True)


def test_a_key_given_twice_is_told_with_both_lines() -> None:
    text = a_document({"purchase.files_years": a_rule(20)})
    twice = text + "  purchase.files_years:\n    value: 15\n    source: 本地通知\n    certainty: '?'\n"

    (found,) = wrong(twice)

    assert twice.splitlines()[found.line - 1] == "  purchase.files_years:"
    assert "第 7 行已有" in found.zh
    assert "stands in line 7" in found.en


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("id: [", 1, "not YAML"),
        ("id: a\n\tb: 1", 2, "not YAML"),
        ("a: &x 1\nb: *x", 1, "anchors"),
        ("a: 0.5", 1, "write a decimal as text"),
        ("a:\nb: 1", 1, "no value"),
        ("a: !!python/object:os.system x", 1, "none of a kind"),
        ("1: 2", 1, "must be a text"),
        ("[" * 50 + "]" * 50, 1, "nested deeper"),
        ("字" * (MOST_BYTES // 3 + 1), 0, "longer than"),
        ("\0", 0, "not allowed"),
        ("", 1, ""),
        ("- 1", 1, ""),
    ],
)
def test_a_text_that_is_no_document_is_refused_with_its_line(text: str, line: int, said: str) -> None:
    found = wrong(text)

    assert found[0].line in (line, line + 1)
    assert said in found[0].en
    assert found[0].zh


@pytest.mark.parametrize(
    ("head", "path", "said"),
    [
        ({"parent": "national/other@2026.1"}, "parent", "没有上层规则集"),
        ({"parent": "320508/purchase@2026.1"}, "parent", "没有上层规则集"),
        ({"id": "Purchase"}, "id", ""),
        ({"version": "new"}, "version", ""),
        ({"effective_from": "2026-02-30"}, "effective_from", ""),
        ({"colour": "red"}, "colour", ""),
    ],
)
def test_a_wrong_head_is_told_by_its_field(head: dict[str, Any], path: str, said: str) -> None:
    _, told, zh, _ = one_wrong({}, **head)

    assert (told, said in zh) == (path, True)


def test_a_document_lies_only_on_what_is_above_its_own_place() -> None:
    shelf = Shelf([chain(a_document({}, id="340000/purchase", parent=BELOW))], shipped())

    (found,) = wrong(a_document({}, parent="340000/purchase@2026.1"), shelf)

    assert "不在上层辖区 340000 之内" in found.zh
    assert wrong(a_document({}, id="340111/purchase", parent="340000/purchase@2026.1"), shelf) == ()


def test_there_are_at_most_four_layers() -> None:
    shelf = shipped()
    parent = "national/purchased-service@2026.1"
    for id in ("320000/a", "320500/b", "320508/c"):
        shelf = Shelf([chain(a_document({}, id=id, parent=parent), shelf)], shelf)
        parent = f"{id}@2026.1"

    (found,) = wrong(a_document({}, id="320508/d", parent=parent), shelf)

    assert "超过 4 层" in found.zh
