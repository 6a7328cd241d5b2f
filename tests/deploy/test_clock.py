"""The virtual clock moves to what is due next, and only when nothing is going on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import jsonschema_rs
import pytest

from deploy import clock
from deploy.clock import Advance, ClockDoor
from deploy.clock_document import with_clock
from deploy.condition import Observer
from deploy.embedded import CannotStart
from deploy.serve import listening
from schemas.ids import ProjectId
from schemas.party import PartyKind
from schemas.role import Role
from services.kit.http import application
from services.kit.limiting import Limiter
from tests.support import jars
from tests.support.databases import fresh_database
from tests.support.fixtures import Running
from tests.support.jars import CATALOGUE, CoinDropped
from tests.support.system import BEGINNING, Person, System


class Desk:
    """An installation with jars, somebody who drops coins, and an operator who may move the clock."""

    def __init__(self, system: System, staff: Person, operator: Person) -> None:
        self.system = system
        self.staff = staff
        self.operator = operator

    async def ring(self, jar: UUID, at: datetime) -> None:
        reply = await self.system.post(f"/v1/jars/{jar}/coins", {"fen": 1, "ring_at": at.isoformat()}, self.staff)
        assert reply.status == 201

    async def advance(self, body: dict[str, Any] | None = None, by: Person | None = None) -> Any:
        return await self.system.post("/v1/clock/advance", body or {}, by or self.operator)

    async def rung(self) -> list[str]:
        return [fact["key"] for fact in await self.system.facts("jars", "jar.rung")]


@asynccontextmanager
async def a_desk(running: Running) -> AsyncIterator[Desk]:
    async with (
        running(jars.SERVICE, catalogue=CATALOGUE, virtual=True) as system,
        Observer(system.dsn, system.cluster, [jars.SERVICE]) as observer,
    ):
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        operator = await system.person(PartyKind.OPERATOR, Role.OPERATOR)
        app = application(system.running, Limiter(10_000, 10_000))
        ClockDoor(system.running[0], observer, system.dsn).add_to(app)
        async with listening(app, "127.0.0.1", 0) as address:
            await system.http.close()
            system.http = type(system.http)(address)
            yield Desk(system, staff, operator)


async def test_it_moves_from_timer_to_timer_and_waits_for_what_each_brings(running: Running) -> None:
    late, early = uuid4(), uuid4()
    async with a_desk(running) as desk:
        await desk.ring(late, BEGINNING + timedelta(days=20))
        await desk.ring(early, BEGINNING + timedelta(days=2))

        first = await desk.advance()
        second = await desk.advance()

        assert datetime.fromisoformat(first.json["now"]) == BEGINNING + timedelta(days=2)
        assert datetime.fromisoformat(second.json["now"]) == BEGINNING + timedelta(days=20)
        assert (await desk.rung())[0] == str(early)
        nothing = await desk.advance()
        assert (nothing.status, nothing.json["title"]) == (409, "clock_nothing_due")
        assert await desk.rung() == [str(early), str(late)]


async def test_it_answers_as_the_document_says(running: Running) -> None:
    doors = with_clock({"tags": [], "paths": {}})["paths"]
    async with a_desk(running) as desk:
        shown = await desk.system.get("/v1/clock")
        moved = await desk.advance({"until": (BEGINNING + timedelta(days=1)).isoformat(), "wait_s": 5})
        without_a_body = await desk.system.post("/v1/clock/advance", b"", desk.operator)

    for reply, door in ((shown, doors["/v1/clock"]["get"]), (moved, doors["/v1/clock/advance"]["post"])):
        assert reply.status == 200
        jsonschema_rs.validate(door["responses"]["200"]["content"]["application/json"]["schema"], reply.json)
        for said in ("仅在使用示例时钟的系统中存在", "Exists only with the example clock"):
            assert said in door["description"]
    assert without_a_body.status == 409
    body = doors["/v1/clock/advance"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(body["properties"]) == set(Advance.model_fields)


async def test_it_never_passes_a_timer_nor_what_was_asked_for_nor_goes_back(running: Running) -> None:
    async with a_desk(running) as desk:
        await desk.ring(uuid4(), BEGINNING + timedelta(days=5))

        day, month, before = (BEGINNING + timedelta(days=days) for days in (1, 30, -1))
        answers = [await desk.advance({"until": t.isoformat()}) for t in (day, month, before, month)]

        moments = [datetime.fromisoformat(answer.json["now"]) - BEGINNING for answer in answers]
        assert moments == [timedelta(days=days) for days in (1, 5, 5, 30)]


async def test_it_stands_still_while_a_consumer_lags_and_says_who(running: Running) -> None:
    async with a_desk(running) as desk:
        system = desk.system
        system.running[0].consumer.stop()
        await asyncio.wait_for(system.running[0].tasks[-1], 20)
        await system.teller.tell(CoinDropped(project_id=ProjectId(uuid4()), fen=1))

        refused = await desk.advance({"until": (BEGINNING + timedelta(days=1)).isoformat(), "wait_s": 0})

        assert (refused.status, refused.json["title"]) == (409, "clock_not_quiet")
        assert "jars: 1 behind on sanshe.projects" in refused.json["detail"]
        now = (await system.get("/v1/clock")).json
        assert datetime.fromisoformat(now["now"]) == BEGINNING
        assert now["pending"] == ["jars: 1 behind on sanshe.projects"]


async def test_only_an_operator_moves_it(running: Running) -> None:
    async with a_desk(running) as desk:
        assert (await desk.advance(by=desk.staff)).status == 403
        assert (await desk.system.post("/v1/clock/advance", {})).status == 401
        assert (await desk.advance({"until": "tomorrow"})).status == 422
        assert (await desk.advance({"wait_s": 31})).status == 422


async def test_an_installation_keeps_the_kind_of_time_it_began_with(postgres_dsn: str) -> None:
    async with fresh_database(postgres_dsn, [jars.SERVICE]) as dsn:
        await clock.prepare(dsn, virtual=False)
        await clock.prepare(dsn, virtual=True)
        await clock.prepare(dsn, virtual=True)
        with pytest.raises(CannotStart, match="runs on a virtual clock"):
            await clock.prepare(dsn, virtual=False)
