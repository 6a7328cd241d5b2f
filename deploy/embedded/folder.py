"""Where the servers keep their data, and who holds it."""

import errno
import fcntl
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.embedded.cannot_start import CannotStart
from deploy.embedded.owner import Owner

MIB = 1024 * 1024
LEAST_FREE_BYTES = 256 * MIB


def data_folder() -> Path:
    """The default: /var/lib/sanshe for root, $XDG_DATA_HOME/sanshe for everybody else."""
    if os.geteuid() == 0:
        return Path("/var/lib/sanshe")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "sanshe"


def cache_folder() -> Path:
    """What can be fetched again: /var/cache/sanshe for root, $XDG_CACHE_HOME/sanshe for everybody else."""
    if os.geteuid() == 0:
        return Path("/var/cache/sanshe")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sanshe"


@contextmanager
def held_folder(folder: Path, owner: Owner) -> Iterator[Path]:
    """`folder`, made when missing, and ours alone until the context ends.

    Its files are ours; only what lies in folders made by `owned_folder` belongs to the server's user, so
    that a server cannot lead us to write elsewhere.
    """
    folder = folder.absolute()
    mode = 0o711 if owner.is_another else 0o700
    with sentences(folder):
        make_folder(folder, mode)
        owner.require_reach(folder)
        require_room(folder, LEAST_FREE_BYTES)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with sentences(folder):
            _hold(lock, folder)
        yield folder
    finally:
        os.close(lock)


def make_folder(folder: Path, mode: int) -> Path:
    """`folder` and the parents it misses, with this mode whatever the umask; what exists stays as it is."""
    for missing in reversed([f for f in (folder, *folder.parents) if not f.exists()]):
        missing.mkdir(exist_ok=True)
        missing.chmod(mode)
    return folder


def _hold(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(lock, 100, 0).decode(errors="replace").strip() or "unknown"
        raise CannotStart(
            f"数据目录 {folder} 正被进程 {holder} 使用。请先结束该程序,或为本程序另指定数据目录。",
            f"The data folder {folder} is in use by process {holder}. Stop that program first, or name "
            f"another data folder for this one.",
        ) from error
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()} on {socket.gethostname()}\n".encode(), 0)


def owned_folder(path: Path, owner: Owner) -> Path:
    """A folder only the server's user may enter, made when missing."""
    path.mkdir(mode=0o700, exist_ok=True)
    if owner.is_another:
        os.chown(path, owner.uid, owner.gid, follow_symlinks=False)
    return path


def require_room(folder: Path, least_bytes: int) -> None:
    """Refuse to start on a disk that is about to be full: both servers stop hard when a write fails."""
    free = shutil.disk_usage(folder).free
    if free < least_bytes:
        raise CannotStart(
            f"{folder} 所在的磁盘只剩 {free // MIB} MiB,服务器需要 {least_bytes // MIB} MiB。"
            f"请腾出空间或换用其他磁盘上的数据目录,再重新启动。",
            f"The disk with {folder} has {free // MIB} MiB left, and the servers need {least_bytes // MIB} "
            f"MiB. Free some space or name a data folder on another disk, then start again.",
        )


@contextmanager
def sentences(folder: Path) -> Iterator[None]:
    """Turn what the operating system says about `folder` into a sentence."""
    try:
        yield
    except OSError as error:
        advice = (
            "请让运行本程序的用户可以写入,或另指定目录。",
            "Make it writable for the user who runs this program, or name another one.",
        )
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            advice = "请腾出空间后重新启动。", "Free some space, then start again."
        raise CannotStart(
            f"目录 {folder} 不能使用({error.filename or folder})。{advice[0]}",
            f"The folder {folder} cannot be used: {error.strerror} ({error.filename or folder}). {advice[1]}",
        ) from error
