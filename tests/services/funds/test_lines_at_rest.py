"""Lines on a real PostgreSQL: parts that come one by one or at once, batches, what the bank sends back."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from schemas.ids import ProjectId
from services.funds.rules.explaining import ExplainReceipt
from services.funds.rules.order import OrderPayment
from services.funds.rules.payment import payment_of, reference_of
from services.funds.rules.receipts import Explanation, ImportReceipts, ReceiptLine, receipt_of
from tests.services.funds.desk import OTHER_FINANCE, PROVIDER, a_line, a_signing, an_acceptance, an_approval
from tests.services.funds.ledger import Ledger, a_ledger
from tests.services.funds.test_at_once import with_retries
from tests.services.funds.test_matching import a_batch


@pytest.fixture
async def ledger(postgres_dsn: str) -> AsyncIterator[Ledger]:
    async with a_ledger(postgres_dsn, size=8) as one:
        yield one


async def two_orders(ledger: Ledger) -> ProjectId:
    """Of 500 and 400."""
    account = await ledger.appropriate(1000)
    approval = an_approval({account: 1000})
    await ledger.hear(approval, a_signing(approval.project_id, 1000), an_acceptance(approval.project_id))
    for number in (1, 2):
        await ledger.do(OrderPayment(project_id=approval.project_id, number=number))
    return approval.project_id


async def paid(ledger: Ledger) -> int:
    (row,) = await ledger.fetch("SELECT credits_posted_fen AS fen FROM accounts WHERE id = $1", PROVIDER)
    fen: int = row["fen"]
    return fen


async def why_open(ledger: Ledger, *lines: ReceiptLine) -> list[str | None]:
    rows = await ledger.fetch("SELECT id, state ->> 'why_open' AS why FROM receipts")
    found: dict[UUID, str | None] = {row["id"]: row["why"] for row in rows}
    return [found[receipt_of(line)] for line in lines]


async def test_parts_that_come_in_different_imports_find_each_other(ledger: Ledger) -> None:
    project = await two_orders(ledger)
    lines = [a_line(project, 1, fen) for fen in (200, 250, 50)]

    for line in lines[:2]:
        await ledger.do(ImportReceipts(lines=(line,)))
    waiting = (await paid(ledger), await why_open(ledger, *lines[:2]))
    await ledger.do(ImportReceipts(lines=(lines[2],)))

    assert waiting == (0, ["part_of_payment"] * 2)
    assert (await paid(ledger), await why_open(ledger, *lines)) == (500, [None] * 3)
    assert await ledger.findings() == []


async def test_parts_imported_at_the_same_moment_pay_once(ledger: Ledger) -> None:
    project = await two_orders(ledger)
    imports = [ImportReceipts(lines=(a_line(project, 1, fen),)) for fen in (200, 250, 50)]

    async with asyncio.TaskGroup() as group:
        for one in imports:
            group.create_task(with_retries(lambda one=one: ledger.do(one)))  # type: ignore[misc]  # a default in a lambda

    assert await paid(ledger) == 500
    assert await ledger.findings() == []


async def test_one_line_for_two_payments_is_in_the_books_as_two(ledger: Ledger) -> None:
    project = await two_orders(ledger)
    line = a_batch(900, (project, 1), (project, 2))

    await ledger.do(ImportReceipts(lines=(line,)))
    again = await ledger.do(ImportReceipts(lines=(line,)))

    assert await paid(ledger) == 900
    assert again.lines == []
    assert await ledger.findings() == []


async def test_what_was_sent_back_is_void_in_the_books_and_ordered_and_paid_anew(ledger: Ledger) -> None:
    project = await two_orders(ledger)
    back = a_line(project, 1, 500).model_copy(update={"returned": "退票:户名不符"})

    await ledger.do(ImportReceipts(lines=(back,)))
    void = await ledger.findings()
    await ledger.do(OrderPayment(project_id=project, number=1))
    new = a_line(project, 1, 500).model_copy(update={"payment_reference": reference_of(project, 1, 1)})
    await ledger.do(ImportReceipts(lines=(new,)))

    states = await ledger.fetch(
        "SELECT state FROM transfers WHERE pending_id = ANY($1::uuid[]) ORDER BY number",
        [payment_of(reference_of(project, 1, returns)) for returns in (0, 1)],
    )
    assert void == []
    assert [row["state"] for row in states] == ["voided", "posted"]
    assert await paid(ledger) == 500
    assert await ledger.findings() == []


async def test_a_line_that_was_explained_stays_explained_whoever_writes(ledger: Ledger) -> None:
    project = await two_orders(ledger)
    line = a_line(project, 1, 500).model_copy(update={"payment_reference": "-"})
    await ledger.do(ImportReceipts(lines=(line,)))
    assigned = ExplainReceipt(
        receipt_id=receipt_of(line),
        code=Explanation.ASSIGNED,
        text="电话核对(示例)",
        payment_id=payment_of(reference_of(project, 1)),  # type: ignore[arg-type]  # a NewType over UUID
    )

    await ledger.do(assigned, OTHER_FINANCE)

    assert await paid(ledger) == 500
    assert await ledger.findings() == []
    for sql in (
        """UPDATE receipts SET state = state || '{"why_open": "ambiguous"}'""",
        "UPDATE receipts SET state = '{}'",
    ):
        with pytest.raises(asyncpg.CheckViolationError, match="it is closed"):
            await ledger.fetch(sql)
    for sql in ("DELETE FROM receipts", "DELETE FROM statements"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ledger.fetch(sql)
