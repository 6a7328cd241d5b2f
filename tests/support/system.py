"""A whole installation for one test: its own database, its own topics, real HTTP."""

import hashlib
import io
import json
import secrets
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import aiohttp
import asyncpg
import orjson
from aiohttp import web

from events.catalogue import CATALOGUE, Catalogue
from events.kafka import Cluster, delete_topics
from events.outbox import Line
from schemas.fact import STREAMS
from schemas.ids import KeyId, PartyId
from schemas.party import Certificate, KeyIssued, PartyKind, PartyRegistered, PartyVerified
from schemas.role import Role
from services.kit.clock import Clock, VirtualClock, WallClock
from services.kit.http import application
from services.kit.limiting import Limiter
from services.kit.rulebooks import shipped
from services.kit.running import Means, Running, installation
from services.kit.service import Service
from services.kit.settings import Settings
from services.kit.vault import Vault
from tests.support.databases import fresh_database
from tests.support.telling import Teller
from tests.support.waiting import eventually

DIVISION = "320508001001"
COUNTY = DIVISION[:6]
OF_THE_COUNTY = frozenset({PartyKind.REGISTRAR, PartyKind.AUDITOR, PartyKind.PROCUREMENT_SUPERVISOR})
"""whose officers are not a community's"""
BEGINNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday morning in Suzhou


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    json: Any
    headers: Any


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a key: who they are, and for whom they act."""

    party_id: PartyId
    person_id: PartyId
    role: Role
    secret: str


class System:
    def __init__(self, dsn: str, cluster: Cluster, running: list[Running], teller: Teller, url: str) -> None:
        self.dsn = dsn
        self.cluster = cluster
        self.running = running
        self.teller = teller
        self.url = url
        self.http = aiohttp.ClientSession(url)

    async def post(self, path: str, body: Any = None, by: Person | None = None, **headers: str) -> Reply:
        """Header names are given with underscores; an Idempotency-Key is made when none is given."""
        sent = {"Idempotency-Key": uuid.uuid4().hex} | _headers(by, headers)
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        data = None if raw is None else io.BytesIO(raw)  # aiohttp warns of large bytes that are sent at once
        async with self.http.post(path, data=data, headers={"Content-Type": "application/json"} | sent) as answer:
            reply = await _reply(answer)
        if reply.status == 201 and isinstance(reply.json, dict) and reply.json.get("version") is not None:
            assert reply.headers["ETag"] == f'"{reply.json["version"]}"', (
                "the body and its header speak of two versions"
            )
        return reply

    async def get(self, path: str, by: Person | None = None, **headers: str) -> Reply:
        async with self.http.get(path, headers=_headers(by, headers)) as answer:
            return await _reply(answer)

    async def person(
        self,
        kind: PartyKind,
        role: Role,
        *,
        party_id: PartyId | None = None,
        division: str | None = None,
        certificate: Certificate | None = None,
        verified: bool = True,
    ) -> Person:
        """A party (new unless given) and somebody with a key for it, told as registry would tell it."""
        secret = secrets.token_urlsafe(32)
        new = party_id is None
        party_id = party_id or PartyId(uuid4())
        person_id = PartyId(uuid4())
        if new:
            name = f"{kind} {str(party_id)[:4]}"
            division = division or (COUNTY if kind in OF_THE_COUNTY else DIVISION)
            registered = PartyRegistered(
                party_id=party_id, kind=kind, name=name, uscc=None, division=division, certificate=certificate
            )
            await self.teller.tell(registered, "registry")
            if verified:
                await self.teller.tell(PartyVerified(party_id=party_id), "registry")
        line = await self.teller.tell(
            KeyIssued(
                party_id=party_id,
                key_id=KeyId(uuid4()),
                person_id=person_id,
                role=role,
                digest=hashlib.sha256(secret.encode()).hexdigest(),
                expires_at=datetime.now(UTC) + timedelta(days=30),
            ),
            "registry",
        )
        await self.seen(line)
        return Person(party_id, person_id, role, secret)

    async def seen(self, line: Line) -> None:
        """Until every running service that hears the stream has taken this line."""
        for one in self.running:
            if line.stream in one.shell.service.streams and one.shell.service.name != line.source:
                await eventually(partial(self._has_seen, one, line), f"{one.shell.service.name} to see {line}")

    async def _has_seen(self, one: Running, line: Line) -> bool:
        async with one.database.connection() as connection:
            last = await connection.fetchval(
                "SELECT sequence FROM inbox WHERE stream = $1 AND source = $2 AND key = $3",
                line.stream,
                line.source,
                line.key,
            )
        return (last or 0) >= line.sequence

    async def facts(self, service: str, *types: str) -> list[dict[str, Any]]:
        """What a service has said so far, as envelopes, in order."""
        rows = await self.fetch(
            f"SELECT convert_from(body, 'UTF8')::jsonb AS body FROM {service}.outbox "
            "WHERE cardinality($1::text[]) = 0 OR type = ANY($1) ORDER BY id",
            list(types),
        )
        return [orjson.loads(row["body"]) for row in rows]

    async def fetch(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """As the owner, over all schemas."""
        connection = await asyncpg.connect(self.dsn)
        try:
            rows: list[asyncpg.Record] = await connection.fetch(sql, *args)
            return rows
        finally:
            await connection.close()

    async def advance(self, by: timedelta) -> None:
        """Move the virtual clock; timers that fall due ring on their own."""
        await self.fetch("UPDATE clock.virtual_time SET now = now + $1", by)

    async def settled(self) -> None:
        """Until every outbox is empty, every consumer is at the log's end and nothing is due."""
        await eventually(self._quiet, "the installation to settle", 60)

    async def _quiet(self) -> bool:
        for _ in range(2):  # what was in the air the first time has landed the second
            for one in self.running:
                async with one.database.connection() as connection:
                    if await connection.fetchval("SELECT EXISTS (SELECT FROM outbox_unsent)"):
                        return False
            for one in self.running:
                if not await self._caught_up(one):
                    return False
        return True

    async def _caught_up(self, one: Running) -> bool:
        streams = one.shell.service.streams
        told = await self.fetch(
            " UNION ALL ".join(
                f"SELECT stream, partition AS p, max(kafka_offset) AS o FROM {r.shell.service.name}.outbox_sent "
                "WHERE stream = ANY($1) GROUP BY 1, 2"
                for r in self.running
            ),
            list(streams),
        )
        taken = {
            (r["stream"], r["partition"]): r["next_offset"]
            for r in await self.fetch(
                f"SELECT stream, partition, next_offset FROM {one.shell.service.name}.consumer_offsets"
            )
        }
        return all(taken.get((r["stream"], r["p"]), 0) > r["o"] for r in told)


def _headers(by: Person | None, headers: dict[str, str]) -> dict[str, str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return ({"Authorization": f"Bearer {by.secret}"} if by else {}) | named


async def _reply(answer: aiohttp.ClientResponse) -> Reply:
    raw = await answer.read()
    is_json = "json" in answer.content_type
    return Reply(answer.status, orjson.loads(raw) if is_json and raw else raw, answer.headers)


@asynccontextmanager
async def system(
    dsn: str,
    bootstrap: str,
    services: Sequence[Service],
    *,
    virtual: bool = False,
    settings: Settings | None = None,
    catalogue: Catalogue = CATALOGUE,
) -> AsyncIterator[System]:
    cluster = Cluster(bootstrap=bootstrap, prefix=f"t{uuid.uuid4().hex[:8]}.", partitions=2)
    settings = settings or Settings(pool=4, session_ms=6000)
    clock: Clock = VirtualClock() if virtual else WallClock()
    means = Means(clock=clock, rulebooks=shipped(), vault=Vault(secrets.token_bytes(32)), catalogue=catalogue)
    async with fresh_database(dsn, services) as own_dsn:
        if virtual:
            admin = await asyncpg.connect(own_dsn)
            await admin.execute("INSERT INTO clock.virtual_time (now) VALUES ($1)", BEGINNING)
            await admin.close()
        try:
            async with (
                installation(services, own_dsn, cluster, settings, means) as running,
                serving(running) as url,
                Teller(cluster) as teller,
            ):
                one = System(own_dsn, cluster, running, teller, url)
                try:
                    yield one
                finally:
                    await one.http.close()
        finally:
            await delete_topics(cluster, STREAMS)


@asynccontextmanager
async def serving(running: list[Running]) -> AsyncIterator[str]:
    runner = web.AppRunner(application(running, Limiter(10_000, 10_000)), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()
