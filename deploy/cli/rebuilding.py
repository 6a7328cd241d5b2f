"""`sanshe rebuild`: a projection is set aside, and its service makes it again from the log."""

from typing import Annotated

import asyncpg
import typer

from deploy.cli.finding import running
from deploy.cli.program import fail, run, settings
from deploy.installed import SERVICES
from services.kit.migrations import migrate
from services.kit.service import Service
from services.kit.settings import Settings

PROJECTIONS = {service.name: service for service in SERVICES if service.archive is not None}
"""what only hears: everything it keeps stands in the log (DESIGN law 12)"""


def rebuild(name: Annotated[str, typer.Argument(help=" ".join(PROJECTIONS))]) -> None:
    """从事件日志重建审计档案 / Make the archive of a projection again from the log.

    该服务须已停止(sanshe up --without audit)。原有档案改名保留,不删除;再启动该服务,即从日志开头重读。

    The service must not be at work. What it kept is renamed, not removed; started again, it reads the log from its
    beginning.
    """
    found = PROJECTIONS.get(name)
    if found is None:
        fail(
            f"服务 {name} 不能重建:只有 {' '.join(PROJECTIONS)} 的内容全部来自日志。其他服务请从备份恢复。\n"
            f"Service {name} cannot be rebuilt: only what {' '.join(PROJECTIONS)} keeps is all in the log. Restore "
            f"others from a backup."
        )
    run(_rebuild(settings(), found))


async def _rebuild(chosen: Settings, service: Service) -> int:
    dsn = running(chosen).database
    assert dsn is not None
    connection = await asyncpg.connect(dsn, timeout=10, command_timeout=60)
    try:
        kept = await _set_aside(connection, service.name)
    finally:
        await connection.close()
    await migrate(dsn, [service])
    typer.echo(
        f"原有档案已改名为 {kept},请在核对后自行删除。\n现在启动:sanshe service {service.name};"
        f"sanshe status 中其滞后为 0 时,重建即告完成,再运行 sanshe verify 核对。\n"
        f"What was kept is now called {kept}; remove it yourself once you have compared.\n"
        f"Now start it: sanshe service {service.name}. It is done when its lag in `sanshe status` is 0; then run "
        f"`sanshe verify`."
    )
    return 0


async def _set_aside(connection: "asyncpg.Connection[asyncpg.Record]", name: str) -> str:
    """The schema under another name. Whoever reads in it would go on with an empty one, so nobody may."""
    at_work = await connection.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1",
        f"sanshe-{name}",
    )
    if at_work:
        fail(
            f"服务 {name} 正在运行。请先停止它:单独运行的,停止该进程;否则用 sanshe up --without {name} 重新启动。\n"
            f"Service {name} is at work. Stop it first: its own process, or start again with "
            f"`sanshe up --without {name}`."
        )
    kept: str = await connection.fetchval("SELECT $1 || to_char(now() AT TIME ZONE 'UTC', '_YYYYMMDD_HH24MISS')", name)
    async with connection.transaction():
        await connection.execute("SET LOCAL lock_timeout = '10s'")
        await connection.execute(f"ALTER SCHEMA {name} RENAME TO {kept}")
    return kept
