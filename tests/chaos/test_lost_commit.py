"""The connection breaks when COMMIT was done and before anybody heard of it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import pytest

from schemas.ids import ProjectId
from schemas.party import PartyKind
from schemas.role import Role
from tests.chaos.place import Place, at_work
from tests.chaos.proxy import Proxy, proxied
from tests.chaos.test_crash import each_was_counted_once, some_coins
from tests.support import jars
from tests.support.jars import CATALOGUE
from tests.support.system import system
from tests.support.waiting import eventually

QUIET = replace(jars.SERVICE, timers={})
"""Jars whose only commits are those of batches."""


@pytest.fixture
async def wire(place: Place) -> AsyncIterator[Proxy]:
    """From here on the services come to the place's database through it."""
    async with proxied(place.dsn) as (dsn, proxy):
        place.dsn = dsn
        yield proxy


async def test_a_batch_whose_commit_nobody_heard_of_is_neither_repeated_nor_does_its_partition_stall(
    place: Place, wire: Proxy
) -> None:
    async def lost() -> bool:
        return wire.lost == 2

    coins = some_coins([ProjectId(uuid4()) for _ in range(3)], 24)
    async with at_work(place, QUIET):
        await place.drop(coins[:6])
        await place.settled()

        wire.lose_commits = 2
        await place.drop(coins[6:18])
        await eventually(lost, "two commits to be lost")
        await place.drop(coins[18:])
        await place.settled()

    await each_was_counted_once(place, coins)


async def test_a_caller_who_never_got_the_answer_asks_again_and_gets_it(
    postgres_dsn: str, kafka_bootstrap: str
) -> None:
    jar = uuid4()
    async with (
        proxied(postgres_dsn) as (dsn, wire),
        system(dsn, kafka_bootstrap, [QUIET], catalogue=CATALOGUE) as one,
    ):
        staff = await one.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        await one.settled()
        wire.lose_commits = 1

        lost = await one.post(f"/v1/jars/{jar}/coins", {"fen": 5}, staff, Idempotency_Key="one")
        again = await one.post(f"/v1/jars/{jar}/coins", {"fen": 5}, staff, Idempotency_Key="one")

        assert (wire.lost, lost.status, lost.json["title"]) == (1, 503, "too_slow")
        assert lost.headers["Retry-After"] == "2"
        assert (again.status, again.json) == (201, {"total": 5})
        assert again.headers["Idempotency-Replayed"] == "true"
        assert len(await one.facts("jars")) == 1
