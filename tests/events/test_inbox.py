"""What a consumer takes of what the log brings: each line once, in turn, and nothing that is not for it."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer

from events.consumer import Consumer
from events.database import Connection
from events.envelope import NO_TRACE, Envelope
from events.taking import Once, Taker
from schemas.fact import PROJECTS
from tests.events.jar import a_jar, coins, log_of, parked, until_coins, until_parked
from tests.support import jars
from tests.support.fixtures import Running
from tests.support.jars import CATALOGUE, CoinDropped
from tests.support.system import System
from tests.support.waiting import eventually


async def raw(system: System, key: bytes | None, headers: list[tuple[str, bytes]]) -> None:
    """Somebody who knows nothing of our headers writes to our topic."""
    producer: AIOKafkaProducer = system.cluster.producer()
    await producer.start()
    try:
        await producer.send_and_wait(system.cluster.topic(PROJECTS), b"", key=key, partition=0, headers=headers)
    finally:
        await producer.stop()


async def test_a_line_delivered_twice_changes_nothing(running: Running) -> None:
    jar = a_jar()
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        await system.seen(await system.teller.tell(CoinDropped(project_id=jar, fen=1)))
        await system.teller.tell(CoinDropped(project_id=jar, fen=1), sequence=1)
        await system.teller.tell(CoinDropped(project_id=jar, fen=2))
        await system.teller.tell(CoinDropped(project_id=jar, fen=1), sequence=1)
        await system.teller.tell(CoinDropped(project_id=jar, fen=2), sequence=2)
        await system.teller.tell(CoinDropped(project_id=jar, fen=3))

        await until_coins(system, jar, 1, 2, 3)
        await system.settled()

        assert await coins(system, jar) == [1, 2, 3]
        assert [fact["sequence"] for fact in await system.facts("jars", "coin.counted")] == [1, 2, 3]
        assert await parked(system) == {}


async def test_a_gap_waits_for_the_missing_line_and_heals(running: Running) -> None:
    jar, other = a_jar(), a_jar()
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        for sequence in (1, 3, 4):
            await system.teller.tell(CoinDropped(project_id=jar, fen=sequence), sequence=sequence)
        await system.teller.tell(CoinDropped(project_id=other, fen=7))

        await until_parked(system, jar, "gap")
        await until_coins(system, other, 7)
        assert await coins(system, jar) == [1]
        (row,) = await system.fetch("SELECT error FROM jars.parked_keys")
        assert row["error"] == "elsewhere said line 3 after line 1"

        await system.teller.tell(CoinDropped(project_id=jar, fen=2), sequence=2)
        await until_coins(system, jar, 1, 2, 3, 4)
        assert await parked(system) == {}


async def test_in_a_gap_the_lines_of_others_about_the_same_thing_keep_their_place(running: Running) -> None:
    jar = a_jar()
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        await system.teller.tell(CoinDropped(project_id=jar, fen=2), sequence=2)
        await system.teller.tell(CoinDropped(project_id=jar, fen=8), "somebody")
        await until_parked(system, jar, "gap")

        await system.teller.tell(CoinDropped(project_id=jar, fen=1), sequence=1)

        await until_coins(system, jar, 1, 2, 8)
        assert await parked(system) == {}


async def test_two_gaps_about_the_same_thing_heal_one_after_the_other(running: Running) -> None:
    jar = a_jar()
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        await system.teller.tell(CoinDropped(project_id=jar, fen=2), "a", sequence=2)
        await system.teller.tell(CoinDropped(project_id=jar, fen=12), "b", sequence=2)
        await system.teller.tell(CoinDropped(project_id=jar, fen=11), "b", sequence=1)
        await until_parked(system, jar, "gap")

        await system.teller.tell(CoinDropped(project_id=jar, fen=1), "a", sequence=1)

        await until_coins(system, jar, 1, 2, 11, 12)
        assert await parked(system) == {}


async def test_an_unknown_type_is_skipped_and_still_counted(running: Running) -> None:
    jar = a_jar()
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        await system.teller.tell(CoinDropped(project_id=jar, fen=1))
        await system.teller.tell_bytes(PROJECTS, str(jar), "elsewhere", 2, "comet.seen", 7, b"\x00 no JSON")
        await system.teller.tell(CoinDropped(project_id=jar, fen=3), sequence=3)

        await until_coins(system, jar, 1, 3)
        assert await parked(system) == {}


async def test_records_of_strangers_stop_nothing(running: Running) -> None:
    jar = a_jar()
    ours = {"source": b"stranger", "sequence": b"1", "type": b"coin.dropped", "version": b"1"}
    trace = {"traceparent": NO_TRACE.encode()}
    strange: list[tuple[bytes | None, dict[str, bytes]]] = [
        (None, {}),
        (b"\xff", ours | trace),
        (str(jar).encode(), ours),
        (str(jar).encode(), ours | trace | {"sequence": b"many"}),
        (str(jar).encode(), ours | trace | {"sequence": b"9" * 30}),
        (str(jar).encode(), ours | trace | {"sequence": b"-4"}),
        (str(jar).encode(), ours | trace | {"version": b"99999999999"}),
        (b"nul\x00key", ours | trace),
        (b"key", ours | trace | {"source": b"nul\x00"}),
    ]
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        for key, headers in strange:
            await raw(system, key, list(headers.items()))
        while system.cluster.partition(str(jar)) != 0:
            jar = a_jar()
        await system.teller.tell(CoinDropped(project_id=jar, fen=5))

        await until_coins(system, jar, 5)
        assert await parked(system) == {}


async def test_what_a_service_says_itself_it_does_not_hear_again(running: Running) -> None:
    jar = a_jar()
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        await system.teller.tell(CoinDropped(project_id=jar, fen=9), "jars")  # in its own name
        await system.teller.tell(CoinDropped(project_id=jar, fen=1))
        await until_coins(system, jar, 1)
        await system.settled()

        assert await coins(system, jar) == [1]
        assert len(await log_of(system)) == 3


async def test_who_starts_from_now_hears_nothing_older_and_counts_from_there(running: Running) -> None:
    jar = a_jar()
    heard: list[int] = []

    async def hear(tx: Connection, envelopes: Sequence[Envelope[Any]], _: Once) -> None:
        heard.extend(envelope.data.fen for envelope in envelopes)

    async def heard_all() -> bool:
        return len(heard) == 2

    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        for fen in (1, 2, 3):
            await system.teller.tell(CoinDropped(project_id=jar, fen=fen))
        await until_coins(system, jar, 1, 2, 3)
        taker = Taker(
            consumer="late",
            source="late",
            database=system.running[0].database,
            catalogue=CATALOGUE,
            handles=frozenset({CoinDropped.type}),
            handle=hear,
            from_now=True,
        )
        late = Consumer(taker, system.cluster, [PROJECTS], from_now=True, session_ms=6000)
        task = asyncio.create_task(late.run())
        await eventually(lambda: holds(taker), "the late one to own its partitions")
        for fen in (4, 5):
            await system.teller.tell(CoinDropped(project_id=jar, fen=fen))
        await eventually(heard_all, "what was said since")
        late.stop()
        await task

        assert heard == [4, 5]
        assert await parked(system) == {}


async def holds(taker: Taker) -> bool:
    return bool(taker.held)
