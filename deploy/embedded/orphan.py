"""Servers that a killed run left behind on a data folder."""

import asyncio
import os
from pathlib import Path

from deploy.embedded.cannot_start import CannotStart
from deploy.embedded.child import every_pid, kill_if_there
from deploy.embedded.owner import Owner

LEAVE_LIMIT_S = 10.0
KILL_LIMIT_S = 5.0
LOOK_EVERY_S = 0.1
PROGRAMS = {"initdb", "postgres", "java"}


async def end_orphans(folder: Path, owner: Owner) -> None:
    """Return when no server works in `folder` any more; call it only while holding the folder.

    Servers were asked to stop when their program died, so most are on their way; one that is not gone
    after 10 seconds is killed.
    """
    for limit_s in (LEAVE_LIMIT_S, KILL_LIMIT_S):
        for _ in range(round(limit_s / LOOK_EVERY_S)):
            orphans = orphans_in(folder, owner)
            if not orphans:
                return
            await asyncio.sleep(LOOK_EVERY_S)
        for pid in orphans:
            kill_if_there(pid)
    raise CannotStart(
        f"上次运行留下的服务器仍在使用 {folder},且无法结束(进程 {orphans[0]})。"
        f"它可能在等待没有响应的磁盘。请检查该磁盘,或重启机器。",
        f"A server of an earlier run still works in {folder} and cannot be killed (process {orphans[0]}). "
        f"It probably waits for a disk that does not answer. Look at that disk, or restart the machine.",
    )


def orphans_in(folder: Path, owner: Owner) -> list[int]:
    """Ids of server processes of this user that work in `folder` or below."""
    return [pid for pid in every_pid() if _works_in(pid, folder.resolve(), owner)]


def _works_in(pid: int, folder: Path, owner: Owner) -> bool:
    proc = Path(f"/proc/{pid}")
    try:
        return (
            proc.stat().st_uid == owner.uid
            and (proc / "cwd").readlink().is_relative_to(folder)
            and os.path.basename((proc / "exe").readlink()) in PROGRAMS
        )
    except OSError:
        return False
