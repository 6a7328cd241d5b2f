"""A bank sends back what a line had shown as paid: the posting stays, its mirror takes it back."""

from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from schemas.fund import PaymentOrdered, PaymentRefunded, ProjectSettled, TranchePaid
from schemas.ids import FundAccountId, ProjectId
from schemas.money import Money
from schemas.payment import PaymentReturned
from services import funds
from services.funds.rules.explaining import ExplainReceipt
from services.funds.rules.instalment import Step
from services.funds.rules.ledger import Transfer, TransferState
from services.funds.rules.order import OrderPayment
from services.funds.rules.payment import Payment, payment_of, reference_of
from services.funds.rules.project import Phase
from services.funds.rules.receipts import Explanation, ImportReceipts, ReceiptLine, WhyOpen, receipt_of
from services.funds.rules.shares import all_lots
from tests.services.funds.desk import (
    OTHER_FINANCE,
    PROVIDER,
    Desk,
    a_grade,
    a_line,
    a_refund,
    a_signing,
    an_acceptance,
    an_approval,
    the,
)
from tests.services.funds.ledger import Ledger
from tests.services.funds.test_api import a_scene
from tests.services.funds.test_explaining import say
from tests.services.funds.test_lines_at_rest import ledger as ledger  # the fixture
from tests.services.funds.test_matching import the_receipt
from tests.services.funds.test_statement_doors import an_order
from tests.support.fixtures import Running
from tests.support.pure import refused

BANK_DAY = date(2026, 3, 6)
"""two days after the lines that paid"""


def a_return(project: ProjectId, number: int, fen: int, *, day: date = BANK_DAY, returns: int = 0) -> ReceiptLine:
    changes: dict[str, Any] = {"returned": "退票:户名不符", "paid_on": day}
    return a_line(project, number, fen).model_copy(
        update=changes | {"payment_reference": reference_of(project, number, returns)}
    )


def a_paid_project(desk: Desk) -> tuple[ProjectId, list[FundAccountId]]:
    """Two sources of 600 and 400; tranches of 500 and 400 are paid, 100 waits for the grade."""
    accounts = [desk.appropriate(600), desk.appropriate(400)]
    approval = an_approval(dict(zip(accounts, (600, 400), strict=True)))
    desk.hear(approval)
    desk.hear(a_signing(approval.project_id, 1000))
    desk.hear(an_acceptance(approval.project_id))
    for number in (1, 2):
        desk.pay(approval.project_id, number)
    return approval.project_id, accounts


def the_posting(desk: Desk, project: ProjectId, number: int = 1) -> Transfer:
    id = payment_of(reference_of(project, number))
    return next(t for t in desk.transfers() if t.pending_id == id and t.state is TransferState.POSTED)


def test_the_mirror_names_the_posting_and_the_tranche_is_payable_again() -> None:
    desk = Desk()
    project, _ = a_paid_project(desk)
    paid = the_posting(desk, project)

    said = the(desk.receive(line := a_return(project, 1, 500)), PaymentReturned)

    (mirror,) = [t for t in desk.transfers() if t.corrects == paid.id]
    assert (mirror.debit_id, mirror.credit_id, mirror.amount, mirror.allocations) == (
        PROVIDER,
        project,
        Money(500),
        paid.allocations,
    )
    assert (mirror.state, mirror.pending_id, mirror.effective_date) == (TransferState.POSTED, None, BANK_DAY)
    assert the_posting(desk, project) == paid
    assert (said.payment_id, said.reason, said.line_digest) == (paid.pending_id, "退票:户名不符", line.digest)
    instalment = desk.money(project).instalments[0]
    assert (instalment.step, instalment.payment_id, instalment.returns) == (Step.RELEASED, None, 1)
    assert (desk.money(project).paid, desk.account(PROVIDER).debits_posted) == (Money(400), Money(500))
    payment = desk.world.get(Payment, said.payment_id)
    assert (payment.returned_on, payment.paid_on, payment.is_awaited) == (BANK_DAY, date(2026, 3, 4), False)
    assert the_receipt(desk, line).returns == (payment.id,)


def test_it_is_ordered_again_under_another_number_paid_and_sent_back_once_more() -> None:
    desk = Desk()
    project, _ = a_paid_project(desk)
    desk.receive(a_return(project, 1, 500))

    again = the(desk.order(project, 1), PaymentOrdered)
    new = {"payment_reference": reference_of(project, 1, 1), "paid_on": BANK_DAY}
    the(desk.receive(a_line(project, 1, 500).model_copy(update=new)), TranchePaid)
    the(desk.receive(a_return(project, 1, 500, returns=1)), PaymentReturned)

    assert again.payment_id == payment_of(reference_of(project, 1, 1))
    assert desk.money(project).instalments[0].returns == 2
    assert desk.account(project).credits_posted.fen - desk.account(project).debits_posted.fen == 500


def test_the_same_return_again_changes_nothing_and_another_one_stays_open() -> None:
    desk = Desk()
    project, _ = a_paid_project(desk)
    line, other = a_return(project, 1, 500), a_return(project, 1, 500)
    desk.receive(line)

    assert desk.receive(line) == []
    desk.receive(other)

    assert the_receipt(desk, other).why_open is WhyOpen.RETURN_UNMATCHED
    assert desk.account(PROVIDER).debits_posted.fen == 500


def test_paid_and_sent_back_in_one_file_is_open_again() -> None:
    desk = Desk()
    project, _ = a_paid_project(desk)
    desk.hear(a_grade(project))
    desk.order(project, 3)

    said = desk.receive(a_line(project, 3, 100), a_return(project, 3, 100))

    assert [type(one) for one in said if type(one) in (TranchePaid, PaymentReturned, ProjectSettled)] == [
        TranchePaid,
        PaymentReturned,
    ]
    assert (desk.money(project).phase, desk.money(project).instalments[2].step) == (Phase.COMMITTED, Step.RELEASED)


@pytest.mark.parametrize(("fen", "day"), [(499, BANK_DAY), (501, BANK_DAY), (500, date(2026, 3, 3))])
def test_another_amount_or_a_day_before_it_was_paid_takes_nothing_back(fen: int, day: date) -> None:
    desk = Desk()
    project, _ = a_paid_project(desk)

    desk.receive(line := a_return(project, 1, fen, day=day))

    assert the_receipt(desk, line).why_open in (WhyOpen.RETURNED_AFTER_PAID, WhyOpen.RETURN_UNMATCHED)
    assert desk.money(project).instalments[0].step is Step.PAID


def test_what_came_back_by_a_refund_does_not_come_back_once_more() -> None:
    desk = Desk()
    project, _ = a_paid_project(desk)
    desk.refund(a_refund(project, 500))

    desk.receive(line := a_return(project, 1, 500))

    assert the_receipt(desk, line).why_open is WhyOpen.RETURNED_AFTER_PAID
    with refused("refunded_before"):
        say(desk, line, Explanation.RETURNED, payment_of(reference_of(project, 1)))
    assert desk.account(PROVIDER).debits_posted.fen == 500


def test_a_line_recorded_as_a_refund_by_hand_is_not_booked_again_from_the_file() -> None:
    desk = Desk()
    project, _ = a_paid_project(desk)
    line = a_return(project, 2, 400)
    desk.refund(a_refund(project, 10, line.line_reference))

    desk.receive(line)

    assert the_receipt(desk, line).why_open is WhyOpen.RETURNED_AFTER_PAID


def test_a_second_person_may_assign_a_return_that_names_nothing_to_a_paid_payment() -> None:
    desk = Desk()
    project, _ = a_paid_project(desk)
    stray = a_return(project, 1, 500).model_copy(update={"payment_reference": "-"})
    desk.receive(stray)

    said = say(desk, stray, Explanation.RETURNED, payment_of(reference_of(project, 1)))

    the(said, PaymentReturned)
    assert desk.money(project).instalments[0].step is Step.RELEASED


def a_settled_project(desk: Desk) -> tuple[ProjectId, list[FundAccountId]]:
    project, accounts = a_paid_project(desk)
    desk.hear(a_grade(project))
    desk.pay(project, 3)
    assert desk.money(project).phase is Phase.SETTLED
    return project, accounts


def test_after_settlement_the_money_goes_back_to_the_lots_it_came_from() -> None:
    desk = Desk()
    project, accounts = a_settled_project(desk)
    paid = all_lots(desk.money(project).instalments[0].shares)

    said = desk.receive(line := a_return(project, 1, 500))

    fact = the(said, PaymentRefunded)
    assert [one for one in said if isinstance(one, PaymentReturned)] == []
    assert all_lots(fact.shares) == paid
    assert (fact.amount, fact.received_on, fact.line_reference) == (Money(500), BANK_DAY, line.line_reference)
    assert fact.basis == f"银行退票 {reference_of(project, 1)}:退票:户名不符"
    assert [desk.free(account) for account in accounts] == [300, 200]
    assert desk.money(project).phase is Phase.SETTLED
    assert desk.money(project).instalments[0].step is Step.PAID
    with refused("payment_already_ordered"):
        desk.order(project, 1)
    with refused("refund_recorded_already"):
        desk.refund(a_refund(project, 5, line.line_reference))


async def a_paid_ledger(ledger: Ledger, *, settled: bool) -> tuple[ProjectId, FundAccountId]:
    account = await ledger.appropriate(1000)
    approval = an_approval({account: 1000})
    project = approval.project_id
    await ledger.hear(approval, a_signing(project, 1000), an_acceptance(project))
    for number, fen in ((1, 500), (2, 400)):
        await ledger.do(OrderPayment(project_id=project, number=number))
        await ledger.do(ImportReceipts(lines=(a_line(project, number, fen),)))
    if settled:
        await ledger.hear(a_grade(project, 0))
    return project, account


async def test_the_books_hold_posting_and_mirror_and_prove_it(ledger: Ledger) -> None:
    project, _ = await a_paid_ledger(ledger, settled=False)

    await ledger.do(ImportReceipts(lines=(a_return(project, 1, 500),)))
    back = await ledger.findings()
    await ledger.do(OrderPayment(project_id=project, number=1))
    new = {"payment_reference": reference_of(project, 1, 1), "paid_on": BANK_DAY}
    await ledger.do(ImportReceipts(lines=(a_line(project, 1, 500).model_copy(update=new),)))
    await ledger.hear(a_grade(project, 0))

    rows = await ledger.fetch(
        "SELECT m.amount_fen, m.debit_id, t.pending_id FROM transfers m JOIN transfers t ON t.id = m.corrects"
    )
    assert [tuple(row) for row in rows] == [(500, PROVIDER, payment_of(reference_of(project, 1)))]
    (row,) = await ledger.fetch(
        "SELECT credits_posted_fen - debits_posted_fen AS fen FROM accounts WHERE id = $1", PROVIDER
    )
    (free,) = await ledger.fetch("SELECT amount_fen - spent_fen - reserved_fen AS fen FROM lots")
    assert (row["fen"], free["fen"]) == (900, 100)
    assert (back, await ledger.findings()) == ([], [])


async def test_after_settlement_the_books_give_it_back_to_its_source(ledger: Ledger) -> None:
    project, account = await a_paid_ledger(ledger, settled=True)

    await ledger.do(ImportReceipts(lines=(a_return(project, 1, 500),)))

    (row,) = await ledger.fetch(
        "SELECT credits_posted_fen - debits_posted_fen - debits_pending_fen AS fen FROM accounts WHERE id = $1", account
    )
    assert row["fen"] == 600
    (state,) = await ledger.fetch("SELECT state ->> 'phase' AS phase FROM projects")
    assert state["phase"] == "settled"
    assert await ledger.findings() == []


async def test_a_line_of_before_that_stayed_open_is_explained_as_the_return_it_is(ledger: Ledger) -> None:
    project, _ = await a_paid_ledger(ledger, settled=False)
    stray = a_return(project, 1, 500).model_copy(update={"payment_reference": "-"})
    await ledger.do(ImportReceipts(lines=(stray,)))
    explained = ExplainReceipt(
        receipt_id=receipt_of(stray),
        code=Explanation.RETURNED,
        text="电话核对(示例)",
        payment_id=payment_of(reference_of(project, 1)),  # type: ignore[arg-type]  # a NewType over UUID
    )

    await ledger.do(explained, OTHER_FINANCE)

    assert len(await ledger.fetch("SELECT id FROM transfers WHERE corrects IS NOT NULL")) == 1
    assert await ledger.findings() == []


MIRROR = """
    INSERT INTO transfers (id, funder_id, debit_id, credit_id, amount_fen, state, correlation, effective_date,
        booked_on, recorded_at, recorded_by, corrects, reason)
    SELECT gen_random_uuid(), funder_id, credit_id, debit_id, amount_fen, 'posted', id, effective_date, booked_on,
        now(), recorded_by, id, 'x'
    FROM transfers WHERE pending_id = $1 RETURNING id
"""


@pytest.mark.parametrize(
    ("change", "error", "constraint"),
    [
        (("amount_fen, 'posted'", "amount_fen - 1, 'posted'"), asyncpg.CheckViolationError, "sends_back_a_payment"),
        (("id, effective_date,", "id, effective_date - 1,"), asyncpg.CheckViolationError, "sends_back_a_payment"),
        (
            ("SELECT gen_random_uuid(), funder_id", "SELECT gen_random_uuid(), gen_random_uuid()"),
            asyncpg.CheckViolationError,
            "sends_back_a_payment",
        ),
        (("credit_id, debit_id, a", "debit_id, credit_id, a"), asyncpg.ForeignKeyViolationError, "by_its_mirror"),
    ],
    ids=["a_part", "before_it_was_paid", "another_funder", "no_mirror"],
)
async def test_the_database_itself_refuses_what_is_no_return_of_a_payment(
    ledger: Ledger, change: tuple[str, str], error: Any, constraint: str
) -> None:
    project, _ = await a_paid_ledger(ledger, settled=False)
    sql = MIRROR.replace(*change)
    assert sql != MIRROR

    with pytest.raises(error) as caught:
        await ledger.fetch(sql, payment_of(reference_of(project, 1)))
    assert constraint in str(caught.value.constraint_name)


async def test_the_database_lets_one_payment_be_sent_back_once_and_nothing_refunded_again(ledger: Ledger) -> None:
    project, _ = await a_paid_ledger(ledger, settled=False)
    first, second = (payment_of(reference_of(project, number)) for number in (1, 2))
    await ledger.do(a_refund(project, 500))

    async def write(payment: UUID) -> None:
        async with ledger.database.transaction() as tx:
            id = await tx.fetchval(MIRROR, payment)
            await tx.execute(
                "INSERT INTO allocations SELECT $1, lot_id, amount_fen FROM allocations WHERE transfer_id = $2",
                id,
                payment,
            )

    with pytest.raises(asyncpg.CheckViolationError, match="no more comes back than was paid"):
        await write(first)
    await write(second)
    with pytest.raises(asyncpg.CheckViolationError, match="corrected_once"):
        await write(second)


async def test_through_the_doors_a_settled_project_says_where_the_money_is(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        await scene.tell(an_acceptance(scene.project), a_grade(scene.project))
        first, *others = [await an_order(scene, number) for number in (1, 2, 3)]
        lines = [
            {
                "line_reference": one["reference"][-8:],
                "payment_reference": one["reference"],
                "amount": one["amount"],
                "paid_on": one["ordered_on"],
            }
            for one in (first, *others)
        ]
        await system.post("/v1/receipts", {"lines": lines}, scene.finance)
        line = {
            "line_reference": "TP-1",
            "payment_reference": first["reference"],
            "amount": first["amount"],
            "paid_on": first["ordered_on"],
            "returned": "退票:账号已销户",
        }

        receipts = await system.post("/v1/receipts", {"lines": [line]}, scene.finance)

        money = (await system.get(f"/v1/projects/{scene.project}/money", scene.provider)).json
        payment = (await system.get(f"/v1/payments/{first['payment_id']}", scene.provider)).json
        assert receipts.json == {"matched": 1, "open": 0, "known": 0}
        assert (money["phase"], money["refunded"]) == ("settled", first["amount"])
        assert money["tranches"][0]["missing"]["code"] == "payment_returned_after_settlement"
        assert payment["return_reason"] == "退票:账号已销户"
        async with system.running[0].database.connection() as connection:
            assert await funds.store.verify(connection) == []
