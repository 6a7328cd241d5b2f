"""The books on a real PostgreSQL, through the one way to change them, without Kafka and HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from events.catalogue import CATALOGUE
from events.database import Connection, Database
from events.envelope import NO_TRACE
from events.trace import uuid7
from schemas.deciding import Due, World
from schemas.fact import Command, Fact
from schemas.fund import SourceType
from schemas.ids import FundAccountId, PartyId
from schemas.money import Money
from schemas.role import Actor
from schemas.standing import Party
from services.funds import SERVICE
from services.funds.rules.appropriate import Appropriate, AppropriateMore
from services.funds.rules.periods import Books, PeriodSum
from services.funds.rules.project import ProjectMoney
from services.funds.rules.receipts import ImportReceipts
from services.funds.store import load, verify
from services.kit.apply import Applied, Message, Shell, apply, heard
from services.kit.documents import Documents
from services.kit.rulebooks import shipped
from services.kit.service import Post
from services.kit.vault import Vault
from tests.services.funds.desk import CODES, FINANCE, day_of_lines, the_provider
from tests.support.databases import fresh_database
from tests.support.pure import NOON

POSTS = {route.command: route for route in SERVICE.routes if isinstance(route, Post)}


class TickingClock:
    """Every decision is a second after the last one."""

    def __init__(self) -> None:
        self.at = NOON

    async def now(self, tx: Connection) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


@dataclass(frozen=True, slots=True)
class Ledger:
    database: Database
    shell: Shell
    owner_dsn: str

    @property
    def clock(self) -> TickingClock:
        assert isinstance(self.shell.clock, TickingClock)
        return self.shell.clock

    async def hear(self, *facts: Fact, cause: UUID | None = None, said_at: datetime = NOON) -> Applied:
        """The facts as one batch in one transaction, each its own cause."""
        messages = [heard(SERVICE, _Envelope(fact, cause or uuid7(), said_at)) for fact in facts]  # type: ignore[arg-type]
        return await self._apply(messages)

    async def do(self, command: Command, by: Actor = FINANCE) -> Applied:
        if isinstance(command, ImportReceipts):
            self.clock.at = max(self.clock.at, day_of_lines(command))
        return await self._apply([self._order(command, by)])

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Callable[[Command], Awaitable[Applied]]]:
        """Commands of one transaction, which ends with the block."""
        async with self.database.transaction() as tx:

            async def do(command: Command) -> Applied:
                return await apply(self.shell, tx, [self._order(command, FINANCE)])

            yield do

    async def ring(self, project_id: UUID) -> Applied:
        """As if every timer of the project's money were due now."""
        rows = await self.fetch("SELECT name, due_at FROM timers WHERE kind = 'ProjectMoney' AND id = $1", project_id)
        ref = (ProjectMoney, project_id)
        return await self._apply(
            [
                Message(
                    id=(cause := uuid7()),
                    body=Due(ref=ref, name=row["name"], at=row["due_at"]),
                    refs=(ref,),
                    decide=SERVICE.timers[ProjectMoney],
                    correlation=cause,
                    traceparent=NO_TRACE,
                )
                for row in rows
            ]
        )

    async def arrivals(self, account_id: UUID) -> list[UUID]:
        """The transfers its lots arrived with, in their order."""
        rows = await self.fetch(
            """
            SELECT t.id FROM transfers t JOIN allocations a ON a.transfer_id = t.id JOIN lots l ON l.id = a.lot_id
            WHERE t.credit_id = $1 AND l.account_id = $1 AND t.refunds IS NULL ORDER BY l.arrived_at, l.id
            """,
            account_id,
        )
        return [row["id"] for row in rows]

    def _order(self, command: Command, by: Actor) -> Message:
        cause = uuid7()
        post = POSTS[type(command)]
        return Message(
            id=cause,
            body=command,
            refs=tuple(post.refs(command, cause)),
            decide=post.decide,
            by=by,
            correlation=cause,
            traceparent=NO_TRACE,
        )

    async def _apply(self, messages: Sequence[Message]) -> Applied:
        async with self.database.transaction() as tx:
            return await apply(self.shell, tx, messages)

    async def appropriate(
        self,
        fen: int,
        account_id: FundAccountId | None = None,
        *,
        restricted_to: str | None = None,
        source_type: SourceType = SourceType.BUDGET,
        by: Actor = FINANCE,
    ) -> FundAccountId:
        command = Appropriate(
            source_type=source_type, budget_line="208-02", amount=Money(fen), restricted_to=restricted_to, **CODES
        )
        if account_id is not None:
            command = AppropriateMore(account_id=account_id, **dict(command))
        applied = await self.do(command, by)
        return FundAccountId(UUID(applied.lines[0].key))

    async def frozen(self, funder_id: PartyId) -> PeriodSum | None:
        """What its frozen period adds up to."""
        async with self.database.transaction() as tx:
            return (await load(tx, [(Books, funder_id), (PeriodSum, funder_id)])).find(PeriodSum, funder_id)

    async def findings(self) -> list[str]:
        """In English, once it is seen that each is said in Chinese too."""
        async with self.database.connection() as connection:
            found = await verify(connection)
        assert all(one.zh.startswith("资金:") for one in found)
        return [one.en for one in found]

    async def fetch(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """As the service's role."""
        async with self.database.connection() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(sql, *args)
            return rows

    async def as_owner(self, *statements: str) -> None:
        """As one who may do everything, as an operator with bad intent could."""
        connection = await asyncpg.connect(self.owner_dsn, server_settings={"search_path": "funds"})
        try:
            async with connection.transaction():
                for statement in statements:
                    await connection.execute(statement)
        finally:
            await connection.close()


@dataclass(frozen=True, slots=True)
class _Envelope:
    """As much of an envelope as the shell looks at."""

    data: Fact
    id: UUID
    time: datetime

    @property
    def correlationid(self) -> UUID:
        return self.id

    @property
    def traceparent(self) -> str:
        return NO_TRACE


@asynccontextmanager
async def a_ledger(dsn: str, *, size: int = 4) -> AsyncIterator[Ledger]:
    """Empty books of their own; the provider is registered."""
    shell = Shell(
        service=SERVICE, catalogue=CATALOGUE, clock=TickingClock(), rulebooks=shipped(), vault=Vault(bytes(32))
    )
    async with (
        fresh_database(dsn, [SERVICE]) as own_dsn,
        Database(own_dsn, "funds", role="sanshe_funds", size=size) as database,
    ):
        async with database.transaction() as tx:
            await _register(tx)
        yield Ledger(database, shell, own_dsn)


async def _register(tx: Connection) -> None:
    world = World()
    world.put(the_provider())
    await Documents(parties=Party).save(tx, world)
