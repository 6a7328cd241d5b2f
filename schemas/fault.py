"""What is wrong with a code somebody typed: which part, why, and where the rule stands."""

from dataclasses import dataclass

from schemas.refused import Refused
from schemas.rulebook import Source

SHOWN = 24
"""characters of a wrong input that are quoted back"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    part: str
    """which part is wrong, a stable name for programs: `length`, `region`, `check`, …"""
    first: int
    """the part's first character, counted from 1"""
    last: int
    zh: str
    en: str
    source: Source

    def refused(self, code: str, field: str) -> Refused:
        """The refusal of a request that holds this fault; its sentence in `reasons.toml` has {zh} and {en}."""
        return Refused(code, self.source, status=422, field=field, part=self.part, zh=self.zh, en=self.en)


def printable(text: str) -> str:
    """Input as it may be shown: without control characters or marks that turn the line around."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def quoted(text: str) -> str:
    """The same in quotation marks, cut short."""
    return f"“{printable(text[:SHOWN])}…”" if len(text) > SHOWN else f"“{printable(text)}”"
