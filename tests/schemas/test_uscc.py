import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.uscc import ALPHABET, CATEGORIES, Capacity, category_of, check, make

EXAMPLE_OF_THE_STANDARD = "91350100M000100Y43"
SYNTHETIC = ("51320508XXXX000192", "52340111XXXX00027P", "55411502XXXX00043E")

REGIONS = ("320508", "340111", "411502", "220105", "100000", "320000", "320503")
codes = st.builds(
    make, st.sampled_from(sorted(CATEGORIES)), st.sampled_from(REGIONS), st.text(ALPHABET, min_size=8, max_size=8)
)


def part_of(code: str) -> str:
    fault = check(code)
    assert fault is not None
    return fault.part


@pytest.mark.parametrize("code", [EXAMPLE_OF_THE_STANDARD, *SYNTHETIC])
def test_a_right_code_has_no_fault(code: str) -> None:
    assert check(code) is None


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("52340111XXXX000271", "check"),
        ("52340111XOXX00027P", "alphabet"),
        ("52340111XXXX00027", "length"),
        ("", "length"),
        ("52340111XXXX00027PP", "length"),
        ("52340111xxxx00027P", "alphabet"),
        ("５２340111XXXX00027P", "alphabet"),
        ("32340111XXXX00027P", "category"),
        ("D1340111XXXX00027P", "department"),
        ("81340111XXXX00027P", "category"),
        ("52999999XXXX00027P", "region"),
        ("5234A111XXXX00027P", "region"),
        ("52340111XXXX00028P", "body"),
    ],
)
def test_a_wrong_code_says_which_part_is_wrong(code: str, part: str) -> None:
    assert part_of(code) == part


def test_a_fault_says_why_in_both_languages_with_the_standard_and_where_in_the_code() -> None:
    fault = check("52340111XXXX000271")

    assert fault is not None
    assert "应为P" in fault.zh
    assert "make it P" in fault.en
    assert fault.source.text == "GB 32100-2015 4.2"
    assert (fault.first, fault.last) == (18, 18)


def test_a_letter_that_is_easily_misread_is_pointed_out_with_what_it_may_be() -> None:
    fault = check("52340111XOXX00027P")

    assert fault is not None
    assert fault.first == 10
    assert "是否为0" in fault.zh


@pytest.mark.parametrize("wrong", "0123456789X".replace("7", ""))
def test_a_wrong_nested_digit_is_found_even_when_the_outer_check_character_fits(wrong: str) -> None:
    head = f"52340111XXXX0002{wrong}"
    fitting = [head + c for c in ALPHABET if part_of(head + c) != "check"]

    assert len(fitting) == len(ALPHABET)
    assert {part_of(code) for code in fitting} == {"body"}


def test_remainders_0_and_1_of_the_outer_check_are_written_0_and_y() -> None:
    made = {make("51", "320508", f"{n:08}")[-1] for n in range(400)}

    assert made == set(ALPHABET)
    assert check("513205080000001660") is None
    assert check("51320508000000043Y") is None


def test_a_region_that_was_merged_away_is_right_because_a_code_is_kept_for_life() -> None:
    assert check(make("52", "320503", "50012345")) is None  # 平江区, until 2012


def test_a_region_that_only_the_statistics_bureau_uses_is_refused_and_named() -> None:
    fault = check("52320576XXXX00027P")

    assert fault is not None
    assert "苏州工业园区" in fault.zh


def test_what_is_registered_with_a_ministry_has_the_region_of_the_nation() -> None:
    assert check(make("53", "100000", "50001234")) is None


@pytest.mark.parametrize(
    ("category", "capacities"),
    [
        ("11", {Capacity.FUNDER, Capacity.PROCUREMENT_SUPERVISOR}),
        ("12", {Capacity.FUNDER, Capacity.PROVIDER}),
        ("13", {Capacity.FUNDER}),
        ("51", {Capacity.PROVIDER}),
        ("53", {Capacity.FUNDER, Capacity.PROVIDER}),
        ("54", {Capacity.COMMUNITY, Capacity.PROVIDER}),
        ("55", {Capacity.COMMUNITY, Capacity.PROVIDER}),
        ("91", {Capacity.PROVIDER}),
    ],
)
def test_the_category_says_what_a_party_may_be_here(category: str, capacities: set[Capacity]) -> None:
    found = category_of(make(category, "320508", "XXXX0001"))

    assert found is not None
    assert found.capacities == capacities


def test_committees_of_villagers_and_residents_carry_a_note() -> None:
    assert {code for code in CATEGORIES if CATEGORIES[code].note} == {"12", "54", "55"}


@pytest.mark.parametrize(
    "parts",
    [
        ("5", "320508", "XXXX0001"),
        ("51", "320508", "XXXX000O"),
        ("51", "999999", "XXXX0001"),
        ("81", "320508", "XXXX0001"),
    ],
)
def test_no_code_is_made_from_wrong_parts(parts: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match=r"characters|region"):
        make(*parts)


@settings(deadline=None)
@given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_one_character_miscopied_is_found(code: str, place: int, other: str) -> None:
    miscopied = code[:place] + other + code[place + 1 :]

    assert (check(miscopied) is None) == (other == code[place])


@settings(deadline=None)
@given(codes, st.integers(0, 16))
def test_any_two_neighbours_swapped_are_found(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert (check(swapped) is None) == (swapped == code)


@settings(deadline=None)
@given(codes)
def test_one_check_character_and_one_nested_digit_fit(code: str) -> None:
    assert [c for c in ALPHABET if check(code[:17] + c) is None] == [code[17]]
    assert [c for c in ALPHABET if part_or_none(code[:16] + c + code[17]) != "body"] == [code[16]]


def part_or_none(code: str) -> str | None:
    fault = check(code)
    return fault.part if fault else None


@settings(deadline=None)
@given(st.text(max_size=40) | st.text(ALPHABET, min_size=18, max_size=18) | st.text(min_size=18, max_size=18))
def test_whatever_is_typed_gets_an_answer(typed: str) -> None:
    fault = check(typed)

    assert fault is None or (fault.zh.isprintable() and fault.en.isprintable())
