"""A decision sees what is true when it holds the lock, not what was true when it began to wait."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from events.trace import traceparent, uuid7
from schemas.deciding import Context, Due, World
from schemas.ids import ProjectId
from schemas.model import Model
from schemas.party import PartyKind
from schemas.refused import Refused
from schemas.role import Role
from services.kit.apply import Message, apply
from services.kit.service import Post
from tests.events.jar import a_jar, coins
from tests.events.test_outbox import waits_for_a_lock
from tests.support import jars
from tests.support.fixtures import Running
from tests.support.jars import CATALOGUE, DropCoin, Jar
from tests.support.system import BEGINNING, System
from tests.support.waiting import eventually

RING_AT = BEGINNING + timedelta(hours=1)


def drop_in_time(world: World, command: DropCoin, context: Context) -> list[Model]:
    """By the clock alone: whether it rang already is not looked at."""
    jar = world.find(Jar, command.jar_id)
    if jar is not None and jar.ring_at is not None and context.at >= jar.ring_at:
        raise Refused("changed_meanwhile", current=jar.total)
    return list(jars.drop(world, command, context))


def ring(jar: UUID) -> Message:
    """What the ticker makes of a due timer."""
    cause = uuid7()
    ref = (Jar, jar)
    return Message(
        id=cause,
        body=Due(ref=ref, name="ring", at=RING_AT),
        refs=(ref,),
        decide=jars.ring,
        correlation=cause,
        traceparent=traceparent(),
    )


async def a_jar_that_rings(system: System, staff: object) -> ProjectId:
    jar = a_jar()
    body = {"fen": 1, "ring_at": RING_AT.isoformat()}
    assert (await system.post(f"/v1/jars/{jar}/coins", body, staff)).status == 201  # type: ignore[arg-type]
    return jar


async def test_a_command_that_waited_while_its_subject_was_closed_is_late(running: Running) -> None:
    async with running(jars.SERVICE, virtual=True, catalogue=CATALOGUE) as system, AsyncExitStack() as stack:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        jar = await a_jar_that_rings(system, staff)

        async with system.running[0].database.transaction() as tx:
            await apply(system.running[0].shell, tx, [ring(jar)])  # holds the jar's lock
            posting = asyncio.create_task(system.post(f"/v1/jars/{jar}/coins", {"fen": 5}, staff))
            stack.callback(posting.cancel)
            await eventually(lambda: waits_for_a_lock(system), "the coin to wait")
        late = await posting

        assert (late.status, late.json["title"]) == (409, "changed_meanwhile")
        assert await coins(system, jar) == [1]


async def test_time_is_read_after_the_lock_is_held(running: Running) -> None:
    (route,) = (route for route in jars.SERVICE.routes if isinstance(route, Post))
    service = replace(jars.SERVICE, routes=(replace(route, decide=drop_in_time),), timers={})
    async with running(service, virtual=True, catalogue=CATALOGUE) as system, AsyncExitStack() as stack:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        jar = await a_jar_that_rings(system, staff)

        async with system.running[0].database.transaction() as tx:
            await tx.execute("SELECT FROM jars WHERE id = $1 FOR UPDATE", jar)
            posting = asyncio.create_task(system.post(f"/v1/jars/{jar}/coins", {"fen": 5}, staff))
            stack.callback(posting.cancel)
            await eventually(lambda: waits_for_a_lock(system), "the coin to wait")
            await system.advance(timedelta(hours=2))
        late = await posting

        assert (late.status, late.json["title"]) == (409, "changed_meanwhile")
        assert await coins(system, jar) == [1]
