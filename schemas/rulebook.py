"""Rulebooks: the law and local practice a project runs under, every value with its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any


class Certainty(StrEnum):
    """How sure we are of a rule: only LAW may be quoted to a user as law."""

    LAW = "L"
    FOUNDING = "S"
    PUBLISHED = "P"
    SECONDARY = "Q"
    COMMON = "G"
    EXAMPLE = "?"


def jurisdiction_of(id: str) -> str | None:
    """What an adopted document's id begins with: `120116/venture` is of division 120116."""
    place = id.partition("/")[0]
    return place if place.isdigit() else None


def edition(version: str) -> tuple[int, ...]:
    """To put versions in order: 2026.10 is newer than 2026.9."""
    return tuple(map(int, version.split(".")))


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule comes from: statute and article, or the local notice."""

    text: str
    certainty: Certainty = Certainty.EXAMPLE


@dataclass(frozen=True, slots=True)
class Rule:
    """One value of a rulebook with the place it was taken from."""

    value: Any
    source: Source
    layer: str = ""
    """`id@version` of the document it stands in, which may be an upper layer of the one that is asked"""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A versioned document with what its upper layers say beneath it; `hash` is the SHA-256 of its canonical JSON,
    which holds the hash of the layer above, and names it for ever.
    """

    id: str
    version: str
    title: str
    effective_from: date
    hash: str
    rules: Mapping[str, Rule]
    layers: tuple[str, ...] = ()
    """hashes of the upper layers, uppermost first"""

    @property
    def name(self) -> str:
        return f"{self.id}@{self.version}"

    @property
    def jurisdiction(self) -> str | None:
        """The division whose officers adopt it, six digits; none for what is shipped."""
        return jurisdiction_of(self.id)

    def value(self, path: str) -> Any:
        """A rule the code asks for and the document lacks is a defect of the document, found when it is loaded."""
        return self.rules[path].value

    def source(self, path: str) -> Source:
        return self.rules[path].source

    def integer(self, path: str) -> int:
        return int(self.value(path))

    def share(self, path: str) -> Fraction:
        """A ratio written as "40%" or "0.05"."""
        text = str(self.value(path)).strip()
        return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)
