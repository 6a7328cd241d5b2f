"""An installation from its servers to its doors: started in order, watched, and stopped in the other order."""

import asyncio
import errno
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
from aiohttp import web
from aiokafka.client import AIOKafkaClient

from deploy import clock
from deploy.clock import ClockDoor
from deploy.condition import Observer
from deploy.embedded import CannotStart, embedded_kafka, embedded_postgres
from deploy.embedded.server import Server
from deploy.pages import Pages
from events.kafka import Cluster, KafkaError
from schemas.bilingual import Bilingual
from services.kit import holidays
from services.kit.clock import Clock, VirtualClock, WallClock
from services.kit.http import application
from services.kit.limiting import Limiter
from services.kit.migrations import migrate
from services.kit.rulebooks import shipped
from services.kit.running import Means, Running, installation
from services.kit.service import Service
from services.kit.settings import Settings
from services.kit.vault import Vault, master_key

PORTS_TRIED = 20
ANSWER_S = 10


class Ended(Bilingual):
    """Something the program cannot do without has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """Where PostgreSQL and Kafka are; `embedded` are those that live and die with this program."""

    dsn: str
    bootstrap: str
    embedded: Sequence[Server] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """An installation at work."""

    address: str
    servers: Servers
    running: Sequence[Running]
    observer: Observer
    settings: Settings

    def service(self, name: str) -> Running | None:
        return next((one for one in self.running if one.shell.service.name == name), None)

    async def ended(self) -> None:
        """Until something ends that should not: then Ended, with a sentence."""
        deaths = [asyncio.create_task(server.died()) for server in self.servers.embedded]
        tasks = [task for one in self.running for task in one.tasks]
        try:
            await asyncio.wait([*deaths, *tasks], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for death in deaths:
                death.cancel()
        for death in deaths:
            if death.done():
                raise Ended(*death.result())
        first = next(task for task in tasks if task.done())
        error = None if first.cancelled() else first.exception()
        why = "" if error is None else f" ({type(error).__name__})"
        raise Ended(
            f"服务 {first.get_name()} 的一项任务已结束{why},详见日志。请重新启动程序;数据都在。",
            f"A task of service {first.get_name()} has ended{why}; the log says more. Start the program again; the "
            f"data is kept.",
        ) from error


@asynccontextmanager
async def servers(settings: Settings) -> AsyncIterator[Servers]:
    """The servers the settings name, and embedded ones for what they do not."""
    async with AsyncExitStack() as stack:
        embedded: list[Server] = []
        dsn, bootstrap = settings.database, settings.kafka
        if dsn is None:
            postgres = await stack.enter_async_context(embedded_postgres(settings.data))
            embedded.append(postgres)
            dsn = postgres.dsn
        else:
            await _reach_postgres(dsn)
        if bootstrap is None:
            kafka = await stack.enter_async_context(embedded_kafka(settings.data))
            embedded.append(kafka)
            bootstrap = kafka.bootstrap
        else:
            await _reach_kafka(bootstrap)
        yield Servers(dsn=dsn, bootstrap=bootstrap, embedded=embedded)


async def _reach_postgres(dsn: str) -> None:
    where = urlsplit(dsn)
    try:
        connection = await asyncpg.connect(dsn, timeout=ANSWER_S)
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise CannotStart(
            f"位于 {where.hostname}:{where.port or 5432} 的 PostgreSQL(SANSHE_DATABASE)不能使用。请检查地址、用户、密码"
            f"和数据库名,或取消 SANSHE_DATABASE 而使用内置服务器。",
            f"PostgreSQL at {where.hostname}:{where.port or 5432} (SANSHE_DATABASE) cannot be used: {error}. Check the "
            f"address, user, password and database, or unset SANSHE_DATABASE to use an embedded server.",
        ) from error
    await connection.close()


async def _reach_kafka(bootstrap: str) -> None:
    client = AIOKafkaClient(bootstrap_servers=bootstrap, request_timeout_ms=1000 * ANSWER_S)
    try:
        await client.bootstrap()
    except (KafkaError, ValueError) as error:
        raise CannotStart(
            f"位于 {bootstrap} 的 Kafka(SANSHE_KAFKA)不能使用。请检查地址,或取消 SANSHE_KAFKA 而使用内置的 Kafka。",
            f"Kafka at {bootstrap} (SANSHE_KAFKA) cannot be used: {error}. Check the address, or unset SANSHE_KAFKA "
            f"to use an embedded broker.",
        ) from error
    finally:
        await client.close()


@asynccontextmanager
async def at_work(
    settings: Settings, where: Servers, services: Sequence[Service], known: Sequence[Service]
) -> AsyncIterator[House]:
    """`services` run here; `known` are all of the installation, for its pages and its clock."""
    cluster = Cluster(
        bootstrap=where.bootstrap,
        prefix=settings.prefix,
        partitions=settings.partitions,
        replication=settings.replication,
    )
    holidays.learn_from(settings)
    await migrate(where.dsn, services)
    await clock.prepare(where.dsn, virtual=settings.virtual_clock)
    async with (
        Observer(where.dsn, cluster, known) as observer,
        installation(services, where.dsn, cluster, settings, _means(settings)) as running,
    ):
        rate = settings.requests_per_second
        app = application(running, Limiter(rate, 2 * rate))
        Pages(observer, services, virtual_clock=settings.virtual_clock).add_to(app)
        if settings.virtual_clock:
            ClockDoor(running[0], observer, where.dsn).add_to(app)
        async with listening(app, settings.host, settings.port) as address:
            yield House(address=address, servers=where, running=running, observer=observer, settings=settings)


def _means(settings: Settings) -> Means:
    time: Clock = VirtualClock() if settings.virtual_clock else WallClock()
    return Means(clock=time, rulebooks=shipped(), vault=Vault(master_key(key_file(settings.data))))


def key_file(data: Path) -> Path:
    return data / "master.key"


@asynccontextmanager
async def listening(app: web.Application, host: str, port: int) -> AsyncIterator[str]:
    """The address; a busy port gives way to the next free one."""
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=10)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    last = min(port + PORTS_TRIED, 65536) if port else 1
    for candidate in range(port, last):
        try:
            await web.TCPSite(runner, host, candidate).start()
            return
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise CannotStart(
                    f"不能监听地址 {host}:{candidate}。请把 SANSHE_HOST 设为本机的地址,把 SANSHE_PORT 设为可用的端口。",
                    f"The address {host}:{candidate} cannot be listened on: {error.strerror}. Set SANSHE_HOST to an "
                    f"address of this machine, or SANSHE_PORT to a port you may use.",
                ) from error
    raise CannotStart(
        f"{host} 上的端口 {port} 至 {last - 1} 都被占用。请把 SANSHE_PORT 设为空闲端口,或设为 0 任选一个。",
        f"The ports {port} to {last - 1} are all taken on {host}. Set SANSHE_PORT to a free one, or to 0 for any.",
    )
