"""Days as the people who read them count them: in China, one time zone without summer time."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta, timezone

CHINA = timezone(timedelta(hours=8))


def day_of(at: datetime) -> date:
    """The calendar day in China."""
    return at.astimezone(CHINA).date()


def end_of(day: date) -> datetime:
    """The first moment of the next day in China."""
    return datetime.combine(day + timedelta(days=1), time(), CHINA)


def last_day(first: date, months: int) -> date:
    """Of so many months that begin on `first`: the day before the same day then, or the month's last if it has none.

    2026-03-02 and 12 months: 2027-03-01; 2026-01-31 and 1 month: 2026-02-28.
    """
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    last_of_month = monthrange(year, month + 1)[1]
    if first.day > last_of_month:
        return date(year, month + 1, last_of_month)
    return date(year, month + 1, first.day) - timedelta(days=1)


def minute_of(at: datetime) -> str:
    """`2026-03-02 09:30`, in China."""
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"
