"""A process killed (SIGKILL) at any step; whoever comes after it finishes the work. Nothing is lost or doubled."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate
from signal import SIGKILL
from uuid import uuid4

import pytest

from schemas.ids import ProjectId
from tests.chaos.child import Step
from tests.chaos.conftest import Bear
from tests.chaos.place import Place, at_work
from tests.support.waiting import eventually

Coin = tuple[ProjectId, int]

STARTING = [
    Step("before", "services.kit.running:recover"),
    Step("after", "events.recovery:_clamp"),
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
    Step("before", "services.kit.apply:_save", 2),
    Step("after", "services.kit.apply:_save", 2),
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
