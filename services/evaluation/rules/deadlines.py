"""Deadlines in working days, which nobody has to wait for next year's calendar for."""

from dataclasses import dataclass
from datetime import date, datetime

from schemas.days import end_of
from schemas.workdays import UnknownYear, after_weekdays, after_workdays


@dataclass(frozen=True, slots=True)
class Deadline:
    """`at` is exclusive. Until a year's holidays are published Mondays to Fridays count, and that is said."""

    at: datetime
    holidays_known: bool


def deadline(day: date, working_days: int) -> Deadline:
    try:
        return Deadline(end_of(after_workdays(day, working_days)), holidays_known=True)
    except UnknownYear:
        return Deadline(end_of(after_weekdays(day, working_days)), holidays_known=False)
