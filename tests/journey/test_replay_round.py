"""`sanshe replay round`: a venture round is solved again from the log; whoever rewrote a fact of it is shown."""

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
from deploy.demo.story import venturing
from deploy.replay_round import ReplayedRound, replay_round, replay_rounds
from events.database import Connection
from schemas.ids import RoundId
from services.kit.rulebooks import shipped
from tests.journey.town import Town, players
from tests.journey.ventured import solved

EDITS = {
    "committed": ("round_draw.committed", "{commitment}", f'"{"0" * 64}"', ("评审专家的抽取",)),
    "drawn": ("round_experts.drawn", "{members,0}", '"00000000-0000-7000-8000-000000000001"', ("评审专家的抽取",)),
    "applied": ("application.submitted", "{proposal,title}", '"换了题目"', ("评审专家的抽取",)),
    "scored": ("applications.scored", "{scores,0,points,plan}", '"0.00"', ("总分与评审记录不符",)),
    "totalled": ("applications.totalled", "{totals,0,total}", "1", ("总分与评审记录不符", "与重算不符")),
    "public": ("public.scored", "{scores,0,points}", '"1.00"', ("总分与评审记录不符",)),
    "checked": ("applications.checked", "{checks,0,complete}", "false", ("重算为",)),
    "amount": ("round.solved", "{chosen,0,amount,fen}", "1", ("记录为", "公示的名单不是择优的结果")),
    "certificate": ("round.solved", "{certificate,bound}", "1", ("证书或入选次序",)),
    "alternative": ("alternatives.weighed", "{alternatives,0,total}", "1", ("未入选的理由",)),
    "publicised": ("round.publicised", "{chosen,0,amount,fen}", "1", ("公示的名单不是", "确认的资助不是")),
    "granted": ("round.confirmed", "{grants,0,amount,fen}", "1", ("确认的资助不是",)),
}
"""type of fact, place in it, what somebody wrote there, and what is said of it"""


@dataclass(frozen=True, slots=True)
class Place:
    town: Town
    round_id: RoundId

    async def replayed(self, tx: Connection) -> ReplayedRound:
        found = await replay_round(tx, self.round_id, shipped())
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
async def confirmed(town: Town) -> Place:
    of = await players(town)
    round_id, _ = await solved(town, of)
    await venturing.publicise(town.api, of.buyer, round_id)
    await town.days(venturing.NOTICE_DAYS)
    await venturing.confirm(town.api, of.buyer, round_id)
    await town.clock.quiet()
    return Place(town, round_id)


async def test_the_recorded_choice_follows_from_its_facts(confirmed: Place) -> None:
    async with confirmed.town.observer.snapshot() as tx:
        found = await confirmed.replayed(tx)
        everything = [one async for one in replay_rounds(tx, shipped())]
        nobody = await replay_round(tx, uuid4(), shipped())

    assert (found.differences, found.applications, found.chosen) == ((), 3, 2)
    assert found in everything
    assert nobody is None


@pytest.mark.parametrize("edit", EDITS)
async def test_whoever_rewrites_a_fact_of_a_round_is_shown(confirmed: Place, edit: str) -> None:
    type, place, value, said = EDITS[edit]
    async with confirmed.rewritten() as tx:
        changed = await tx.execute(
            """
            UPDATE audit.events SET data = jsonb_set(data, $3::text[], $4::jsonb, false) WHERE event_id = (
                SELECT event_id FROM audit.events WHERE key = $1 AND type = $2 ORDER BY position LIMIT 1)
            """,
            str(confirmed.round_id),
            type,
            place.strip("{}").split(","),
            value,
        )
        assert changed == "UPDATE 1"
        found = await confirmed.replayed(tx)

    told = "".join(difference.zh for difference in found.differences)
    assert all(words in told for words in said), told


async def test_the_command_says_equal_and_all_of_it_has_the_rounds(
    confirmed: Place, kafka_bootstrap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = confirmed.town.inside
    for name, value in (("DATABASE", inside.dsn), ("KAFKA", kafka_bootstrap), ("DATA", str(tmp_path))):
        monkeypatch.setenv(f"SANSHE_{name}", value)

    async def sanshe(*arguments: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, ["replay", *arguments])

    one = await sanshe("round", str(confirmed.round_id))
    every = await sanshe("--all", "--json")
    unknown = await sanshe("round", str(uuid4()))

    assert one.exit_code == 0, one.output
    assert f"{confirmed.round_id}  一致 equal:3 份申报的总分与入选的 2 项" in one.stdout
    told = [json.loads(line) for line in every.stdout.splitlines()]
    assert {"round": str(confirmed.round_id), "equal": True, "chosen": 2}.items() <= told[-1].items()
    assert unknown.exit_code == 1
    assert "没有择优记录" in unknown.stderr
