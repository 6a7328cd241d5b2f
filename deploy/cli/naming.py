"""`sanshe trace --file`: which events name a file that somebody holds in hands."""

import hashlib
from pathlib import Path

import typer

from deploy.cli.program import fail
from deploy.demo.client import Client, Person, Problem
from services.audit.api.digests import DigestAnswer

PAGE = 200


async def named_by(api: Client, auditor: Person, file: Path) -> int:
    """1 when nothing names it."""
    try:
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        fail(f"读不到 {file}:{error.strerror}\nCannot read {file}: {error.strerror}")
    typer.echo(f"SHA-256 {digest}")
    after: dict[str, str] = {}
    while True:
        try:
            page = await api.get(f"/v1/audit/digests/{digest}", DigestAnswer, auditor, limit=PAGE, **after)
        except Problem as problem:
            if problem.code != "not_found":
                raise
            typer.echo("日志中没有提到这份文件。 Nothing in the log names this file.")
            return 1
        for one in page.named_by:
            typer.echo(f"  {one.at:%Y-%m-%d %H:%M}  {one.type}  {one.key}  {' '.join(one.fields)}  {one.event_id}")
        if page.next is None:
            return 0
        after = {"cursor": str(page.next)}
