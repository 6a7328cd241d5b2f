"""`sanshe replay`: an award is derived again from the log; whoever rewrote a fact of it is shown."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from deploy.cli import app
from deploy.replay import Replayed, replay, replay_all
from events.database import Connection
from schemas.ids import ProjectId
from services.kit.rulebooks import Shelf, shipped
from tests.journey.test_delivering import an_awarded_project
from tests.journey.town import Town, players

EDITS = {
    "opened as sealed": ("bids.opened", "{bids,0,price,fen}", "1234567", ("密封时的摘要不符", "交付排名")),
    "handed over": ("scoring.closed", "{bids,0,quality,0}", '"1.00"', ("交付排名", "重算为")),
    "price points": ("scoring.closed", "{price_points}", '"21"', ("价格分应为", "重算为")),
    "scores": ("scores.entered", "{scores,0,points,plan}", '"0.00"', ("交付排名",)),
    "ranked": ("bids.ranked", "{ranking,0,total}", '"99.99"', ("重算为",)),
    "proposed": ("award.proposed", "{price,fen}", "1", ("基准价、次序或推荐",)),
    "chosen": ("award.confirmed", "{price,fen}", "1", ("不是排名第一的",)),
    "left out": ("bid.sealed", "{bid_id}", f'"{uuid4()}"', ("没有开启,也没有说明原因", "密封时的摘要不符")),
}
"""type of fact, place in it, what somebody wrote there, and what is said of it"""


@dataclass(frozen=True, slots=True)
class Place:
    town: Town
    project_id: ProjectId

    async def replayed(self, tx: Connection) -> Replayed:
        found = await replay(tx, self.project_id, shipped())
        assert found is not None
        return found

    @asynccontextmanager
    async def rewritten(self) -> AsyncIterator[Connection]:
        """As owner of the database, and forgotten afterwards."""
        connection = await asyncpg.connect(self.town.inside.dsn)
        try:
            transaction = connection.transaction()
            await transaction.start()
            yield connection
            await transaction.rollback()
        finally:
            await connection.close()


@pytest.fixture(scope="module")
async def awarded(town: Town) -> Place:
    of = await players(town)
    plan, _ = await an_awarded_project(town, of)
    await town.clock.quiet()
    return Place(town, plan.project_id)


async def test_the_recorded_award_follows_from_its_facts(awarded: Place) -> None:
    async with awarded.town.observer.snapshot() as tx:
        found = await awarded.replayed(tx)
        everything = [one async for one in replay_all(tx, shipped())]
        nobody = await replay(tx, uuid4(), shipped())
        without = await replay(tx, awarded.project_id, Shelf([]))

    assert (found.differences, found.bids) == ((), 3)
    assert found in everything
    assert nobody is None
    assert without is not None
    assert "不能排名" in without.differences[0].zh, "an installation that has lost the rulebook says so"


@pytest.mark.parametrize("edit", EDITS)
async def test_whoever_rewrites_a_fact_is_shown(awarded: Place, edit: str) -> None:
    type, place, value, said = EDITS[edit]
    async with awarded.rewritten() as tx:
        changed = await tx.execute(
            """
            UPDATE audit.events SET data = jsonb_set(data, $3::text[], $4::jsonb, false) WHERE event_id = (
                SELECT event_id FROM audit.events WHERE key = $1 AND type = $2 ORDER BY position LIMIT 1)
            """,
            str(awarded.project_id),
            type,
            place.strip("{}").split(","),
            value,
        )
        assert changed == "UPDATE 1"
        found = await awarded.replayed(tx)

    told = "".join(difference.zh for difference in found.differences)
    assert all(words in told for words in said), told


async def test_the_command_says_equal_and_what_it_cannot_find(
    awarded: Place, kafka_bootstrap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = awarded.town.inside
    for name, value in (("DATABASE", inside.dsn), ("KAFKA", kafka_bootstrap), ("DATA", str(tmp_path))):
        monkeypatch.setenv(f"SANSHE_{name}", value)

    async def sanshe(*arguments: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, ["replay", *arguments])

    one = await sanshe("award", str(awarded.project_id))
    every = await sanshe("--all", "--json")
    unknown = await sanshe("award", str(uuid4()))
    nothing = await sanshe()

    assert one.exit_code == 0, one.output
    assert f"{awarded.project_id}  一致 equal:3 个投标" in one.stdout
    told = [json.loads(line) for line in every.stdout.splitlines()]
    assert {"project": str(awarded.project_id), "equal": True}.items() <= told[0].items()
    assert (unknown.exit_code, nothing.exit_code) == (1, 2)
    assert "没有评分记录" in unknown.stderr
