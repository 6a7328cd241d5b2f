"""大写: the examples of the People's Bank, and whatever is written reads back to the fen."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.capitals import in_capitals, in_figures
from schemas.money import MOST_FEN, Money

VALUES = {digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}
SCALES = {"拾": 10, "佰": 100, "仟": 1000, "万": 10**4, "亿": 10**8}
AMOUNT = re.compile(r"人民币(?:(?P<yuan>[^元角分整]+)元)?零?(?:(?P<jiao>.)角)?(?:(?P<fen>.)分)?(?P<whole>整)?")


def read_back(text: str) -> Money:
    """As a cashier reads it: units multiply what stands before them, and 零 only holds a place."""
    found = AMOUNT.fullmatch(text)
    assert found is not None, text
    yuan = _number(found["yuan"]) if found["yuan"] else 0
    jiao, fen = (VALUES[found[part]] if found[part] else 0 for part in ("jiao", "fen"))
    assert (found["whole"] is None) == bool(jiao or fen)
    return Money(yuan * 100 + jiao * 10 + fen)


def _number(text: str) -> int:
    """`total` is what larger units have closed, `section` what 万 and 亿 have yet to multiply."""
    total, section, digit = 0, 0, 0
    for sign in text:
        if sign in VALUES:
            digit = VALUES[sign]
        elif (scale := SCALES[sign]) < 10**4:
            section, digit = section + digit * scale, 0
        elif scale == 10**4:
            section, digit = (section + digit) * scale, 0
        else:
            total, section, digit = total + (section + digit) * scale, 0, 0
    return total + section + digit


@pytest.mark.parametrize(
    ("fen", "said"),
    [
        (140950, "人民币壹仟肆佰零玖元伍角"),
        (600714, "人民币陆仟零柒元壹角肆分"),
        (168032, "人民币壹仟陆佰捌拾元零叁角贰分"),
        (10700053, "人民币壹拾万柒仟元零伍角叁分"),
        (1640902, "人民币壹万陆仟肆佰零玖元零贰分"),
        (32504, "人民币叁佰贰拾伍元零肆分"),
    ],
)
def test_the_examples_of_the_peoples_bank(fen: int, said: str) -> None:
    assert in_capitals(Money(fen)) == said


@pytest.mark.parametrize(
    ("fen", "said"),
    [
        (0, "人民币零元整"),
        (1, "人民币壹分"),
        (50, "人民币伍角"),
        (10_00, "人民币壹拾元整"),
        (12345678, "人民币壹拾贰万叁仟肆佰伍拾陆元柒角捌分"),
        (12345600, "人民币壹拾贰万叁仟肆佰伍拾陆元整"),
        (100_0000_00, "人民币壹佰万元整"),
        (1_0000_0000_00, "人民币壹亿元整"),
        (1_0000_0001_00, "人民币壹亿零壹元整"),
        (1_0001_0000_00, "人民币壹亿零壹万元整"),
        (1_0000_0000_0000_00, "人民币壹万亿元整"),
        (MOST_FEN, "人民币壹拾万亿元整"),
    ],
)
def test_the_traps(fen: int, said: str) -> None:
    assert in_capitals(Money(fen)) == said


@given(st.integers(min_value=0, max_value=MOST_FEN))
@example(10_0300_0020_0005)
def test_capitals_read_back_to_the_fen(fen: int) -> None:
    assert read_back(in_capitals(Money(fen))) == Money(fen)


@given(st.lists(st.sampled_from("0005"), min_size=1, max_size=15))
def test_amounts_full_of_zeros_read_back_too_and_never_say_zero_twice_in_a_row(digits: list[str]) -> None:
    amount = Money(int("".join(digits)))

    said = in_capitals(amount)

    assert read_back(said) == amount
    assert "零零" not in said
    assert not said.endswith("零")


@given(st.integers(min_value=0, max_value=MOST_FEN))
def test_figures_have_two_places_and_read_back(fen: int) -> None:
    said = in_figures(Money(fen))

    assert re.fullmatch(r"¥\d{1,3}(,\d{3})*\.\d{2}", said)
    assert int(re.sub(r"\D", "", said)) == fen
