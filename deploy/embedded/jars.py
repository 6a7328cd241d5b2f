"""Kafka's jars: exactly those that jgo.lock.toml names, fetched once, checked at every start."""

import asyncio
import hashlib
import json
import logging
import os
import ssl
import tempfile
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.cannot_start import CannotStart

LOG = logging.getLogger(__name__)
LOCK = Path(__file__).with_name("jgo.lock.toml")
FETCHED_AT_ONCE = 8
FETCH_LIMIT_S = 60
SAY_EVERY = 10

Stamp = list[int | str]


@dataclass(frozen=True, kw_only=True)
class Jar:
    """One pinned file of a Maven repository."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        """As Maven names it."""
        return f"{self.artifact}-{self.version}.jar"

    def __str__(self) -> str:
        return f"{self.group}:{self.artifact}:{self.version}"


def pinned_jars(lock: Path = LOCK) -> list[Jar]:
    """What the lock file names, in class path order."""
    return [
        Jar(group=d["groupId"], artifact=d["artifactId"], version=d["version"], sha256=d["sha256"])
        for d in tomllib.loads(lock.read_text())["dependencies"]
    ]


async def checked_jars(jars: Collection[Jar], folder: Path) -> list[Path]:
    """Paths of all jars in `folder`, each with the pinned SHA-256; missing or altered ones are fetched.

    A file is read again only when its size, times or inode changed since it was last found right.
    """
    stamps = _read_stamps(folder)
    wrong = await asyncio.to_thread(lambda: [jar for jar in jars if not _is_right(jar, folder, stamps)])
    if wrong:
        LOG.info(
            "正在下载 Kafka 的 jar 包(仅首次,共 46 MB)… Fetching %d of %d jars into %s", len(wrong), len(jars), folder
        )
        await _fetch(wrong, folder)
    _write_stamps(folder, {jar.file_name: _stamp(jar, folder / jar.file_name) for jar in jars}, stamps)
    return [folder / jar.file_name for jar in jars]


def _is_right(jar: Jar, folder: Path, stamps: dict[str, Stamp]) -> bool:
    path = folder / jar.file_name
    if not path.is_file():
        return False
    if stamps.get(jar.file_name) == _stamp(jar, path):
        return True
    if _sha256(path) == jar.sha256:
        return True
    LOG.warning("%s 与规定的 SHA-256 不符,重新下载 It is not the jar that is pinned, and is fetched again.", path)
    return False


async def _fetch(jars: Collection[Jar], folder: Path) -> None:
    """Each jar lands in a folder of its own first, and in `folder` only when it is right.

    Some at a time, so that an interrupt waits for those under way and not for all.
    """
    slots = asyncio.Semaphore(FETCHED_AT_ONCE)
    here = 0

    async def fetch(jar: Jar, staging: Path) -> None:
        nonlocal here
        async with slots:
            await asyncio.to_thread(_fetch_one, jar, staging, folder)
        here += 1
        if here % SAY_EVERY == 0 or here == len(jars):
            LOG.info("已到 %d/%d 个 jars are here", here, len(jars))

    _trust_what_the_system_trusts()
    with tempfile.TemporaryDirectory(prefix="fetching-", dir=folder, ignore_cleanup_errors=True) as staging:
        try:
            async with asyncio.TaskGroup() as group:
                for jar in jars:
                    group.create_task(fetch(jar, Path(staging)))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None


def _trust_what_the_system_trusts() -> None:
    """jgo's HTTP library trusts the certificates it brings along, and not those that a company's proxy or
    mirror needs and the machine has; it can be told by this variable only."""
    if os.environ.keys() & {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}:
        return
    known = ssl.get_default_verify_paths()
    if known.cafile:
        os.environ["REQUESTS_CA_BUNDLE"] = known.cafile
    elif known.capath and any(name.endswith(".0") for name in os.listdir(known.capath)):
        os.environ["REQUESTS_CA_BUNDLE"] = known.capath


def _fetch_one(jar: Jar, staging: Path, folder: Path) -> None:
    path = _download(jar, staging)
    found = _sha256(path)
    if found != jar.sha256:
        raise CannotStart(
            f"Kafka 的 jar 包 {jar} 的 SHA-256 是 {found},而 {LOCK.name} 规定的是 {jar.sha256}:下载不完整或内容被改动,"
            f"没有采用。请重新启动,必要时换一个镜像。",
            f"Kafka's jar {jar} came with SHA-256 {found}, but {LOCK.name} pins {jar.sha256}: the download "
            f"was cut short or somebody altered the jar. It is not used. Start again, if need be with "
            f"another mirror.",
        )
    path.chmod(0o644)
    path.replace(folder / jar.file_name)


def _download(jar: Jar, staging: Path) -> Path:
    """Through jgo: from the repositories that the user's jgo settings name, then Maven Central."""
    from jgo.config import GlobalSettings  # costs 0.3 s, and most starts fetch nothing
    from jgo.maven import MavenContext

    context = MavenContext(repo_cache=staging, timeout=FETCH_LIMIT_S)
    named = GlobalSettings.load().repositories
    context.remote_repos = named | context.remote_repos | named
    artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact()
    try:
        return artifact.resolve()
    except (OSError, RuntimeError) as error:
        raise CannotStart(
            f"缓存中没有 Kafka 的 jar 包 {jar},下载也没有成功。请检查网络或代理设置(镜像写在 jgo 设置文件的 "
            f"[repositories] 中)后重新启动;或用 SANSHE_KAFKA 指明已在运行的 Kafka。",
            f"Kafka's jar {jar} is not in the cache and could not be fetched: {error}. "
            f"Check the network or the proxy settings (a mirror can be named under [repositories] in jgo's "
            f"settings file), then start again; or name a running Kafka in SANSHE_KAFKA.",
        ) from error


def _stamp(jar: Jar, path: Path) -> Stamp:
    status = path.stat()
    return [jar.sha256, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_stamps(folder: Path) -> dict[str, Stamp]:
    try:
        stamps = json.loads((folder / "checked.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return stamps if isinstance(stamps, dict) else {}


def _write_stamps(folder: Path, stamps: dict[str, Stamp], before: dict[str, Stamp]) -> None:
    if stamps == before:
        return
    with tempfile.NamedTemporaryFile("w", dir=folder, delete=False) as file:
        json.dump(stamps, file)
    os.replace(file.name, folder / "checked.json")
