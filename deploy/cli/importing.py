"""`sanshe import pabulib`: published elections into the running installation."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated
from uuid import UUID

import aiohttp
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from deploy.cli.entering import door
from deploy.cli.program import fail, run, stoppable
from deploy.cli.tally import tell_lines, text_of
from deploy.demo import election
from deploy.demo.client import Client, Problem
from deploy.demo.clock import Clock
from deploy.demo.story import choosing
from deploy.demo.story.registering import Registry
from deploy.importing import Import, Imported, NotAFunder, bring_in, content_of, differs, must_fund
from deploy.keys import KeyRing
from schemas import division as divisions
from schemas.fault import printable
from schemas.ids import PartyId
from schemas.need import Route
from schemas.pabulib import NotPabulib, parse
from services.kit.rulebooks import shipped
from services.needs.rules.intake import RULEBOOK

app = typer.Typer(help="导入 / Import", no_args_is_help=True)
FUNDER = "funder-drafter"
"""whose key stands in keys.json where the example street was registered"""


@app.callback()
def importing() -> None:
    """导入 / Import."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the command was told beside the files."""

    at: str | None
    key_file: Path | None
    funder: UUID | None
    division: str
    category: str
    days: int
    advance: bool


@app.command("pabulib")
def import_pabulib(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Pabulib .pb, .pb.xz")],
    at: Annotated[str | None, typer.Option(metavar="URL", help="系统地址,默认为数据目录上运行的 / its address")] = None,
    key_file: Annotated[Path | None, typer.Option("--keys", metavar="FILE", help="keys.json")] = None,
    funder: Annotated[UUID | None, typer.Option(help="出资方编号,默认为示例街道 / the funder's party id")] = None,
    division: Annotated[str, typer.Option(help="社区的12位区划代码 / the community's division code")] = "320508599001",
    category: Annotated[str, typer.Option(help="需求类别 / category of the needs")] = "charity",
    days: Annotated[int, typer.Option(min=1, max=365, help="投票几天后截止 / days until the ballot closes")] = 7,
    advance: Annotated[
        bool, typer.Option(help="把虚拟时钟拨到截止时,当场比对 / move a virtual clock to the close, and compare")
    ] = False,
) -> None:
    """登记社区、需求、投票与选票;可中断后重跑 / A community, its needs, a ballot, its votes; may be repeated.

    投票截止后再次运行同一命令,即与公布的结果比对;文件不能读取或导入、结果不同时,退出码为 1。

    Once the ballot is closed, the same command compares its outcome with what was published. Exit status 1 when a
    file cannot be read or held, or an outcome differs.
    """
    _check(division, category)
    run(_import(files, Choices(at, key_file, funder, division, category, days, advance)))


def _check(division: str, category: str) -> None:
    fault = divisions.check(division)
    if fault is not None or divisions.level(division) is not divisions.Level.COMMUNITY:
        why = f"{fault.zh} {fault.en}" if fault else "须为12位 must have 12 digits"
        raise typer.BadParameter(why, param_hint="--division")
    routes = shipped().named(RULEBOOK).value("need.routes")
    known = [name for name, route in routes.items() if route == Route.PROJECT]
    if category not in known:
        raise typer.BadParameter(f"可用 one of: {', '.join(known)}", param_hint="--category")


async def _import(files: list[Path], choices: Choices) -> int:
    """Nothing is sent before every file was read and found to fit."""
    address, ring = door(choices.at, choices.key_file)
    imports = _read(files, choices, _funder(choices, ring))
    if imports is None:
        return 1
    with stoppable():
        try:
            async with Client(address) as api:
                clock = Clock(api, ring["operator"].person())
                return await _bring_in_all(api, clock, ring, imports, advance=choices.advance)
        except NotAFunder as error:
            fail(f"✗ {error}")
        except (Problem, TimeoutError, aiohttp.ClientError) as error:
            fail(
                f"✗ {str(error) or type(error).__name__}\n已导入的部分保留;再次运行同一命令会从中断处继续。\n"
                f"What is in stays; the same command again goes on from here."
            )
        except asyncio.CancelledError:
            return 130


def _funder(choices: Choices, ring: KeyRing) -> PartyId:
    if choices.funder is not None:
        return PartyId(choices.funder)
    found = next((key.party_id for key in ring.keys if key.name == FUNDER and key.party_id), None)
    if found is None:
        fail("请用 --funder 指明出资方 Name the funder whose budget it is: --funder PARTY_ID")
    return found


def _read(files: list[Path], choices: Choices, funder_id: PartyId) -> list[Import] | None:
    """None when any file is not an election that can be held here; every bad line was told then."""
    imports = []
    for file in files:
        try:
            text = text_of(file)
            published = parse(text)
            election.must_fit(published)
        except NotPabulib as error:
            typer.echo(f"{printable(str(file))}  不能导入 cannot be imported", err=True)
            tell_lines(error.bad_lines)
            continue
        terms = (str(funder_id), choices.division, choices.category, str(choices.days))
        imports.append(
            Import(
                name=file.name.removesuffix(".xz").removesuffix(".pb"),
                published=published,
                division=choices.division,
                category=choices.category,
                funder_id=funder_id,
                days=choices.days,
                content=content_of(text, *terms),
            )
        )
    return imports if len(imports) == len(files) else None


async def _bring_in_all(api: Client, clock: Clock, ring: KeyRing, imports: list[Import], *, advance: bool) -> int:
    virtual = await clock.is_virtual()
    if advance and not virtual:
        fail("真实时间不能拨动,请去掉 --advance Real time cannot be moved: leave out --advance")
    await must_fund(api, imports[0].funder_id)
    registry = Registry(
        enters=ring["registrar-1"].person(),
        verifies=ring["registrar-2"].person(),
        now=await clock.now() if virtual else datetime.now(UTC),
    )
    brought = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        for one in imports:
            bar = progress.add_task(printable(one.name), total=len(one.votes))
            imported = await bring_in(api, registry, one, partial(progress.advance, bar))
            progress.update(bar, completed=len(one.votes))
            brought.append((one, imported))
    if advance:
        await clock.until(max(imported.ballot.closes_at for _, imported in brought))
    outcomes = [await _outcome(api, one, imported, closed=advance) for one, imported in brought]
    return 0 if all(outcomes) else 1


async def _outcome(api: Client, one: Import, imported: Imported, *, closed: bool) -> bool:
    """Tell how the ballot stands; False when it came out otherwise than published."""
    id = imported.ballot.id
    counted = await choosing.counted(api, id) if closed else await choosing.ballot(api, id)
    where = f"{printable(one.name)}  {api.url}/v1/ballots/{id}"
    if counted.result is None:
        typer.echo(f"{where}\n  投票至 {counted.closes_at:%Y-%m-%d %H:%M} UTC 截止;之后再次运行本命令即可比对")
        typer.echo(f"  The ballot closes {counted.closes_at:%Y-%m-%d %H:%M} UTC; run this again then to compare")
        return True
    typer.echo(f"{where}\n  {counted.result.arithmetic}")
    if counted.result.votes < len(one.votes):
        typer.echo(f"  截止前只导入了 {counted.result.votes}/{len(one.votes)} 票 it closed before all votes were in")
    difference = differs(one, replace(imported, ballot=counted))
    if difference is None:
        typer.echo("  文件未载明公布结果 the file does not say what was chosen")
        return True
    if difference == ([], []):
        typer.echo("  与公布结果一致 equal to what was published")
        return True
    typer.echo(f"  与公布结果不同 differs: 仅此处 only here {difference[0]}, 仅公布 only published {difference[1]}")
    return False
