"""Many at once on the same money: never oversubscribed, never stuck, nothing lost."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from typing import TypeVar

import asyncpg

from services.funds.rules.order import OrderPayment
from services.funds.rules.receipts import ImportReceipts
from tests.services.funds.desk import a_line, a_signing, an_approval
from tests.services.funds.ledger import Ledger, a_ledger

WORKERS = 8
T = TypeVar("T")


async def with_retries(attempt: Callable[[], Awaitable[T]]) -> T:
    """As the shell does: what was in the way is tried again."""
    for _ in range(10):
        try:
            return await attempt()
        except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError):
            continue
    raise AssertionError("ten attempts were not enough")


async def _phases(ledger: Ledger) -> dict[str, int]:
    rows = await ledger.fetch("SELECT state ->> 'phase' AS phase, count(*) AS n FROM projects GROUP BY 1")
    return {row["phase"]: row["n"] for row in rows}


async def test_many_connections_reserving_from_one_account_never_oversubscribe_it(postgres_dsn: str) -> None:
    async with a_ledger(postgres_dsn, size=WORKERS) as ledger:
        account = await ledger.appropriate(3000)
        turns = count()

        async def worker() -> None:
            while next(turns) < 60:
                approval = an_approval({account: 100})
                await with_retries(lambda: ledger.hear(approval))  # noqa: B023  # called within the turn

        await asyncio.gather(*(worker() for _ in range(WORKERS)))

        assert await _phases(ledger) == {"reserved": 30, "refused": 30}
        (row,) = await ledger.fetch("SELECT debits_pending_fen AS fen FROM accounts WHERE id = $1", account)
        assert row["fen"] == 3000
        assert await ledger.findings() == []


async def test_accounts_named_in_any_order_never_lock_each_other_out(postgres_dsn: str) -> None:
    async with a_ledger(postgres_dsn, size=WORKERS) as ledger:
        first, second, third = [await ledger.appropriate(10_000) for _ in range(3)]
        orders = [(first, second), (second, first), (third, first), (second, third)]

        async def worker(place: int) -> None:
            for turn in range(5):
                one, other = orders[(place + turn) % len(orders)]
                await ledger.hear(*(an_approval({one: 10, other: 20}) for _ in range(3)))

        await asyncio.gather(*(worker(place) for place in range(WORKERS)))

        assert await _phases(ledger) == {"reserved": WORKERS * 5 * 3}
        assert await ledger.findings() == []


async def test_the_first_payments_to_a_provider_may_be_ordered_at_the_same_moment(postgres_dsn: str) -> None:
    async with a_ledger(postgres_dsn, size=WORKERS) as ledger:
        account = await ledger.appropriate(10_000)
        projects = []
        for _ in range(6):
            approval = an_approval({account: 1000})
            await ledger.hear(approval, a_signing(approval.project_id, 1000))
            projects.append(approval.project_id)

        async def pay(place: int) -> None:
            project = projects[place]
            await with_retries(lambda: ledger.do(OrderPayment(project_id=project, number=1)))
            receipt = ImportReceipts(lines=(a_line(project, 1, 500),))
            await asyncio.gather(*(with_retries(lambda: ledger.do(receipt)) for _ in range(2)))

        await asyncio.gather(*(pay(place) for place in range(len(projects))))

        (row,) = await ledger.fetch("SELECT credits_posted_fen AS fen FROM accounts WHERE kind = 'payee'")
        assert row["fen"] == 3000
        assert await ledger.findings() == []
