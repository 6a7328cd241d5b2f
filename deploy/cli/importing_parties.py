"""`sanshe import parties`: a file of parties, looked at first, and taken in when it is right and somebody says so."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeVar

import aiohttp
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.cli.entering import At, Keys, door
from deploy.cli.program import columns, fail, run
from deploy.demo.client import Client, Person, Problem
from deploy.keys import KeyRing
from schemas.fault import printable
from services.registry.api.importing import ImportDone, ImportPreview
from services.registry.rules.importing import MOST_BYTES, LineOutcome

MOST_SHOWN = 50
"""wrong lines told one by one"""
A = TypeVar("A")


def import_parties(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=".xlsx, .csv")],
    at: At = None,
    key_file: Keys = None,
    by: Annotated[str, typer.Option("--as", metavar="NAME", help="以谁的密钥 / whose key")] = "registrar-1",
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 / do not ask")] = False,
) -> None:
    """登记文件中的全部主体,或一个也不登记 / Registers all parties of a file, or none.

    先预览并逐行指出错误,确认后才登记;同一文件再次导入不改变任何内容。登记后须由另一位登记人员核验。

    Looked at first, with every mistake by its line, and taken in once confirmed; the same file again changes nothing.
    Another registrar then verifies. Exit status 1 when a line is wrong.
    """
    address, ring = door(at, key_file)
    person, body = _person(ring, by), _body(file)
    preview = asyncio.run(_sent(address, lambda api: _preview(api, person, body)))
    _tell(preview)
    if preview.wrong:
        raise typer.Exit(1)
    if preview.known or not preview.new:
        raise typer.Exit(0)
    if not yes:
        typer.confirm(f"登记 {preview.new} 个主体? Register {preview.new} parties?", abort=True)
    run(_sent(address, lambda api: _take_in(api, person, body, preview.new)))


def _person(ring: KeyRing, name: str) -> Person:
    held = next((key for key in ring.keys if key.name == name), None)
    if held is None:
        fail(f"密钥文件中没有 {printable(name)} There is no key of {printable(name)}")
    return held.person()


def _body(file: Path) -> dict[str, str]:
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
    return {"file_name": file.name, "format": format, "content": base64.b64encode(content).decode()}


async def _sent(address: str, work: Callable[[Client], Awaitable[A]]) -> A:
    try:
        async with Client(address) as api:
            return await work(api)
    except (Problem, TimeoutError, aiohttp.ClientError) as error:
        fail(f"✗ {str(error) or type(error).__name__}")


async def _preview(api: Client, by: Person, body: dict[str, str]) -> ImportPreview:
    with _progress("预览 looking at it", None):
        return await api.post("/v1/parties/import-previews", ImportPreview, body, by)


async def _take_in(api: Client, by: Person, body: dict[str, str], number: int) -> int:
    with _progress(f"登记 registering {number:,}", number):
        done = await api.post("/v1/parties/imports", ImportDone, body, by)
    typer.echo(f"✓ 已登记 {done.entered:,},原已登记 {done.already:,} entered, {done.already:,} were there")
    typer.echo(
        f"  待另一登记人员核验 another registrar verifies: POST /v1/parties/imports/{done.import_id}/verification"
    )
    return 0


@contextmanager
def _progress(what: str, total: int | None) -> Iterator[None]:
    """One transaction has no half: the bar moves while it is under way, and is full when all is written."""
    shown = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*shown, console=Console(stderr=True)) as progress:
        bar = progress.add_task(what, total=None)
        yield
        progress.update(bar, total=total or 1, completed=total or 1)


def _tell(preview: ImportPreview) -> None:
    wrong = [line for line in preview.lines if line.outcome is LineOutcome.WRONG]
    if preview.known:
        typer.echo("同一文件已导入过,不作改变 The same file was taken in before; nothing changes")
        return
    typer.echo(
        f"将登记 {preview.new:,},原已登记 {preview.already:,},有误 {preview.wrong:,} "
        "/ to be entered, there already, wrong"
    )
    rows = [(line.row, p.column or "—", p.zh, p.en) for line in wrong[:MOST_SHOWN] for p in line.problems]
    if rows:
        typer.echo(printable_rows(rows), err=True)
    if len(wrong) > MOST_SHOWN:
        typer.echo(f"… 另有 {len(wrong) - MOST_SHOWN:,} 行 and as many more lines", err=True)


def printable_rows(rows: list[tuple[int, str, str, str]]) -> str:
    """What stands in a file never commands a terminal."""
    return columns([[f"第 {row} 行", *map(printable, texts)] for row, *texts in rows])
