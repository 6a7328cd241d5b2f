"""Money arrives."""

import json
from uuid import uuid4

import pytest
from pydantic import ValidationError

from schemas.fund import SourceType
from schemas.ids import FundAccountId, PartyId
from schemas.money import MOST_FEN, Money
from schemas.role import Role
from services.funds.rules.appropriate import MOST_LOTS, Appropriate, source_of
from tests.services.funds.desk import CARE, Desk
from tests.support.pure import an_actor, refused


def test_money_that_arrives_is_a_lot_on_the_funders_account_and_a_debt_to_its_source() -> None:
    desk = Desk()

    account_id = desk.appropriate(500_00, source_type=SourceType.LOTTERY, restricted_to=CARE)

    (lot,) = desk.lots(account_id)
    assert (lot.amount, lot.free, lot.source_type) == (Money(500_00), Money(500_00), SourceType.LOTTERY)
    assert desk.account(account_id).credits_posted == Money(500_00)
    assert desk.account(source_of(account_id)).debits_posted == Money(500_00)


def test_a_second_arrival_on_an_account_is_a_second_lot() -> None:
    desk = Desk()
    account_id = desk.appropriate(100)

    assert desk.appropriate(50, account_id, source_type=SourceType.DONATION) == account_id

    assert [lot.amount.fen for lot in desk.lots(account_id)] == [100, 50]
    assert desk.account(account_id).credits_posted == Money(150)


def test_nobody_adds_to_the_account_of_another_party() -> None:
    desk = Desk()
    account_id = desk.appropriate(100)

    with refused("not_your_party", status=403):
        desk.appropriate(1, account_id, by=an_actor(Role.FINANCE, PartyId(uuid4())))
    assert desk.account(account_id).credits_posted == Money(100)


def test_an_account_that_does_not_exist_or_is_no_fund_account_is_not_found() -> None:
    desk = Desk()
    account_id = desk.appropriate(100)

    with refused("not_found", status=404):
        desk.appropriate(1, FundAccountId(uuid4()))
    with refused("not_found", status=404):
        desk.appropriate(1, FundAccountId(source_of(account_id)))


def test_an_account_never_holds_more_than_an_amount_can_say() -> None:
    desk = Desk()
    account_id = desk.appropriate(MOST_FEN)

    with refused("account_too_large", status=422):
        desk.appropriate(1, account_id)


def test_an_account_has_a_limit_of_open_lots() -> None:
    desk = Desk()
    account_id = desk.appropriate(1)
    for _ in range(MOST_LOTS - 1):
        desk.appropriate(1, account_id)

    with refused("too_many_lots"):
        desk.appropriate(1, account_id)


def test_money_restricted_to_a_category_nobody_can_need_is_refused() -> None:
    with refused("no_such_purpose", source="九类", status=422):
        Desk().appropriate(100, restricted_to="moon_landing")


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": {"fen": 0}},
        {"amount": {"fen": -1}},
        {"amount": {"fen": 10**15 + 1}},
        {"amount": 5},
        {"amount": {"fen": 5, "yuan": 1}},
        {"budget_line": " "},
        {"budget_line": "a\x00b"},
        {"source_type": "gift"},
        {"restricted_to": "Elderly Care"},
        {"account": "mine"},
    ],
)
def test_a_senseless_appropriation_is_refused_by_its_form(wrong: dict[str, object]) -> None:
    right = {"source_type": "budget", "budget_line": "208-02", "amount": {"fen": 1}}
    Appropriate.model_validate_json(json.dumps(right))

    with pytest.raises(ValidationError):
        Appropriate.model_validate_json(json.dumps(right | wrong))
