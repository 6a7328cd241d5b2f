"""Where the running installation is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from deploy import note
from deploy.condition import Observer
from deploy.installed import SERVICES
from events.kafka import Cluster
from schemas.bilingual import Bilingual
from services.kit.settings import Settings


class NothingRuns(Bilingual):
    """There is no installation to work with."""

    def __init__(self, data: Path) -> None:
        super().__init__(
            f"数据目录 {data} 上没有正在运行的系统。请先在另一个终端运行 sanshe up,或用 SANSHE_DATA 指明数据目录。",
            f"Nothing runs on the data folder {data}. Start it in another terminal with `sanshe up`, or name "
            f"its folder in SANSHE_DATA.",
        )


def running(chosen: Settings) -> Settings:
    """The settings with the addresses of what runs: those they name, or those in the data folder's note."""
    if chosen.database is not None and chosen.kafka is not None:
        return chosen
    found = note.read(chosen.data)
    if found is None:
        raise NothingRuns(chosen.data)
    where = found.model_dump(include={"database", "kafka", "prefix", "partitions", "replication", "virtual_clock"})
    return chosen.model_copy(update=where)


def cluster_of(chosen: Settings) -> Cluster:
    assert chosen.kafka is not None
    return Cluster(
        bootstrap=chosen.kafka,
        prefix=chosen.prefix,
        partitions=chosen.partitions,
        replication=chosen.replication,
    )


@asynccontextmanager
async def observed(chosen: Settings) -> AsyncIterator[Observer]:
    """Somebody who looks at the running installation."""
    found = running(chosen)
    assert found.database is not None
    async with Observer(found.database, cluster_of(found), SERVICES) as observer:
        yield observer
