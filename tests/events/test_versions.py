"""Events change their shape by version: readers are rolled out first, and an early writer harms one partition only."""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import pytest

from events.catalogue import Catalogue, UnknownVersion, every_fact
from schemas.deciding import Context, World
from schemas.fact import PROJECTS, Fact
from schemas.former import UPCASTERS
from schemas.project import ProjectFact
from services.kit.service import Reaction
from tests.events.jar import another, coins, jars_in_partitions, parked, until_coins
from tests.support import jars
from tests.support.fixtures import Running
from tests.support.jars import CoinDropped
from tests.support.system import System
from tests.support.waiting import eventually


class CoinDropped2(ProjectFact):
    """The next version: a coin has a currency."""

    type: ClassVar[str] = "coin.dropped"
    version: ClassVar[int] = 2

    fen: int
    currency: str


def lift(old: CoinDropped) -> CoinDropped2:
    return CoinDropped2(project_id=old.project_id, fen=old.fen, currency="CNY")


def count(world: World, dropped: CoinDropped2, context: Context) -> list[Fact]:
    assert dropped.currency
    return jars.count(world, CoinDropped(project_id=dropped.project_id, fen=dropped.fen), context)


OLD = jars.CATALOGUE
NEW = Catalogue([*every_fact(), *jars.FACTS, CoinDropped2], {**UPCASTERS, ("coin.dropped", 1): lift})
REACTION = replace(jars.HEARS[CoinDropped], refs=lambda coin, cause: ((jars.Jar, coin.project_id),), decide=count)
HEARS: Mapping[type[Fact], Reaction] = {CoinDropped2: REACTION}
NEW_SERVICE = replace(jars.SERVICE, hears=HEARS)


async def paused(system: System) -> list[tuple[int, str]]:
    rows = await system.fetch("SELECT partition, paused FROM jars.consumer_offsets WHERE paused IS NOT NULL")
    return [tuple(row) for row in rows]


async def test_an_unknown_version_of_what_we_handle_pauses_its_partition_only(running: Running) -> None:
    async with running(jars.SERVICE, catalogue=OLD) as system:
        early, other = jars_in_partitions(system)
        await system.teller.tell(CoinDropped(project_id=early, fen=1))
        await system.teller.tell(CoinDropped2(project_id=early, fen=2, currency="CNY"))
        await system.teller.tell(CoinDropped(project_id=early, fen=3))
        await eventually(lambda: paused(system), "a pause")
        for fen in (7, 8, 9):
            await system.teller.tell(CoinDropped(project_id=other, fen=fen))

        await until_coins(system, other, 7, 8, 9)

        assert await coins(system, early) == [1]
        assert await parked(system) == {}
        (pause,) = await paused(system)
        place = system.cluster.partition(str(early))
        stands = await system.fetch(
            "SELECT next_offset FROM jars.consumer_offsets WHERE stream = $1 AND partition = $2", PROJECTS, place
        )
        assert pause == (place, f"coin.dropped version 2 at offset {stands[0][0]} is newer than this program")


async def test_the_reader_that_knows_the_new_version_goes_on_from_there_and_lifts_the_old(running: Running) -> None:
    async with running(NEW_SERVICE, catalogue=NEW) as system:
        jar, _ = jars_in_partitions(system)
        await system.teller.tell(CoinDropped(project_id=jar, fen=1))
        await system.teller.tell(CoinDropped2(project_id=jar, fen=2, currency="CNY"))

        await until_coins(system, jar, 1, 2)


async def test_a_paused_partition_moves_on_when_a_newer_program_takes_it_over(running: Running) -> None:
    async with running(jars.SERVICE, catalogue=OLD) as system:
        jar, _ = jars_in_partitions(system)
        await system.teller.tell(CoinDropped2(project_id=jar, fen=2, currency="CNY"))
        await eventually(lambda: paused(system), "a pause")

        shell = replace(system.running[0].shell, service=NEW_SERVICE, catalogue=NEW)
        await system.running[0].stop()
        async with another(system, shell):
            await until_coins(system, jar, 2)
            assert await paused(system) == []


def test_an_old_version_without_an_upcaster_is_refused_when_the_catalogue_is_made() -> None:
    with pytest.raises(ValueError, match=r"coin\.dropped version 1 has no upcaster"):
        Catalogue([CoinDropped, CoinDropped2])


def test_two_models_for_one_version_are_refused() -> None:
    with pytest.raises(ValueError, match=r"two models for event coin\.dropped version 1"):
        Catalogue([CoinDropped, CoinDropped])


def test_a_version_nobody_knows_is_named() -> None:
    with pytest.raises(UnknownVersion, match=r"coin\.dropped version 3"):
        NEW.decode("coin.dropped", 3, b"{}")
