"""After a power cut or a restore the log, the outbox and the offsets are made to agree, or nothing starts (law 13)."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from signal import SIGKILL
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from structlog.processors import format_exc_info
from structlog.testing import capture_logs

from deploy.embedded import Kafka, embedded_kafka
from events import reading
from events.database import Database, Limits
from events.kafka import delete_topics, make_topics
from events.reading import log_ends
from events.recovery import LogKnowsMore, recover
from schemas.fact import PROJECTS, STREAMS
from schemas.ids import PartyId, ProjectId
from services.kit import running as kit
from tests.chaos.child import Step
from tests.chaos.conftest import Bear
from tests.chaos.place import Place, a_place, a_reader, at_work
from tests.chaos.test_crash import each_was_counted_once, some_coins
from tests.support.databases import with_database
from tests.support.jars import LidMade
from tests.support.telling import Teller
from tests.support.waiting import eventually


@asynccontextmanager
async def copy_of_database(place: Place) -> AsyncIterator[str]:
    """As a backup would hold it; nobody may be at work."""
    name = f"copy_{uuid.uuid4().hex[:12]}"
    admin = await asyncpg.connect(with_database(place.dsn, "postgres"))
    source = place.dsn.rpartition("/")[2].partition("?")[0]
    try:
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY wal_log")
        yield with_database(place.dsn, name)
    finally:
        await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await admin.close()


async def bookkeeping(place: Place) -> list[list[asyncpg.Record]]:
    """All that recovery may change."""
    tables = ("consumer_offsets", "outbox_unsent", "outbox_sent", "log_checked", "stream_heads", "inbox")
    return [await place.fetch(f"SELECT kept::text FROM jars.{table} AS kept ORDER BY 1") for table in tables]


async def log_of_nothing(place: Place) -> None:
    """Every record is gone, the topics are there."""
    await delete_topics(place.cluster, STREAMS)

    async def made() -> bool:
        await make_topics(place.cluster, STREAMS)
        async with a_reader(place.cluster) as kafka:
            return not any((await log_ends(kafka, place.cluster, STREAMS)).values())

    await eventually(made, "empty topics")


async def starts(place: Place) -> None:
    async with at_work(place):
        await place.settled()


async def test_a_log_that_lost_everything_is_told_it_again_and_read_from_its_new_end(place: Place) -> None:
    coins = some_coins([ProjectId(uuid4()) for _ in range(3)], 24)
    async with at_work(place):
        await place.drop(coins[:12])
        await place.settled()
    await log_of_nothing(place)

    with capture_logs() as entries:
        async with at_work(place):
            await place.drop(coins[12:])
            await place.settled()

    await each_was_counted_once(place, coins)
    assert {"recovery.log_lost_lines", "recovery.offset_set_back"} <= {entry["event"] for entry in entries}


async def test_a_log_that_lost_everything_and_grew_again_before_we_start_is_noticed(place: Place) -> None:
    """Other services, as processes of their own, have told it again already: no offset of ours is beyond its end."""
    coins = some_coins([ProjectId(uuid4()) for _ in range(3)], 120)
    async with at_work(place):
        await place.drop(coins[:12])
        await place.settled()
    await log_of_nothing(place)
    await place.drop(coins[12:])

    with capture_logs() as entries:
        async with at_work(place):
            await place.settled()

    await each_was_counted_once(place, coins)
    assert {"recovery.log_lost_lines", "recovery.offset_set_back"} <= {entry["event"] for entry in entries}


@pytest.fixture
async def own_kafka(server_folder: Path) -> AsyncIterator[Kafka]:
    async with embedded_kafka(server_folder / "to lose", short_lived=True) as broker:
        yield broker


async def run(*command: str | Path) -> None:
    process = await asyncio.create_subprocess_exec(*map(str, command))
    assert await process.wait() == 0


async def test_what_a_broker_acknowledged_and_lost_is_cried_over_and_after_a_restart_told_again(
    own_kafka: Kafka, postgres_dsn: str
) -> None:
    """The broker comes back with an older copy of its data, as after a power cut before the disk had it all."""
    data = own_kafka.folder / "data"
    older = own_kafka.folder / "older"
    coins = some_coins([ProjectId(uuid4()) for _ in range(3)], 30)
    async with a_place(postgres_dsn, own_kafka.bootstrap) as place:
        async with at_work(place):
            await place.drop(coins[:12])
            await place.settled()
        await own_kafka.stop()
        await run("cp", "-a", data, older)
        await own_kafka.start()
        with capture_logs([format_exc_info]) as entries:

            async def cried() -> bool:
                return any("restart every service" in entry.get("exception", "") for entry in entries)

            async with at_work(place):
                await place.drop(coins[12:24])
                await place.settled()
                await own_kafka.kill()
                await run("rm", "-r", data)
                await run("mv", older, data)
                await own_kafka.start()
                await eventually(cried, "a cry", 60)

        async with another_voice(place), at_work(place):
            await place.drop(coins[24:])
            await place.settled()

        await each_was_counted_once(place, coins)


@asynccontextmanager
async def another_voice(place: Place) -> AsyncIterator[None]:
    """A producer that does not ask the broker to remember the one before it."""
    async with Teller(place.cluster) as teller:
        teller.sequences = place.teller.sequences
        place.teller = teller
        yield


async def test_a_database_restored_to_an_hour_ago_refuses_to_start_and_changes_nothing(place: Place) -> None:
    coins = some_coins([ProjectId(uuid4()) for _ in range(3)], 24)
    async with at_work(place):
        await place.drop(coins[:12])
        await place.settled()
    async with copy_of_database(place) as an_hour_ago:
        async with at_work(place):
            await place.drop(coins[12:])
            await place.settled()
        newest, place.dsn = place.dsn, an_hour_ago
        kept, log = await bookkeeping(place), await place.log()

        with pytest.raises(LogKnowsMore, match=r"log of sanshe\.projects holds \d+ lines said by jars .*'Restoring'"):
            await starts(place)

        assert await bookkeeping(place) == kept
        assert await place.log() == log
        place.dsn = newest
        await starts(place)
        await each_was_counted_once(place, coins)

        place.dsn = an_hour_ago  # the other way out, when the newest is lost
        await log_of_nothing(place)
        await starts(place)
        await each_was_counted_once(place, coins[:12])


async def test_a_restored_database_that_said_nothing_since_starts_and_catches_up(place: Place) -> None:
    async with at_work(place):
        await place.drop(some_coins([ProjectId(uuid4())], 3))
        await place.settled()
    async with copy_of_database(place) as an_hour_ago:
        async with at_work(place):
            for _ in range(5):
                await place.teller.tell(LidMade(lid_id=PartyId(uuid4())))
            await place.settled()

        place.dsn = an_hour_ago
        await starts(place)

        assert len(await place.fetch("SELECT FROM jars.lids")) == 5


async def test_reading_a_long_log_holds_no_transaction_open(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    own_lines = reading.own_lines

    async def slowly(*where: Any) -> Any:
        await asyncio.sleep(0.1)
        return await own_lines(*where)

    monkeypatch.setattr(reading, "own_lines", slowly)
    limits = Limits(idle_in_transaction_ms=300, transaction_ms=500)
    async with Database(place.dsn, "jars", limits=limits) as database:
        await recover("jars", database, place.cluster, STREAMS)


class Reads:
    """How many records each start compares with the outbox."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.many = 0
        self._read = reading.own_lines
        monkeypatch.setattr(reading, "own_lines", self._counted)

    async def _counted(self, *where: Any) -> Any:
        *_, since, end = where
        self.many += end - since
        return await self._read(*where)


async def test_after_a_clean_stop_nothing_is_compared_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_work(place):
        await place.drop(some_coins([ProjectId(uuid4())], 6))
        await place.settled()
    reads = Reads(monkeypatch)

    await starts(place)

    assert reads.many == 0


async def test_after_a_crash_only_what_was_told_lately_is_compared(
    place: Place, child: Bear, monkeypatch: pytest.MonkeyPatch
) -> None:
    coins = some_coins([ProjectId(uuid4())], 12)
    monkeypatch.setattr(kit, "CHECK_EVERY_S", 0.1)
    async with at_work(place) as running:
        await place.drop(coins[:6])
        await place.settled()
        await eventually(lambda: all_is_checked(place), "the log to be checked")
        monkeypatch.setattr(kit, "ends_of", broken)  # as if this were no clean stop
        await running.stop()
    await place.drop(coins[6:])
    victim = child(step=Step("before", "events.relay:Relay._mark", 1))
    assert await eventually(victim.ended, "a crash") is SIGKILL
    reads = Reads(monkeypatch)

    await starts(place)

    assert 0 < reads.many <= 12
    await each_was_counted_once(place, coins)


async def broken(*_: Any) -> Any:
    raise OSError("the broker is away")


async def all_is_checked(place: Place) -> bool:
    async with a_reader(place.cluster) as kafka:
        ends = await log_ends(kafka, place.cluster, [PROJECTS])
    rows = await place.fetch("SELECT stream, partition, next_offset FROM jars.log_checked")
    checked = {(row["stream"], row["partition"]): row["next_offset"] for row in rows}
    return all(checked.get(where, 0) == end for where, end in ends.items())
