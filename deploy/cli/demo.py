"""`sanshe demo`: half a year in a minute, on an installation of its own."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy.cli.program import run, stoppable
from deploy.demo.client import Problem
from deploy.demo.stage import Stage, stage
from deploy.demo.street import tour

app = typer.Typer(help="示例 / Demonstrations on a virtual clock", no_args_is_help=True)

At = Annotated[
    str | None, typer.Option(metavar="URL", help="已运行的虚拟时钟系统 / a running installation with a virtual clock")
]
Keys = Annotated[Path | None, typer.Option(metavar="FILE", help="其 keys.json / its keys.json")]
Data = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="保留数据的目录,默认用后即删 / keep its data here"),
]
Stay = Annotated[
    bool | None,
    typer.Option(help="结束后继续运行以供浏览,在终端上默认如此 / keep running to look around"),
]


@app.command()
def street(at: At = None, keys: Keys = None, data: Data = None, stay: Stay = None) -> None:
    """一条街的全过程,一分钟看完 / One street: a need becomes published money, in a minute."""
    run(_street(at, keys, data, sys.stdout.isatty() if stay is None else stay))


async def _street(at: str | None, keys: Path | None, data: Path | None, stay: bool) -> int:
    console = Console()
    with stoppable():
        try:
            async with stage(at, keys, data) as found:
                trace = await tour(found, console)
                console.print("\n[green]✓[/green] 过程完整,分文不差 The story is complete, to the fen")
                if stay and at is None:
                    await _look_around(found, console)
                return 1 if trace.findings else 0
        except Problem as problem:
            console.print(f"[red]✗ {problem}[/red]")
            return 1
        except asyncio.CancelledError:
            return 130


async def _look_around(found: Stage, console: Console) -> None:
    console.print(
        f"上面的地址都还能打开,接口文档在 {found.api.url}/docs;按 Ctrl-C 结束\n"
        f"All addresses above still answer, the interface is at {found.api.url}/docs; Ctrl-C ends it",
        highlight=False,
    )
    await asyncio.Event().wait()
