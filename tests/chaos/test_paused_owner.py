"""A process that stands still (SIGSTOP) holds nobody up, and writes nothing when it wakes."""

from signal import SIGCONT, SIGSTOP
from uuid import uuid4

import pytest

from events.database import Limits
from schemas.ids import ProjectId
from tests.chaos.child import Step
from tests.chaos.conftest import Bear
from tests.chaos.place import Place, at_work
from tests.chaos.test_crash import each_was_counted_once, some_coins
from tests.support.waiting import eventually

SHORT = Limits(idle_in_transaction_ms=1000, idle_session_ms=1500, transaction_ms=3000, lock_ms=2000)

HOLDING_LOCKS = [
    Step("after", "events.inbox:advance", 2),
    Step("after", "services.kit.saving:save", 2),
    Step("after", "events.outbox:say", 2),
    Step("after", "events.taking:Taker._apply", 2),
]
HOLDING_NOTHING = [
    Step("before", "events.taking:Taker.take", 2),
    Step("after", "events.taking:Taker._commit", 2),
    Step("after", "events.inbox:claim", 1),
]
TELLING = [
    Step("before", "events.relay:Relay._tell_lane", 2),
    Step("before", "events.relay:Relay._mark", 2),
]


async def came_back(place: Place, claims: int) -> bool:
    return await place.claims() > claims


@pytest.mark.parametrize("step", [*HOLDING_LOCKS, *HOLDING_NOTHING, *TELLING], ids=str)
async def test_a_paused_owner_neither_blocks_its_successor_nor_writes_when_it_wakes(
    place: Place, child: Bear, step: Step
) -> None:
    coins = some_coins([ProjectId(uuid4()) for _ in range(3)], 24)
    await place.drop(coins[:12])

    owner = child(step=step, fate=SIGSTOP, limits=SHORT)
    await eventually(owner.stands_still, f"a standstill {step}")
    async with at_work(place):
        await place.drop(coins[12:18])
        await place.settled()
        before = await place.coins()
        claims = await place.claims()

        owner.send(SIGCONT)
        await eventually(lambda: came_back(place, claims), "the owner to join again")
        await place.drop(coins[18:])
        await place.settled()

    assert sum(map(len, before.values())) == 18
    await each_was_counted_once(place, coins)
