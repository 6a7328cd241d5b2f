"""What is said is numbered without a gap and told in order, whoever commits first."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from structlog.testing import capture_logs

from events import outbox, relay
from events.database import Connection, Database
from events.envelope import NO_TRACE
from events.kafka import KafkaError
from events.outbox import EventTooLarge, Saying
from events.relay import Relay
from schemas.fact import Fact
from schemas.ids import ProjectId
from tests.events.jar import a_jar, another, log_of
from tests.support import jars
from tests.support.fixtures import Running
from tests.support.jars import CATALOGUE, CoinCounted, CoinRefused
from tests.support.system import System
from tests.support.waiting import eventually


def saying(fact: Fact) -> Saying:
    return outbox.saying(
        "jars",
        CATALOGUE,
        fact,
        event_id=uuid4(),
        cause=uuid4(),
        correlation=uuid4(),
        traceparent=NO_TRACE,
        at=datetime.now(UTC),
    )


def counted(jar: ProjectId, fen: int) -> Saying:
    return saying(CoinCounted(project_id=jar, fen=fen, total=fen))


async def say(tx: Connection, *sayings: Saying) -> None:
    await outbox.say(tx, "jars", sayings)


async def waits_for_a_lock(system: System) -> bool:
    rows = await system.fetch(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    return bool(rows)


async def told(system: System) -> dict[str, list[tuple[int, int]]]:
    """key → (sequence, fen) in log order."""
    found: dict[str, list[tuple[int, int]]] = {}
    for record in await log_of(system):
        fact: Any = CATALOGUE.decode(record.type, record.version, record.body).data
        found.setdefault(record.key, []).append((record.sequence, fact.fen))
    return found


async def all_told(system: System) -> bool:
    return not await system.fetch("SELECT FROM jars.outbox_unsent")


class TestTwoTransactions:
    """Two aggregates of one project, each with its own locks, meet only at the head of their common key."""

    async def test_the_second_to_say_waits_and_gets_the_next_number(self, running: Running) -> None:
        jar = a_jar()
        async with running(jars.SERVICE, catalogue=CATALOGUE) as system, AsyncExitStack() as stack:
            database = system.running[0].database
            async with database.transaction() as first:
                await say(first, counted(jar, 1), counted(jar, 2))
                second = asyncio.create_task(self._in_its_own(database, counted(jar, 3)))
                stack.callback(second.cancel)
                await eventually(lambda: waits_for_a_lock(system), "the second to wait")
            await second
            await eventually(lambda: all_told(system), "all to be told")

            assert await told(system) == {str(jar): [(1, 1), (2, 2), (3, 3)]}

    async def test_the_number_of_one_that_fails_is_given_again(self, running: Running) -> None:
        jar = a_jar()
        async with running(jars.SERVICE, catalogue=CATALOGUE) as system, AsyncExitStack() as stack:
            database = system.running[0].database
            async with database.connection() as connection:
                first = connection.transaction()
                await first.start()
                await say(connection, counted(jar, 1))
                second = asyncio.create_task(self._in_its_own(database, counted(jar, 2)))
                stack.callback(second.cancel)
                await eventually(lambda: waits_for_a_lock(system), "the second to wait")
                await first.rollback()
            await second
            await eventually(lambda: all_told(system), "all to be told")

            assert await told(system) == {str(jar): [(1, 2)]}

    async def test_whoever_commits_late_is_told_late_and_not_skipped(self, running: Running) -> None:
        early, late = a_jar(), a_jar()
        async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
            database = system.running[0].database
            async with database.transaction() as first:
                await say(first, counted(late, 1))  # holds the lower id
                await self._in_its_own(database, counted(early, 2))
                await eventually(lambda: self._is_told(system, early), "the higher id to be told")
            await eventually(lambda: all_told(system), "the lower id to be told")

            assert await told(system) == {str(early): [(1, 2)], str(late): [(1, 1)]}

    async def test_many_at_once_about_few_keys_leave_no_gap(self, running: Running) -> None:
        keys = [a_jar() for _ in range(3)]
        async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
            database = system.running[0].database
            await asyncio.gather(
                *(
                    self._in_its_own(database, *(counted(key, n) for key in sorted(keys)[: 1 + n % 3]))
                    for n in range(40)
                )
            )
            await eventually(lambda: all_told(system), "all to be told")

            for lines in (await told(system)).values():
                assert [sequence for sequence, _ in lines] == list(range(1, len(lines) + 1))

    async def _in_its_own(self, database: Database, *sayings: Saying) -> None:
        async with database.transaction() as tx:
            await say(tx, *sayings)

    async def _is_told(self, system: System, jar: ProjectId) -> bool:
        return str(jar) in await told(system)


async def test_an_event_too_large_for_the_broker_is_refused_and_nothing_is_written(running: Running) -> None:
    jar = a_jar()
    reason = "长" * (outbox.LARGEST_EVENT_BYTES // 3)
    large = CoinRefused(project_id=jar, code="c", source="s", reason_zh=reason, reason_en="")
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        with pytest.raises(EventTooLarge, match=r"coin\.refused for .* has \d+ bytes, the limit is 524288"):
            async with system.running[0].database.transaction() as tx:
                await say(tx, counted(jar, 1), saying(large))

        assert await system.facts("jars") == []
        assert await system.fetch("SELECT FROM jars.stream_heads") == []


async def test_after_an_error_nothing_later_is_sent_and_all_is_told_again_in_order(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    jar = a_jar()
    text = "x" * 400_000  # two of them fill a batch
    send_batch = AIOKafkaProducer.send_batch
    sent: list[int] = []

    async def failing(self: AIOKafkaProducer, builder: Any, topic: str, *, partition: int) -> Any:
        sent.append(builder.record_count())
        if len(sent) == 2:
            raise KafkaError("the line went dead")
        return await send_batch(self, builder, topic, partition=partition)

    monkeypatch.setattr(AIOKafkaProducer, "send_batch", failing)
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        async with system.running[0].database.transaction() as tx:
            reasons = [str(n) + text for n in range(6)]
            facts = [CoinRefused(project_id=jar, code="c", source="s", reason_zh=r, reason_en="") for r in reasons]
            await say(tx, *map(saying, facts))
        await eventually(lambda: all_told(system), "all to be told")

        assert sent == [2, 2, 2, 2]
        assert [record.sequence for record in await log_of(system)] == [1, 2, 3, 4, 5, 6]


async def test_of_two_instances_one_tells_and_the_other_takes_over(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell = Relay._tell

    async def slowly(self: Relay, *rows: Any) -> None:
        await asyncio.sleep(0.3)  # longer than the other one's poll: it would find the same rows
        await tell(self, *rows)

    monkeypatch.setattr(Relay, "_tell", slowly)
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system, another(system) as second:
        keys = [a_jar() for _ in range(30)]

        async def say_each(keys: Sequence[ProjectId]) -> None:
            for key in keys:
                async with second.database.transaction() as tx:
                    await say(tx, counted(key, 1))
            await eventually(lambda: all_told(system), "all to be told")

        await say_each(keys[:15])
        await system.running[0].stop()
        await say_each(keys[15:])

        assert len(await log_of(system)) == len(await told(system)) == 30  # each once: they never told at one time


async def test_a_relay_outlives_what_nobody_foresaw(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    jar = a_jar()

    async def cried() -> bool:
        return any(entry["event"] == "relay.broken" for entry in entries)

    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        with monkeypatch.context() as broken, capture_logs() as entries:
            broken.setattr(AIOKafkaProducer, "create_batch", lambda self: 1 // 0)
            async with system.running[0].database.transaction() as tx:
                await say(tx, counted(jar, 1))
            await eventually(cried, "the relay to fail")

        await eventually(lambda: all_told(system), "it to be told")


async def test_a_long_past_is_never_read_again_to_tell_one_more(running: Running) -> None:
    """Plans are made from statistics, and these are missing or old: they must not matter."""
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        async with system.running[0].database.transaction() as tx:
            await say(tx, *(counted(a_jar(), fen) for fen in range(1, 5001)))
        await eventually(lambda: all_told(system), "all to be told", 30)

        async with system.running[0].database.connection() as connection:
            plan = await connection.fetch(f"EXPLAIN {relay._UNSENT.replace('$1', '8000')}")

    steps = [step["QUERY PLAN"].strip() for step in plan]
    assert any(step.startswith("Index Cond: (id = ANY") for step in steps), steps
    assert not any("Seq Scan on outbox " in step for step in steps), steps
