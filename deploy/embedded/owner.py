"""The user a server runs as: ourselves, or `nobody` when we are root."""

import os
import pwd
import sys
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.cannot_start import CannotStart

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
                f"The data folder {folder} lies in {barrier}, which user '{self.name}' may not enter, and "
                f"as root the servers run as '{self.name}'. Name a data folder elsewhere, for example "
                f"/var/lib/sanshe, or run as an ordinary user."
            )


def owner_of_servers() -> Owner:
    """Ourselves; as root the user `nobody`, who exists everywhere and owns nothing else."""
    if sys.platform != "linux":
        raise CannotStart(f"The embedded servers run on Linux only. Use Linux (or WSL 2), {ADDRESSES}.")
    if os.geteuid() != 0:
        try:
            name = pwd.getpwuid(os.geteuid()).pw_name
        except KeyError as error:
            raise CannotStart(
                f"User id {os.geteuid()} has no name on this machine, and PostgreSQL's initdb insists on "
                f"one. Run as a user listed in /etc/passwd, {ADDRESSES}."
            ) from error
        return Owner(name=name, uid=os.geteuid(), gid=os.getegid())
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise CannotStart(
            "PostgreSQL refuses to run as root, and this machine has no user 'nobody' to run it as. "
            f"Run as an ordinary user, {ADDRESSES}."
        ) from error
    return Owner(name=nobody.pw_name, uid=nobody.pw_uid, gid=nobody.pw_gid)
