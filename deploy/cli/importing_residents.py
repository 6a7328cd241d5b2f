"""`sanshe import residents`: a community's file of residents, looked at first, and taken in when it is right."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.entering import At, Keys, door
from deploy.cli.import_files import body, person, progress, sent, tell_known, tell_wrong
from deploy.cli.program import run
from deploy.demo.client import Client, Person
from services.needs.api.resident_imports import ResidentImportDone, ResidentImportPreview


def import_residents(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=".xlsx, .csv")],
    by: Annotated[str, typer.Option("--as", metavar="NAME", help="以谁的密钥 / whose key, of the community's staff")],
    at: At = None,
    key_file: Keys = None,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 / do not ask")] = False,
) -> None:
    """登记文件中的全部居民,或一个也不登记 / Registers all residents of a file, or none.

    先预览并逐行指出错误,不显示文件中的任何个人信息,确认后才登记;同一文件再次导入不改变任何内容。登记后须由另一人复核。

    Looked at first, with every mistake by its line and nothing of a person repeated, and taken in once confirmed; the
    same file again changes nothing. A second person then confirms. Exit status 1 when a line is wrong.
    """
    address, ring = door(at, key_file)
    clerk, request = person(ring, by), body(file)
    preview = asyncio.run(sent(address, lambda api: _preview(api, clerk, request)))
    _tell(preview)
    if preview.wrong:
        raise typer.Exit(1)
    if preview.known:
        raise typer.Exit(0)
    if not yes:
        typer.confirm(f"登记 {preview.new} 名居民? Register {preview.new} residents?", abort=True)
    run(sent(address, lambda api: _take_in(api, clerk, request, preview.new)))


async def _preview(api: Client, by: Person, request: dict[str, str]) -> ResidentImportPreview:
    path = f"/v1/communities/{by.party_id}/resident-import-previews"
    with progress("预览 looking at it", None):
        return await api.post(path, ResidentImportPreview, request, by)


async def _take_in(api: Client, by: Person, request: dict[str, str], number: int) -> int:
    imports = f"/v1/communities/{by.party_id}/resident-imports"
    with progress(f"登记 registering {number:,}", number):
        done = await api.post(imports, ResidentImportDone, request, by)
    typer.echo(f"✓ 已登记 {done.entered:,} entered")
    typer.echo(f"  待另一人复核 somebody else confirms: POST {imports}/{done.import_id}/confirmation")
    return 0


def _tell(preview: ResidentImportPreview) -> None:
    if preview.known:
        return tell_known()
    typer.echo(f"将登记 {preview.new:,},有误 {preview.wrong:,} / to be entered, wrong")
    tell_wrong([(line.row, line.problems) for line in preview.lines])
