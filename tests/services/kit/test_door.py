"""The HTTP door: what comes in broken is refused with a clear 4xx, and nothing of it is written."""

import gzip
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import orjson
import pytest

from schemas.party import PartyKind
from schemas.role import Role
from services.kit.http import application
from services.kit.limiting import Limiter
from services.kit.service import Post
from tests.support import jars
from tests.support.jars import CATALOGUE
from tests.support.system import Person, Reply, System, system

(ROUTE,) = (route for route in jars.SERVICE.routes if isinstance(route, Post))
JAR = uuid4()
WHERE = f"/v1/jars/{JAR}/coins"


@pytest.fixture(scope="module")
async def door(postgres_dsn: str, kafka_bootstrap: str) -> AsyncIterator[System]:
    async with system(postgres_dsn, kafka_bootstrap, [jars.SERVICE], catalogue=CATALOGUE) as one:
        yield one


@pytest.fixture(scope="module")
async def staff(door: System) -> Person:
    return await door.person(PartyKind.COMMUNITY, Role.COMMUNITY)


async def written(door: System) -> int:
    """Everything a command may write."""
    (row,) = await door.fetch(
        "SELECT (SELECT count(*) FROM jars.jars) + (SELECT count(*) FROM jars.outbox)"
        " + (SELECT count(*) FROM jars.idempotency) + (SELECT count(*) FROM jars.timers)"
    )
    return int(row[0])


def is_problem(reply: Reply, status: int, code: str) -> None:
    assert (reply.status, reply.json["title"]) == (status, code)
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.json["detail"] != code, "no sentence"


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"{", 422, "not_json"),
        (b"\xff\xfe", 422, "not_json"),
        (b"[]", 422, "not_json"),
        (b"7", 422, "not_json"),
        (b"null", 422, "not_json"),
        (b'{"fen": NaN}', 422, "not_json"),
        (b'{"fen": Infinity}', 422, "not_json"),
        (b"[" * 100_000, 422, "not_json"),
        (b'{"a":' * 40_000, 422, "not_json"),
        (b'{"fen": 1, "x": "\\ud800"}', 422, "not_json"),
        (b'{"fen": 1, "x": "\\u0000"}', 422, "nul_character"),
        (b"", 422, "invalid_field"),
        (b'{"fen": "5"}', 422, "invalid_field"),
        (b'{"fen": 1.5}', 422, "invalid_field"),
        (b'{"fen": true}', 422, "invalid_field"),
        (b'{"fen": null}', 422, "invalid_field"),
        (b'{"fen": {"yuan": 5}}', 422, "invalid_field"),
        (b'{"fen": -1}', 422, "invalid_field"),
        (b'{"fen": 0}', 422, "invalid_field"),
        (b'{"fen": 1000000000001}', 422, "invalid_field"),
        (b'{"fen": 9223372036854775808}', 422, "invalid_field"),
        (b'{"fen": 1e300}', 422, "invalid_field"),
        (b'{"fen": ' + b"9" * 30 + b"}", 422, "invalid_field"),
        (b'{"fen": ' + b"9" * 400 + b"}", 422, "not_json"),
        (b'{"fen": 5, "yuan": 5}', 422, "invalid_field"),
        (b'{"fen": 5, "jar_id": "%s"}' % str(JAR).encode(), 422, "invalid_field"),
        (b'{"fen": 5, "ring_at": "tomorrow"}', 422, "invalid_field"),
    ],
)
async def test_a_body_that_makes_no_sense_is_refused_and_nothing_is_written(
    door: System, staff: Person, raw: bytes, status: int, code: str
) -> None:
    before = await written(door)

    reply = await door.post(WHERE, raw, staff)

    is_problem(reply, status, code)
    assert await written(door) == before


async def chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 65536 + 1):
        yield b" " * 65536


async def test_a_body_is_limited_however_it_is_sent(door: System, staff: Person) -> None:
    headers = {"Authorization": f"Bearer {staff.secret}", "Idempotency-Key": "large"}
    bomb = headers | {"Content-Encoding": "gzip"}
    sent: list[tuple[Any, dict[str, str]]] = [
        (b" " * (ROUTE.largest_body + 1), headers),
        (chunks(ROUTE.largest_body + 1), headers),
        (gzip.compress(b" " * 20 * ROUTE.largest_body), bomb),
    ]
    before = await written(door)
    for data, named in sent:
        async with door.http.post(WHERE, data=data, headers=named) as answer:
            is_problem(Reply(answer.status, orjson.loads(await answer.read()), answer.headers), 413, "body_too_large")
    assert await written(door) == before


@pytest.mark.parametrize("key", [None, "", " ", "two words", "ключ", "k" * 101])
async def test_without_a_proper_idempotency_key_nothing_is_done(door: System, staff: Person, key: str | None) -> None:
    headers = {"Authorization": f"Bearer {staff.secret}"} | ({"Idempotency-Key": key} if key is not None else {})
    before = await written(door)
    async with door.http.post(WHERE, data=b'{"fen": 1}', headers=headers) as answer:
        reply = Reply(answer.status, orjson.loads(await answer.read()), answer.headers)

    is_problem(reply, 400, "idempotency_key_missing")
    assert reply.json["field"] == "Idempotency-Key"
    assert await written(door) == before


async def test_an_address_that_is_none_is_refused_as_a_problem(door: System, staff: Person) -> None:
    is_problem(await door.get("/v1/nothing"), 404, "no_such_page")
    is_problem(await door.get("/v1/jars/%00/coins"), 405, "method_not_allowed")
    is_problem(await door.post("/v1/jars/7/coins", {"fen": 1}, staff), 422, "invalid_field")
    is_problem(await door.post("/v1/jars/%00/coins", {"fen": 1}, staff), 422, "invalid_field")
    wrong = await door.get(WHERE)
    is_problem(wrong, 405, "method_not_allowed")
    assert wrong.headers["Allow"] == "POST"
    async with door.http.delete(WHERE) as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (405, "application/problem+json")


async def test_a_refusal_speaks_the_language_of_who_asked(door: System) -> None:
    chinese = await door.get("/v1/nothing")
    english = await door.get("/v1/nothing", Accept_Language="en")

    assert chinese.json["detail"] == "没有这个地址:/v1/nothing。接口目录见 /docs。"
    assert english.json["detail"] == "There is nothing at /v1/nothing. The interface is described at /docs."


async def test_who_asks_too_often_is_told_when_to_come_back(door: System, staff: Person, aiohttp_served: Any) -> None:
    async with aiohttp_served(application(door.running, Limiter(0.5, 2))) as client:
        statuses = []
        for _ in range(3):
            async with client.get("/v1/nothing") as answer:
                statuses.append(answer.status)
        assert statuses == [404, 404, 429]
        assert answer.headers["Retry-After"] == "2"
        assert answer.headers["Content-Type"] == "application/problem+json"
        async with client.get("/v1/nothing", headers={"Authorization": "Bearer somebody-else"}) as answer:
            assert answer.status == 404
