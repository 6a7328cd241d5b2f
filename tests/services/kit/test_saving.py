"""More decisions than one portion: what each left is what the next found, and all is saved or nothing."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from events.envelope import NO_TRACE
from schemas.deciding import Context, World
from schemas.ids import ProjectId
from schemas.model import Model
from services.kit.apply import Message, apply
from services.kit.saving import PORTION
from tests.support import jars
from tests.support.fixtures import Running
from tests.support.jars import DropCoin, Jar

RING = datetime(2100, 1, 1, tzinfo=UTC)


def a_drop(jar: UUID, fen: int, ring_at: datetime | None = None) -> Message:
    cause = uuid4()
    return Message(
        id=cause,
        body=DropCoin(jar_id=jar, fen=fen, ring_at=ring_at),
        refs=((Jar, jar),),
        decide=jars.drop,
        correlation=cause,
        traceparent=NO_TRACE,
    )


async def test_decisions_of_several_portions_are_all_saved_each_on_what_was_left_before(running: Running) -> None:
    kept = [ProjectId(uuid4()) for _ in range(PORTION)]
    drops = [a_drop(jar, 1 + turn, RING) for turn in range(3) for jar in kept] + [a_drop(kept[0], 100)]
    async with running(jars.SERVICE, catalogue=jars.CATALOGUE) as system:
        desk = system.running[0]
        async with desk.database.transaction() as tx:
            applied = await apply(desk.shell, tx, drops)

        rows = await system.fetch("SELECT id, version, (state ->> 'total')::int AS total FROM jars.jars")
        timers = await system.fetch("SELECT FROM jars.timers WHERE due_at = $1", RING)
    totals = {row["id"]: row["total"] for row in rows}
    assert totals == dict.fromkeys(kept, 6) | {kept[0]: 106}
    assert min(row["version"] for row in rows) > 1  # once for each portion that changed it, as ETag tells
    assert {row["id"]: row["version"] for row in rows} == {jar: applied.world.version((Jar, jar)) for jar in kept}
    assert len(timers) == PORTION
    assert len(applied.lines) == len(drops)


@pytest.mark.parametrize("good", [PORTION + 5, 2 * PORTION])
async def test_a_defect_after_a_portion_was_saved_leaves_nothing(running: Running, good: int) -> None:
    drops = [a_drop(uuid4(), 1) for _ in range(good)]
    defect = Message(
        id=uuid4(),
        body=DropCoin(jar_id=uuid4(), fen=1),
        refs=(),  # reads what it never asked for
        decide=jars.drop,
        correlation=uuid4(),
        traceparent=NO_TRACE,
    )
    async with running(jars.SERVICE, catalogue=jars.CATALOGUE) as system:
        desk = system.running[0]
        with pytest.raises(KeyError):
            async with desk.database.transaction() as tx:
                await apply(desk.shell, tx, [*drops, defect])

        assert await system.fetch("SELECT FROM jars.jars") == []
        assert await system.fetch("SELECT FROM jars.outbox") == []


async def test_while_much_is_decided_others_may_run(running: Running) -> None:
    turns = 0
    seen: set[int] = set()

    async def another() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    def noting(world: World, command: DropCoin, context: Context) -> Iterable[Model]:
        seen.add(turns)
        return jars.drop(world, command, context)

    drops = [replace(a_drop(uuid4(), 1), decide=noting) for _ in range(PORTION - 1)]
    async with running(jars.SERVICE, catalogue=jars.CATALOGUE) as system:
        desk = system.running[0]
        async with desk.database.transaction() as tx:
            other = asyncio.create_task(another())
            try:
                await apply(desk.shell, tx, drops)
            finally:
                other.cancel()
    assert len(seen) > len(drops) / 8


async def test_what_waits_for_no_decision_is_written_while_the_first_are_taken(running: Running) -> None:
    decided = 0
    begun: list[int] = []
    saved: list[int] = []

    def counting(world: World, command: DropCoin, context: Context) -> Iterable[Model]:
        nonlocal decided
        decided += 1
        return jars.drop(world, command, context)

    drops = [replace(a_drop(uuid4(), 1), decide=counting) for _ in range(2 * PORTION)]
    async with running(jars.SERVICE, catalogue=jars.CATALOGUE) as system:
        desk = system.running[0]
        async with desk.database.transaction() as tx:

            async def look() -> None:
                begun.append(decided)
                saved.append(await tx.fetchval("SELECT count(*) FROM jars"))

            await apply(desk.shell, tx, drops, meanwhile=look)
            saved.append(await tx.fetchval("SELECT count(*) FROM jars"))
    assert begun[0] < PORTION  # once, and early
    assert saved == [0, len(drops)]
