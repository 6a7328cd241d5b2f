"""When a term of the rulebook (`{days, unit, from}`) ends that begins on a day; the day itself is not counted."""

from datetime import date, timedelta

from schemas.days import end_of
from schemas.refused import Refused
from schemas.rulebook import Rulebook, Source
from schemas.workdays import SATURDAY, Deadline, UnknownYear, count_days, deadline


def term_ends(rulebook: Rulebook, path: str, day: date) -> Deadline:
    """In working days, or in calendar days whose last rolls on to a working day.

    Until a year's holidays are published Mondays to Fridays count as working days, and that is said.
    """
    term = rulebook.value(path)
    days = int(term["days"])
    if term["unit"] == "wd":
        return deadline(day, days)
    try:
        return Deadline(end_of(count_days(day, days).last), holidays_known=True)
    except UnknownYear:
        last = day + timedelta(days=days)
        rest = 7 - last.weekday() if last.weekday() >= SATURDAY else 0
        return Deadline(end_of(last + timedelta(days=rest)), holidays_known=False)


def must_know(rulebook: Rulebook, path: str) -> Source:
    """An edition from before this path goes on as it did: the step is not known under it."""
    if path not in rulebook.rules:
        raise Refused("rulebook_lacks", rulebook=rulebook.name, path=path)
    return rulebook.source(path)
