"""A ledger that reserves projects: so many accounts, so much history, and postings for several clients at once."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from events.database import Database
from schemas.ids import FundAccountId
from services.kit.apply import Heard, apply
from tests.bench import money

CLIENTS = 4
BATCH = 500


@dataclass(frozen=True, slots=True)
class Ledger:
    dsn: str
    accounts: list[FundAccountId]
    history: int
    """projects reserved before the run"""

    @asynccontextmanager
    async def copied(self, posted: int, clients: int = CLIENTS) -> AsyncIterator[Database]:
        """A copy to run on; what was posted there is proved at the end."""
        async with money.copy_of(self.dsn) as copy, Database(copy, "funds", role=money.ROLE, size=clients) as database:
            yield database
            async with database.connection() as connection:
                await money.prove(connection, self.history + posted)

    def work(self, start: int, number: int, clients: int = CLIENTS) -> list[list[Heard]]:
        """Each client on accounts of its own: nobody waits for another's lock."""
        return [_messages(self.accounts[client::clients], start, number // clients) for client in range(clients)]

    def batches(self, number: int) -> list[list[Heard]]:
        return [_messages(self.accounts, start, BATCH) for start in range(0, number, BATCH)]


async def prepared(dsn: str, accounts: int, history: int) -> Ledger:
    ledger = Ledger(dsn, await funded(dsn, accounts), history)
    async with Database(dsn, "funds", role=money.ROLE) as database:
        await post_batches(database, ledger.batches(history))
    return ledger


async def funded(dsn: str, accounts: int) -> list[FundAccountId]:
    async with Database(dsn, "funds", role=money.ROLE) as database, database.transaction() as tx:
        return [await money.an_account(tx) for _ in range(accounts)]


async def post_batches(database: Database, batches: Sequence[Sequence[Heard]]) -> None:
    for batch in batches:
        async with database.transaction() as tx:
            await apply(money.SHELL, tx, batch)


async def post(database: Database, work: Sequence[Sequence[Heard]]) -> float:
    """Seconds taken by the clients together, each posting a transaction of its own."""
    began = time.perf_counter()
    await asyncio.gather(*(post_batches(database, [[message] for message in messages]) for messages in work))
    return time.perf_counter() - began


def _messages(accounts: Sequence[FundAccountId], start: int, number: int) -> list[Heard]:
    return [money.arrived(money.an_approval(start + n, accounts)) for n in range(number)]
