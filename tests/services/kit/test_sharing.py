"""Commands that share a transaction: each as if it had been alone, one after the other."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from events.database import Connection
from events.envelope import NO_TRACE, line_name
from schemas.deciding import Context, Ref, World
from schemas.ids import PartyId
from schemas.model import Model
from schemas.refused import Refused
from schemas.role import Actor, Role
from services.kit.commanding import Order, alone, ready
from services.kit.remembering import Done
from services.kit.running import Running
from services.kit.service import Post, Service
from tests.support import jars
from tests.support.jars import CATALOGUE, CoinCounted, DropCoin, Jar
from tests.support.system import System, system

(DOOR,) = (route for route in jars.SERVICE.routes if isinstance(route, Post))
STAFF = Actor(person_id=uuid4(), party_id=PartyId(uuid4()), role=Role.COMMUNITY)
POISON, CLOSED = 13, 14


def odd(world: World, command: DropCoin, context: Context) -> Iterable[Model]:
    """Now a defect, now a refusal, now a coin."""
    if command.fen == POISON:
        raise ValueError("a coin of 13 is a defect")
    if command.fen == CLOSED:
        raise Refused("changed_meanwhile", status=412, current=0)
    return jars.drop(world, command, context)


def service(decide: Any = odd, **more: Any) -> Service:
    return replace(jars.SERVICE, routes=(replace(DOOR, decide=decide),), **more)


def an_order(one: Running, jar: UUID, fen: int = 100, key: str = "", if_match: str | None = None) -> Order:
    (post,) = (route for route in one.shell.service.routes if isinstance(route, Post))
    return Order(
        post=post,
        raw=orjson.dumps({"fen": fen}),
        path={"jar_id": str(jar)},
        by=STAFF,
        key=key or str(uuid4()),
        if_match=if_match,
        traceparent=NO_TRACE,
    )


@asynccontextmanager
async def jars_of(dsn: str, bootstrap: str, service: Service) -> AsyncIterator[tuple[System, Running]]:
    async with system(dsn, bootstrap, [service], catalogue=CATALOGUE) as found:
        yield found, found.running[0]


async def at_once(one: Running, orders: Iterable[Order]) -> list[Any]:
    return await asyncio.gather(*(one.sharing.carry_out(order) for order in orders), return_exceptions=True)


def total(done: Done) -> int:
    return int(orjson.loads(done.body)["total"])


async def transactions(at: System) -> int:
    (row,) = await at.fetch("SELECT count(DISTINCT xmin::text) FROM jars.outbox")
    return int(row[0])


async def test_many_at_once_are_few_transactions_and_each_has_its_own_answer(
    postgres_dsn: str, kafka_bootstrap: str
) -> None:
    kept = [uuid4() for _ in range(6)]
    async with jars_of(postgres_dsn, kafka_bootstrap, service()) as (at, one):
        found = await at_once(one, [an_order(one, kept[n % 6]) for n in range(120)])
        told = await at.facts("jars", "coin.counted")

        assert await transactions(at) < 20
    for jar in range(6):
        mine = found[jar::6]
        assert [total(done) for done in mine] == [100 * n for n in range(1, 21)]
        assert [done.headers["ETag"] for done in mine] == [f'"{n}"' for n in range(1, 21)]
        lines = [line for line in told if line["key"] == str(kept[jar])]
        assert [line["sequence"] for line in lines] == list(range(1, 21))
        assert [done.headers["Sanshe-Line"] for done in mine] == [
            f"sanshe.projects/{line_name('jars', str(kept[jar]), n)}" for n in range(1, 21)
        ]


async def test_nobody_is_left_waiting(postgres_dsn: str, kafka_bootstrap: str) -> None:
    """Callers who come just when a lane has nothing left to do."""

    async def caller(one: Running) -> None:
        jar = uuid4()
        for _ in range(60):
            await one.sharing.carry_out(an_order(one, jar))

    async with jars_of(postgres_dsn, kafka_bootstrap, service()) as (at, one):
        await asyncio.gather(*(caller(one) for _ in range(5)))

        assert len(await at.facts("jars")) == 300


async def test_a_refusal_is_nobody_elses_and_is_not_remembered(postgres_dsn: str, kafka_bootstrap: str) -> None:
    async with jars_of(postgres_dsn, kafka_bootstrap, service()) as (at, one):
        jar = uuid4()
        orders = [an_order(one, jar, CLOSED if n % 5 == 4 else 100, f"key-{n}") for n in range(30)]
        found = await at_once(one, orders)
        kept = {row["key"] for row in await at.fetch("SELECT key FROM jars.idempotency")}
        told = await at.facts("jars")

    refused = {n for n, each in enumerate(found) if isinstance(each, Refused)}
    assert refused == {n for n in range(30) if n % 5 == 4}
    assert kept == {f"key-{n}" for n in range(30)} - {f"key-{n}" for n in refused}
    assert [line["data"]["total"] for line in told] == [100 * n for n in range(1, 25)]


async def test_a_defect_costs_only_its_own_command(postgres_dsn: str, kafka_bootstrap: str) -> None:
    async with jars_of(postgres_dsn, kafka_bootstrap, service()) as (at, one):
        jar = uuid4()
        found = await at_once(one, [an_order(one, jar, POISON if n == 12 else 100) for n in range(20)])
        told = await at.facts("jars")

    assert [n for n, each in enumerate(found) if not isinstance(each, Done)] == [12]
    assert isinstance(found[12], ValueError)
    assert sorted(total(each) for each in found if isinstance(each, Done)) == [100 * n for n in range(1, 20)]
    assert len(told) == 19


async def test_one_key_many_times_at_once_is_one_coin(postgres_dsn: str, kafka_bootstrap: str) -> None:
    async with jars_of(postgres_dsn, kafka_bootstrap, service()) as (at, one):
        jar = uuid4()
        same = [an_order(one, jar, key="the same") for _ in range(10)]
        found = await at_once(one, [*same, an_order(one, jar, 7, key="the same")])

        assert len(await at.facts("jars")) == 1
    assert [total(each) for each in found[:10]] == [100] * 10
    assert sum("Idempotency-Replayed" in each.headers for each in found[:10]) == 9
    assert isinstance(found[10], Refused)
    assert found[10].code == "idempotency_key_reused"


async def test_of_many_who_saw_the_same_version_one_is_first(postgres_dsn: str, kafka_bootstrap: str) -> None:
    async with jars_of(postgres_dsn, kafka_bootstrap, service()) as (at, one):
        jar = uuid4()
        [first] = await at_once(one, [an_order(one, jar)])
        found = await at_once(one, [an_order(one, jar, if_match=first.headers["ETag"]) for _ in range(20)])

        assert len(await at.facts("jars")) == 2
    assert sum(isinstance(each, Done) for each in found) == 1
    assert {each.code for each in found if isinstance(each, Refused)} == {"changed_meanwhile"}


async def test_what_changes_another_commands_subject_under_its_version_is_decided_alone(
    postgres_dsn: str, kafka_bootstrap: str
) -> None:
    """A service that loads more than is named, and changes it: no answer may bear a version that says two things."""
    bank = uuid4()

    async def load(tx: Connection, refs: Collection[Ref]) -> World:
        return await jars.SERVICE.load(tx, [*refs, (Jar, bank)])

    def tithe(world: World, command: DropCoin, context: Context) -> Iterable[Model]:
        yield from jars.drop(world, command, context)
        if command.jar_id != bank:
            kept = world.find(Jar, bank)
            total = (kept.total if kept else 0) + 1
            yield CoinCounted(project_id=bank, fen=1, total=total)  # type: ignore[arg-type]  # NewType

    async with jars_of(postgres_dsn, kafka_bootstrap, service(tithe, load=load)) as (at, one):
        found = await at_once(one, [an_order(one, bank if n % 4 == 0 else uuid4()) for n in range(24)])
        (row,) = await at.fetch("SELECT version, state FROM jars.jars WHERE id = $1", bank)

    into_bank = found[::4]
    seen = {each.headers["ETag"]: total(each) for each in into_bank}
    assert len(seen) == 6
    assert orjson.loads(row["state"])["total"] == 6 * 100 + 18
    assert row["version"] == 24


async def test_who_goes_away_takes_nobody_along_and_finds_the_answer_later(
    postgres_dsn: str, kafka_bootstrap: str
) -> None:
    async with jars_of(postgres_dsn, kafka_bootstrap, service()) as (at, one):
        jar = uuid4()
        orders = [an_order(one, jar, key=f"key-{n}") for n in range(20)]
        works = [asyncio.create_task(one.sharing.carry_out(order)) for order in orders]
        await asyncio.sleep(0)
        for work in works[::3]:
            work.cancel()
        await asyncio.gather(*works, return_exceptions=True)
        again = await at_once(one, orders)

        assert len(await at.facts("jars")) == 20
    assert all(isinstance(each, Done) for each in again)


async def test_others_do_not_share(postgres_dsn: str, kafka_bootstrap: str) -> None:
    own = replace(jars.SERVICE, routes=(replace(DOOR, shares=False),))
    async with jars_of(postgres_dsn, kafka_bootstrap, own) as (at, one):
        await at_once(one, [an_order(one, uuid4()) for _ in range(5)])

        assert await transactions(at) == 5


@pytest.mark.parametrize("fen", [100, CLOSED])
async def test_alone_or_shared_the_answer_is_the_same(postgres_dsn: str, kafka_bootstrap: str, fen: int) -> None:
    async with jars_of(postgres_dsn, kafka_bootstrap, service()) as (_, one):
        by_itself = ready(one.shell, one.database, an_order(one, uuid4(), fen))
        first: Any
        [first] = await asyncio.gather(alone(one.shell, one.database, await by_itself), return_exceptions=True)
        shared = await at_once(one, [an_order(one, uuid4(), fen) for _ in range(6)])

    for each in shared:
        assert type(each) is type(first)
        if isinstance(first, Done):
            assert (each.status, each.headers["ETag"], each.body) == (first.status, '"1"', first.body)
