"""Days as the people who read them count them: in China, one time zone without summer time."""

from datetime import date, datetime, time, timedelta, timezone

CHINA = timezone(timedelta(hours=8))


def day_of(at: datetime) -> date:
    """The calendar day in China."""
    return at.astimezone(CHINA).date()


def end_of(day: date) -> datetime:
    """The first moment of the next day in China."""
    return datetime.combine(day + timedelta(days=1), time(), CHINA)


def minute_of(at: datetime) -> str:
    """`2026-03-02 09:30`, in China."""
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"
