"""`sanshe parked`: keys that stand still, and what an operator may do about them."""

from typing import Annotated, Literal

import asyncpg
import typer

from deploy.cli.finding import observed, running
from deploy.cli.program import columns, fail, run, settings
from deploy.installed import SERVICES
from events import parking
from schemas.fact import STREAMS
from services.kit.settings import Settings

app = typer.Typer(help="停放的键 / Keys that stand still", no_args_is_help=True)

ServiceName = Annotated[str, typer.Argument(metavar="SERVICE", help="服务 / service")]
Stream = Annotated[str, typer.Argument(metavar="STREAM", help="如 projects / such as projects")]
Key = Annotated[str, typer.Argument(metavar="KEY", help="编号 / the id its events are about")]


@app.command("list")
def list_parked() -> None:
    """列出停放的键及原因 / List them, with the reason."""
    run(_list(settings()))


@app.command()
def release(service: ServiceName, stream: Stream, key: Key) -> None:
    """原因已消除,按序重新处理 / The cause is mended: take its events up again, in order."""
    run(_ask(settings(), service, stream, key, "release"))


@app.command()
def skip(service: ServiceName, stream: Stream, key: Key) -> None:
    """永久跳过第一条停放的事件,再处理其余 / Leave its first event out for good, then take up the rest."""
    run(_ask(settings(), service, stream, key, "skip"))


async def _list(chosen: Settings) -> int:
    async with observed(chosen) as observer:
        conditions = await observer.look()
    rows = [
        (one.name, key.stream, key.key, key.reason, key.events, key.attempts, f"{key.since:%Y-%m-%d %H:%M}", key.error)
        for one in conditions
        for key in one.parked
    ]
    if not rows:
        typer.echo("没有停放的键 No key is parked")
        return 0
    head = ("服务 service", "流 stream", "键 key", "原因 reason", "条 events", "次 tries", "自 since", "错误 error")
    typer.echo(columns([head, *rows]))
    return 0


async def _ask(chosen: Settings, service: str, stream: str, key: str, wanted: Literal["release", "skip"]) -> int:
    """Only a flag is set; the service that owns the partition does it, between two batches."""
    if service not in {one.name for one in SERVICES}:
        fail(f"没有服务 {service} There is no service {service}")
    full = stream if stream in STREAMS else f"sanshe.{stream}"
    connection = await asyncpg.connect(running(chosen).database, timeout=10, command_timeout=10)
    try:
        await connection.execute(f"SET search_path TO {service}")
        asked = await parking.ask(connection, service, (full, key), wanted)
    finally:
        await connection.close()
    if not asked:
        fail(
            f"服务 {service} 没有停放 {full} 的键 {key}。用 sanshe parked list 查看。\n"
            f"Service {service} has not parked key {key} of {full}; see `sanshe parked list`."
        )
    typer.echo(f"已交办,服务 {service} 随即处理 Asked for; service {service} does it within a moment")
    return 0
