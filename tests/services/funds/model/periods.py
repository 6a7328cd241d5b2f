"""Periods: frozen, reopened, closed; what comes late is booked on the first open day."""

from dataclasses import dataclass, field
from datetime import date, timedelta

TODAY = date(2026, 3, 2)
"""on which stories begin"""


@dataclass
class Periods:
    today: date = TODAY
    frozen: date | None = None
    closed: list[date] = field(default_factory=list)
    booked: list[tuple[date, date]] = field(default_factory=list)
    """for each payment that was paid: the day it counts, and the day it was booked on"""

    def freeze(self, through: date) -> list[str]:
        if through >= self.today:
            return ["period_not_over"]
        if self.closed and through <= self.closed[-1]:
            return ["period_closed_already"]
        if self.frozen:
            return ["period_frozen_already"]
        self.frozen = through
        return ["period.frozen"]

    def reopen(self, through: date) -> list[str]:
        if self.frozen != through:
            return ["period_not_frozen"]
        self.frozen = None
        return ["period.reopened"]

    def close(self, through: date) -> list[str]:
        said = self.reopen(through)
        if said != ["period.reopened"]:
            return said
        self.closed.append(through)
        return ["period.closed"]

    def dated(self, day: date) -> list[str]:
        """Told where money counts for an earlier day; of today nothing can be frozen yet."""
        return [] if day == self.today else ["transfers.dated"]

    def book(self, day: date) -> None:
        shut = self.frozen or (self.closed[-1] if self.closed else date.min)
        self.booked.append((day, day if day > shut else shut + timedelta(days=1)))
