"""Working days in China, and periods counted by them.

Holidays and the make-up days of 调休 are set year by year (国务院办公厅关于部分节假日安排的通知). chinesecalendar knows
the published ones; what it does not know yet, an operator's file says (`learn`). Any other year is an error.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chinese_calendar import is_workday as _is_workday

from schemas.days import end_of

SATURDAY = 5
_learned: dict[date, bool] = {}
"""of the operator's file: a day, and whether it is a working day"""
_learned_years: set[int] = set()


class UnknownYear(Exception):
    """No holidays are known for this year: whoever asks says what then holds."""


def learn(days: Mapping[date, bool]) -> None:
    """The days an operator's file names, in place of those named before; when the program starts.

    A year that chinesecalendar does not know is known by them: its other days are Mondays to Fridays, and weekends.
    """
    _learned.clear()
    _learned.update(days)
    _learned_years.clear()
    _learned_years.update(year for year in {day.year for day in days} if not _is_published(year))


def _is_published(year: int) -> bool:
    try:
        _is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def is_workday(day: date) -> bool:
    if day in _learned:
        return _learned[day]
    if day.year in _learned_years:
        return day.weekday() < SATURDAY
    try:
        return bool(_is_workday(day))
    except NotImplementedError:
        raise UnknownYear(day.year) from None


@dataclass(frozen=True, slots=True)
class Counting:
    """How a period was counted. The day on which it begins is in neither list."""

    last: date
    """of the period"""
    counted: tuple[date, ...]
    skipped: tuple[date, ...]
    """days of rest that a period of working days passes over, or on which one of calendar days would have ended"""


def count_workdays(day: date, count: int) -> Counting:
    """A period of `count` working days that begins on `day`, which is not counted."""
    return _count(day, count, is_workday)


def count_days(day: date, count: int) -> Counting:
    """A period of `count` calendar days. When its last day is one of rest it ends on the next working day (94号令)."""
    days = tuple(day + timedelta(days=number) for number in range(1, count + 1))
    last, skipped = day + timedelta(days=count), []
    while not is_workday(last):
        skipped.append(last)
        last += timedelta(days=1)
    return Counting(last, days, tuple(skipped))


def _count(day: date, count: int, counts: Callable[[date], bool]) -> Counting:
    counted: list[date] = []
    skipped: list[date] = []
    while len(counted) < count:
        day += timedelta(days=1)
        (counted if counts(day) else skipped).append(day)
    return Counting(day, tuple(counted), tuple(skipped))


def after_workdays(day: date, count: int) -> date:
    """The last day of a period of `count` working days; `day`, on which it begins, is not counted."""
    return count_workdays(day, count).last


def after_weekdays(day: date, count: int) -> date:
    """The same by Mondays to Fridays: for a year whose holidays nobody has published yet."""
    return _count(day, count, lambda day: day.weekday() < SATURDAY).last


@dataclass(frozen=True, slots=True)
class Deadline:
    """`at` is exclusive. Until a year's holidays are published Mondays to Fridays count, and that is said."""

    at: datetime
    holidays_known: bool


def deadline(day: date, workdays: int) -> Deadline:
    """Of a step between the parties, which nobody has to wait for next year's calendar for."""
    try:
        return Deadline(end_of(after_workdays(day, workdays)), holidays_known=True)
    except UnknownYear:
        return Deadline(end_of(after_weekdays(day, workdays)), holidays_known=False)


def waited(day: date, days: int) -> Deadline:
    """When so many calendar days have passed, `day` not counted; a last day of rest rolls on to a working day."""
    try:
        return Deadline(end_of(count_days(day, days).last), holidays_known=True)
    except UnknownYear:
        last = day + timedelta(days=days)
        rest = 7 - last.weekday() if last.weekday() >= SATURDAY else 0
        return Deadline(end_of(last + timedelta(days=rest)), holidays_known=False)


def days_to_count(first: date, last: date, *, workdays: bool) -> int:
    """How many (working) days there are from `first` to `last`, both counted: something is on offer on each of them.

    In a year whose holidays nobody has published yet Mondays to Fridays are working days.
    """
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return sum(_works(day) for day in days) if workdays else len(days)


def _works(day: date) -> bool:
    try:
        return is_workday(day)
    except UnknownYear:
        return day.weekday() < SATURDAY
