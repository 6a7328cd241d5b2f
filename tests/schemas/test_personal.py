"""Words that will be public are looked through for anybody's number, wherever in what is said they stand."""

from uuid import UUID

import pytest

from schemas.clauses import Clauses, Indicator
from schemas.personal import PersonalData, must_be_public, personal_data
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
