"""Funds' workload: accounts with money, approved projects that draw on two of them, and a database for each run."""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson

from events import outbox
from events.catalogue import CATALOGUE
from events.database import Connection
from events.envelope import NO_TRACE, numbered
from events.outbox import Saying
from events.trace import uuid7
from schemas.fund import SourceType
from schemas.ids import BallotId, FundAccountId, NeedId, PartyId, ProjectId
from schemas.money import Money
from schemas.project import Brief, FundShare, ProjectApproved
from schemas.role import Actor, Role
from services import funds
from services.funds.rules.appropriate import Appropriate, appropriate, refs
from services.kit.apply import Heard, Message, Shell, apply, heard
from services.kit.clock import WallClock
from services.kit.commanding import Order
from services.kit.migrations import role_of
from services.kit.rulebooks import shipped
from services.kit.service import Post
from services.kit.vault import Vault
from tests.support.databases import with_database

ROLE = role_of("funds")
_DOORS = {route.path: route for route in funds.SERVICE.routes if isinstance(route, Post)}
FUNDER = PartyId(uuid4())
SHELL = Shell(
    service=funds.SERVICE,
    catalogue=CATALOGUE,
    clock=WallClock(),
    rulebooks=shipped(),
    vault=Vault(secrets.token_bytes(32)),
)


async def an_account(tx: Connection) -> FundAccountId:
    """A fund account with a hundred billion yuan from one source."""
    command = Appropriate(
        source_type=SourceType.BUDGET,
        budget_line="2080208",
        amount=Money(10**13),
        functional_code="2080208",
        economic_code="50205",
    )
    cause = uuid7()
    message = Message(
        id=cause,
        body=command,
        refs=tuple(refs(command, cause)),
        decide=appropriate,
        by=Actor(person_id=FUNDER, party_id=FUNDER, role=Role.FINANCE),
        correlation=cause,
        traceparent=NO_TRACE,
    )
    applied = await apply(SHELL, tx, [message])
    return FundAccountId(UUID(applied.lines[0].key))


def an_approval(number: int, accounts: Sequence[FundAccountId]) -> Saying:
    """Of a project for 50,000 yuan out of two of the accounts."""
    project = ProjectId(uuid4())
    brief = Brief(
        need_id=NeedId(uuid4()),
        ballot_id=BallotId(uuid4()),
        community_id=PartyId(uuid4()),
        funder_id=FUNDER,
        title=f"示例项目 {number}",
        category="health_elderly",
        division="320508001001",
        beneficiaries=120,
        cost=Money(5_000_000),
    )
    shares = (
        FundShare(account_id=accounts[number % len(accounts)], amount=Money(3_000_000)),
        FundShare(account_id=accounts[(number + 7) % len(accounts)], amount=Money(2_000_000)),
    )
    fact = ProjectApproved(
        project_id=project,
        brief=brief,
        ceiling=Money(5_000_000),
        shares=shares,
        drafted_by=PartyId(uuid4()),
        approved_by=PartyId(uuid4()),
        rulebook=SHELL.rulebooks.named("example/below-limit").hash,
    )
    cause = uuid7()
    return outbox.saying(
        "tenders",
        CATALOGUE,
        fact,
        event_id=uuid7(),
        cause=cause,
        correlation=cause,
        traceparent=NO_TRACE,
        at=datetime.now(UTC),
    )


def arrived(saying: Saying) -> Heard:
    """As funds hears it."""
    return heard(funds.SERVICE, CATALOGUE.decode(saying.type, saying.version, numbered(saying.body, 1)))


def an_arrival(number: int, account_id: FundAccountId | None = None) -> Order:
    """A POST by which money arrives: on this account, or on one it opens. Who the caller is was asked before."""
    path = "/v1/funds" if account_id is None else "/v1/funds/{account_id}/appropriations"
    return Order(
        post=_DOORS[path],
        raw=orjson.dumps(arrival(number)),
        path={} if account_id is None else {"account_id": str(account_id)},
        by=Actor(person_id=FUNDER, party_id=FUNDER, role=Role.FINANCE),
        key=f"arrival-{number}",
        if_match=None,
        traceparent=NO_TRACE,
    )


def arrival(number: int) -> dict[str, Any]:
    codes = {"functional_code": "2080208", "economic_code": "50205"}
    line = {"source_type": "budget", "budget_line": f"2080208/{number}", "amount": {"fen": 1_000_000 + number}}
    return line | codes


@asynccontextmanager
async def copy_of(dsn: str) -> AsyncIterator[str]:
    """A database of its own with all that is in this one."""
    name = f"bench_{uuid4().hex[:12]}"
    admin = await asyncpg.connect(with_database(dsn, "postgres"))
    try:
        source = dsn.rpartition("/")[2].partition("?")[0]
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY wal_log")
        yield with_database(dsn, name)
    finally:
        await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await admin.close()


async def forget_what_was_said(dsn: str, service: str = "funds") -> None:
    """The events that made the workload are not the run's."""
    owner = await asyncpg.connect(dsn)
    tables = ("outbox", "outbox_unsent", "outbox_sent", "stream_heads")
    await owner.execute(f"TRUNCATE {', '.join(f'{service}.{table}' for table in tables)}")
    await owner.close()


async def prove(connection: Connection, reserved: int) -> None:
    """The books add up, and as many projects were reserved and said so: else the figure does not count."""
    findings = await funds.store.verify(connection)
    said = await connection.fetchval("SELECT count(*) FROM outbox WHERE type = 'budget.reserved'")
    if findings or said != reserved:
        raise AssertionError(f"said {said} of {reserved}; {findings[:3]}")
