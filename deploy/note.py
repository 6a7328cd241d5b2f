"""The note a running installation leaves in its data folder, so that other commands find it."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from deploy.embedded import CannotStart
from schemas.model import Model

NAME = "running.json"


class Note(Model):
    """Where an installation can be reached. Holds the database's password: only its owner may read the file."""

    pid: int
    address: str
    database: str
    kafka: str
    prefix: str
    partitions: int
    replication: int
    virtual_clock: bool


@contextmanager
def held(data: Path) -> Iterator[Callable[[Note], None]]:
    """The folder is ours: one `sanshe up` at a time. Yields what writes the note, which goes when the context ends.

    The lock tells: a killed program leaves a note that nobody holds, and then nothing runs.
    """
    path = data / NAME
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def write(note: Note) -> None:
        os.pwrite(file, note.model_dump_json(indent=1).encode(), 0)

    try:
        _hold(file, data)
        os.fchmod(file, 0o600)
        os.ftruncate(file, 0)
        try:
            yield write
        finally:
            path.unlink(missing_ok=True)
    finally:
        os.close(file)


def _hold(file: int, data: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CannotStart(
            f"数据目录 {data} 上已有一个 sanshe up 在运行。请先停止它,或用 SANSHE_DATA 另指定目录。",
            f"Another `sanshe up` already runs on the data folder {data}. Stop it first, or set SANSHE_DATA to "
            f"another folder.",
        ) from error


def read(data: Path) -> Note | None:
    """None when nothing runs on this data folder."""
    try:
        with (data / NAME).open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return Note.model_validate_json(file.read())
    except (FileNotFoundError, PermissionError, ValidationError):
        return None
    return None
