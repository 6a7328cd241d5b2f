"""What `sanshe import …` does with every file of many lines: read it, send it, tell its faults, show that it works."""

import base64
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import aiohttp
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.cli.program import columns, fail
from deploy.demo.client import Client, Person, Problem
from deploy.keys import KeyRing
from schemas.fault import printable
from schemas.importing import MOST_BYTES
from services.kit.importing import ImportProblem

MOST_SHOWN = 50
"""wrong lines told one by one"""
A = TypeVar("A")


def person(ring: KeyRing, name: str) -> Person:
    held = next((key for key in ring.keys if key.name == name), None)
    if held is None:
        fail(f"密钥文件中没有 {printable(name)} There is no key of {printable(name)}")
    return held.person()


def body(file: Path) -> dict[str, str]:
    """`format` and `content` of the request."""
    format = file.suffix.lower().removeprefix(".")
    if format not in ("xlsx", "csv"):
        fail("只能导入 .xlsx 或 .csv 文件 Only .xlsx and .csv files can be imported")
    try:
        size = file.stat().st_size
        if not 0 < size <= MOST_BYTES:
            fail(f"文件应有 1 至 {MOST_BYTES:,} 字节 The file must have 1 to {MOST_BYTES:,} bytes; it has {size:,}")
        content = file.read_bytes()
    except OSError as error:
        fail(f"文件无法读取 The file cannot be read: {error}")
    return {"format": format, "content": base64.b64encode(content).decode()}


async def sent(address: str, work: Callable[[Client], Awaitable[A]]) -> A:
    try:
        async with Client(address) as api:
            return await work(api)
    except (Problem, TimeoutError, aiohttp.ClientError) as error:
        fail(f"✗ {str(error) or type(error).__name__}")


@contextmanager
def progress(what: str, total: int | None) -> Iterator[None]:
    """One transaction has no half: the bar moves while it is under way, and is full when all is written."""
    shown = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*shown, console=Console(stderr=True)) as bars:
        bar = bars.add_task(what, total=None)
        yield
        bars.update(bar, total=total or 1, completed=total or 1)


def tell_known() -> None:
    typer.echo("同一文件已导入过,不作改变 The same file was taken in before; nothing changes")


def tell_wrong(wrong: Sequence[tuple[int, Sequence[ImportProblem]]]) -> None:
    """By row, column, and why."""
    rows = [(row, one.column or "—", one.zh, one.en) for row, problems in wrong[:MOST_SHOWN] for one in problems]
    if rows:
        typer.echo(printable_rows(rows), err=True)
    if len(wrong) > MOST_SHOWN:
        typer.echo(f"… 另有 {len(wrong) - MOST_SHOWN:,} 行 and as many more lines", err=True)


def printable_rows(rows: list[tuple[int, str, str, str]]) -> str:
    """What stands in a file never commands a terminal."""
    return columns([[f"第 {row} 行", *map(printable, texts)] for row, *texts in rows])
