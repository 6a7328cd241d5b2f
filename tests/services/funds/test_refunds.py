"""Money that comes back goes to the lots it came from, in proportion, and never more than was paid."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID, uuid4

import asyncpg
import pytest

from schemas.fund import PaymentRefunded
from schemas.ids import ProjectId
from schemas.refused import Refused
from schemas.role import Role
from services.funds.rules.order import OrderPayment
from services.funds.rules.periods import FreezePeriod
from services.funds.rules.project import Phase, ProjectMoney
from services.funds.rules.receipts import ImportReceipts
from tests.services.funds.desk import (
    CARE,
    FUNDER,
    PROVIDER,
    Desk,
    a_brief,
    a_grade,
    a_line,
    a_refund,
    a_signing,
    an_acceptance,
    an_approval,
    fen,
    the,
)
from tests.services.funds.ledger import Ledger, a_ledger
from tests.services.funds.test_at_once import with_retries
from tests.support.pure import an_actor, refused


@pytest.fixture
async def ledger(postgres_dsn: str) -> AsyncIterator[Ledger]:
    async with a_ledger(postgres_dsn) as one:
        yield one


def paid(desk: Desk, settled: bool = False) -> ProjectId:
    """A project of two accounts, 3 to 1, whose first tranche is paid; or all of them."""
    shares = {desk.appropriate(750): 750, desk.appropriate(250): 250}
    approval = an_approval(shares)
    desk.hear(approval)
    desk.hear(a_signing(approval.project_id, 1000))
    desk.pay(approval.project_id, 1)
    if settled:
        desk.hear(an_acceptance(approval.project_id))
        desk.hear(a_grade(approval.project_id))
        desk.pay(approval.project_id, 2)
        desk.pay(approval.project_id, 3)
    return approval.project_id


def test_a_refund_returns_in_proportion_to_what_each_lot_paid_by_the_largest_remainder() -> None:
    desk = Desk()
    project = paid(desk)  # 375 and 125 fen

    fact = the(desk.refund(a_refund(project, 10)), PaymentRefunded)

    assert fen(fact.shares) == [8, 2]  # 7.5 and 2.5: the earlier one gets the fen
    first, second = (desk.account(share.account_id) for share in fact.shares)
    assert (desk.free(first.id), desk.free(second.id)) == (8, 2)
    assert [lot.spent.fen for lot in (*desk.lots(first.id), *desk.lots(second.id))] == [367, 123]
    payee = desk.account(PROVIDER)
    assert payee.credits_posted.fen - payee.debits_posted.fen == 490


def test_restricted_money_comes_back_in_proportion_too_and_stays_restricted() -> None:
    desk = Desk()
    account = desk.appropriate(600, restricted_to=CARE)
    desk.appropriate(400, account)
    approval = an_approval({account: 1000})
    desk.hear(approval)
    desk.hear(a_signing(approval.project_id, 1000))
    desk.hear(an_acceptance(approval.project_id))
    desk.pay(approval.project_id, 1)  # 500, all of it restricted
    desk.pay(approval.project_id, 2)  # 100 restricted, 300 not

    fact = the(desk.refund(a_refund(approval.project_id, 90)), PaymentRefunded)

    restricted, free_for_all = desk.lots(account)
    assert [lot.amount.fen for lot in fact.shares[0].lots] == [60, 30]
    assert (restricted.restricted_to, restricted.free.fen, free_for_all.free.fen) == (CARE, 60, 30)
    (refusal,) = desk.hear(an_approval({account: 31}, brief=a_brief(category="education")))
    assert refusal.code == "restricted_to_another_purpose"  # type: ignore[attr-defined]  # BudgetRefused


def test_a_settled_project_can_still_be_refunded_whole_and_the_money_is_free_again() -> None:
    desk = Desk()
    project = paid(desk, settled=True)
    accounts = [share.account_id for share in desk.world.get(ProjectMoney, project).paid_shares]

    for part in (333, 333, 334):
        desk.refund(a_refund(project, part))

    money = desk.world.get(ProjectMoney, project)
    assert (money.phase, money.paid.fen, money.paid_shares) == (Phase.SETTLED, 1000, ())
    assert [desk.free(account) for account in accounts] == [750, 250]
    assert desk.account(PROVIDER).debits_posted == desk.account(PROVIDER).credits_posted


def test_no_fen_more_comes_back_than_was_paid_for_the_project_and_did_not_come_back_yet() -> None:
    desk = Desk()
    project, other = paid(desk), paid(desk)
    desk.refund(a_refund(project, 200))

    with refused("refund_above_paid", status=409) as caught:
        desk.refund(a_refund(project, 301))
    desk.refund(a_refund(project, 300))
    with refused("refund_above_paid"):
        desk.refund(a_refund(project, 1))

    details = caught.value.details
    assert (details["paid"].fen, details["refunded"].fen, details["left"].fen) == (500, 200, 300)
    assert desk.world.get(ProjectMoney, other).refunded == ()


def test_before_anything_is_paid_nothing_comes_back() -> None:
    desk = Desk()
    approval = an_approval({desk.appropriate(1000): 1000})
    desk.hear(approval)
    desk.hear(a_signing(approval.project_id, 1000))
    desk.order(approval.project_id, 1)

    with refused("refund_above_paid"):
        desk.refund(a_refund(approval.project_id, 1))


def test_the_same_line_is_recorded_once() -> None:
    desk = Desk()
    project = paid(desk)
    desk.refund(a_refund(project, 10, "2026-R1"))

    with refused("refund_recorded_already") as caught:
        desk.refund(a_refund(project, 11, "2026-R1"))

    assert caught.value.field == "line_reference"
    assert sum(fen(desk.world.get(ProjectMoney, project).refunded)) == 10


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 3, 5)])
def test_nothing_comes_back_before_it_left_nor_tomorrow(day: date) -> None:
    desk = Desk()
    project = paid(desk)

    with refused("refund_day_out_of_range", status=422) as caught:
        desk.refund(a_refund(project, 1, received_on=day))

    assert caught.value.field == "received_on"


def test_only_the_funders_finance_records_it() -> None:
    desk = Desk()
    project = paid(desk)

    with refused("not_your_party", status=403):
        desk.refund(a_refund(project, 1), an_actor(Role.FINANCE))
    with refused("not_found", status=404):
        desk.refund(a_refund(ProjectId(uuid4()), 1))


async def a_payment(ledger: Ledger) -> ProjectId:
    approval = an_approval({await ledger.appropriate(600): 600, await ledger.appropriate(400): 400})
    project = approval.project_id
    await ledger.hear(approval, a_signing(project, 1000))
    await ledger.do(OrderPayment(project_id=project, number=1))
    await ledger.do(ImportReceipts(lines=(a_line(project, 1, 500),)))
    return project


async def test_in_the_books_a_refund_adds_up_and_is_free_to_be_reserved_again(ledger: Ledger) -> None:
    project = await a_payment(ledger)
    await ledger.do(a_refund(project, 100))

    (row,) = await ledger.fetch("SELECT state #>> '{refunded,0,account_id}' AS id FROM projects")
    await ledger.hear(an_approval({row["id"]: 60}))

    (again,) = await ledger.fetch("SELECT state ->> 'phase' AS phase FROM projects WHERE id <> $1", project)
    assert again["phase"] == "reserved"
    assert await ledger.findings() == []


async def test_a_refund_of_a_frozen_month_is_booked_on_the_first_open_day(ledger: Ledger) -> None:
    project = await a_payment(ledger)
    ledger.clock.at = ledger.clock.at.replace(month=4, day=2)
    await ledger.do(FreezePeriod(funder_id=FUNDER, through=date(2026, 3, 31)))

    await ledger.do(a_refund(project, 100, received_on=date(2026, 3, 20)))

    rows = await ledger.fetch("SELECT DISTINCT effective_date, booked_on FROM transfers WHERE refunds = $1", project)
    assert [tuple(row) for row in rows] == [(date(2026, 3, 20), date(2026, 4, 1))]
    assert await ledger.findings() == []


async def test_at_once_no_more_comes_back_than_was_paid(ledger: Ledger) -> None:
    project = await a_payment(ledger)

    async def tried() -> str:
        try:
            await with_retries(lambda: ledger.do(a_refund(project, 200)))
        except Refused as refusal:
            return refusal.code
        return "done"

    assert sorted(await asyncio.gather(*(tried() for _ in range(5)))) == [*["done"] * 2, *["refund_above_paid"] * 3]
    assert await ledger.findings() == []


async def write(ledger: Ledger, project: UUID, amount: int, state: str = "posted") -> None:
    """A refund past all rules, as the service's role."""
    async with ledger.database.transaction() as tx:
        await tx.execute(
            """
            WITH back AS (
                INSERT INTO transfers (id, funder_id, debit_id, credit_id, amount_fen, state, correlation,
                    effective_date, booked_on, recorded_at, refunds, reason)
                SELECT gen_random_uuid(), funder_id, $1, debit_id, $3, $4, id, effective_date, booked_on, now(), $2, 'x'
                FROM transfers WHERE credit_id = $2 AND state = 'posted' ORDER BY id LIMIT 1 RETURNING id, credit_id
            )
            INSERT INTO allocations SELECT back.id, lots.id, $3 FROM back JOIN lots ON account_id = credit_id
            """,
            PROVIDER,
            project,
            amount,
            state,
        )


async def test_the_database_itself_lets_no_more_back_than_was_paid_for_the_project(ledger: Ledger) -> None:
    project, _ = await a_payment(ledger), await a_payment(ledger)
    (before,) = await ledger.fetch("SELECT count(*) AS n FROM transfers")

    async def tried(amount: int) -> str:
        try:
            await write(ledger, project, amount)
        except asyncpg.CheckViolationError as error:
            return str(error.constraint_name)
        return "written"

    assert await tried(501) == "refunded_once"
    with pytest.raises(asyncpg.CheckViolationError, match="refunding_is_posted"):
        await write(ledger, project, 1, "pending")
    assert (await ledger.fetch("SELECT count(*) AS n FROM transfers"))[0]["n"] == before["n"]
    assert sorted(await asyncio.gather(*(tried(300) for _ in range(3)))) == ["refunded_once"] * 2 + ["written"]
