"""A posting over HTTP against pgbench with the same SQL.

Money arrives: an account is opened, one lot, one posted transfer, one fact. The installation is registry and funds,
whose relay and consumers go on meanwhile; pgbench has the database to itself.
"""

import asyncio
import itertools
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp

from deploy.keys import HeldKey
from events.database import Database
from services import funds
from services.kit.commanding import carry_out
from tests.bench import money, pgbench
from tests.bench.pairs import Ratio, alternate
from tests.bench.replay import RecordingDatabase, Tape
from tests.support.databases import fresh_database

CLIENTS = 16
EACH = 100
PATH = "/v1/funds"


class DoorBench:
    """`dsn`: where pgbench runs; `address`, `finance`: of the installation."""

    def __init__(self, address: str, finance: HeldKey, dsn: str) -> None:
        self.address = address
        self.finance = finance
        self.dsn = dsn
        self._numbers: Iterator[int] = itertools.count()

    async def ratio(self) -> Ratio:
        async with fresh_database(self.dsn, [funds.SERVICE]) as empty:
            with tempfile.NamedTemporaryFile(mode="w", suffix=".sql") as file:
                file.write(await self._script(empty))
                file.flush()

                async def same_sql() -> float:
                    return CLIENTS * EACH * await pgbench.run_as_funds(empty, Path(file.name), CLIENTS)

                return await alternate(
                    f"posting over HTTP, {CLIENTS} at once / pgbench -f, the same SQL", self._over_http, same_sql, 0.4
                )

    async def _over_http(self) -> float:
        """Postings a second, in closed loop."""

        async def client() -> None:
            for _ in range(EACH):
                body = money.arrival(next(self._numbers))
                headers = {
                    "Authorization": f"Bearer {self.finance.key}",
                    "Idempotency-Key": f"door-{body['budget_line']}",
                }
                async with http.post(PATH, json=body, headers=headers) as answer:
                    if answer.status != 201:
                        raise AssertionError(await answer.text())

        async with aiohttp.ClientSession(self.address) as http:
            began = time.perf_counter()
            await asyncio.gather(*(client() for _ in range(CLIENTS)))
            return CLIENTS * EACH / (time.perf_counter() - began)

    async def _script(self, dsn: str) -> str:
        """What one POST asks the database, as many times as the clients post. Who the caller is was asked before."""
        tapes = [Tape() for _ in range(CLIENTS)]
        async with money.copy_of(dsn) as copy:
            for tape in tapes:
                async with RecordingDatabase(Database(copy, "funds"), tape, money.ROLE) as database:
                    for _ in range(EACH):
                        await carry_out(money.SHELL, database, money.an_arrival(next(self._numbers)))
        return pgbench.script([tape.transactions for tape in tapes])
