"""Every door of every service, callers of every kind before it, and what must hold of each refusal."""

import hashlib
import io
import re
import secrets
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, get_args, get_origin

import asyncpg
import orjson
from pydantic import BaseModel

from deploy.installed import SERVICES
from schemas.deciding import State, World
from schemas.ids import PartyId
from schemas.money import Money
from schemas.party import ROLES, PartyKind
from schemas.role import Role
from schemas.standing import Key, Party
from services.kit import standing
from services.kit.areas import OVERSEERS
from services.kit.service import Get, Post
from tests.support.system import COUNTY, DIVISION, OF_THE_COUNTY, Person, System

ROUTES: tuple[Post | Get, ...] = tuple(route for service in SERVICES for route in service.routes)
POSTS = [route for route in ROUTES if isinstance(route, Post)]
GETS = [route for route in ROUTES if isinstance(route, Get)]
GUARDED = [route for route in ROUTES if route.roles]
KEYED = frozenset(Role) - {Role.RESIDENT}
"""roles people act in with a key"""
NEXT_DOOR = "320509"
CHINESE = re.compile("[一-鿿]")


class Standing(StrEnum):
    GOOD = "good"
    UNVERIFIED = "unverified"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    REVOKED = "revoked"


def method_of(route: Post | Get) -> str:
    return "POST" if isinstance(route, Post) else "GET"


def name_of(route: Post | Get) -> str:
    return f"{method_of(route)} {route.path}"


def address(route: Post | Get, ids: Mapping[str, str] | None = None) -> str:
    """With the ids given, and of what does not exist for the rest."""
    known = {
        "milestone": "final",
        "year": "2026",
        "tracking_number": "320508-0000-0000-0000",
        "hash": "0" * 64,
        "digest": "0" * 64,
    } | dict(ids or {})
    return re.sub(r"{(\w+)}", lambda found: known.get(found[1], str(uuid.uuid4())), route.path)


def amounts_in(shape: Any) -> Iterator[tuple[str | int, ...]]:
    """The way to every amount in a body; 0 is the first of a list."""
    if shape is Money:
        yield ()
    elif isinstance(shape, type) and issubclass(shape, BaseModel):
        for name, field in shape.model_fields.items():
            yield from ((name, *rest) for rest in amounts_in(field.annotation))
    else:
        listed = (0,) if get_origin(shape) is tuple else ()
        yield from ((*listed, *rest) for inner in get_args(shape) for rest in amounts_in(inner))


def with_value(way: tuple[str | int, ...], value: Any) -> Any:
    """A body that has this value there and nothing else."""
    for step in reversed(way):
        value = [value] if step == 0 else {step: value}
    return value


@dataclass(frozen=True, slots=True)
class Doors:
    """An installation, a person of every role in every standing, and a look at its tables."""

    system: System
    people: Mapping[tuple[Role, Standing], Person]
    neighbours: Mapping[Role, Person]
    """who oversees the county next door"""
    tables: "asyncpg.Connection[asyncpg.Record]"

    def who(self, role: Role, how: Standing = Standing.GOOD) -> Person:
        return self.people[role, how]

    def passes(self, route: Post | Get) -> Person | None:
        """Somebody whom the door lets pass."""
        return self.who(min(route.roles)) if route.roles else None

    async def written(self) -> list[tuple[int, int]]:
        """How much each service has said, and how many commands it has carried out."""
        counts = " UNION ALL ".join(
            f"SELECT {place}, (SELECT count(*) FROM {s.name}.outbox), (SELECT count(*) FROM {s.name}.idempotency)"
            for place, s in enumerate(SERVICES)
        )
        return [tuple(row) for row in await self.tables.fetch(f"{counts} ORDER BY 1")]

    async def carried_out(self) -> int:
        """Commands of these people that came through."""
        callers = [person.person_id for person in (*self.people.values(), *self.neighbours.values())]
        counts = "+".join(f"(SELECT count(*) FROM {s.name}.idempotency WHERE caller = ANY($1))" for s in SERVICES)
        return int(await self.tables.fetchval(f"SELECT {counts}", callers))

    async def refuses(
        self,
        route: Post | Get,
        status: int,
        code: str,
        by: Person | None = None,
        *,
        body: Any = None,
        at: str | None = None,
        method: str | None = None,
        **headers: str,
    ) -> Any:
        """The problem, after it was looked at in both languages. `body`: bytes as they are, or what becomes JSON."""
        where = at or address(route)
        told = [
            await self._ask(method or method_of(route), where, by, body, headers, language) for language in ("zh", "en")
        ]
        for problem in told:
            assert (problem["status"], problem["title"]) == (status, code), problem
        zh, en = told
        assert CHINESE.search(zh["detail"])
        assert en["detail"] not in (code, zh["detail"])
        return en

    async def _ask(
        self, method: str, path: str, by: Person | None, body: Any, headers: Mapping[str, str], language: str
    ) -> Any:
        sent = {"Accept-Language": language, "Idempotency-Key": uuid.uuid4().hex}
        sent |= {"Authorization": f"Bearer {by.secret}"} if by is not None else {}
        sent = {name: value for name, value in (sent | dict(headers)).items() if value}
        raw_body = orjson.dumps(body) if isinstance(body, dict) else body
        data = None if method == "GET" else io.BytesIO(raw_body or b"{}")
        async with self.system.http.request(method, path, data=data, headers=sent) as answer:
            raw = await answer.read()
            assert answer.status >= 400, raw
            assert answer.content_type == "application/problem+json", raw
            assert answer.headers["Content-Language"] == language
        problem = orjson.loads(raw)
        must_be_a_problem(problem, answer.status, path)
        return problem


def must_be_a_problem(problem: Any, status: int, path: str) -> None:
    """RFC 9457, and a rule never without how sure we are of it."""
    assert problem["status"] == status
    assert problem["type"] == f"urn:sanshe:problem:{problem['title']}"
    assert problem["instance"] == path.split("?")[0]
    assert problem["detail"]
    assert "{" not in problem["detail"]
    if "rule" in problem:
        assert problem["rule"]["source"]
        assert problem["rule"]["certainty"] in ("L", "S", "P", "Q", "G", "?")


@asynccontextmanager
async def before_doors(system: System) -> AsyncIterator[Doors]:
    """People of every kind stand there at once: put into every service's rows, as if their facts had arrived."""
    people: dict[tuple[Role, Standing], Person] = {}
    neighbours: dict[Role, Person] = {}
    states: list[State] = []
    for role in sorted(OVERSEERS):
        neighbours[role], party, key = _somebody(role, Standing.GOOD, NEXT_DOOR)
        states += [party, key]
    for role in sorted(KEYED):
        for how in Standing:
            people[role, how], party, key = _somebody(role, how)
            states += [party, key]
    tables = await asyncpg.connect(system.dsn)
    try:
        for service in SERVICES:
            await tables.execute(f"SET search_path = {service.name}")
            world = World((type(state), state.id) for state in states)
            for state in states:
                world.put(state)
            await standing.save(tables, world)
        yield Doors(system, people, neighbours, tables)
    finally:
        await tables.close()


def _somebody(role: Role, how: Standing, division: str | None = None) -> tuple[Person, Party, Key]:
    kind = next(kind for kind in PartyKind if role in ROLES[kind])
    secret = secrets.token_urlsafe(32)
    person = Person(PartyId(uuid.uuid4()), PartyId(uuid.uuid4()), role, secret)
    party = Party(
        id=person.party_id,
        kind=kind,
        name=f"示例 {role} {how}",
        uscc=None,
        division=division or (COUNTY if kind in OF_THE_COUNTY else DIVISION),
        certificate=None,
        verified=how is not Standing.UNVERIFIED,
        suspended=how is Standing.SUSPENDED,
        ties=frozenset(),
    )
    key = Key(
        id=uuid.uuid4(),
        party_id=person.party_id,
        person_id=person.person_id,
        role=role,
        digest=hashlib.sha256(secret.encode()).hexdigest(),
        expires_at=datetime.now(UTC) + timedelta(days=-1 if how is Standing.EXPIRED else 30),
        revoked=how is Standing.REVOKED,
    )
    return person, party, key
