"""What must never happen to money: each is refused, says why, and leaves every row as it was."""

from collections.abc import AsyncIterator, Awaitable
from datetime import date
from typing import Any

import asyncpg
import pytest

from schemas.ids import FundAccountId, ProjectId
from schemas.money import Money
from services.funds.rules.holds import PlaceHold
from services.funds.rules.order import OrderPayment
from services.funds.rules.receipts import ImportReceipts
from tests.services.funds.desk import (
    AUDITOR,
    OTHER_FINANCE,
    a_correction,
    a_line,
    a_refund,
    a_signing,
    an_acceptance,
    an_approval,
    voided,
)
from tests.services.funds.ledger import Ledger, a_ledger
from tests.support.pure import refused

BOOKS = ("accounts", "lots", "transfers", "allocations", "pendings", "corrected", "refunded", "refunds", "payments")


@pytest.fixture
async def ledger(postgres_dsn: str) -> AsyncIterator[Ledger]:
    async with a_ledger(postgres_dsn) as one:
        yield one


async def books(ledger: Ledger) -> dict[str, list[Any]]:
    """Every row of the books, and how much was said."""
    tables = {table: [tuple(row) for row in await ledger.fetch(f"TABLE {table}")] for table in BOOKS}
    return {table: sorted(rows, key=str) for table, rows in tables.items()}


async def says(ledger: Ledger, done: Awaitable[Any]) -> list[tuple[str, str | None]]:
    """Types and refusal codes of what was said, when the books stayed as they were."""
    before = await books(ledger)
    applied = await done
    assert await books(ledger) == before
    rows = await ledger.fetch(
        "SELECT type, convert_from(body, 'UTF8')::jsonb #>> '{data,code}' AS code FROM outbox WHERE event_id = ANY($1)",
        [line.event_id for line in applied.lines],
    )
    return [(row["type"], row["code"]) for row in rows]


async def signed(ledger: Ledger, price: int = 1000) -> tuple[FundAccountId, ProjectId]:
    account = await ledger.appropriate(price)
    approval = an_approval({account: price})
    await ledger.hear(approval, a_signing(approval.project_id, price))
    return account, approval.project_id


async def test_overdrawn_by_one_fen(ledger: Ledger) -> None:
    account = await ledger.appropriate(1000)

    said = await says(ledger, ledger.hear(an_approval({account: 1001})))

    assert said == [("budget.refused", "not_enough_money")]
    assert await ledger.findings() == []


async def test_released_twice(ledger: Ledger) -> None:
    _, project = await signed(ledger)
    await ledger.hear(an_acceptance(project))
    await ledger.do(OrderPayment(project_id=project, number=1))

    assert await says(ledger, ledger.hear(an_acceptance(project))) == []
    before = await books(ledger)
    with refused("payment_already_ordered", status=409):
        await ledger.do(OrderPayment(project_id=project, number=1))
    assert await books(ledger) == before


async def test_given_back_twice(ledger: Ledger) -> None:
    approval = an_approval({await ledger.appropriate(1000): 1000})
    await ledger.hear(approval, voided(approval.project_id))

    assert await says(ledger, ledger.hear(voided(approval.project_id))) == []
    assert await ledger.findings() == []


async def test_released_under_a_hold(ledger: Ledger) -> None:
    _, project = await signed(ledger)
    hold = PlaceHold(project_id=project, amount=Money(1000), basis="审计取证单", until=date(2026, 4, 1))
    await ledger.do(hold, AUDITOR)
    before = await books(ledger)

    with refused("money_on_hold", status=409) as caught:
        await ledger.do(OrderPayment(project_id=project, number=1))

    assert caught.value.details["basis"] == "审计取证单"
    assert await books(ledger) == before


async def test_posted_after_it_was_voided(ledger: Ledger) -> None:
    """As an agreement that comes too late; and in the database, past all rules."""
    approval = an_approval({await ledger.appropriate(1000): 1000})
    await ledger.hear(approval, voided(approval.project_id))

    said = await says(ledger, ledger.hear(a_signing(approval.project_id, 1)))

    assert said == [("tranche.refused", "nothing_reserved")]
    before = await books(ledger)
    with pytest.raises(asyncpg.CheckViolationError, match="resolved_once"):
        await _post_a_fen_of_what_was_voided(ledger)
    assert await books(ledger) == before


async def _post_a_fen_of_what_was_voided(ledger: Ledger) -> None:
    async with ledger.database.transaction() as tx:
        await tx.execute(
            """
            WITH late AS (
                INSERT INTO transfers (id, funder_id, debit_id, credit_id, amount_fen, state, pending_id, correlation,
                    effective_date, booked_on, recorded_at, reason)
                SELECT gen_random_uuid(), funder_id, debit_id, credit_id, 1, 'posted', id, id, effective_date,
                    booked_on, now(), 'too late' FROM transfers WHERE state = 'pending' RETURNING id, debit_id
            )
            INSERT INTO allocations SELECT late.id, lots.id, 1 FROM late JOIN lots ON account_id = debit_id
            """
        )


async def test_refunded_by_one_fen_more_than_was_paid(ledger: Ledger) -> None:
    _, project = await signed(ledger)
    await ledger.do(OrderPayment(project_id=project, number=1))
    await ledger.do(ImportReceipts(lines=(a_line(project, 1, 500),)))
    before = await books(ledger)

    with refused("refund_above_paid", status=409):
        await ledger.do(a_refund(project, 501))

    assert await books(ledger) == before


async def test_corrected_by_one_fen_more_than_is_free(ledger: Ledger) -> None:
    account = await ledger.appropriate(1000)
    await ledger.hear(an_approval({account: 600}))
    (arrival,) = await ledger.arrivals(account)
    before = await books(ledger)

    with refused("more_than_is_free", status=409):
        await ledger.do(a_correction(arrival, 401), OTHER_FINANCE)

    assert await books(ledger) == before
