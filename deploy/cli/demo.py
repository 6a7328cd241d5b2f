"""`sanshe demo`: half a year in a minute, on an installation of its own."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import aiohttp
import typer
from rich.console import Console

from deploy.cli import proving
from deploy.cli.program import fail, run, stoppable
from deploy.demo import krakow
from deploy.demo.client import Problem
from deploy.demo.stage import Stage, stage
from deploy.demo.street import tour

app = typer.Typer(help="示例 / Demonstrations on a virtual clock", no_args_is_help=True)

At = Annotated[
    str | None, typer.Option(metavar="URL", help="已运行的虚拟时钟系统 / a running installation with a virtual clock")
]
Keys = Annotated[Path | None, typer.Option(metavar="FILE", help="其 keys.json / its keys.json")]
Data = Annotated[Path | None, typer.Option(metavar="FOLDER", help="保留数据的目录,默认用后即删 / keep its data here")]
Stay = Annotated[
    bool | None, typer.Option(help="结束后继续运行以供浏览,在终端上默认如此 / keep running to look around")
]
ALL = len(krakow.DISTRICTS)


@app.command("street")
def play_street(at: At = None, keys: Keys = None, data: Data = None, stay: Stay = None) -> None:
    """一条街的全过程,一分钟看完 / One street: a need becomes published money, in a minute."""
    console, stays = Console(), sys.stdout.isatty() if stay is None else stay

    async def play(found: Stage) -> int:
        trace = await tour(found, console)
        unproven = await _unproven(found, console)
        if stays and at is None:
            await _look_around(found, console)
        return 1 if unproven or trace.findings else 0

    run(_played(at, keys, data, play))


@app.command("krakow")
def play_krakow(
    at: At = None,
    keys: Keys = None,
    data: Data = None,
    districts: Annotated[int, typer.Option(min=1, max=ALL, help="几个区 / how many districts")] = ALL,
    seed: Annotated[int, typer.Option(help="报价、质量与评价的种子 / seed of prices, quality, ratings")] = 2024,
) -> None:
    """克拉科夫 18 个区的真实选票,走完全程 / The 18 districts of Kraków 2024, with their real votes, all the way.

    计票与该市公布的不同,或有任何不符时,退出码为 1。
    Exit status 1 when a count is not what the city published, or anything does not add up.
    """
    console = Console()

    async def play(found: Stage) -> int:
        outcome = await krakow.run(found, console, districts, seed)
        krakow.tell(outcome, console)
        return 1 if await _unproven(found, console) or outcome.findings else 0

    run(_played(at, keys, data, play))


async def _played(at: str | None, keys: Path | None, data: Path | None, play: Callable[[Stage], Awaitable[int]]) -> int:
    with stoppable():
        try:
            async with stage(at, keys, data) as found:
                return await play(found)
        except (Problem, krakow.Differs, TimeoutError, aiohttp.ClientError) as error:
            fail(f"✗ {str(error) or type(error).__name__}")
        except asyncio.CancelledError:
            return 130


async def _unproven(found: Stage, console: Console) -> bool:
    """`sanshe verify` at the end; False when it finds nothing, or cannot see the database from here."""
    proof = await found.proof()
    if proof is None:
        console.print("请在系统所在处运行 sanshe verify。 Run `sanshe verify` where the installation runs.")
        return False
    for line in proving.report(proof):
        console.print(line, markup=False, highlight=False)
    return bool(proof.findings)


async def _look_around(found: Stage, console: Console) -> None:
    console.print(
        f"\n上面的地址都还能打开,接口文档在 {found.api.url}/docs;按 Ctrl-C 结束\n"
        f"All addresses above still answer, the interface is at {found.api.url}/docs; Ctrl-C ends it\n"
        f"审计员的密钥可读其余 An auditor's key reads the rest: -H 'Authorization: Bearer {found.auditor.secret}'",
        highlight=False,
        soft_wrap=True,
    )
    await asyncio.Event().wait()
