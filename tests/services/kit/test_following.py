"""Reading after writing: `Sanshe-After` waits until the service has seen a line, and never longer than was asked."""

import asyncio
import time
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from events.database import Connection
from schemas.deciding import Context, World
from schemas.fact import NEEDS, PROJECTS, Fact
from schemas.ids import ProjectId
from services.kit.asked import Answer, Asked
from services.kit.service import Get
from tests.support import jars
from tests.support.fixtures import Running
from tests.support.jars import CATALOGUE, CoinDropped
from tests.support.system import System


class TotalAnswer(Answer):
    total: int
    version: int


async def total(connection: Connection, asked: Asked) -> TotalAnswer:
    row = await connection.fetchrow(
        "SELECT version, (state ->> 'total')::bigint AS total FROM jars WHERE id = $1", asked.id("jar_id")
    )
    return TotalAnswer(total=row["total"], version=row["version"]) if row else TotalAnswer(total=0, version=0)


LOOK = Get(path="/v1/jars/{jar_id}", roles=frozenset(), handler=total, answer=TotalAnswer, summary="look into a jar")
SERVICE = replace(jars.SERVICE, routes=(*jars.SERVICE.routes, LOOK))


async def look(system: System, jar: UUID, after: Any, wait: str = "wait=20") -> Any:
    reply = await system.get(f"/v1/jars/{jar}", Sanshe_After=str(after), Prefer=wait)
    assert reply.status == 200, reply.json
    return reply.json["total"]


def slowly(world: World, dropped: CoinDropped, context: Context) -> list[Fact]:
    time.sleep(0.2)  # the whole service waits: whoever looks without waiting sees the jar as it was
    return jars.count(world, dropped, context)


async def test_who_says_what_they_follow_sees_it(running: Running) -> None:
    jar = ProjectId(uuid4())
    hears = jars.HEARS | {CoinDropped: replace(jars.HEARS[CoinDropped], decide=slowly)}
    async with running(replace(SERVICE, hears=hears), catalogue=CATALOGUE) as system:
        for fen in (1, 2, 3):
            line = await system.teller.tell(CoinDropped(project_id=jar, fen=fen))

        assert await look(system, jar, line) == 6


async def test_the_wait_ends_when_it_was_said_to_end_and_the_answer_is_as_things_stand(running: Running) -> None:
    jar = ProjectId(uuid4())
    async with running(SERVICE, catalogue=CATALOGUE) as system:
        began = time.monotonic()
        seen = await look(system, jar, f"{PROJECTS}/elsewhere/{jar}/1", "respond-async, wait=1")

        assert seen == 0
        assert 1 <= time.monotonic() - began < 10


@pytest.mark.parametrize("line", [f"{PROJECTS}/jars/x/7", "sanshe.funds/elsewhere/x/7"])
async def test_what_is_never_heard_is_not_waited_for(running: Running, line: str) -> None:
    async with running(SERVICE, catalogue=CATALOGUE) as system:
        async with asyncio.timeout(10):
            assert await look(system, uuid4(), line, "wait=30") == 0


async def test_an_arrival_in_the_midst_of_waiting_ends_it(running: Running) -> None:
    jar = ProjectId(uuid4())
    async with running(SERVICE, catalogue=CATALOGUE) as system:
        looking = asyncio.create_task(look(system, jar, f"{PROJECTS}/elsewhere/{jar}/1"))
        await asyncio.wait({looking}, timeout=0.1)
        assert not looking.done()

        await system.teller.tell(CoinDropped(project_id=jar, fen=4))

        assert await looking == 4


@pytest.mark.parametrize("line", ["", "x", f"{NEEDS}/elsewhere/x", f"{NEEDS}/elsewhere/x/y", "a/b/c/" + "9" * 40])
async def test_a_line_that_is_none_is_refused(running: Running, line: str) -> None:
    async with running(SERVICE, catalogue=CATALOGUE) as system:
        reply = await system.get(f"/v1/jars/{uuid4()}", Sanshe_After=line)

        assert (reply.status, reply.json["title"], reply.json["field"]) == (422, "bad_line", "Sanshe-After")


async def test_what_is_read_carries_its_version(running: Running) -> None:
    jar = ProjectId(uuid4())
    async with running(SERVICE, catalogue=CATALOGUE) as system:
        line = await system.teller.tell(CoinDropped(project_id=jar, fen=4))
        await look(system, jar, line)

        assert (await system.get(f"/v1/jars/{jar}")).headers["ETag"] == '"1"'
        unknown = await system.get(f"/v1/jars/{jar}?colour=red")
        assert (unknown.status, unknown.json["field"]) == (422, "colour")
        assert (await system.get("/v1/jars/7")).json["title"] == "not_a_uuid"
