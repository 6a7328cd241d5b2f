"""What the database itself refuses, whatever the code above it thinks."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest

from events.database import Connection
from schemas.money import Money
from services.funds.rules.appropriate import source_of
from services.funds.rules.order import OrderPayment
from services.funds.rules.receipts import ImportReceipts
from services.funds.store.findings import IN_CHINESE, finding
from services.funds.store.verify import QUESTIONS
from tests.services.funds.desk import (
    OTHER_FINANCE,
    a_correction,
    a_grade,
    a_line,
    a_refund,
    a_signing,
    an_acceptance,
    an_approval,
)
from tests.services.funds.ledger import Ledger, a_ledger


@pytest.fixture(scope="module")
async def unharmed(postgres_dsn: str) -> AsyncIterator[Ledger]:
    """Books with one appropriation, for what is refused and so leaves nothing."""
    async with a_ledger(postgres_dsn) as one:
        await one.appropriate(1000)
        yield one


@pytest.fixture
async def ledger(postgres_dsn: str) -> AsyncIterator[Ledger]:
    async with a_ledger(postgres_dsn) as one:
        yield one


async def test_a_project_from_money_to_settlement_is_in_the_books_and_they_add_up(ledger: Ledger) -> None:
    accounts = {await ledger.appropriate(6000): 6000, await ledger.appropriate(4000): 4000}
    approval = an_approval(accounts)
    project = approval.project_id
    await ledger.hear(approval)
    await ledger.hear(a_signing(project, 9000))
    await ledger.hear(an_acceptance(project))
    await ledger.hear(a_grade(project, 90))
    for number, fen in ((1, 4500), (2, 3600), (3, 810)):
        await ledger.do(OrderPayment(project_id=project, number=number))
        applied = await ledger.do(ImportReceipts(lines=(a_line(project, number, fen),)))

    assert [line.sequence for line in applied.lines]
    assert await ledger.findings() == []
    (row,) = await ledger.fetch("SELECT state ->> 'phase' AS phase, state #>> '{returned,fen}' AS fen FROM projects")
    assert (row["phase"], row["fen"]) == ("settled", "90")
    free = await ledger.fetch(
        "SELECT credits_posted_fen - debits_posted_fen AS fen FROM accounts WHERE kind = 'fund' ORDER BY 1"
    )
    assert sorted(row["fen"] for row in free) == [436, 654]  # 10,000 less 8,910, 4 to 6


async def test_a_whole_project_in_one_batch_is_the_same(ledger: Ledger) -> None:
    account = await ledger.appropriate(1000)
    approval = an_approval({account: 1000})
    project = approval.project_id

    await ledger.hear(approval, a_signing(project, 900), an_acceptance(project), a_grade(project))

    (money,) = await ledger.fetch("SELECT credits_posted_fen AS fen FROM accounts WHERE id = $1", project)
    assert money["fen"] == 900
    assert await ledger.findings() == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE transfers SET amount_fen = 1",
        "DELETE FROM transfers",
        "TRUNCATE transfers CASCADE",
        "UPDATE allocations SET amount_fen = 1",
        "DELETE FROM allocations",
        "INSERT INTO pendings SELECT id, 1 FROM transfers",
        "UPDATE pendings SET open_fen = 1",
        "DELETE FROM pendings",
        "UPDATE lots SET amount_fen = 1",
        "UPDATE lots SET restricted_to = NULL",
        "DELETE FROM lots",
        "UPDATE accounts SET debits_must_not_exceed_credits = false",
        "UPDATE accounts SET owner_id = id",
        "DELETE FROM accounts",
    ],
)
async def test_the_services_own_role_cannot_rewrite_the_books(unharmed: Ledger, sql: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await unharmed.fetch(sql)


async def _accounts(tx: Connection) -> tuple[UUID, UUID, UUID]:
    """A fund account with 1,000 fen, a project's account, and the fund's lot."""
    fund, project, lot = uuid4(), uuid4(), uuid4()
    for id, kind, credits in ((fund, "fund", 1000), (project, "project", 0)):
        await tx.execute("INSERT INTO accounts VALUES ($1, 1, $3, $1, 0, $2, 0, 0, true)", id, credits, kind)
    await tx.execute("INSERT INTO lots VALUES ($1, $2, 'budget', 'x', NULL, 1000, 0, 0, now())", lot, fund)
    return fund, project, lot


async def _transfer(
    tx: Connection,
    debit: UUID,
    credit: UUID,
    amount: int,
    lot: UUID,
    *,
    state: str = "pending",
    pending_id: UUID | None = None,
    allocated: int | None = None,
) -> UUID:
    id = uuid4()
    await tx.execute(
        """
        INSERT INTO transfers (id, debit_id, credit_id, amount_fen, state, pending_id, correlation, effective_date,
            booked_on, recorded_at, reason, funder_id)
        VALUES ($1, $2, $3, $4, $5, $6, $1, now(), now(), now(), 'test', gen_random_uuid())
        """,
        id,
        debit,
        credit,
        amount,
        state,
        pending_id,
    )
    if allocated != 0:
        await tx.execute("INSERT INTO allocations VALUES ($1, $2, $3)", id, lot, allocated or amount)
    return id


@pytest.mark.parametrize("allocated", [0, 99, 101])
async def test_a_transfer_whose_allocations_do_not_add_up_cannot_be_committed(ledger: Ledger, allocated: int) -> None:
    async def unbalanced() -> None:
        async with ledger.database.transaction() as tx:
            fund, project, lot = await _accounts(tx)
            await _transfer(tx, fund, project, 100, lot, allocated=allocated)

    with pytest.raises(asyncpg.CheckViolationError, match="do not add up"):
        await unbalanced()
    assert await ledger.fetch("SELECT FROM transfers") == []


async def test_an_allocation_cannot_be_added_to_a_transfer_afterwards(ledger: Ledger) -> None:
    async with ledger.database.transaction() as tx:
        fund, project, lot = await _accounts(tx)
        transfer = await _transfer(tx, fund, project, 100, lot)
        _, _, other = await _accounts(tx)

    with pytest.raises(asyncpg.CheckViolationError, match="do not add up"):
        await ledger.fetch("INSERT INTO allocations VALUES ($1, $2, 1)", transfer, other)


async def test_a_pending_transfer_is_resolved_in_parts_until_it_is_used_up_and_never_beyond(ledger: Ledger) -> None:
    async with ledger.database.transaction() as tx:
        fund, project, lot = await _accounts(tx)
        pending = await _transfer(tx, fund, project, 100, lot)
    async with ledger.database.transaction() as tx:
        await _transfer(tx, fund, project, 60, lot, state="posted", pending_id=pending)
        await _transfer(tx, fund, project, 30, lot, state="voided", pending_id=pending)

    for state in ("posted", "voided"):
        with pytest.raises(asyncpg.CheckViolationError, match="resolved_once"):
            async with ledger.database.transaction() as tx:
                await _transfer(tx, fund, project, 11, lot, state=state, pending_id=pending)
    async with ledger.database.transaction() as tx:
        await _transfer(tx, fund, project, 10, lot, state="posted", pending_id=pending)
    with pytest.raises(asyncpg.CheckViolationError, match="resolved_once"):
        async with ledger.database.transaction() as tx:
            await _transfer(tx, fund, project, 1, lot, state="posted", pending_id=pending)


async def test_two_sessions_cannot_resolve_the_same_pending_transfer(ledger: Ledger) -> None:
    async with ledger.database.transaction() as tx:
        fund, project, lot = await _accounts(tx)
        pending = await _transfer(tx, fund, project, 100, lot)

    async def resolve(state: str) -> bool:
        try:
            async with ledger.database.transaction() as tx:
                await _transfer(tx, fund, project, 100, lot, state=state, pending_id=pending)
        except asyncpg.CheckViolationError:
            return False
        return True

    outcomes = await asyncio.gather(*(resolve(state) for state in ("posted", "voided", "posted", "voided")))

    assert sum(outcomes) == 1


async def test_a_resolution_names_a_pending_transfer_between_the_same_accounts(ledger: Ledger) -> None:
    async with ledger.database.transaction() as tx:
        fund, project, lot = await _accounts(tx)
        pending = await _transfer(tx, fund, project, 100, lot)
        posted = await _transfer(tx, fund, project, 5, lot, state="posted")
        _, stranger, _ = await _accounts(tx)

    for credit, resolved in ((stranger, pending), (project, posted), (project, uuid4())):
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            async with ledger.database.transaction() as tx:
                await _transfer(tx, fund, credit, 1, lot, state="posted", pending_id=resolved)


@pytest.mark.parametrize(
    ("same", "amount", "state", "resolves", "constraint"),
    [
        (True, 1, "posted", False, "between_two_accounts"),
        (False, 0, "posted", False, "amount_fen"),
        (False, -1, "posted", False, "amount_fen"),
        (False, 1, "voided", False, "voiding_resolves"),
        (False, 1, "pending", True, "pending_resolves_nothing"),
        (False, 1, "done", False, "state"),
    ],
)
async def test_a_senseless_transfer_cannot_be_written(
    unharmed: Ledger, same: bool, amount: int, state: str, resolves: bool, constraint: str
) -> None:
    async def senseless() -> None:
        async with unharmed.database.transaction() as tx:
            fund, project, lot = await _accounts(tx)
            pending = await _transfer(tx, fund, project, 100, lot)
            await _transfer(
                tx, fund, fund if same else project, amount, lot, state=state, pending_id=pending if resolves else None
            )

    with pytest.raises(asyncpg.CheckViolationError, match=constraint):
        await senseless()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounts SET debits_pending_fen = 1001 WHERE kind = 'fund'",
        "UPDATE accounts SET debits_posted_fen = 600, debits_pending_fen = 401 WHERE kind = 'fund'",
        "UPDATE accounts SET credits_posted_fen = -1",
        "UPDATE lots SET reserved_fen = 600, spent_fen = 401",
        "UPDATE lots SET reserved_fen = -1",
    ],
)
async def test_an_overdraft_by_one_fen_cannot_be_written(unharmed: Ledger, sql: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await unharmed.fetch(sql)


TAMPERING = {
    "debits and credits differ over all accounts": "UPDATE accounts SET credits_posted_fen = 1001 WHERE kind = 'fund'",
    "an account's balances are not the sum of its transfers": """
        UPDATE accounts SET debits_pending_fen = debits_pending_fen - 1 WHERE kind = 'fund'""",
    "an account is beyond its limit": """
        ALTER TABLE accounts DROP CONSTRAINT never_overdrawn;
        UPDATE accounts SET debits_pending_fen = 5000 WHERE kind = 'fund'""",
    "a pending transfer is open by another amount than its resolutions leave": "UPDATE pendings SET open_fen = 1",
    "a commitment is not the sum of what is pending for it": """
        UPDATE projects SET state = jsonb_set(state, '{shares,0,amount,fen}', '1')""",
    "a transfer's allocations do not add up to its amount": "UPDATE allocations SET amount_fen = amount_fen + 1",
    "what resolves a pending transfer takes more of a lot than was set aside": """
        UPDATE allocations SET amount_fen = 9000 WHERE transfer_id IN
            (SELECT id FROM transfers WHERE pending_id IS NOT NULL)""",
    "a lot's balances are not the sum of its allocations": "UPDATE lots SET spent_fen = 1",
    "a fund account does not hold what its lots say": "UPDATE lots SET amount_fen = 2000",
    "a transfer is corrected beyond its amount, not by its mirror, or by who recorded it": """
        UPDATE transfers SET recorded_by = (SELECT recorded_by FROM transfers WHERE reason = 'appropriation')
        WHERE corrects IS NOT NULL""",
    "what came back is not what the refunds of the project say": "DELETE FROM refunds",
    "a lot got more back of a project than it paid": """
        UPDATE allocations SET amount_fen = 401 WHERE transfer_id IN
            (SELECT id FROM transfers WHERE refunds IS NOT NULL)""",
    "a restricted lot was set aside for another purpose": "UPDATE lots SET restricted_to = 'education'",
    "a payment is paid without a receipt of its amount, or has one and is not paid": """
        ALTER TABLE receipts DISABLE TRIGGER a_line_is_used_once;
        UPDATE receipts SET state = jsonb_set(state, '{amount,fen}', '1') WHERE NOT is_open""",
    "a payment is paid or sent back by a line from before it was ordered, or from after the day the line came in": """
        UPDATE payments SET state = jsonb_set(state, '{ordered_on}', '"2026-03-05"')""",
    "a line pays or sends back another sum than its own": """
        ALTER TABLE receipts DISABLE TRIGGER a_line_is_used_once;
        UPDATE receipts SET state = jsonb_set(state, '{amount,fen}', '401')""",
    "a payment that was sent back is not void, or has no line that says so": """
        UPDATE payments SET state = jsonb_set(state, '{returned_on}', '"2026-03-04"')""",
    "a payment left without the second person it waited for, or stands in the books before it left": """
        UPDATE payments SET state = jsonb_set(state, '{has_left}', 'false')""",
    "a transfer is in the books of another funder than its accounts": """
        UPDATE transfers SET funder_id = gen_random_uuid() WHERE reason = 'appropriation'""",
    "a closed period is not what it was when it was closed": """
        INSERT INTO books (id, version, state) SELECT owner_id, 1,
            '{"frozen": null, "closed": [{"after": null, "through": "2026-12-31", "transfers": 4, "digest": ""}]}'
        FROM accounts WHERE kind = 'fund'""",
    "costs by head are not the sum of their lines, or an invoice counts twice": """
        UPDATE spendings SET state = jsonb_set(state, '{heads}',
            '[{"head": "tax", "counted": {"fen": 1}, "withdrawn": {"fen": 0}, "rejected": {"fen": 0}}]')""",
    "a settled project still has money pending or unpaid": """
        UPDATE projects SET state = jsonb_set(state, '{phase}', '"settled"')""",
}


@pytest.mark.parametrize("question", list(QUESTIONS))
async def test_verify_finds_what_somebody_with_all_rights_rewrote(ledger: Ledger, question: str) -> None:
    account = await ledger.appropriate(1000)
    approval = an_approval({account: 900})
    await ledger.hear(approval, a_signing(approval.project_id, 800))
    await ledger.do(OrderPayment(project_id=approval.project_id, number=1))
    await ledger.do(ImportReceipts(lines=(a_line(approval.project_id, 1, 400),)))
    await ledger.do(a_refund(approval.project_id, 30))
    await ledger.do(a_correction((await ledger.arrivals(account))[0], 100), OTHER_FINANCE)
    assert await ledger.findings() == []

    await ledger.as_owner(TAMPERING[question])

    assert any(f"funds: {question}: " in finding for finding in await ledger.findings())


def test_every_question_and_what_an_answer_names_are_said_in_both_languages() -> None:
    id = "5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000012"

    found = finding("a lot got more back of a project than it paid", f"project {id}, lot {id}")

    assert IN_CHINESE.keys() == QUESTIONS.keys()
    assert len(set(IN_CHINESE.values())) == len(QUESTIONS)
    assert found.zh == f"资金:批次从项目收回的多于支付的:项目 {id}, 批次 {id}"
    assert found.en == f"funds: a lot got more back of a project than it paid: project {id}, lot {id}"


async def test_the_source_of_every_fund_account_owes_what_arrived(ledger: Ledger) -> None:
    account = await ledger.appropriate(1000)
    await ledger.appropriate(500, account)

    (row,) = await ledger.fetch("SELECT debits_posted_fen AS fen FROM accounts WHERE id = $1", source_of(account))
    assert Money(row["fen"]) == Money(1500)
