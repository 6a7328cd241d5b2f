"""Random stories: after every step the books, in memory and in PostgreSQL, are what a plain model says."""

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.services.funds.desk import Desk
from tests.services.funds.ledger import a_ledger
from tests.services.funds.moves.in_memory import in_memory, snapshot_of
from tests.services.funds.moves.in_postgres import in_postgres, snapshot_in
from tests.services.funds.moves.player import ARRIVALS, BEFORE, Move, Player, some_crowds, some_moves
from tests.services.funds.moves.snapshots import differences


@settings(max_examples=200, deadline=None)
@given(some_moves)
def test_in_memory_every_story_is_what_the_model_says(moves: list[Move]) -> None:
    async def story() -> None:
        desk = Desk()
        player = Player(in_memory(desk), desk.story)
        for move in moves:
            await player.play(move)
            assert differences(snapshot_of(desk), player.known.model.snapshot()) == {}

    asyncio.run(story())


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=some_moves)
async def test_in_postgres_every_story_is_what_the_model_says_and_the_books_add_up(
    postgres_dsn: str, moves: list[Move]
) -> None:
    async with a_ledger(postgres_dsn) as ledger:
        player = Player(in_postgres(ledger), ledger.clock)
        for move in moves:
            await player.play(move)
            assert differences(await snapshot_in(ledger), player.known.model.snapshot()) == {}
            assert await ledger.findings() == []


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.sampled_from(BEFORE), crowds=some_crowds)
async def test_in_postgres_whatever_happens_at_once_is_as_if_it_had_happened_in_some_order(
    postgres_dsn: str, before: tuple[Move, ...], crowds: list[list[Move]]
) -> None:
    async with a_ledger(postgres_dsn) as ledger:
        player = Player(in_postgres(ledger), ledger.clock)
        for move in (("fund", 0, 1, 2999), *before):
            await player.play(move)
        for crowd in crowds:
            at_once = [move for move in crowd if move[0] not in ARRIVALS]
            for move in crowd:
                if move not in at_once:
                    await player.play(move)
            await player.play_at_once(at_once, lambda: snapshot_in(ledger))
            assert await ledger.findings() == []
