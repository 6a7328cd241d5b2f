"""Twenty participatory budgets as their cities published them; from where: SOURCE.md beside them."""

import lzma
from importlib.resources import files

SUFFIX = ".pb.xz"


def names() -> tuple[str, ...]:
    """What `load` knows, in alphabetical order."""
    found = (file.name for file in files(__package__).iterdir())
    return tuple(sorted(name.removesuffix(SUFFIX) for name in found if name.endswith(SUFFIX)))


def load(name: str) -> str:
    """The text of one election in Pabulib's format; FileNotFoundError when there is none of this name."""
    return lzma.decompress((files(__package__) / f"{name}{SUFFIX}").read_bytes()).decode()
