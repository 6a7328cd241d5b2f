"""How the days of a deadline were counted, read from the rule it comes from."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from schemas.model import Model
from schemas.workdays import SATURDAY, UnknownYear, is_workday


class TermUnit(StrEnum):
    WORKING_DAYS = "working_days"
    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"


class Counting(Model):
    """So many of a unit; `counted` and `skipped` are the days of a period of working days, in their order.

    The day on which it began is in neither; nor are days of rest right after it.
    """

    count: int
    unit: TermUnit
    counted: tuple[date, ...]
    skipped: tuple[date, ...]
    """days of rest between those that were counted"""


_SUFFIXES = {
    "_workdays": TermUnit.WORKING_DAYS,
    "_days": TermUnit.DAYS,
    "_hours": TermUnit.HOURS,
    "_minutes": TermUnit.MINUTES,
}
"""of the paths of rules that are a bare number"""
_UNITS = {"wd": TermUnit.WORKING_DAYS, "d": TermUnit.DAYS}


def counting_of(path: str, value: Any, last: date) -> Counting | None:
    """`last`: the last day of the period. None for a rule that is no number of anything."""
    if isinstance(value, Mapping) and value.get("unit") in _UNITS:
        return _counting(int(value["days"]), _UNITS[value["unit"]], last)
    unit = next((unit for suffix, unit in _SUFFIXES.items() if path.endswith(suffix)), None)
    if unit is None or not isinstance(value, int):
        return None
    return _counting(value, unit, last)


def _counting(count: int, unit: TermUnit, last: date) -> Counting:
    counted: list[date] = []
    skipped: list[date] = []
    day = last
    while unit is TermUnit.WORKING_DAYS and len(counted) < count:
        (counted if _works(day) else skipped).append(day)
        day -= timedelta(days=1)
    return Counting(count=count, unit=unit, counted=tuple(reversed(counted)), skipped=tuple(reversed(skipped)))


def _works(day: date) -> bool:
    """In a year whose holidays nobody has published yet Mondays to Fridays count."""
    try:
        return is_workday(day)
    except UnknownYear:
        return day.weekday() < SATURDAY
