"""Signing commits, gates release, a grade may withhold, and what is left returns."""

from decimal import Decimal

import pytest

from schemas.contract import Milestone
from schemas.fund import (
    FundsCommitted,
    ProjectSettled,
    TranchePaid,
    TrancheRefused,
    TrancheReleased,
)
from schemas.ids import FundAccountId, PartyId, ProjectId
from schemas.money import Money
from schemas.refused import NotHereYet
from schemas.tranche import Gate, PlannedTranche, TranchePlan
from services.funds.rules.instalment import Step
from services.funds.rules.ledger import Booked, TransferState
from services.funds.rules.project import Phase
from tests.services.funds.desk import (
    CARE,
    PROVIDER,
    Desk,
    a_grade,
    a_signing,
    an_acceptance,
    an_approval,
    fen,
    the,
    voided,
)


def a_reserved_project(desk: Desk, *amounts: int) -> tuple[ProjectId, list[FundAccountId]]:
    """One account per amount, all of it set aside."""
    accounts = [desk.appropriate(amount) for amount in amounts]
    approval = an_approval(dict(zip(accounts, amounts, strict=True)))
    desk.hear(approval)
    return approval.project_id, accounts


def test_signing_shrinks_the_reservation_to_the_price_across_its_sources() -> None:
    desk = Desk()
    project, accounts = a_reserved_project(desk, 6000, 4000)

    committed = the(desk.hear(a_signing(project, 8001)), FundsCommitted)

    assert fen(committed.shares) == [4801, 3200]
    assert fen(committed.released) == [1199, 800]
    assert [desk.free(account) for account in accounts] == [1199, 800]


def test_signing_releases_the_first_tranche_and_only_that() -> None:
    desk = Desk()
    project, accounts = a_reserved_project(desk, 6000, 4000)

    released = the(desk.hear(a_signing(project, 8000)), TrancheReleased)

    assert (released.number, released.amount, released.payee_id) == (1, Money(4000), PROVIDER)
    assert fen(released.shares) == [2400, 1600]
    assert [i.step for i in desk.money(project).instalments] == [Step.RELEASED, Step.WAITING, Step.WAITING]
    assert desk.account(project).credits_posted == Money(4000)
    assert desk.account(accounts[0]).debits_posted == Money(2400)


def test_a_price_above_the_reservation_commits_nothing() -> None:
    desk = Desk()
    project, accounts = a_reserved_project(desk, 1000)

    assert the(desk.hear(a_signing(project, 1001)), TrancheRefused).code == "price_above_reservation"

    assert desk.money(project).phase is Phase.RESERVED
    assert desk.free(accounts[0]) == 0
    the(desk.hear(a_signing(project, 1000)), FundsCommitted)


def test_signing_what_was_never_reserved_or_was_given_back_is_refused() -> None:
    desk = Desk()
    project, _ = a_reserved_project(desk, 1000)
    desk.hear(voided(project))

    assert the(desk.hear(a_signing(project, 500)), TrancheRefused).code == "nothing_reserved"
    stranger = an_approval({}).project_id
    assert the(desk.hear(a_signing(stranger, 500)), TrancheRefused).code == "nothing_reserved"


def test_a_second_signing_commits_nothing_more() -> None:
    desk = Desk()
    project, accounts = a_reserved_project(desk, 1000)
    desk.hear(a_signing(project, 900))
    before = desk.money(project)

    the(desk.hear(a_signing(project, 800)), TrancheRefused)

    assert desk.money(project) == before
    assert desk.free(accounts[0]) == 100


def test_a_provider_whose_registration_is_still_on_the_way_is_waited_for() -> None:
    desk = Desk()
    project, _ = a_reserved_project(desk, 1000)
    signing = a_signing(project, 900).model_copy(update={"provider_id": PartyId(project)})

    with pytest.raises(NotHereYet):
        desk.hear(signing)


def test_an_accepted_mid_term_releases_its_tranche_once() -> None:
    desk = Desk()
    project, _ = a_reserved_project(desk, 1000)
    desk.hear(a_signing(project, 1000))

    released = the(desk.hear(an_acceptance(project)), TrancheReleased)

    assert (released.number, released.amount.fen) == (2, 400)
    assert desk.hear(an_acceptance(project)) == []
    assert desk.account(project).credits_posted == Money(900)


def test_the_final_acceptance_alone_releases_nothing() -> None:
    desk = Desk()
    project, _ = a_reserved_project(desk, 1000)
    desk.hear(a_signing(project, 1000))

    assert not [f for f in desk.hear(an_acceptance(project, Milestone.FINAL)) if type(f) is TrancheReleased]


def test_a_gate_before_signing_is_refused_and_releases_nothing() -> None:
    desk = Desk()
    project, _ = a_reserved_project(desk, 1000)

    assert the(desk.hear(an_acceptance(project)), TrancheRefused).code == "gate_before_signing"
    assert the(desk.hear(a_grade(project)), TrancheRefused).code == "gate_before_signing"
    stranger = an_approval({}).project_id
    assert the(desk.hear(an_acceptance(stranger)), TrancheRefused).code == "gate_before_signing"
    assert desk.account(project).credits_posted == Money(0)


def test_the_grade_releases_the_last_tranche_at_its_factor_and_withholds_the_rest() -> None:
    desk = Desk()
    project, _ = a_reserved_project(desk, 1005)
    desk.hear(a_signing(project, 1005))
    desk.hear(an_acceptance(project))

    released = the(desk.hear(a_grade(project, 90)), TrancheReleased)

    planned = desk.money(project).instalments[2].planned.fen
    assert released.amount.fen + released.withheld.fen == planned
    assert released.amount.fen == (planned * 90 + 50) // 100  # half up


def test_the_first_grade_counts() -> None:
    desk = Desk()
    project, _ = a_reserved_project(desk, 1000)
    desk.hear(a_signing(project, 1000))
    desk.hear(a_grade(project, 90))

    assert desk.hear(a_grade(project, 100)) == []

    assert desk.money(project).factor_percent == 90


def test_a_factor_beyond_a_hundred_percent_never_pays_more_than_planned() -> None:
    desk = Desk()
    project, _ = a_reserved_project(desk, 1000)
    desk.hear(a_signing(project, 1000))

    assert the(desk.hear(a_grade(project, 150)), TrancheReleased).amount == Money(100)


def test_when_all_is_paid_what_was_withheld_returns_to_its_sources() -> None:
    desk = Desk()
    project, accounts = a_reserved_project(desk, 6000, 4000)
    desk.hear(a_signing(project, 10000))
    desk.hear(an_acceptance(project))
    desk.hear(a_grade(project, 90))
    for number in (1, 2):
        said = desk.pay(project, number)
        assert not [fact for fact in said if type(fact) is ProjectSettled]

    said = desk.pay(project, 3)

    assert the(said, TranchePaid).amount == Money(900)
    settled = the(said, ProjectSettled)
    assert (settled.paid, settled.returned) == (Money(9900), Money(100))
    assert fen(settled.shares_returned) == [60, 40]
    assert [desk.free(account) for account in accounts] == [60, 40]
    assert desk.money(project).phase is Phase.SETTLED


def test_a_grade_that_leaves_nothing_payable_settles_at_once_when_all_else_is_paid() -> None:
    desk = Desk()
    project, accounts = a_reserved_project(desk, 1000)
    desk.hear(a_signing(project, 1000))
    desk.hear(an_acceptance(project))
    desk.pay(project, 1)
    desk.pay(project, 2)

    said = desk.hear(a_grade(project, 0))

    assert the(said, TrancheReleased).withheld == Money(100)
    assert the(said, ProjectSettled).returned == Money(100)
    assert desk.money(project).instalments[2].step is Step.NOTHING_DUE
    assert desk.free(accounts[0]) == 100


def test_a_grade_that_leaves_nothing_payable_waits_for_payments_under_way() -> None:
    desk = Desk()
    project, _ = a_reserved_project(desk, 1000)
    desk.hear(a_signing(project, 1000))
    desk.pay(project, 1)
    desk.hear(an_acceptance(project))

    assert not [f for f in desk.hear(a_grade(project, 0)) if type(f) is ProjectSettled]

    assert the(desk.pay(project, 2), ProjectSettled).paid == Money(900)


def test_after_settlement_no_gate_opens() -> None:
    desk = Desk()
    project, accounts = a_reserved_project(desk, 1000)
    desk.hear(a_signing(project, 1000))
    desk.pay(project, 1)
    desk.hear(a_grade(project, 0))

    assert the(desk.hear(an_acceptance(project)), TrancheRefused).code == "project_settled"
    assert desk.free(accounts[0]) == 500


def test_a_plan_without_a_final_gate_settles_when_graded() -> None:
    desk = Desk()
    plan = TranchePlan(tranches=(PlannedTranche(share_percent=Decimal(100), gate=Gate.SIGNED),))
    project, _ = a_reserved_project(desk, 1000)
    desk.hear(a_signing(project, 1000, plan))
    assert not [f for f in desk.pay(project, 1) if type(f) is ProjectSettled]

    settled = the(desk.hear(a_grade(project)), ProjectSettled)

    assert (settled.paid, settled.returned) == (Money(1000), Money(0))


def test_a_price_of_one_fen_from_two_sources_pays_one_fen_and_settles() -> None:
    desk = Desk()
    project, accounts = a_reserved_project(desk, 1, 1)
    desk.hear(a_signing(project, 1))
    desk.hear(an_acceptance(project))
    desk.hear(a_grade(project))

    due = [i.number for i in desk.money(project).instalments if i.step is Step.RELEASED]
    for number in due:
        said = desk.pay(project, number)

    assert the(said, ProjectSettled).paid == Money(1)
    assert sum(desk.free(account) for account in accounts) == 1


def test_restricted_money_is_spent_first_and_open_money_returns_first() -> None:
    desk = Desk()
    account = desk.appropriate(500)
    desk.appropriate(500, account, restricted_to=CARE)
    approval = an_approval({account: 1000})
    desk.hear(approval)

    desk.hear(a_signing(approval.project_id, 800))

    open_to_all, restricted = desk.lots(account)
    assert (open_to_all.free.fen, restricted.free.fen) == (200, 0)
    assert (open_to_all.spent.fen, restricted.spent.fen) == (0, 400)


def test_every_entry_of_one_cause_shares_its_correlation_and_resolves_a_pending_transfer() -> None:
    desk = Desk()
    project, _ = a_reserved_project(desk, 600, 400)

    booked = next(said for said in desk.hear(a_signing(project, 500)) if isinstance(said, Booked))

    assert len({t.correlation for t in booked.transfers}) == 1
    assert {t.state for t in booked.transfers} == {TransferState.VOIDED, TransferState.POSTED}
    assert all(t.pending_id is not None for t in booked.transfers)
    assert all(sum(s.amount.fen for s in t.allocations) == t.amount.fen for t in booked.transfers)
