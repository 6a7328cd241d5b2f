"""`sanshe replay`: awards derived once more from the log, years later, under the rulebook they were made under."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

import typer

from deploy.cli.finding import observed
from deploy.cli.line import json_line
from deploy.cli.program import fail, run, settings
from deploy.replay import Replayed, replay, replay_all
from services.kit import adopted
from services.kit.settings import Settings

LIMIT_S = 900

app = typer.Typer(help="从日志重新推导决定 / Decisions derived again from the log", invoke_without_command=True)
AsJson = Annotated[bool, typer.Option("--json", help="每行一个JSON / one JSON object a line")]


@app.callback()
def replay_everything(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="全部项目 / every project")] = False,
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
        run(_replay(settings(), None, as_json=as_json))


@app.command("award")
def award(
    project: Annotated[UUID, typer.Argument(metavar="PROJECT", help="项目编号 / id of the project")],
    as_json: AsJson = False,
) -> None:
    """重算一个项目的排名与成交 / The ranking and award of one project, from its facts and its rulebook."""
    run(_replay(settings(), project, as_json=as_json))


async def _replay(chosen: Settings, project: UUID | None, *, as_json: bool) -> int:
    number = wrong = 0
    async with observed(chosen) as observer, observer.snapshot(limit_s=LIMIT_S) as tx:
        await tx.execute("SET LOCAL search_path TO audit")
        rulebooks = await adopted.shelf(tx)
        if project is None:
            found: AsyncIterator[Replayed] = replay_all(tx, rulebooks)
        else:
            found = _only(await replay(tx, project, rulebooks))
        async for one in found:
            number += 1
            wrong += bool(one.differences)
            typer.echo(_json(one) if as_json else _sentences(one))
    if project is not None and not number:
        fail(f"项目 {project} 没有评分记录,无从重算。 Project {project} has no closed scoring to derive from.")
    if not as_json:
        typer.echo(f"重算 {number} 个项目,{wrong} 个不符 · {number} replayed, {wrong} differ")
    return 1 if wrong else 0


async def _only(one: Replayed | None) -> AsyncIterator[Replayed]:
    if one is not None:
        yield one


def _json(one: Replayed) -> str:
    return json_line(
        project=str(one.project_id),
        equal=not one.differences,
        rulebook=one.rulebook,
        bids=one.bids,
        differences=[{"zh": found.zh, "en": found.en} for found in one.differences],
    )


def _sentences(one: Replayed) -> str:
    if not one.differences:
        return f"{one.project_id}  一致 equal:{one.bids} 个投标的排名与成交可由记录推出 bids ranked"
    lines = [f"{one.project_id}  ✗ 不符 differs(规则集 rulebook {one.rulebook[:12]}…)"]
    return "\n".join([*lines, *(f"  {found.zh}\n  {found.en}" for found in one.differences)])
