"""A process killed (SIGKILL) at any step; whoever comes after it finishes the work. Nothing is lost or doubled."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import accumulate
from signal import SIGKILL
from uuid import uuid4

import aiohttp
import pytest

from events.trace import traceparent, uuid7
from schemas.ids import ProjectId
from schemas.party import PartyKind
from schemas.role import Role
from services.kit.apply import Message, apply
from services.kit.running import Running
from tests.chaos.child import Step
from tests.chaos.conftest import Bear
from tests.chaos.place import Place, at_work
from tests.support import jars
from tests.support.jars import CoinDropped, DropCoin
from tests.support.system import System
from tests.support.waiting import eventually

Coin = tuple[ProjectId, int]

STARTING = [
    Step("before", "services.kit.running:recover"),
    Step("after", "events.recovery:_set_back"),
    Step("after", "services.kit.running:recover"),
    Step("before", "events.inbox:claim"),
    Step("after", "events.inbox:claim"),
    Step("after", "events.taking:Taker.claim"),
]
CONSUMING = [
    Step("before", "events.taking:Taker.take", 2),
    Step("before", "events.inbox:advance", 2),
    Step("after", "events.inbox:advance", 2),
    Step("after", "events.parking:parked", 2),
    Step("after", "events.inbox:last_seen", 2),
    Step("after", "events.taking:sort", 2),
    Step("before", "services.kit.running:apply", 2),
    Step("after", "services.kit.apply:_load", 2),
    Step("after", "services.kit.apply:_decide", 6),
    Step("before", "services.kit.saving:save", 2),
    Step("after", "services.kit.saving:save", 2),
    Step("after", "events.outbox:_take_numbers", 2),
    Step("after", "events.outbox:say", 2),
    Step("before", "events.inbox:remember", 2),
    Step("after", "events.inbox:remember", 2),
    Step("after", "events.taking:Taker._apply", 2),  # all is written, nothing committed
    Step("after", "events.taking:Taker._commit", 1),  # committed, and nobody was told
    Step("after", "events.taking:Taker._commit", 2),
    Step("after", "events.taking:Taker.take", 2),
]
TELLING = [
    Step("after", "events.relay:Relay._become_the_one"),
    Step("before", "events.relay:Relay._tell", 2),
    Step("after", "events.relay:Relay._tell_portion", 2),
    Step("before", "events.relay:Relay._tell_lane", 2),
    Step("before", "aiokafka:AIOKafkaProducer.send_batch", 2),
    Step("after", "aiokafka:AIOKafkaProducer.send_batch", 2),  # on its way, no answer yet
    Step("after", "events.relay:Relay._tell_lane", 2),  # one partition was told, the other perhaps
    Step("before", "events.relay:Relay._mark", 1),  # published, not marked
    Step("before", "events.relay:Relay._mark", 2),
    Step("after", "events.relay:Relay._mark", 2),
]
PARKING = [
    Step("after", "events.parking:park", 1),
    Step("after", "events.parking:keep", 2),
    Step("after", "events.parking:arrived", 2),
    Step("after", "events.parking:ready", 2),
    Step("before", "events.taking:Taker._release", 2),
    Step("after", "events.parking:kept", 2),
    Step("after", "events.parking:forget", 2),
    Step("before", "events.taking:Taker._apply", following="events.parking:forget"),
    Step("after", "events.taking:Taker._apply", following="events.parking:forget"),
    Step("after", "events.taking:Taker._release_some", 2),
]
RINGING = [
    Step("after", "events.timers:due", 1),
    Step("before", "services.kit.ticking:Ticker._ring_one", 2),
    Step("after", "services.kit.ticking:apply", 2),
    Step("after", "events.timers:sync", 2),
    Step("after", "services.kit.ticking:Ticker._ring_one", 2),  # all is written, nothing committed
    Step("after", "services.kit.ticking:Ticker.ring", 1),  # committed, and the relay was not woken
]
ANSWERING = [
    Step("before", "services.kit.sharing:Sharing.carry_out"),
    Step("after", "services.kit.commanding:claim"),
    Step("after", "services.kit.commanding:apply"),
    Step("after", "services.kit.commanding:remember"),
    Step("after", "services.kit.commanding:_once"),  # all is written, nothing committed
    Step("after", "services.kit.sharing:Sharing.carry_out"),  # committed, and not answered
    Step("before", "services.kit.http:_answered"),
]


def some_coins(jars: Sequence[ProjectId], many: int) -> list[Coin]:
    """Each of another value, so that one counted twice and one left out cannot hide each other."""
    return [(jars[n % len(jars)], 100 + n) for n in range(many)]


async def each_was_counted_once(place: Place, coins: Sequence[Coin]) -> None:
    """In the jars, and on the story that everybody else reads."""
    dropped: dict[str, list[int]] = defaultdict(list)
    for jar, fen in coins:
        dropped[str(jar)].append(fen)
    assert {str(jar): counted for jar, counted in (await place.coins()).items()} == dropped

    told = await place.told()
    assert {jar: [line["data"]["fen"] for line in lines] for jar, lines in told.items()} == dropped
    for key, lines in told.items():
        assert [line["data"]["total"] for line in lines] == list(accumulate(dropped[key]))
        assert [line["sequence"] for line in lines] == list(range(1, len(lines) + 1))
    assert await place.parked() == []


@pytest.mark.parametrize("step", [*STARTING, *CONSUMING, *TELLING], ids=str)
async def test_a_crash_between_any_two_steps_loses_and_doubles_nothing(place: Place, child: Bear, step: Step) -> None:
    coins = some_coins([ProjectId(uuid4()) for _ in range(3)], 18)
    await place.drop(coins[:12])

    victim = child(step=step)
    assert await eventually(victim.ended, f"a death {step}") is SIGKILL
    await place.drop(coins[12:])
    async with at_work(place):
        await place.settled()

    await each_was_counted_once(place, coins)


@pytest.mark.parametrize("step", PARKING, ids=str)
async def test_a_crash_while_parking_or_releasing_keeps_every_key_whole_and_in_order(
    place: Place, child: Bear, step: Step
) -> None:
    kept = [ProjectId(uuid4()) for _ in range(3)]
    coins = [(jar, 100 + sequence) for jar in kept for sequence in (1, 2, 3, 4, 5)]
    for sequence in (1, 3, 4, 2, 5):  # a gap, which heals
        for jar in kept:
            await place.teller.tell(CoinDropped(project_id=jar, fen=100 + sequence), sequence=sequence)

    victim = child(step=step)
    assert await eventually(victim.ended, f"a death {step}") is SIGKILL
    async with at_work(place):
        await place.settled()
        await eventually(lambda: nothing_is_parked(place), "all keys to flow")
        await place.settled()

    await each_was_counted_once(place, coins)


async def nothing_is_parked(place: Place) -> bool:
    return not await place.parked()


@pytest.mark.parametrize("step", RINGING, ids=str)
async def test_a_crash_while_timers_ring_rings_each_once(place: Place, child: Bear, step: Step) -> None:
    kept = [ProjectId(uuid4()) for _ in range(4)]
    async with at_work(place, replace(jars.SERVICE, timers={})) as running, running.database.transaction() as tx:
        await apply(running.shell, tx, [a_command(jar) for jar in kept])

    victim = child(step=step)
    assert await eventually(victim.ended, f"a death {step}") is SIGKILL
    async with at_work(place):
        await eventually(lambda: nothing_is_due(place), "all to ring")
        await place.settled()

    told = await place.told()
    assert {jar: [line["type"] for line in lines] for jar, lines in told.items()} == {
        str(jar): ["coin.counted", "jar.rung"] for jar in kept
    }


def a_command(jar: ProjectId) -> Message:
    """A coin into a jar whose time has come."""
    cause = uuid7()
    return Message(
        id=cause,
        body=DropCoin(jar_id=jar, fen=100, ring_at=datetime(2026, 1, 1, tzinfo=UTC)),
        refs=((jars.Jar, jar),),
        decide=jars.drop,
        correlation=cause,
        traceparent=traceparent(),
    )


async def nothing_is_due(place: Place) -> bool:
    return not await place.fetch("SELECT FROM jars.timers")


@pytest.mark.parametrize("step", ANSWERING, ids=str)
async def test_a_crash_while_answering_is_made_good_by_asking_again(place: Place, child: Bear, step: Step) -> None:
    jar = ProjectId(uuid4())
    async with at_work(place) as running, visiting(place, [running]) as visit:
        staff = await visit.person(PartyKind.COMMUNITY, Role.COMMUNITY)

    victim = child(step=step)
    async with visiting(place, url=await eventually(victim.url, "the first")) as visit:
        with pytest.raises(aiohttp.ClientError):
            await visit.post(f"/v1/jars/{jar}/coins", {"fen": 100}, staff, Idempotency_Key="one")
    assert await eventually(victim.ended, f"a death {step}") is SIGKILL
    async with visiting(place, url=await eventually(child().url, "the second")) as visit:
        again = await visit.post(f"/v1/jars/{jar}/coins", {"fen": 100}, staff, Idempotency_Key="one")
        await place.settled()

    assert (again.status, again.json) == (201, {"total": 100})
    await each_was_counted_once(place, [(jar, 100)])


@asynccontextmanager
async def visiting(place: Place, running: Sequence[Running] = (), url: str | None = None) -> AsyncIterator[System]:
    """Somebody at the door."""
    visit = System(place.dsn, place.cluster, list(running), place.teller, url or "http://nowhere")
    try:
        yield visit
    finally:
        await visit.http.close()
