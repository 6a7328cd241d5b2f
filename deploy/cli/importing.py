"""`sanshe import pabulib`: published elections into the running installation."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import aiohttp
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from deploy import keys, note
from deploy.cli.finding import NothingRuns
from deploy.cli.program import fail, run, settings, stoppable
from deploy.cli.tally import tell_bad, text_of
from deploy.demo import election
from deploy.demo.client import Client, Problem
from deploy.demo.clock import Clock
from deploy.demo.story import choosing
from deploy.demo.story.registering import Registry
from deploy.importing import Import, Imported, bring_in, content_of, differs
from deploy.keys import KeyRing
from schemas import division as divisions
from schemas.fault import printable
from schemas.ids import PartyId
from schemas.need import Route
from schemas.pabulib import NotPabulib, parse
from services.kit.rulebooks import shipped
from services.needs.rules.intake import RULEBOOK

app = typer.Typer(help="导入 / Import", no_args_is_help=True)


@app.callback()
def importing() -> None:
    """导入 / Import."""


@app.command("pabulib")
def import_pabulib(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Pabulib .pb, .pb.xz")],
    at: Annotated[str | None, typer.Option(metavar="URL", help="系统地址,默认为数据目录上运行的 / its address")] = None,
    key_file: Annotated[Path | None, typer.Option("--keys", metavar="FILE", help="keys.json")] = None,
    funder: Annotated[UUID | None, typer.Option(help="出资方编号,默认为示例街道 / the funder's party id")] = None,
    division: Annotated[str, typer.Option(help="社区的12位区划代码 / the community's division code")] = "320508599001",
    category: Annotated[str, typer.Option(help="需求类别 / category of the needs")] = "charity",
    days: Annotated[int, typer.Option(min=1, max=365, help="投票几天后截止 / days until the ballot closes")] = 7,
) -> None:
    """登记社区、需求、投票与选票;可中断后重跑 / A community, its needs, a ballot, its votes; may be repeated.

    On a virtual clock the ballot is closed at once; otherwise run the same command again after it closed. Exit
    status 1 when a file cannot be read or held, or an outcome differs from what was published.
    """
    _check(division, category)
    run(_import(files, _Where(at, key_file, funder), (division, category, days)))


def _check(division: str, category: str) -> None:
    fault = divisions.check(division)
    if fault is not None or divisions.level(division) is not divisions.Level.COMMUNITY:
        why = f"{fault.zh} {fault.en}" if fault else "须为12位 must have 12 digits"
        raise typer.BadParameter(why, param_hint="--division")
    routes = shipped().named(RULEBOOK).value("need.routes")
    known = [name for name, route in routes.items() if route == Route.PROJECT]
    if category not in known:
        raise typer.BadParameter(f"可用 one of: {', '.join(known)}", param_hint="--category")
