"""The communities of one edition of the statistics bureau's list (统计用区划代码): does this 12-digit code stand in it?

620,572 codes in 41,351 streets, without their names (`data/SOURCE.md`). One line a street: nine digits, a tab, and the
last three digits of its communities as runs, `001-005,007`. Unpacked it is one string of 1.2 MB that is searched.
"""

import lzma
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from schemas.rulebook import Certainty, Source

EDITION = "2023"
"""of 30 June 2023, published on 11 September 2023; the bureau has published none since"""
LIST = Source("国家统计局 2023年统计用区划代码和城乡划分代码(截至2023年6月30日)", Certainty.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Runs:
    """Numbers from 1 to 999 as runs that do not touch."""

    text: str

    def __contains__(self, number: str) -> bool:
        return any(first <= number <= (last or first) for first, _, last in self._each())

    def _each(self) -> list[tuple[str, str, str]]:
        return [run.partition("-") for run in self.text.split(",")]


@cache
def _communities() -> str:
    packed = (files("schemas") / "data" / f"communities-{EDITION}.txt.xz").read_bytes()
    return lzma.decompress(packed).decode("ascii")


def is_listed(code: str) -> bool:
    """Of a 12-digit code; what `division.check` lets pass."""
    line = _line_of(code[:9])
    return line is not None and code[9:] in Runs(line[10:])


def _line_of(street: str) -> str | None:
    """By halves: the lines are in order."""
    text = _communities()
    low, high = 0, len(text)
    while low < high:
        start = text.rfind("\n", 0, (low + high) // 2) + 1
        end = text.index("\n", start)
        found = text[start : start + 9]
        if found == street:
            return text[start:end]
        low, high = (end + 1, high) if found < street else (low, start)
    return None
