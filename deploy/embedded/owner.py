"""The user a server runs as: ourselves, or `nobody` when we are root."""

import os
import pwd
import sys
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.cannot_start import CannotStart

ADDRESSES_ZH = "或用 SANSHE_DATABASE 和 SANSHE_KAFKA 指明已在运行的服务器"
ADDRESSES = "or name servers that run already in SANSHE_DATABASE and SANSHE_KAFKA"


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Runs the servers and owns their data; PostgreSQL refuses to run as root."""

    name: str
    uid: int
    gid: int

    @property
    def is_another(self) -> bool:
        """Whether we must become somebody else to run a server."""
        return self.uid != os.geteuid()

    def can_pass(self, folder: Path) -> bool:
        """Whether this user may walk through `folder` (mode bits only, no access control lists)."""
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        if status.st_gid == self.gid:
            return bool(status.st_mode & 0o010)
        return bool(status.st_mode & 0o001)

    def require_reach(self, folder: Path) -> None:
        """Refuse a folder below one that this user may not enter; no permissions are loosened for it."""
        if not self.is_another:
            return
        barrier = next((f for f in reversed(folder.resolve().parents) if not self.can_pass(f)), None)
        if barrier is not None:
            raise CannotStart(
                f"数据目录 {folder} 位于 {barrier} 之下,而用户 '{self.name}' 不能进入后者;以 root 运行时,服务器的身份是"
                f" '{self.name}'。请另指定数据目录,例如 /var/lib/sanshe,或以普通用户运行。",
                f"The data folder {folder} lies in {barrier}, which user '{self.name}' may not enter, and "
                f"as root the servers run as '{self.name}'. Name a data folder elsewhere, for example "
                f"/var/lib/sanshe, or run as an ordinary user.",
            )


def owner_of_servers() -> Owner:
    """Ourselves; as root the user `nobody`, who exists everywhere and owns nothing else."""
    if sys.platform != "linux":
        raise CannotStart(
            f"内置服务器只能在 Linux 上运行。请使用 Linux(或 WSL 2),{ADDRESSES_ZH}。",
            f"The embedded servers run on Linux only. Use Linux (or WSL 2), {ADDRESSES}.",
        )
    if os.geteuid() != 0:
        try:
            name = pwd.getpwuid(os.geteuid()).pw_name
        except KeyError as error:
            raise CannotStart(
                f"用户编号 {os.geteuid()} 在本机没有用户名,而 PostgreSQL 的 initdb 必须有用户名。"
                f"请以 /etc/passwd 中的用户运行,{ADDRESSES_ZH}。",
                f"User id {os.geteuid()} has no name on this machine, and PostgreSQL's initdb insists on "
                f"one. Run as a user listed in /etc/passwd, {ADDRESSES}.",
            ) from error
        return Owner(name=name, uid=os.geteuid(), gid=os.getegid())
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise CannotStart(
            f"PostgreSQL 不能以 root 运行,而本机没有可用的用户 'nobody'。请以普通用户运行,{ADDRESSES_ZH}。",
            "PostgreSQL refuses to run as root, and this machine has no user 'nobody' to run it as. "
            f"Run as an ordinary user, {ADDRESSES}.",
        ) from error
    return Owner(name=nobody.pw_name, uid=nobody.pw_uid, gid=nobody.pw_gid)
