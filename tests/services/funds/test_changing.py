"""A changed agreement has its money set aside before it takes effect, from the same accounts, or it is refused."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from schemas.change import ChangeRefused, CommitmentChanged
from schemas.fund import ProjectSettled, TrancheReleased
from schemas.ids import FundAccountId, ProjectId
from schemas.judging import Consequence
from schemas.model import Model
from schemas.tranche import Gate
from services.funds.rules.project import Phase
from tests.services.funds.desk import Desk, a_grade, a_signing, an_acceptance, an_approval, fen, the, voided
from tests.services.funds.ending import a_change, a_termination
from tests.services.funds.gated import a_report, failed, graded, passed
from tests.services.funds.ledger import Ledger, a_ledger
from tests.support.pure import refused


@pytest.fixture
async def ledger(postgres_dsn: str) -> AsyncIterator[Ledger]:
    async with a_ledger(postgres_dsn) as one:
        yield one


def committed(desk: Desk, more: int = 100) -> tuple[ProjectId, tuple[FundAccountId, FundAccountId]]:
    """900 from two accounts, two to one, with `more` free on each; 450 are released."""
    accounts = desk.appropriate(600 + more), desk.appropriate(300 + more)
    approval = an_approval({accounts[0]: 600, accounts[1]: 300})
    desk.hear(approval)
    desk.hear(a_signing(approval.project_id, 900))
    return approval.project_id, accounts


def test_a_supplement_comes_from_the_same_accounts_in_proportion() -> None:
    desk = Desk()
    project, accounts = committed(desk)

    changed = the(desk.hear(a_change(project, 900, 450, 360, 180)), CommitmentChanged)

    assert (fen(changed.before), fen(changed.after), fen(changed.added)) == ([300, 150], [360, 180], [60, 30])
    assert changed.freed == ()
    money = desk.money(project)
    assert (money.price, money.set_aside.fen, money.shares) == (changed.price, 540, changed.after)
    assert [desk.free(account) for account in accounts] == [40, 70]
    assert [i.planned.fen for i in money.instalments] == [450, 360, 180]


def test_what_is_taken_off_is_free_again_at_once() -> None:
    desk = Desk()
    project, accounts = committed(desk)

    changed = the(desk.hear(a_change(project, 900, 450, 150, 90)), CommitmentChanged)

    assert (fen(changed.freed), fen(changed.after), changed.added) == ([140, 70], [160, 80], ())
    assert [desk.free(account) for account in accounts] == [240, 170]


def test_one_fen_too_little_on_one_account_refuses_the_whole_and_nothing_moves() -> None:
    desk = Desk()
    project, accounts = committed(desk, 59)
    before = desk.money(project)

    told = the(desk.hear(a_change(project, 900, 450, 360, 180)), ChangeRefused)

    assert told.code == "no_money_for_supplement"
    assert desk.money(project) == before
    assert [desk.free(account) for account in accounts] == [59, 59]


def test_restricted_money_of_another_purpose_pays_no_supplement() -> None:
    desk = Desk()
    project, accounts = committed(desk, 0)
    for account in accounts:
        desk.appropriate(1_000, account, restricted_to="education")

    assert the(desk.hear(a_change(project, 900, 450, 360, 180)), ChangeRefused).code == "no_money_for_supplement"


def test_another_division_into_tranches_moves_no_money() -> None:
    desk = Desk()
    project, _ = committed(desk)
    transfers = len(desk.transfers())

    changed = the(desk.hear(a_change(project, 900, 450, 200, 250)), CommitmentChanged)

    assert (changed.before, changed.after, len(desk.transfers())) == ((), (), transfers)
    assert [i.planned.fen for i in desk.money(project).instalments] == [450, 200, 250]


@pytest.mark.parametrize("plan", [(451, 359, 90), (450, 361, 89)])
def test_what_was_released_while_they_signed_is_not_changed(plan: tuple[int, ...]) -> None:
    desk = Desk()
    project, _ = committed(desk)
    desk.hear(an_acceptance(project))

    assert the(desk.hear(a_change(project, 900, *plan)), ChangeRefused).code == "released_before_the_change"


def test_without_committed_money_at_that_price_nothing_is_changed() -> None:
    desk = Desk()
    project, _ = committed(desk)
    reserved = an_approval({desk.appropriate(100): 100})
    desk.hear(reserved)

    for id in (project, reserved.project_id):
        assert the(desk.hear(a_change(id, 899, 450, 360, 180)), ChangeRefused).code == "nothing_committed"


def test_after_its_termination_an_agreement_has_no_money_that_could_be_changed() -> None:
    desk = Desk()
    project, _ = committed(desk)
    desk.hear(a_termination(project, 400))
    before = desk.money(project)

    told = the(desk.hear(a_change(project, 900, 450, 360, 90, 90)), ChangeRefused)

    assert told.code == "nothing_committed"
    assert desk.money(project) == before


def test_when_everything_is_released_there_is_nothing_a_supplement_could_follow() -> None:
    desk = Desk()
    project, _ = committed(desk)
    desk.hear(an_acceptance(project))
    desk.hear(a_grade(project))

    assert the(desk.hear(a_change(project, 900, 450, 360, 90, 9)), ChangeRefused).code == "nothing_left_to_add_to"


def test_gates_open_on_the_changed_plan_to_the_fen() -> None:
    desk = Desk()
    project, accounts = committed(desk)
    desk.hear(a_change(project, 900, 450, 361, 179))
    desk.hear(a_change(project, 990, 450, 361, 100))

    released = the(desk.hear(an_acceptance(project)), TrancheReleased)
    assert released.amount.fen == 361
    desk.hear(a_grade(project))
    for number in (1, 2, 3):
        said = desk.pay(project, number)

    assert the(said, ProjectSettled).paid.fen == 911
    assert desk.money(project).phase is Phase.SETTLED
    assert sum(desk.free(account) for account in accounts) == 1_100 - 911


async def test_the_books_add_up_after_every_change_and_to_the_end(ledger: Ledger) -> None:
    account, other = await ledger.appropriate(1_000), await ledger.appropriate(1_000)
    approval = an_approval({account: 601, other: 300})
    project = approval.project_id
    await ledger.hear(approval, a_signing(project, 900))
    for change in (
        a_change(project, 900, 450, 360, 177),
        a_change(project, 987, 450, 300, 90),
        a_change(project, 840, 450, 100, 290),
    ):
        await ledger.hear(change)
        assert await ledger.findings() == []
    await ledger.hear(an_acceptance(project), a_termination(project, 560))

    assert await ledger.findings() == []
    (row,) = await ledger.fetch("SELECT state FROM projects")
    assert '"settles": true' in row["state"]


async def test_in_one_batch_from_approval_to_termination_it_comes_to_the_same(ledger: Ledger) -> None:
    account = await ledger.appropriate(2_000)
    approval = an_approval({account: 900})
    project = approval.project_id
    await ledger.hear(
        approval,
        a_signing(project, 900),
        a_change(project, 900, 450, 360, 180),
        a_change(project, 990, 450, 300, 180),
        a_termination(project, 450),
    )

    assert await ledger.findings() == []
    (row,) = await ledger.fetch("SELECT debits_pending_fen AS fen FROM accounts WHERE id = $1", account)
    assert row["fen"] == 480  # settles only when the first tranche is paid


async def test_a_project_that_ended_and_is_approved_again_has_pending_transfers_of_its_own(ledger: Ledger) -> None:
    account = await ledger.appropriate(2_000)
    approval = an_approval({account: 900})
    await ledger.hear(approval, voided(approval.project_id), approval)
    await ledger.hear(a_signing(approval.project_id, 900), a_change(approval.project_id, 900, 450, 360, 180))

    assert await ledger.findings() == []
    (row,) = await ledger.fetch("SELECT state ->> 'attempt' AS attempt FROM projects")
    assert row["attempt"] == "3"


async def test_two_supplements_at_once_never_stand_on_the_same_fen(ledger: Ledger) -> None:
    """Two projects, one account with 90 free: one gets them."""
    account = await ledger.appropriate(1_890)
    approvals = [an_approval({account: 900}) for _ in range(2)]
    for approval in approvals:
        await ledger.hear(approval, a_signing(approval.project_id, 900))

    await asyncio.gather(*(ledger.hear(a_change(a.project_id, 900, 450, 360, 180)) for a in approvals))

    rows = await ledger.fetch(
        "SELECT type FROM outbox WHERE type IN ('commitment.changed', 'change.refused') ORDER BY 1"
    )
    assert [row["type"] for row in rows] == ["change.refused", "commitment.changed"]
    assert await ledger.findings() == []


def test_a_tranche_whose_gates_are_all_open_after_the_change_is_released_with_it() -> None:
    desk = Desk()
    project, _ = committed(desk)
    change = a_change(project, 900, 450, 360, 180)
    first, second, last = change.tranches
    opened = second.model_copy(update={"gate": Gate.SIGNED})

    released = the(desk.hear(change.model_copy(update={"tranches": (first, opened, last)})), TrancheReleased)

    assert (released.number, released.amount.fen, fen(released.shares)) == (2, 360, [240, 120])
    money = desk.money(project)
    assert (money.set_aside.fen, money.phase) == (180, Phase.COMMITTED)


def judged_and_changed(
    also: tuple[Gate, ...] = (), grade_at_least: str | None = None
) -> tuple[Desk, ProjectId, list[Model]]:
    """The mid-term passed while the parties were signing: the second tranche shall wait for that, and for `also`."""
    desk = Desk()
    project, _ = committed(desk)
    desk.hear(passed(project))
    change = a_change(project, 900, 450, 360, 180)
    first, second, last = change.tranches
    gated = second.model_copy(update={"gate": Gate.MID_TERM_PASSED, "also": also, "grade_at_least": grade_at_least})
    said = desk.hear(change.model_copy(update={"tranches": (first, gated, last)}))
    return desk, project, said


def test_a_gate_that_opened_while_they_signed_counts_for_the_changed_tranche_with_its_clock_from_that_day() -> None:
    """Contracts lets nobody propose money behind an open gate; what opened meanwhile is earned once, and paid once."""
    desk, project, said = judged_and_changed()

    assert the(said, TrancheReleased).number == 2
    second = desk.money(project).instalments[1]
    assert second.clock is not None
    assert second.clock.since == desk.story.at.date()
    assert not [one for one in desk.hear(an_acceptance(project)) if isinstance(one, TrancheReleased)]


def test_a_gate_beside_it_that_is_closed_keeps_the_changed_tranche_waiting() -> None:
    desk, project, said = judged_and_changed((Gate.AUDIT_REPORTED,))

    assert not [one for one in said if isinstance(one, TrancheReleased)]
    assert the(desk.hear(a_report(project)), TrancheReleased).number == 2


def test_the_least_grade_of_a_changed_tranche_is_asked_for_whatever_else_is_open() -> None:
    desk, project, said = judged_and_changed((Gate.FINAL_GRADED,), "优秀")

    assert not [one for one in said if isinstance(one, TrancheReleased)]
    released = [
        one for one in desk.hear(graded(project, "良好")) if isinstance(one, TrancheReleased) and one.number == 2
    ]
    assert [(one.amount.fen, one.withheld.fen) for one in released] == [(0, 360)]


def test_a_hold_stops_the_payment_of_a_tranche_that_a_change_released() -> None:
    desk = Desk()
    project, _ = committed(desk)
    desk.hear(passed(project))
    desk.hold(project, 900, desk.story.at.date())
    change = a_change(project, 900, 450, 360, 180)
    first, second, last = change.tranches
    gated = second.model_copy(update={"gate": Gate.MID_TERM_PASSED})

    desk.hear(change.model_copy(update={"tranches": (first, gated, last)}))

    with refused("money_on_hold"):
        desk.order(project, 2)


def test_a_failed_mid_term_that_stops_keeps_a_changed_tranche_back_too() -> None:
    desk = Desk()
    project, _ = committed(desk)
    desk.hear(failed(project, Consequence.STOPS))
    change = a_change(project, 900, 450, 360, 180)
    first, second, last = change.tranches
    opened = second.model_copy(update={"gate": Gate.SIGNED})

    said = desk.hear(change.model_copy(update={"tranches": (first, opened, last)}))

    assert not [one for one in said if isinstance(one, TrancheReleased)]
