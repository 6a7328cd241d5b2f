"""Nothing opens before the whole ceiling is set aside."""

from uuid import uuid4

import pytest

from schemas.fund import ReservationReleased, SourceType
from schemas.ids import FundAccountId, PartyId
from schemas.project import BudgetRefused, BudgetReserved
from schemas.role import Role
from services.funds.rules.project import Phase
from tests.services.funds.desk import CARE, Desk, a_brief, an_approval, declined, fen, the, voided
from tests.support.pure import an_actor


def test_the_ceiling_is_set_aside_on_every_account_named() -> None:
    desk = Desk()
    budget, donation = desk.appropriate(700), desk.appropriate(400, source_type=SourceType.DONATION)
    approval = an_approval({budget: 600, donation: 300})

    reserved = the(desk.hear(approval), BudgetReserved)

    assert fen(reserved.shares) == [600, 300]
    assert [lot.amount.fen for share in reserved.shares for lot in share.lots] == [600, 300]
    assert (desk.free(budget), desk.free(donation)) == (100, 100)
    assert desk.account(approval.project_id).credits_pending.fen == 900
    assert desk.money(approval.project_id).phase is Phase.RESERVED


def test_two_projects_never_stand_on_the_same_fen() -> None:
    desk = Desk()
    account = desk.appropriate(1000)
    the(desk.hear(an_approval({account: 600})), BudgetReserved)

    refused = the(desk.hear(an_approval({account: 401})), BudgetRefused)

    assert refused.code == "not_enough_money"
    assert "102号" in refused.source
    assert desk.free(account) == 400


def test_the_last_fen_can_be_reserved_and_not_one_more() -> None:
    desk = Desk()
    account = desk.appropriate(1000)

    the(desk.hear(an_approval({account: 1001})), BudgetRefused)
    the(desk.hear(an_approval({account: 1000})), BudgetReserved)
    the(desk.hear(an_approval({account: 1})), BudgetRefused)


def test_one_account_that_lacks_money_refuses_the_whole_ceiling() -> None:
    desk = Desk()
    rich, poor = desk.appropriate(1000), desk.appropriate(10)

    the(desk.hear(an_approval({rich: 500, poor: 11})), BudgetRefused)

    assert (desk.free(rich), desk.free(poor)) == (1000, 10)


def test_the_account_of_another_funder_is_refused() -> None:
    desk = Desk()
    foreign = desk.appropriate(1000, by=an_actor(Role.FINANCE, PartyId(uuid4())))

    assert the(desk.hear(an_approval({foreign: 10})), BudgetRefused).code == "account_of_another_funder"


def test_an_account_nobody_knows_is_refused() -> None:
    code = the(Desk().hear(an_approval({FundAccountId(uuid4()): 10})), BudgetRefused).code

    assert code == "no_such_fund_account"


@pytest.mark.parametrize(
    ("source_type", "source"), [(SourceType.LOTTERY, "彩票管理条例"), (SourceType.DONATION, "示例")]
)
def test_money_restricted_to_another_category_is_refused_with_its_rule(source_type: SourceType, source: str) -> None:
    desk = Desk()
    account = desk.appropriate(1000, source_type=source_type, restricted_to="education")

    refused = the(desk.hear(an_approval({account: 10})), BudgetRefused)

    assert refused.code == "restricted_to_another_purpose"
    assert source in refused.source


def test_restricted_money_for_the_purpose_goes_first() -> None:
    desk = Desk()
    account = desk.appropriate(1000)
    desk.appropriate(300, account, restricted_to=CARE)
    desk.appropriate(500, account, restricted_to="education")

    the(desk.hear(an_approval({account: 400})), BudgetReserved)

    assert [lot.reserved.fen for lot in desk.lots(account)] == [100, 300, 0]


def test_unrestricted_money_another_project_stands_on_does_not_count_twice() -> None:
    desk = Desk()
    account = desk.appropriate(100)
    desk.appropriate(100, account, restricted_to="education")
    the(desk.hear(an_approval({account: 80})), BudgetReserved)

    refused = the(desk.hear(an_approval({account: 21})), BudgetRefused)

    assert refused.code == "restricted_to_another_purpose"  # 120 are free, 20 of them for care


def test_lots_of_the_same_standing_share_in_proportion() -> None:
    desk = Desk()
    account = desk.appropriate(200)
    desk.appropriate(100, account)

    the(desk.hear(an_approval({account: 100})), BudgetReserved)

    assert [lot.reserved.fen for lot in desk.lots(account)] == [67, 33]


@pytest.mark.parametrize("ceiling", [99, 101])
def test_shares_that_miss_the_ceiling_are_refused(ceiling: int) -> None:
    desk = Desk()
    account = desk.appropriate(1000)

    refused = the(desk.hear(an_approval({account: 100}, ceiling=ceiling)), BudgetRefused)

    assert refused.code == "shares_do_not_add_up"


def test_an_account_named_twice_or_with_nothing_is_refused() -> None:
    desk = Desk()
    account = desk.appropriate(1000)
    twice = an_approval({account: 100}, ceiling=200)
    twice = twice.model_copy(update={"shares": twice.shares * 2})

    assert the(desk.hear(twice), BudgetRefused).code == "shares_do_not_add_up"
    assert the(desk.hear(an_approval({account: 0})), BudgetRefused).code == "shares_do_not_add_up"


def test_an_approval_heard_while_the_money_is_set_aside_changes_nothing() -> None:
    desk = Desk()
    account = desk.appropriate(1000)
    approval = an_approval({account: 600})
    desk.hear(approval)
    before = desk.money(approval.project_id)

    assert desk.hear(approval) == []

    assert desk.money(approval.project_id) == before
    assert desk.free(account) == 400


@pytest.mark.parametrize("ending", [voided, declined])
def test_what_was_set_aside_is_free_again_when_no_agreement_comes_of_it(ending: object) -> None:
    desk = Desk()
    account = desk.appropriate(1000)
    approval = an_approval({account: 600})
    desk.hear(approval)

    released = the(desk.hear(ending(approval.project_id)), ReservationReleased)  # type: ignore[operator]

    assert fen(released.shares) == [600]
    assert desk.free(account) == 1000
    assert desk.lots(account)[0].free.fen == 1000
    assert desk.hear(ending(approval.project_id)) == []  # type: ignore[operator]


def test_a_project_refused_or_returned_may_be_approved_again() -> None:
    desk = Desk()
    account = desk.appropriate(100)
    approval = an_approval({account: 200})
    the(desk.hear(approval), BudgetRefused)
    desk.appropriate(100, account)

    for _ in range(3):
        the(desk.hear(approval), BudgetReserved)
        the(desk.hear(voided(approval.project_id)), ReservationReleased)

    assert desk.free(account) == 200
    assert desk.money(approval.project_id).attempt == 4


def test_a_project_funds_never_heard_of_has_nothing_to_give_back() -> None:
    assert Desk().hear(declined(an_approval({}).project_id)) == []


def test_a_brief_of_another_category_decides_which_lots_are_usable() -> None:
    desk = Desk()
    account = desk.appropriate(100, restricted_to="education")
    brief = a_brief(category="education")

    the(desk.hear(an_approval({account: 100}, brief=brief)), BudgetReserved)

    assert desk.lots(account)[0].reserved.fen == 100
