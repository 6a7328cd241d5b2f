"""`sanshe replay`: awards and venture rounds derived once more from the log, under the rulebook of their time."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated
from uuid import UUID

import typer

from deploy.cli.finding import observed
from deploy.cli.line import json_line
from deploy.cli.program import fail, run, settings
from deploy.replay import Replayed, replay, replay_all
from deploy.replay_round import ReplayedRound, replay_round, replay_rounds
from events.database import Connection
from schemas.deciding import Rulebooks
from services.kit import adopted
from services.kit.settings import Settings

LIMIT_S = 900
Find = Callable[[Connection, Rulebooks], AsyncIterator[Replayed | ReplayedRound]]

app = typer.Typer(help="从日志重新推导决定 / Decisions derived again from the log", invoke_without_command=True)
AsJson = Annotated[bool, typer.Option("--json", help="每行一个JSON / one JSON object a line")]


@app.callback()
def replay_everything(
    context: typer.Context,
    everything: Annotated[
        bool, typer.Option("--all", help="全部项目和公益创投轮次 / every project and venture round")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """重新推导决定,与记录比较 / Derive decisions again and compare them with what was said.

    有不符时,退出码为 1。
    Exit status 1 when anything differs.
    """
    if context.invoked_subcommand is None:
        if not everything:
            typer.echo(context.get_help())
            raise typer.Exit(2)
        run(_replay(settings(), _everything, as_json=as_json))


@app.command("award")
def award(
    project: Annotated[UUID, typer.Argument(metavar="PROJECT", help="项目编号 / id of the project")],
    as_json: AsJson = False,
) -> None:
    """重算一个项目的排名与成交 / The ranking and award of one project, from its facts and its rulebook."""
    nothing = f"项目 {project} 没有评分记录,无从重算。 Project {project} has no closed scoring to derive from."
    run(_replay(settings(), lambda tx, books: _only(replay(tx, project, books)), as_json=as_json, nothing=nothing))


@app.command("round")
def venture_round(
    round_id: Annotated[UUID, typer.Argument(metavar="ROUND", help="轮次编号 / id of the round")],
    as_json: AsJson = False,
) -> None:
    """重算一轮公益创投的总分与择优 / The totals and the choice of one venture round, from its facts."""
    nothing = f"轮次 {round_id} 没有择优记录,无从重算。 Round {round_id} was not solved; nothing can be derived."
    run(
        _replay(
            settings(), lambda tx, books: _only(replay_round(tx, round_id, books)), as_json=as_json, nothing=nothing
        )
    )


async def _replay(chosen: Settings, find: Find, *, as_json: bool, nothing: str | None = None) -> int:
    """`nothing`: what to say, as a failure, when nothing was found."""
    number = wrong = 0
    async with observed(chosen) as observer, observer.snapshot(limit_s=LIMIT_S) as tx:
        await tx.execute("SET LOCAL search_path TO audit")
        rulebooks = await adopted.shelf(tx)
        async for one in find(tx, rulebooks):
            number += 1
            wrong += bool(one.differences)
            typer.echo(_json(one) if as_json else _sentences(one))
    if nothing is not None and not number:
        fail(nothing)
    if not as_json:
        typer.echo(f"重算 {number} 项,{wrong} 项不符 · {number} replayed, {wrong} differ")
    return 1 if wrong else 0


async def _everything(tx: Connection, rulebooks: Rulebooks) -> AsyncIterator[Replayed | ReplayedRound]:
    async for award in replay_all(tx, rulebooks):
        yield award
    async for one in replay_rounds(tx, rulebooks):
        yield one


async def _only(
    one: Awaitable[Replayed | None] | Awaitable[ReplayedRound | None],
) -> AsyncIterator[Replayed | ReplayedRound]:
    if (found := await one) is not None:
        yield found


def _json(one: Replayed | ReplayedRound) -> str:
    differences = [{"zh": found.zh, "en": found.en} for found in one.differences]
    equal = not one.differences
    if isinstance(one, Replayed):
        return json_line(
            project=str(one.project_id), equal=equal, rulebook=one.rulebook, bids=one.bids, differences=differences
        )
    return json_line(
        round=str(one.round_id),
        equal=equal,
        rulebook=one.rulebook,
        applications=one.applications,
        chosen=one.chosen,
        differences=differences,
    )


def _sentences(one: Replayed | ReplayedRound) -> str:
    id = one.project_id if isinstance(one, Replayed) else one.round_id
    if not one.differences and isinstance(one, ReplayedRound):
        return f"{id}  一致 equal:{one.applications} 份申报的总分与入选的 {one.chosen} 项可由记录推出 chosen"
    if not one.differences and isinstance(one, Replayed):
        return f"{id}  一致 equal:{one.bids} 个投标的排名与成交可由记录推出 bids ranked"
    lines = [f"{id}  ✗ 不符 differs(规则集 rulebook {one.rulebook[:12]}…)"]
    return "\n".join([*lines, *(f"  {found.zh}\n  {found.en}" for found in one.differences)])
