"""Moves that name what has an id of its own only in the books: who makes them looks it up."""

from dataclasses import dataclass
from datetime import date

from schemas.ids import FundAccountId, ProjectId


@dataclass(frozen=True, slots=True)
class Closing:
    """Somebody else closes the frozen period over the digest it has."""

    through: date


@dataclass(frozen=True, slots=True)
class Correcting:
    """Somebody else corrects the arrival of a lot."""

    account: FundAccountId
    place: int
    fen: int


@dataclass(frozen=True, slots=True)
class CorrectingRefund:
    """Somebody else corrects a refund."""

    project: ProjectId
    line: str
    fen: int


@dataclass(frozen=True, slots=True)
class Lapsing:
    """The reservation's time is over."""

    project: ProjectId


@dataclass(frozen=True, slots=True)
class Lifting:
    """The auditor lifts the hold at this place."""

    project: ProjectId
    place: int
