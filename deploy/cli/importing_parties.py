"""`sanshe import parties`: a file of parties, looked at first, and taken in when it is right and somebody says so."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.entering import At, Keys, door
from deploy.cli.import_files import body, person, progress, sent, tell_known, tell_wrong
from deploy.cli.program import run
from deploy.demo.client import Client, Person
from schemas.importing import LineOutcome
from services.registry.api.importing import ImportDone, ImportPreview


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
    clerk, request = person(ring, by), body(file) | {"file_name": file.name}
    preview = asyncio.run(sent(address, lambda api: _preview(api, clerk, request)))
    _tell(preview)
    if preview.wrong:
        raise typer.Exit(1)
    if preview.known or not preview.new:
        raise typer.Exit(0)
    if not yes:
        typer.confirm(f"登记 {preview.new} 个主体? Register {preview.new} parties?", abort=True)
    run(sent(address, lambda api: _take_in(api, clerk, request, preview.new)))


async def _preview(api: Client, by: Person, request: dict[str, str]) -> ImportPreview:
    with progress("预览 looking at it", None):
        return await api.post("/v1/parties/import-previews", ImportPreview, request, by)


async def _take_in(api: Client, by: Person, request: dict[str, str], number: int) -> int:
    with progress(f"登记 registering {number:,}", number):
        done = await api.post("/v1/parties/imports", ImportDone, request, by)
    typer.echo(f"✓ 已登记 {done.entered:,},原已登记 {done.already:,} entered, {done.already:,} were there")
    typer.echo(
        f"  待另一登记人员核验 another registrar verifies: POST /v1/parties/imports/{done.import_id}/verification"
    )
    return 0


def _tell(preview: ImportPreview) -> None:
    if preview.known:
        return tell_known()
    typer.echo(
        f"将登记 {preview.new:,},原已登记 {preview.already:,},有误 {preview.wrong:,} "
        "/ to be entered, there already, wrong"
    )
    tell_wrong([(line.row, line.problems) for line in preview.lines if line.outcome is LineOutcome.WRONG])
