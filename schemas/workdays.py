"""Working days in China: weekends, public holidays and the make-up days of 调休.

Holidays are set year by year (国务院办公厅关于部分节假日安排的通知); chinesecalendar knows the published ones.
"""

from collections.abc import Callable
from datetime import date, timedelta

from chinese_calendar import is_workday as _is_workday

SATURDAY = 5


class UnknownYear(Exception):
    """No holidays are known for this year: whoever asks says what then holds."""


def is_workday(day: date) -> bool:
    try:
        return bool(_is_workday(day))
    except NotImplementedError:
        raise UnknownYear(day.year) from None


def after_workdays(day: date, count: int) -> date:
    """The last day of a period of `count` working days; `day`, on which it begins, is not counted."""
    return _after(day, count, is_workday)


def after_weekdays(day: date, count: int) -> date:
    """The same by Mondays to Fridays: for a year whose holidays nobody has published yet."""
    return _after(day, count, lambda day: day.weekday() < SATURDAY)


def _after(day: date, count: int, counts: Callable[[date], bool]) -> date:
    while count:
        day += timedelta(days=1)
        count -= counts(day)
    return day
