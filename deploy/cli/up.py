"""`sanshe up` and `sanshe service`: an installation, or one service of it, until Ctrl-C."""

import asyncio
import logging
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer

from deploy import clock, note
from deploy.cli.announcing import announce
from deploy.cli.finding import running
from deploy.cli.program import data_folder, fail, run, settings, stoppable
from deploy.embedded.folder import make_folder, sentences
from deploy.founding import founded
from deploy.installed import SERVICES
from deploy.note import Note
from deploy.serve import House, Servers, at_work, servers
from services.kit import logs
from services.kit.service import Service
from services.kit.settings import Settings

NAMES = tuple(service.name for service in SERVICES)
KEEP_BYTES = 50 * 1024 * 1024


def up(
    port: Annotated[int | None, typer.Option(help="网页与接口的端口 / port of pages and API (SANSHE_PORT)")] = None,
    data: Annotated[Path | None, typer.Option(help="数据目录 / data folder (SANSHE_DATA)")] = None,
    without: Annotated[
        list[str] | None, typer.Option(help="不在此进程中运行的服务 / leave this service to a process of its own")
    ] = None,
    street: Annotated[bool, typer.Option(help="登记示例街道 / register the example street")] = True,
) -> None:
    """启动全部:数据库、消息总线、各项服务 / Start everything: servers, services, pages.

    示例街道使用示例时钟:可以快进,不用于实际业务;实际业务用 --no-street。
    已设 SANSHE_DATABASE 和 SANSHE_KAFKA 时使用该处的服务器,不另启动。

    With the example street comes the example clock: it can be moved ahead, and is not for real use (--no-street is).
    With SANSHE_DATABASE and SANSHE_KAFKA set, those servers are used and none is started.
    """
    for name in without or ():
        _known(name)
    services = tuple(service for service in SERVICES if service.name not in (without or ()))
    chosen = settings(port=port, data=data)
    if street and "virtual_clock" not in chosen.model_fields_set:
        chosen = chosen.model_copy(update={"virtual_clock": True})  # so that half a year can be tried in an afternoon
    with logging_to_file(chosen, "sanshe"):
        run(_up(chosen, services, street=street))


def service(
    name: Annotated[str, typer.Argument(help=" ".join(NAMES))],
    port: Annotated[int | None, typer.Option(help="端口 / port (SANSHE_PORT)")] = None,
) -> None:
    """单独运行一项服务 / Run one service in a process of its own, beside a running installation."""
    run(_one(settings(port=port), _known(name)))


def _known(name: str) -> Service:
    found = next((service for service in SERVICES if service.name == name), None)
    if found is None:
        fail(f"没有服务 {name}。有:{' '.join(NAMES)}\nThere is no service {name}; there are: {' '.join(NAMES)}")
    return found


async def _up(chosen: Settings, services: tuple[Service, ...], *, street: bool) -> int:
    began = time.monotonic()
    with stoppable(), logging_to_file(chosen, "sanshe"), note.held(chosen.data) as write_note:
        try:
            named = chosen.database is not None and chosen.kafka is not None
            zh, en = ("连接", "Connecting to") if named else ("启动", "Starting")
            _progress(f"正在{zh} PostgreSQL 与 Kafka … {en} PostgreSQL and Kafka")
            async with servers(chosen) as where:
                _progress("正在启动各项服务 … Starting the services")
                async with at_work(chosen, where, services, SERVICES) as house:
                    ring = await founded(house, street=street)
                    write_note(_note(house))
                    announce(house, ring, time.monotonic() - began)
                    async with _clock(house):
                        await house.ended()
        except asyncio.CancelledError:
            _progress("已停止 Stopped")
    return 0


async def _one(chosen: Settings, alone: Service) -> int:
    where = running(chosen)
    assert where.database is not None
    assert where.kafka is not None
    with stoppable(), logging_to_file(chosen, alone.name):
        try:
            async with at_work(where, Servers(dsn=where.database, bootstrap=where.kafka), (alone,), SERVICES) as house:
                typer.echo(house.address)
                typer.echo(f"服务 {alone.name} 已就绪 Service {alone.name} is ready")
                await house.ended()
        except asyncio.CancelledError:
            _progress("已停止 Stopped")
    return 0


@asynccontextmanager
async def _clock(house: House) -> AsyncIterator[None]:
    """Virtual time passes like real time while the installation is up."""
    if not house.settings.virtual_clock:
        yield
        return
    pace = asyncio.create_task(clock.keep_pace(house.servers.dsn))
    try:
        yield
    finally:
        pace.cancel()


def _note(house: House) -> Note:
    return Note(
        pid=os.getpid(),
        address=house.address,
        database=house.servers.dsn,
        kafka=house.servers.bootstrap,
        prefix=house.settings.prefix,
        partitions=house.settings.partitions,
        replication=house.settings.replication,
        virtual_clock=house.settings.virtual_clock,
    )


def _progress(line: str) -> None:
    typer.echo(line, err=True)


@contextmanager
def logging_to_file(chosen: Settings, name: str) -> Iterator[None]:
    """What the program writes about itself goes to a file; what servers tell people, to the terminal."""
    data_folder(chosen)
    with _log_file(chosen.data / "log", name) as file:
        logs.configure(chosen.log_level, file)
        people = logging.getLogger("deploy")
        people.setLevel(logging.INFO)
        people.addHandler(logging.StreamHandler(sys.stderr))
        yield


@contextmanager
def _log_file(folder: Path, name: str) -> Iterator[TextIO]:
    """Beyond 50 MB the old one is set aside as `<name>.log.1`."""
    with sentences(folder):
        make_folder(folder, 0o700)
        path = folder / f"{name}.log"
        if path.exists() and path.stat().st_size > KEEP_BYTES:
            path.replace(path.with_suffix(".log.1"))
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with open(number, "a", encoding="utf-8", buffering=1) as file:
        yield file
