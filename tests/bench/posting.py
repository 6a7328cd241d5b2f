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
from services.kit.apply import Heard, apply
from services.kit.commanding import Order, carry_out
from services.kit.sharing import Sharing
from tests.bench import money, pgbench
from tests.bench.pairs import Ratio, alternate
from tests.bench.replay import RecordingDatabase, Tape
from tests.support.databases import fresh_database

CLIENTS = 4
CALLERS = 16
"""who give commands at the same time"""
EACH = 100
POSTINGS = 1000
ACCOUNTS = 20
HISTORY = 2000
BATCH = 500


class PostingBench:
    def __init__(self, dsn: str) -> None:
        self.dsn = dsn

    async def ratios(self) -> list[Ratio]:
        async with (
            fresh_database(self.dsn, [funds.SERVICE]) as small,
            fresh_database(self.dsn, [funds.SERVICE]) as large,
        ):
            few = await _prepare(small, ACCOUNTS, HISTORY)
            many = await _prepare(large, 10 * ACCOUNTS, 10 * HISTORY)
            funded = await _fund(small, 10 * ACCOUNTS)
            script = await _script(small, funded)
            with tempfile.NamedTemporaryFile(mode="w", suffix=".sql") as file:
                file.write(script)
                file.flush()
                return await self._compare(small, few, funded, large, many, Path(file.name))

    async def _compare(
        self,
        small: str,
        few: list[FundAccountId],
        funded: list[FundAccountId],
        large: str,
        many: list[FundAccountId],
        file: Path,
    ) -> list[Ratio]:
        async def commanded() -> float:
            return await _command(small, funded)

        async def one_by_one() -> float:
            return await _post(small, few, HISTORY)

        async def same_sql() -> float:
            return CALLERS * EACH * await pgbench.run_as_funds(small, file, CALLERS)

        async def one_after_another() -> float:
            return await _post(small, few, HISTORY, clients=1)

        async def in_batches() -> float:
            return await _post_batches(small, few)

        async def with_history() -> float:
            return await _post(large, many, 10 * HISTORY)

        return [
            await alternate(f"posting, {CALLERS} at once / pgbench -f, the same SQL", commanded, same_sql, 0.8),
            await alternate(
                f"posting in batches of {BATCH} / one by one, one connection", in_batches, one_after_another, 10.0
            ),
            await alternate(
                f"posting in batches of {BATCH} / {CLIENTS} at once (information)", in_batches, one_by_one, None
            ),
            await alternate("posting with ten times accounts and history / without", with_history, one_by_one, 0.91),
        ]


async def _prepare(dsn: str, accounts: int, history: int) -> list[FundAccountId]:
    """Money on the accounts, and as many projects reserved."""
    async with Database(dsn, "funds", role=money.ROLE) as database:
        made = await _fund(dsn, accounts)
        for start in range(0, history, BATCH):
            async with database.transaction() as tx:
                await apply(money.SHELL, tx, _messages(made, start, BATCH))
    return made


async def _fund(dsn: str, accounts: int) -> list[FundAccountId]:
    async with Database(dsn, "funds", role=money.ROLE) as database, database.transaction() as tx:
        return [await money.an_account(tx) for _ in range(accounts)]


def _messages(accounts: Sequence[FundAccountId], start: int, number: int) -> list[Heard]:
    return [money.arrived(money.an_approval(start + n, accounts)) for n in range(number)]


def _of_client(accounts: Sequence[FundAccountId], client: int) -> Sequence[FundAccountId]:
    """Its own ones: nobody waits for another's lock, and what is recorded can be sent again in any interleaving."""
    return accounts[client::CLIENTS]


async def _post(dsn: str, accounts: list[FundAccountId], history: int, clients: int = CLIENTS) -> float:
    """Postings a second, each a transaction of its own."""
    work = [_messages(_of_client(accounts, client), 0, POSTINGS // clients) for client in range(clients)]

    async def client(messages: list[Heard]) -> None:
        for message in messages:
            async with database.transaction() as tx:
                await apply(money.SHELL, tx, [message])

    async with money.copy_of(dsn) as copy, Database(copy, "funds", role=money.ROLE, size=clients) as database:
        began = time.perf_counter()
        await asyncio.gather(*map(client, work))
        took_s = time.perf_counter() - began
        async with database.connection() as connection:
            await money.prove(connection, history + POSTINGS)
    return POSTINGS / took_s


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


async def _post_batches(dsn: str, accounts: list[FundAccountId]) -> float:
    work = [_messages(accounts, start, BATCH) for start in range(0, POSTINGS, BATCH)]
    async with money.copy_of(dsn) as copy, Database(copy, "funds", role=money.ROLE) as database:
        began = time.perf_counter()
        for messages in work:
            async with database.transaction() as tx:
                await apply(money.SHELL, tx, messages)
        took_s = time.perf_counter() - began
        async with database.connection() as connection:
            await money.prove(connection, HISTORY + POSTINGS)
    return POSTINGS / took_s


async def _script(dsn: str, accounts: list[FundAccountId]) -> str:
    """Every client's commands, recorded one client after the other."""
    tapes = [Tape() for _ in range(CALLERS)]
    async with money.copy_of(dsn) as copy:
        for tape, orders in zip(tapes, _orders(accounts), strict=True):
            async with RecordingDatabase(Database(copy, "funds"), tape, money.ROLE) as database:
                for order in orders:
                    await carry_out(money.SHELL, database, order)
    return pgbench.script([tape.transactions for tape in tapes])
