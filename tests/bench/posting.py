"""Postings through the service function, against pgbench with the same SQL.

At the door a posting is a command: money arrives on an account, as one lot, one transfer, two facts and an answer that
is remembered; those that come at the same time share a transaction, pgbench has one for each. In batches a posting is
what reserves a project: two accounts are debited, two lots are drawn on, one fact is told.
"""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from events.database import Database
from schemas.ids import FundAccountId
from services import funds
from services.kit.commanding import Order, carry_out
from services.kit.sharing import Sharing
from tests.bench import money, pgbench
from tests.bench.ledger import BATCH, CLIENTS, Ledger, funded, post, post_batches, prepared
from tests.bench.pairs import Ratio, alternate, in_pairs
from tests.bench.replay import RecordingDatabase, Tape
from tests.support.databases import fresh_database

CALLERS = 16
"""who give commands at the same time"""
EACH = 100
POSTINGS = 1000
TURN = 20
ACCOUNTS = 20
HISTORY = 2000


class PostingBench:
    def __init__(self, dsn: str) -> None:
        self.dsn = dsn

    async def ratios(self) -> list[Ratio]:
        async with (
            fresh_database(self.dsn, [funds.SERVICE]) as small,
            fresh_database(self.dsn, [funds.SERVICE]) as large,
        ):
            few = await prepared(small, ACCOUNTS, HISTORY)
            many = await prepared(large, 10 * ACCOUNTS, 10 * HISTORY)
            callers = await funded(small, 10 * ACCOUNTS)
            script = await _script(small, callers)
            with tempfile.NamedTemporaryFile(mode="w", suffix=".sql") as file:
                file.write(script)
                file.flush()
                return await self._compare(few, many, callers, Path(file.name))

    async def _compare(self, few: Ledger, many: Ledger, callers: list[FundAccountId], file: Path) -> list[Ratio]:
        async def commanded() -> float:
            return await _command(few.dsn, callers)

        async def one_by_one() -> float:
            return await _post(few)

        async def same_sql() -> float:
            return CALLERS * EACH * await pgbench.run_as_funds(few.dsn, file, CALLERS)

        async def one_after_another() -> float:
            return await _post(few, clients=1)

        async def in_batches() -> float:
            return await _post_batches(few)

        async def ten_times() -> tuple[float, float]:
            return await _post_in_turns(many, few)

        return [
            await alternate(f"posting, {CALLERS} at once / pgbench -f, the same SQL", commanded, same_sql, 0.8),
            await alternate(
                f"posting in batches of {BATCH} / one by one, one connection", in_batches, one_after_another, 10.0
            ),
            await alternate(
                f"posting in batches of {BATCH} / {CLIENTS} at once (information)", in_batches, one_by_one, None
            ),
            await in_pairs("posting with ten times accounts and history / without", ten_times, 0.91),
        ]


async def _post(ledger: Ledger, clients: int = CLIENTS) -> float:
    """Postings a second."""
    work = ledger.work(0, POSTINGS, clients)
    async with ledger.copied(POSTINGS, clients) as database:
        return POSTINGS / await post(database, work)


async def _post_in_turns(ours: Ledger, limit: Ledger) -> tuple[float, float]:
    """Postings a second of both, which stand ready together and post in short turns.

    A posting is mostly our own Python: one whole run after another would tell how the machine differed meanwhile.
    """
    took_s = [0.0, 0.0]
    async with ours.copied(POSTINGS) as a, limit.copied(POSTINGS) as b:
        for number, start in enumerate(range(0, POSTINGS, TURN)):
            sides = [(0, a, ours.work(start, TURN)), (1, b, limit.work(start, TURN))]
            for side, database, work in sides if number % 2 == 0 else sides[::-1]:
                took_s[side] += await post(database, work)
    return POSTINGS / took_s[0], POSTINGS / took_s[1]


async def _command(dsn: str, accounts: list[FundAccountId]) -> float:
    """Commands a second."""

    async def client(orders: list[Order]) -> None:
        for order in orders:
            await sharing.carry_out(order)

    async with money.copy_of(dsn) as copy, Database(copy, "funds", role=money.ROLE, size=CLIENTS) as database:
        sharing = Sharing(money.SHELL, database)
        work = _orders(accounts)
        began = time.perf_counter()
        await asyncio.gather(*map(client, work))
        took_s = time.perf_counter() - began
        async with database.connection() as connection:
            await money.prove(connection, HISTORY)
    return CALLERS * EACH / took_s


def _orders(accounts: Sequence[FundAccountId]) -> list[list[Order]]:
    """Of each caller, on accounts of its own."""
    return [
        [money.an_arrival(EACH * caller + n, own[n % len(own)]) for n in range(EACH)]
        for caller in range(CALLERS)
        for own in [accounts[caller::CALLERS]]
    ]


async def _post_batches(ledger: Ledger) -> float:
    work = ledger.batches(POSTINGS)
    async with ledger.copied(POSTINGS, clients=1) as database:
        began = time.perf_counter()
        await post_batches(database, work)
        return POSTINGS / (time.perf_counter() - began)


async def _script(dsn: str, accounts: list[FundAccountId]) -> str:
    """Every client's commands, recorded one client after the other."""
    tapes = [Tape() for _ in range(CALLERS)]
    async with money.copy_of(dsn) as copy:
        for tape, orders in zip(tapes, _orders(accounts), strict=True):
            async with RecordingDatabase(Database(copy, "funds"), tape, money.ROLE) as database:
                for order in orders:
                    await carry_out(money.SHELL, database, order)
    return pgbench.script([tape.transactions for tape in tapes])
