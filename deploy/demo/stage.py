"""Where a demonstration plays: an installation of its own on a virtual clock, or a running one with such a clock."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from deploy import keys, note
from deploy.condition import Observer
from deploy.demo.client import Client, Person
from deploy.demo.clock import Clock
from deploy.demo.own import own_installation
from deploy.demo.story.registering import Registry
from deploy.embedded import CannotStart
from deploy.installed import SERVICES
from deploy.keys import KeyRing
from deploy.note import Note
from deploy.verify import Proof, verify
from events.kafka import Cluster


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    api: Client
    clock: Clock
    registry: Registry
    auditor: Person
    note: Note | None
    """where its database is; none for an installation of which only the address is known"""

    async def proof(self) -> Proof | None:
        """What `sanshe verify` would say, once everything is quiet."""
        if self.note is None:
            return None
        where = self.note
        cluster = Cluster(
            bootstrap=where.kafka, prefix=where.prefix, partitions=where.partitions, replication=where.replication
        )
        await self.clock.quiet()
        async with Observer(where.database, cluster, SERVICES) as observer:
            return await verify(observer)


@asynccontextmanager
async def stage(at: str | None, key_file: Path | None, data: Path | None) -> AsyncIterator[Stage]:
    """`at` and `key_file` name a running installation; `data` a folder to keep; otherwise a folder that goes again."""
    if at is not None:
        if key_file is None:
            raise CannotStart(
                "--at 须同时给出 --keys:该系统的 keys.json。",
                "Give --keys together with --at: the installation's keys.json.",
            )
        async with _set(at, _ring(key_file), None) as found:
            yield found
    elif data is not None:
        async with _installation(data) as found:
            yield found
    else:
        with _folder_that_goes() as folder:
            async with _installation(folder) as found:
                yield found


@contextmanager
def _folder_that_goes() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="sanshe-demo-"))
    folder.chmod(0o711)  # as root, the servers' user passes through
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ring(path: Path) -> KeyRing:
    try:
        return KeyRing.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise CannotStart(f"密钥文件 {path} 无法使用。", f"The key file {path} cannot be used: {error}") from error


@asynccontextmanager
async def _installation(data: Path) -> AsyncIterator[Stage]:
    """What runs on the folder, or else a process of its own there: the town asks through the door like anybody."""
    running = note.read(data)
    if running is not None:
        async with _of_folder(data, running) as found:
            yield found
        return
    async with own_installation(data):
        started = note.read(data)
        assert started is not None  # left before it was ready
        async with _of_folder(data, started) as found:
            yield found


@asynccontextmanager
async def _of_folder(data: Path, where: Note) -> AsyncIterator[Stage]:
    ring = keys.read(data)
    if ring is None:
        raise CannotStart(
            f"{data} 中没有密钥:该系统是在别处建立的。",
            f"There are no keys in {data}: the installation was founded elsewhere.",
        )
    async with _set(where.address, ring, where) as found:
        yield found


@asynccontextmanager
async def _set(address: str, ring: KeyRing, where: Note | None) -> AsyncIterator[Stage]:
    async with Client(address) as api:
        clock = Clock(api, ring["operator"].person())
        if not await clock.is_virtual():
            raise CannotStart(
                f"{address} 按真实时间运行,示例需要虚拟时钟:请去掉 --at 或 --data,另起一个。",
                f"{address} runs on real time, and a demonstration moves time: leave out --at or --data to get an "
                f"installation of its own, or start one with SANSHE_VIRTUAL_CLOCK=1.",
            )
        now = await clock.now()
        registry = Registry(enters=ring["registrar-1"].person(), verifies=ring["registrar-2"].person(), now=now)
        yield Stage(api=api, clock=clock, registry=registry, auditor=ring["auditor"].person(), note=where)
