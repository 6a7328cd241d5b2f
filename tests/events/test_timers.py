"""Timers are commands: what is due is decided on the locked state, once, by whoever comes first (law 10)."""

import asyncio
from datetime import timedelta
from uuid import UUID

from events import timers
from events.timers import Timer
from schemas.ids import ProjectId
from schemas.party import PartyKind
from schemas.role import Role
from tests.events.jar import a_jar, another
from tests.support import jars
from tests.support.fixtures import Running
from tests.support.jars import CATALOGUE
from tests.support.system import BEGINNING, Person, System
from tests.support.waiting import eventually

HOUR = timedelta(hours=1)


async def drop(system: System, staff: Person, jar: UUID, ring_in: timedelta) -> None:
    body = {"fen": 1, "ring_at": (BEGINNING + ring_in).isoformat()}
    assert (await system.post(f"/v1/jars/{jar}/coins", body, staff)).status == 201


async def rung(system: System) -> list[UUID]:
    return [UUID(fact["key"]) for fact in await system.facts("jars", "jar.rung")]


async def pending(system: System) -> list[Timer]:
    return [Timer(*row.values()) for row in await system.fetch("SELECT kind, id, name, due_at FROM jars.timers")]


async def turns(system: System, many: int = 3) -> None:
    """As many looks at the due timers as it takes to be sure that all rang that will."""
    for _ in range(many):
        await system.running[0].ticker.ring()


async def test_business_time_only_moves_on_command(running: Running) -> None:
    jar = a_jar()
    async with running(jars.SERVICE, virtual=True, catalogue=CATALOGUE) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        await drop(system, staff, jar, timedelta(microseconds=1))
        await turns(system)
        said = await system.facts("jars")
        assert [fact["time"] for fact in said] == ["2026-03-02T01:00:00Z"]

        await system.advance(timedelta(microseconds=1))
        await eventually(lambda: rung(system), "the jar to ring")

        said = await system.facts("jars")
        assert [fact["time"] for fact in said] == ["2026-03-02T01:00:00Z", "2026-03-02T01:00:00.000001Z"]


async def test_a_due_timer_rings_once_with_two_instances_looking(running: Running) -> None:
    many = [a_jar() for _ in range(10)]
    async with running(jars.SERVICE, virtual=True, catalogue=CATALOGUE) as system, another(system) as second:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        for jar in many:
            await drop(system, staff, jar, HOUR)

        await system.advance(HOUR)
        await asyncio.gather(*(one.ticker.ring() for one in (system.running[0], second) for _ in range(3)))

        assert sorted(await rung(system)) == sorted(many)
        assert await pending(system) == []


async def test_a_timer_that_was_rescheduled_meanwhile_is_a_no_op(running: Running) -> None:
    jar = a_jar()
    async with running(jars.SERVICE, virtual=True, catalogue=CATALOGUE) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        await drop(system, staff, jar, HOUR)
        (old,) = await pending(system)
        await drop(system, staff, jar, 3 * HOUR)
        ticker = system.running[0].ticker

        async with system.running[0].database.transaction() as tx:
            await ticker._ring_one(tx, old)  # another instance had read it before
        await system.advance(2 * HOUR)
        await turns(system)
        assert await rung(system) == []
        assert [timer.due_at for timer in await pending(system)] == [BEGINNING + 3 * HOUR]

        await system.advance(HOUR)
        await eventually(lambda: rung(system), "the jar to ring")
        assert await pending(system) == []


async def test_what_fell_due_while_nobody_was_there_rings_afterwards(running: Running) -> None:
    jar = a_jar()
    async with running(jars.SERVICE, virtual=True, catalogue=CATALOGUE) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        await drop(system, staff, jar, HOUR)
        await system.running[0].stop()
        await system.advance(2 * HOUR)
        assert await rung(system) == []

        async with another(system):
            await eventually(lambda: rung(system), "the jar to ring")


async def test_a_timer_nobody_can_handle_does_not_hold_up_the_others(running: Running) -> None:
    broken, jar = a_jar(), a_jar()
    async with running(jars.SERVICE, virtual=True, catalogue=CATALOGUE) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        for one, when in ((broken, HOUR), (jar, 2 * HOUR)):
            await drop(system, staff, one, when)
        await system.fetch("UPDATE jars.jars SET state = '[]' WHERE id = $1", broken)

        await system.advance(3 * HOUR)
        await eventually(lambda: rung(system), "the other jar to ring")

        assert await rung(system) == [jar]


async def test_a_timer_without_its_thing_goes_away(running: Running) -> None:
    async with running(jars.SERVICE, virtual=True, catalogue=CATALOGUE) as system:
        nobody = ProjectId(a_jar())
        async with system.running[0].database.transaction() as tx:
            await timers.sync(tx, {("Jar", nobody): {"ring": BEGINNING}})

        await turns(system, 1)

        assert await pending(system) == []
