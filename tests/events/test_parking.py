"""A key that cannot go on stands still, with its bytes; everything else flows (law 7)."""

import asyncio
from dataclasses import replace

import orjson

from schemas.deciding import Context, World
from schemas.fact import NEEDS, PROJECTS, Fact
from schemas.ids import PartyId
from schemas.model import Model
from tests.events.jar import a_jar, coins, jars_that, operator, parked, until_coins, until_parked
from tests.support import jars
from tests.support.fixtures import Running
from tests.support.jars import CATALOGUE, CoinDropped, LidMade
from tests.support.system import System

POISON = 13


class Defect:
    """A way of counting that fails on some coins until it is mended."""

    def __init__(self, *coins: int) -> None:
        self.coins = set(coins)

    def count(self, world: World, dropped: CoinDropped, context: Context) -> list[Fact]:
        if dropped.fen in self.coins:
            raise ValueError(f"a coin of {dropped.fen} is too much for me")
        return jars.count(world, dropped, context)


async def drop(system: System, jar: object, *fen: int) -> None:
    for one in fen:
        await system.teller.tell(CoinDropped(project_id=jar, fen=one))  # type: ignore[arg-type]


async def test_poison_parks_its_key_only_and_keeps_its_bytes(running: Running) -> None:
    jar, other = a_jar(), a_jar()
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        await drop(system, jar, 1, POISON, 3)
        await drop(system, other, 4, 5)

        await until_parked(system, jar, "poison")
        await until_coins(system, other, 4, 5)
        await system.settled()

        assert await coins(system, jar) == [1]
        assert await parked(system) == {str(jar): "poison"}
        kept = await system.fetch(
            """
            SELECT sequence, convert_from(body, 'UTF8') AS body FROM jars.parked_events
            WHERE source = 'elsewhere' ORDER BY kafka_offset
            """
        )
        assert [row["sequence"] for row in kept] == [2, 3]
        assert '"fen":13' in kept[0]["body"]
        (row,) = await system.fetch("SELECT error FROM jars.parked_keys")
        assert row["error"] == "ValueError('a coin of 13 is a defect')"


async def test_bytes_that_are_no_event_park_their_key(running: Running) -> None:
    jar, other = a_jar(), a_jar()
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        await system.teller.tell_bytes(PROJECTS, str(jar), "elsewhere", 1, "coin.dropped", 1, b'{"fen": "no"')
        await drop(system, other, 4)

        await until_parked(system, jar, "poison")
        await until_coins(system, other, 4)


async def test_one_that_fails_does_not_apply_its_neighbours_twice(running: Running) -> None:
    before, bad, after = a_jar(), a_jar(), a_jar()
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        await asyncio.gather(drop(system, before, 1, 2), drop(system, bad, POISON), drop(system, after, 3, 4))
        await until_parked(system, bad, "poison")
        await system.settled()

        assert (await coins(system, before), await coins(system, after)) == ([1, 2], [3, 4])


async def test_a_release_while_new_lines_arrive_applies_all_in_order(running: Running) -> None:
    jar = a_jar()
    defect = Defect(50)
    async with running(jars_that(defect.count), catalogue=CATALOGUE) as system:
        await drop(system, jar, *range(45, 60))
        await until_parked(system, jar, "poison")

        arriving = asyncio.create_task(drop(system, jar, *range(60, 160)))
        defect.coins.clear()
        assert await operator(system, jar, "release")
        await arriving

        await until_coins(system, jar, *range(45, 160))
        assert await parked(system) == {}
        assert [f["data"]["fen"] for f in await system.facts("jars", "coin.counted")] == list(range(45, 160))


async def test_a_release_that_meets_the_next_poison_stands_still_there(running: Running) -> None:
    jar = a_jar()
    defect = Defect(2, 4)
    async with running(jars_that(defect.count), catalogue=CATALOGUE) as system:
        await drop(system, jar, 1, 2, 3, 4, 5)
        await until_parked(system, jar, "poison")

        defect.coins.remove(2)
        await operator(system, jar, "release")
        await until_coins(system, jar, 1, 2, 3)
        await until_parked(system, jar, "poison")
        (row,) = await system.fetch("SELECT error, attempts FROM jars.parked_keys")
        assert (row["error"], row["attempts"]) == ("ValueError('a coin of 4 is too much for me')", 2)

        defect.coins.clear()
        await operator(system, jar, "release")
        await until_coins(system, jar, 1, 2, 3, 4, 5)
        assert await parked(system) == {}


async def test_an_operator_can_leave_one_out_and_the_rest_goes_on(running: Running) -> None:
    jar = a_jar()
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        await drop(system, jar, 1, POISON, 3)
        await until_parked(system, jar, "poison")

        await operator(system, jar, "skip")

        await until_coins(system, jar, 1, 3)
        await drop(system, jar, 4)
        await until_coins(system, jar, 1, 3, 4)
        assert await parked(system) == {}


async def test_an_operator_can_give_a_missing_line_up(running: Running) -> None:
    jar = a_jar()
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        for sequence in (1, 3, 4):
            await system.teller.tell(CoinDropped(project_id=jar, fen=sequence), sequence=sequence)
        await until_parked(system, jar, "gap")

        await operator(system, jar, "skip")

        await until_coins(system, jar, 1, 3, 4)
        assert await parked(system) == {}


async def test_poison_hides_no_gap_behind_it(running: Running) -> None:
    jar = a_jar()
    defect = Defect(1)
    async with running(jars_that(defect.count), catalogue=CATALOGUE) as system:
        for sequence in (1, 3, 2, 4):
            await system.teller.tell(CoinDropped(project_id=jar, fen=sequence), sequence=sequence)
        await until_parked(system, jar, "poison")

        defect.coins.clear()
        await operator(system, jar, "release")

        await until_coins(system, jar, 1, 2, 3, 4)
        assert await parked(system) == {}


async def test_a_coin_whose_lid_is_not_there_yet_waits_for_it_and_is_no_poison(running: Running) -> None:
    jar, other, lid = a_jar(), a_jar(), PartyId(a_jar())
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        await drop(system, jar, 1)
        await system.teller.tell(CoinDropped(project_id=jar, fen=2, needs=lid))
        await drop(system, jar, 3)
        await drop(system, other, 9)

        await until_parked(system, jar, "waiting")
        await until_coins(system, other, 9)
        assert await coins(system, jar) == [1]

        await system.fetch("UPDATE jars.parked_keys SET retry_at = 'infinity'")  # so that only the arrival counts
        await system.teller.tell(LidMade(lid_id=lid))

        await until_coins(system, jar, 1, 2, 3)
        assert await parked(system) == {}


async def test_who_waits_tries_again_by_itself_when_the_arrival_slipped_by(running: Running) -> None:
    jar, lid = a_jar(), PartyId(a_jar())
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        await system.teller.tell(CoinDropped(project_id=jar, fen=2, needs=lid))
        await until_parked(system, jar, "waiting")

        await system.fetch(
            "INSERT INTO jars.lids (id, version, state) VALUES ($1, 1, $2)", lid, orjson.dumps({"id": lid}).decode()
        )

        await until_coins(system, jar, 2)
        assert await parked(system) == {}


async def test_what_waits_for_two_things_waits_on_for_the_second(running: Running) -> None:
    jar, first, second = a_jar(), PartyId(a_jar()), PartyId(a_jar())
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        await system.teller.tell(CoinDropped(project_id=jar, fen=1, needs=first))
        await system.teller.tell(CoinDropped(project_id=jar, fen=2, needs=second))
        await until_parked(system, jar, "waiting")

        await system.teller.tell(LidMade(lid_id=first))
        await until_coins(system, jar, 1)
        await until_parked(system, jar, "waiting")
        (row,) = await system.fetch("SELECT waits_stream, waits_key FROM jars.parked_keys")
        assert tuple(row) == (NEEDS, str(second))

        await system.teller.tell(LidMade(lid_id=second))
        await until_coins(system, jar, 1, 2)


async def test_a_refusal_is_a_fact_and_its_key_goes_on(running: Running) -> None:
    jar = a_jar()
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        cause = await system.teller.tell(CoinDropped(project_id=jar, fen=0))
        await drop(system, jar, 2)
        await until_coins(system, jar, 2)
        await system.settled()

        (said,) = await system.facts("jars", "coin.refused")
        assert said["causationid"] == str(cause.event_id)
        assert said["data"]["code"] == "not_found"
        assert said["data"]["source"] == "the test's rule"
        assert said["data"]["reason_en"] == "There is no coin 0. Please check the identifier."
        assert said["data"]["reason_zh"]
        assert await parked(system) == {}


async def test_a_refusal_that_no_fact_stands_for_is_a_defect_and_parks(running: Running) -> None:
    def refuse(world: World, dropped: CoinDropped, context: Context) -> list[Model]:
        jars.count(world, dropped.model_copy(update={"fen": 0}), context)
        return []

    jar = a_jar()
    service = jars_that(refuse)
    service = replace(service, hears={CoinDropped: replace(service.hears[CoinDropped], refused=None)})
    async with running(service, catalogue=CATALOGUE) as system:
        await drop(system, jar, 1)

        await until_parked(system, jar, "poison")
