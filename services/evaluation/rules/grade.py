"""The grade, and what it is before it is final: announced, so that the provider can answer first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    score: Decimal
    grade: str
    factor_percent: int
    arithmetic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfAll:
    """What the grade would be if every rating counted. It decides nothing."""

    score: Decimal
    grade: str


class Words(StrEnum):
    """Whose words on the announced grade; facts carry their digest only."""

    REPLY = "reply"
    REQUEST = "request"
    DECISION = "decision"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """The announced grade and what became of it. Deadlines are exclusive."""

    grade: Grade
    reply_until: datetime
    reply_holidays_known: bool
    decide_until: datetime | None = None
    """set by the provider's request"""
    decide_holidays_known: bool = True
    granted: bool | None = None
    """whether the window was opened once more"""
    words: Mapping[Words, str] = field(default_factory=dict)

    @property
    def due(self) -> tuple[str, datetime] | None:
        """What happens when nobody does anything."""
        if self.granted is not None:
            return None
        return ("reply", self.reply_until) if self.decide_until is None else ("decision", self.decide_until)
