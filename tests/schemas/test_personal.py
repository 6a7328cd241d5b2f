"""Words that will be public are looked through for anybody's number, wherever in what is said they stand."""

from uuid import UUID

import pytest

from schemas.clauses import Clauses, Indicator
from schemas.personal import PersonalData, must_be_public, personal_data, redacted
from tests.support.pure import refused

MOBILE, IDENTITY = "13812345678", "320508199001011234"


@pytest.mark.parametrize(
    "reference",
    [
        "0190b5a8-a138-1234-5678-5a1f6e1c0001",
        str(UUID(int=13812345678)),
        "a1381234-5678-0000-8000-5a1f6e1c0001",
        "0190B5A8A138123456785A1F6E1C0001",
        f"{'e' * 20}a13812345678a{'f' * 31}",
    ],
)
def test_a_reference_is_nobodys_number_by_itself_or_in_a_sentence(reference: str) -> None:
    assert personal_data(reference) is None
    assert personal_data(f"见批次 {reference},其余不变") is None


@pytest.mark.parametrize("number", [MOBILE, IDENTITY])
def test_a_number_beside_a_reference_is_found_all_the_same(number: str) -> None:
    reference = "0190b5a8-a138-1234-5678-5a1f6e1c0001"

    assert personal_data(f"{reference} {number}") is not None
    assert personal_data(f"{number},{reference}") is not None
    assert personal_data(f"{number}-{number}") is not None


def test_the_refusal_names_the_place_in_a_list_or_a_model_and_not_the_number() -> None:
    indicator = Indicator.model_validate(
        {"id": "meals", "name": f"找{MOBILE}", "unit": "人次", "planned": 1, "points": "1"}
    )

    for said, place in (
        (f"致电 {MOBILE}", "text"),
        (("好", f"证号 {IDENTITY}"), "text.1"),
        (Clauses(indicators=(indicator,)), "text.indicators.0.name"),
    ):
        with refused("personal_data", source="个人信息保护法", status=422) as caught:
            must_be_public(said, "text")
        assert caught.value.field == place
        assert MOBILE not in str(caught.value.details)
        assert isinstance(caught.value.details["found"], PersonalData)


def test_nothing_said_is_nothing_to_look_through() -> None:
    must_be_public(None, "requirements")
    must_be_public((), "lines")


NUMBERS = [
    ("电话 0512-65123456,谢谢", PersonalData.LANDLINE, 4),
    ("电话(010)65123456", PersonalData.LANDLINE, 3),
    ("卡号 6222 0200 0000 0000 用", PersonalData.BANK_CARD, 4),
    ("找13812345678", PersonalData.MOBILE_NUMBER, 2),
    ("㈱证号320508199001011234", PersonalData.IDENTITY_NUMBER, 4),
]


def with_check(digits: str) -> str:
    """A card number that checks, of digits without their last."""
    return next(digits + last for last in "0123456789" if personal_data(digits + last) is PersonalData.BANK_CARD)


@pytest.mark.parametrize(("said", "kind", "at"), NUMBERS)
def test_what_was_found_and_where_is_told(said: str, kind: PersonalData, at: int) -> None:
    said = said.replace("6222 0200 0000 0000", with_check("622202000000000"))

    with refused("personal_data") as caught:
        must_be_public(said, "description")

    assert (caught.value.details["found"], caught.value.details["at"]) == (kind, at)
    assert personal_data(redacted(said)) is None


@pytest.mark.parametrize("digits", ["622202000000000", "62220200000000000", "622202000000000012"])
def test_a_card_is_known_by_its_check_digit_and_nine_in_ten_rows_of_digits_are_none(digits: str) -> None:
    cards = [digits + last for last in "0123456789" if personal_data(digits + last) is PersonalData.BANK_CARD]

    assert len(cards) == 1


@pytest.mark.parametrize(
    "plain",
    ["2026-03-02", "苏民发2019-1234", "合同 0512-2026", "共 10000000 元", "热线 12345", "服务电话:0512-65123456"],
)
def test_what_only_looks_like_a_telephone_is_left_alone(plain: str) -> None:
    assert personal_data(plain) is None
    assert redacted(plain) == plain


def test_every_number_is_taken_out_and_the_rest_stays_word_for_word() -> None:
    card = with_check("622202000000000")
    said = f"王阿姨:1 3 8 不是;请打13812345678或0512-65123456,证{IDENTITY},卡{card}。"

    assert redacted(said) == "王阿姨:1 3 8 不是;请打〔电话〕或〔电话〕,证〔证件号码〕,卡〔银行卡号〕。"
