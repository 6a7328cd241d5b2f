"""Finding needs that are alike among 100,000 of one community: what staff wait for, in PostgreSQL and here.

`python -m tests.bench.finding` with SANSHE_DATABASE set to an owner's dsn. The needs are invented, of the labelled
texts in tests/services/needs/similar.yaml with buildings and floors of their own; one of them is asked for each time,
and another one told of the same matter, in other words, has to be among the five.
"""

import asyncio
import os
import random
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import yaml

from events.database import Connection, Database
from schemas.ids import NeedId, PartyId
from schemas.need import Origin
from services import needs
from services.kit.migrations import role_of
from services.needs import store as stored
from services.needs.rules.alike import nearest
from services.needs.rules.need import Need
from services.needs.store.handling import need, needs_like
from tests.support.databases import fresh_database

NEEDS = 100_000
PORTION = 5_000
ASKED = 50
GOAL_S = 1.0
COMMUNITY = PartyId(UUID("5a1f6e1c-0000-4000-8000-000000000001"))
TEXTS = Path(__file__).parent.parent / "services" / "needs" / "similar.yaml"


@dataclass(frozen=True, slots=True)
class Finding:
    seconds: list[float]
    found: int
    """how often one of the same matter was among the five"""

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def worst(self) -> float:
        return max(self.seconds)


def invented(number: int, chance: random.Random, texts: list[str]) -> Need:
    title, _, description = texts[number % len(texts)].partition("|")
    place = f"{chance.randrange(1, 400)}号楼{chance.randrange(1, 34)}层"
    return Need(
        id=NeedId(UUID(int=chance.getrandbits(128), version=4)),
        community_id=COMMUNITY,
        tracking_number=str(number),
        origin=Origin.RESIDENT,
        category="mutual_help",
        division="320508001001",
        beneficiaries=1,
        title=title,
        description=f"{description}。{place},{chance.choice(('上周', '今天', '一个月前', '过年以后'))}开始的。",
        route=None,
        reason="",
        source="",
        ballot_id=None,
        project_id=None,
    )


async def measure(dsn: str) -> Finding:
    groups: list[list[str]] = yaml.safe_load(TEXTS.read_text("utf-8"))
    texts = [text for group in groups for text in group]
    chance = random.Random(1)
    many = [invented(number, chance, texts) for number in range(NEEDS)]
    async with (
        fresh_database(dsn, [needs.SERVICE]) as own,
        Database(own, "needs", role=role_of("needs")) as database,
        Database(own, "needs") as owner,
    ):
        for first in range(0, NEEDS, PORTION):
            async with database.transaction() as tx:
                await _write(tx, many[first : first + PORTION])
        async with owner.connection() as connection:
            await connection.execute("ANALYZE needs")
        seconds, found = [], 0
        for place in chance.sample(range(NEEDS), ASKED):
            begun = time.perf_counter()
            async with database.connection() as connection:
                asked = await need(connection, many[place].id)
                assert asked is not None
                near = nearest(asked, await needs_like(connection, asked))
            seconds.append(time.perf_counter() - begun)
            group = place % len(texts) // len(groups[0])
            found += any(int(one.need.tracking_number) % len(texts) // len(groups[0]) == group for one in near)
    return Finding(seconds, found)


async def _write(tx: Connection, portion: list[Need]) -> None:
    world = await stored.load(tx, [(Need, one.id) for one in portion])
    for one in portion:
        world.put(one)
    await stored.save(tx, world)


if __name__ == "__main__":
    result = asyncio.run(measure(os.environ["SANSHE_DATABASE"]))
    print(f"{result.median:.3f} s, worst {result.worst:.3f} s, {result.found} of {ASKED} found")
