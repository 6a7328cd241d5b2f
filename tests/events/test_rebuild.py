"""A projection can be made anew from the log, beside the one that serves, and comes out the same (law 12)."""

from dataclasses import replace
from typing import Any

import orjson

from services.kit.migrations import migrate
from tests.events import tally
from tests.events.jar import a_jar, another
from tests.support import jars
from tests.support.fixtures import Running
from tests.support.jars import CoinDropped
from tests.support.system import System
from tests.support.waiting import eventually

ANEW = replace(tally.PROJECTION, name="tally2")
"""The same projection as another consumer with tables of its own."""


async def rows(system: System, schema: str) -> dict[str, Any]:
    """What it knows; how often a row was saved depends on how the log was cut into batches."""
    found = await system.fetch(f"SELECT id, state FROM {schema}.tallies")
    return {str(row["id"]): orjson.loads(row["state"]) for row in found}


async def has_seen(system: System, schema: str, coins: int) -> bool:
    seen: int = sum(state["coins"] for state in (await rows(system, schema)).values())
    return seen == coins


async def test_a_projection_rebuilt_from_the_log_equals_the_live_one(running: Running) -> None:
    kept = [a_jar() for _ in range(3)]
    async with running(tally.PROJECTION, jars.SERVICE, catalogue=tally.CATALOGUE) as system:

        async def drop(first: int, last: int) -> None:
            for fen in range(first, last + 1):
                await system.teller.tell(CoinDropped(project_id=kept[fen % 3], fen=fen))

        await drop(101, 130)
        await eventually(lambda: has_seen(system, "tally", 30), "the live projection")

        await migrate(system.dsn, [ANEW])
        async with another(system, replace(system.running[0].shell, service=ANEW)):
            await drop(131, 140)  # life goes on meanwhile
            await eventually(lambda: has_seen(system, "tally", 40), "the live projection")
            await eventually(lambda: has_seen(system, "tally2", 40), "the rebuilt projection")

        live = await rows(system, "tally")
        assert await rows(system, "tally2") == live
        assert sum(state["fen"] for state in live.values()) == sum(range(101, 141))
        assert await system.facts("tally") == await system.facts("tally2") == []
