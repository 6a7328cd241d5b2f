"""A terminated agreement pays what is left of its settlement, returns the rest, and expects back what was too much."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from schemas.fund import ProjectSettled, TranchePaid, TrancheRefused, TrancheReleased
from schemas.ids import FundAccountId, ProjectId
from services.funds.api import gates
from services.funds.rules.instalment import Step
from services.funds.rules.order import OrderPayment
from services.funds.rules.payment import payment_of, reference_of
from services.funds.rules.project import Phase
from services.funds.rules.receipts import ImportReceipts
from tests.services.funds.desk import (
    Desk,
    a_grade,
    a_line,
    a_refund,
    a_signing,
    an_acceptance,
    an_approval,
    fen,
    the,
)
from tests.services.funds.ending import a_termination
from tests.services.funds.ledger import Ledger, a_ledger
from tests.support.pure import refused


@pytest.fixture
async def ledger(postgres_dsn: str) -> AsyncIterator[Ledger]:
    async with a_ledger(postgres_dsn) as one:
        yield one


def committed(desk: Desk) -> tuple[ProjectId, tuple[FundAccountId, FundAccountId]]:
    """1,000 from two accounts, two to one; 500 released at signing."""
    accounts = desk.appropriate(2_000), desk.appropriate(1_000)
    approval = an_approval({accounts[0]: 667, accounts[1]: 333})
    desk.hear(approval)
    desk.hear(a_signing(approval.project_id, 1_000))
    return approval.project_id, accounts


def test_what_is_left_of_the_settlement_is_one_more_instalment_and_the_rest_returns_once_it_is_paid() -> None:
    desk = Desk()
    project, accounts = committed(desk)
    desk.pay(project, 1)

    released = the(desk.hear(a_termination(project, 700)), TrancheReleased)

    assert (released.number, released.amount.fen, sum(fen(released.shares))) == (4, 200, 200)
    money = desk.money(project)
    assert [i.step for i in money.instalments] == [Step.PAID, Step.NOTHING_DUE, Step.NOTHING_DUE, Step.RELEASED]
    assert (money.phase, money.set_aside.fen) == (Phase.COMMITTED, 300)
    settled = the(desk.pay(project, 4), ProjectSettled)
    assert (settled.paid.fen, settled.returned.fen) == (700, 300)
    assert desk.money(project).phase is Phase.SETTLED
    assert sum(desk.free(account) for account in accounts) == 3_000 - 700


def test_when_no_more_is_due_than_was_paid_it_settles_at_once() -> None:
    desk = Desk()
    project, _ = committed(desk)
    desk.pay(project, 1)

    settled = the(desk.hear(a_termination(project, 500)), ProjectSettled)

    assert (settled.paid.fen, settled.returned.fen) == (500, 500)
    assert not desk.money(project).expected_refund


def test_what_was_paid_beyond_it_is_expected_back_until_it_came() -> None:
    desk = Desk()
    project, _ = committed(desk)
    desk.pay(project, 1)
    desk.hear(a_termination(project, 380))
    assert desk.money(project).expected_refund.fen == 120

    desk.refund(a_refund(project, 100, received_on=date(2026, 3, 2)))
    assert desk.money(project).expected_refund.fen == 20
    desk.refund(a_refund(project, 20, received_on=date(2026, 3, 2)))

    assert not desk.money(project).expected_refund


def test_what_was_released_stays_payable_and_only_then_it_settles() -> None:
    desk = Desk()
    project, _ = committed(desk)

    assert desk.hear(a_termination(project, 500)) == []
    assert desk.money(project).phase is Phase.COMMITTED
    said = desk.pay(project, 1)

    assert the(said, TranchePaid).amount.fen == 500
    assert the(said, ProjectSettled).returned.fen == 500


def test_an_acceptance_that_was_said_first_releases_its_tranche_and_the_settlement_is_the_rest() -> None:
    desk = Desk()
    project, _ = committed(desk)
    desk.hear(an_acceptance(project))

    released = the(desk.hear(a_termination(project, 950)), TrancheReleased)

    assert (released.number, released.amount.fen) == (4, 50)


def test_no_grade_pays_anything_after_it() -> None:
    desk = Desk()
    project, _ = committed(desk)
    desk.hear(a_termination(project, 0))

    assert not [said for said in desk.hear(a_grade(project)) if isinstance(said, TrancheReleased)]
    desk.pay(project, 1)
    assert the(desk.hear(an_acceptance(project)), TrancheRefused).code == "project_settled"


def test_the_settlement_is_held_back_like_any_other_money() -> None:
    desk = Desk()
    project, _ = committed(desk)
    desk.pay(project, 1)
    desk.hold(project, 1, date(2026, 3, 9))
    desk.hear(a_termination(project, 700))

    with refused("money_on_hold"):
        desk.order(project, 4)


@pytest.mark.parametrize("again", [0, 1, 2])
def test_heard_before_signing_or_twice_it_changes_nothing(again: int) -> None:
    desk = Desk()
    account = desk.appropriate(1_000)
    approval = an_approval({account: 800})
    desk.hear(approval)
    if again:
        desk.hear(a_signing(approval.project_id, 800))
        desk.pay(approval.project_id, 1)
        desk.hear(a_termination(approval.project_id, 400))

    assert desk.hear(a_termination(approval.project_id, 400)) == []


async def test_the_books_add_up_after_each_step_of_it(ledger: Ledger) -> None:
    account, other = await ledger.appropriate(2_000), await ledger.appropriate(1_001)
    approval = an_approval({account: 667, other: 334})
    project = approval.project_id
    facts = (approval, a_signing(project, 1_001), an_acceptance(project), a_termination(project, 999))
    for fact in facts:
        await ledger.hear(fact)
        assert await ledger.findings() == []
    for number in (1, 2, 4):
        await ledger.do(OrderPayment(project_id=project, number=number))
        (row,) = await ledger.fetch(
            "SELECT (state #>> '{amount,fen}')::bigint AS fen FROM payments WHERE id = $1",
            payment_of(reference_of(project, number)),
        )
        await ledger.do(ImportReceipts(lines=(a_line(project, number, row["fen"]),)))
        assert await ledger.findings() == []
    (row,) = await ledger.fetch("SELECT state ->> 'phase' AS phase FROM projects")
    assert row["phase"] == "settled"
    with refused("nothing_due"):
        await ledger.do(OrderPayment(project_id=project, number=3))


async def test_heard_in_one_batch_it_comes_to_the_same(ledger: Ledger) -> None:
    account = await ledger.appropriate(2_000)
    approval = an_approval({account: 1_000})
    project = approval.project_id
    await ledger.hear(approval, a_signing(project, 1_000), an_acceptance(project), a_termination(project, 950))

    rows = await ledger.fetch("SELECT type FROM outbox WHERE key = $1 ORDER BY sequence", str(project))
    assert [row["type"] for row in rows][-2:] == ["tranche.released", "tranche.released"]
    assert await ledger.findings() == []


def test_a_termination_opens_no_gate_and_the_provider_reads_why_a_tranche_is_paid_no_more() -> None:
    desk = Desk()
    project, _ = committed(desk)
    desk.hear(a_termination(project, 700))
    money = desk.money(project)
    second = money.instalments[1]

    assert second.step is Step.NOTHING_DUE
    (gate,) = gates.gate_answers(money, second)
    assert (gate.open, gate.since) == (False, None)
    assert gates.nothing_due(money, second).code == "agreement_terminated"
    assert gates.gate_answers(money, money.instalments[0])[0].open, "what opened before stays open"
