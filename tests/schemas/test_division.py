import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.division import Level, check, full_name_of, is_region, level, name_of, parent, region, within

COMMUNITY = "320508001002"
"""a community of a street of 姑苏区, 苏州, 江苏"""


@pytest.mark.parametrize("code", ["220105", "320508", "411502", "340111", "320508001", COMMUNITY, "320000", "320500"])
def test_a_division_of_today_has_no_fault(code: str) -> None:
    assert check(code) is None


@pytest.mark.parametrize("code", ["441900003001", "442000001", "460400100", "620200001"])
def test_streets_of_cities_without_counties_hang_under_the_city(code: str) -> None:
    assert check(code) is None


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("", "form"),
        ("32050", "form"),
        ("3205080", "form"),
        ("320508001002003", "form"),
        ("32050A", "form"),
        ("３２０５０８", "form"),
        ("000000", "region"),
        ("999999", "region"),
        ("100000", "region"),
        ("320503", "region"),
        ("320500001", "region"),
        ("320508000", "street"),
        ("320508600", "street"),
        ("320508001000", "community"),
        ("320508001999", "community"),
    ],
)
def test_a_wrong_division_says_which_part_is_wrong(code: str, part: str) -> None:
    fault = check(code)

    assert fault is not None
    assert fault.part == part
    assert fault.zh
    assert fault.en
    assert fault.source.text


def test_a_code_that_is_gone_is_named_with_its_last_year() -> None:
    fault = check("320503001")

    assert fault is not None
    assert "平江区" in fault.zh
    assert "2011" in fault.zh


def test_a_county_of_any_edition_since_1980_is_a_region_and_a_development_zone_is_none() -> None:
    assert is_region("320508")
    assert is_region("320503")
    assert not is_region("320576")
    assert not is_region("320599")
    assert not is_region("320508001")
    zone = region("320576")
    assert zone is not None
    assert zone.statistical


def test_names_are_those_people_say() -> None:
    assert name_of("320508") == "姑苏区"
    assert name_of(COMMUNITY) == "姑苏区"
    assert name_of("340111") == "包河区"  # 郊区 until 2002, under the same code
    assert full_name_of(COMMUNITY) == "江苏省苏州市姑苏区"
    assert full_name_of("110101") == "北京市东城区"
    assert full_name_of("500229") == "重庆市城口县"
    assert full_name_of("429004") == "湖北省仙桃市"
    assert full_name_of("441900") == "广东省东莞市"
    assert full_name_of("320000") == "江苏省"


def test_a_name_for_what_is_no_region_is_an_error() -> None:
    with pytest.raises(LookupError, match="999999"):
        name_of("999999")


def test_each_level_stands_in_the_next_up_to_the_province() -> None:
    path = [COMMUNITY]
    while (above := parent(path[-1])) is not None:
        path.append(above)

    assert path == [COMMUNITY, "320508001", "320508", "320500", "320000"]
    assert [level(code) for code in path] == [
        Level.COMMUNITY,
        Level.STREET,
        Level.COUNTY,
        Level.PREFECTURE,
        Level.PROVINCE,
    ]
    assert all(within(inner, outer) == (i <= j) for i, inner in enumerate(path) for j, outer in enumerate(path))


def test_a_county_directly_under_its_province_has_the_row_that_holds_it_above_or_the_province() -> None:
    assert parent("429004") == "429000"
    assert parent("349001") == "340000"  # 1988, before there was such a row


def test_neighbours_do_not_lie_in_each_other() -> None:
    assert not within("320508001002", "320508002")
    assert not within("320508", "320509")
    assert not within("320508", "330000")
    assert within("429004", "420000")


@settings(deadline=None)
@given(st.text(max_size=14) | st.text("0123456789", min_size=6, max_size=12))
def test_whatever_is_typed_gets_an_answer(code: str) -> None:
    fault = check(code)

    assert fault is None or (fault.zh.isprintable() and fault.en.isprintable())
