"""The virtual clock: one row of PostgreSQL that moves on an operator's command, and only when nothing is going on.

For demonstrations and tests. An installation whose time was ever virtual stays so, and one that ran on the wall clock
never becomes so: its facts would no longer be in order.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Annotated

import asyncpg
import orjson
import structlog
from aiohttp import web
from pydantic import AwareDatetime, Field, ValidationError

from deploy.condition import Condition, Observer
from deploy.embedded import CannotStart
from events.database import SURROUNDINGS
from schemas.model import Model
from schemas.refused import Refused
from schemas.role import Role
from services.kit import auth
from services.kit.desk import Desk
from services.kit.problems import invalid

POLL_S = 0.05
TICK_S = 0.5

log = structlog.get_logger()


class Advance(Model):
    """To the next due timer, or to `until` when that is earlier. `wait_s`: how long to wait for quiet before."""

    until: AwareDatetime | None = None
    wait_s: Annotated[float, Field(ge=0, le=30)] = 20


class Time(Model):
    """Business time. `pending`: what is still going on; nothing moves before it is done."""

    now: datetime
    next_due: datetime | None
    pending: tuple[str, ...]


async def prepare(dsn: str, *, virtual: bool) -> None:
    """After the migrations and before the services: the row exists exactly when time is virtual."""
    connection = await asyncpg.connect(dsn, timeout=10, command_timeout=30)
    try:
        exists = await connection.fetchval("SELECT EXISTS (SELECT FROM clock.virtual_time)")
        if exists and not virtual:
            raise CannotStart(
                "本系统使用虚拟时钟。请设 SANSHE_VIRTUAL_CLOCK=1 启动;要按真实时间运行,请另指定数据目录(SANSHE_DATA)"
                "或数据库。",
                "This installation runs on a virtual clock. Start it with SANSHE_VIRTUAL_CLOCK=1, or name another "
                "data folder (SANSHE_DATA) or database for one that runs on real time.",
            )
        if virtual and not exists:
            told = await connection.fetchval("SELECT to_regclass('registry.outbox') IS NOT NULL")
            if told and await connection.fetchval("SELECT EXISTS (SELECT FROM registry.outbox)"):
                raise CannotStart(
                    "本系统已按真实时间运行过,不能改用虚拟时钟。要做演示,请另指定数据目录(SANSHE_DATA)或数据库。",
                    "This installation has run on real time and cannot change to a virtual clock. Name another data "
                    "folder (SANSHE_DATA) or database for a demonstration.",
                )
            await connection.execute("INSERT INTO clock.virtual_time (now) VALUES ($1)", datetime.now(UTC))
    finally:
        await connection.close()


async def keep_pace(dsn: str) -> None:
    """Let virtual time pass as real time does, from wherever it stands; for an installation people try out by hand."""
    while True:
        try:
            connection = await asyncpg.connect(dsn, timeout=10, command_timeout=10)
            try:
                await _tick(connection)
            finally:
                connection.terminate()
        except SURROUNDINGS as error:
            log.warning("clock.retry", error=type(error).__name__)
            await asyncio.sleep(TICK_S)


async def _tick(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    shown = time.monotonic()
    while True:
        await asyncio.sleep(TICK_S)
        now = time.monotonic()
        passed = timedelta(seconds=now - shown)
        await connection.execute("UPDATE clock.virtual_time SET now = now + $1", passed)
        shown = now


class ClockDoor:
    """`GET /v1/clock` for everyone, `POST /v1/clock/advance` for operators."""

    def __init__(self, desk: Desk, observer: Observer, dsn: str) -> None:
        self._desk = desk
        self._observer = observer
        self._dsn = dsn
        self._moving = asyncio.Lock()

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/v1/clock", self._show)
        app.router.add_post("/v1/clock/advance", self._advance)

    async def _show(self, request: web.Request) -> web.Response:
        return _answer(await self._time())

    async def _advance(self, request: web.Request) -> web.Response:
        """One step, and no second when the answer is lost: `until` is never passed, and without it look first."""
        secret = auth.bearer(request.headers.get("Authorization"))
        async with self._desk.database.connection() as connection:
            await auth.caller(connection, secret, {Role.OPERATOR}, datetime.now(UTC), must_stand=True)
        try:
            asked = Advance.model_validate(orjson.loads(await request.read() or b"{}"), strict=False)
        except orjson.JSONDecodeError:
            raise Refused("not_json", status=422) from None
        except ValidationError as error:
            raise invalid(error) from None
        async with self._moving:
            found = await self._quiet(asked.wait_s)
            target = min((t for t in (found.next_due, asked.until) if t is not None), default=None)
            if target is None:
                raise Refused("clock_nothing_due")
            await self._move(target)
        return _answer(await self._time())

    async def _quiet(self, wait_s: float) -> Time:
        end = time.monotonic() + wait_s
        while True:
            found = await self._time()
            if not found.pending:
                return found
            if time.monotonic() > end:
                raise Refused("clock_not_quiet", what="; ".join(found.pending))
            await asyncio.sleep(POLL_S)

    async def _time(self) -> Time:
        async with self._observer.snapshot() as tx:
            now = await tx.fetchval("SELECT now FROM clock.virtual_time")
        return time_of(now, await self._observer.look())

    async def _move(self, to: datetime) -> None:
        """Never back."""
        connection = await asyncpg.connect(self._dsn, timeout=10, command_timeout=10)
        try:
            await connection.execute("UPDATE clock.virtual_time SET now = $1 WHERE now < $1", to)
        finally:
            await connection.close()


def time_of(now: datetime, conditions: list[Condition]) -> Time:
    due = [condition.next_due for condition in conditions if condition.next_due is not None]
    pending = [what for condition in conditions for what in condition.unquiet(now)]
    return Time(now=now, next_due=min(due, default=None), pending=tuple(pending))


def _answer(time: Time) -> web.Response:
    return web.Response(body=time.model_dump_json().encode(), content_type="application/json")
