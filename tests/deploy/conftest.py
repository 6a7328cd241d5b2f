"""Folders and disks for tests that start and break servers of their own."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from deploy.embedded.folder import MIB
from deploy.embedded.orphan import end_orphans
from deploy.embedded.owner import owner_of_servers


@pytest.fixture
async def folder() -> AsyncIterator[Path]:
    """A data folder whose name has what breaks shell words, SQL strings and Latin-1."""
    parent = Path(tempfile.mkdtemp(prefix="sanshe-tests-"))
    os.chmod(parent, 0o711)
    yield parent / "三社's data, 1"
    await end_orphans(parent, owner_of_servers())  # those of a program that the test killed may still be leaving
    shutil.rmtree(parent)


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Path]:
    """A data folder on a disk of 400 MiB; needs a root who may mount."""
    folder.mkdir(mode=0o711)
    mount = ["mount", "-t", "tmpfs", "-o", "size=400m,mode=711", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"a disk cannot be mounted here: {done.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path) -> None:
    """Leave 2 MiB of a small disk; removing the file `filler` makes room again."""
    (disk / "filler").write_bytes(bytes(shutil.disk_usage(disk).free - 2 * MIB))
