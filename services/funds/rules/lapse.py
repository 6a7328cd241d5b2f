"""How long a reservation stands that no agreement follows, so that money does not lie for nothing.

No statute gives the number of days; it stands in the rulebook, as an example.
"""

from datetime import date, datetime, timedelta

from schemas.days import day_of, end_of
from schemas.deciding import Context
from services.funds.rules.project import LAPSE, RESERVATION_DAYS, ProjectMoney

DAY = timedelta(days=1)


def lapses_at(rulebook: str, context: Context) -> datetime | None:
    """The end of the last day in China: so many days after today. None under an edition that sets no days."""
    edition = context.rulebooks.by_hash(rulebook)
    if RESERVATION_DAYS not in edition.rules:
        return None
    return end_of(context.today + edition.integer(RESERVATION_DAYS) * DAY)


def last_day(money: ProjectMoney) -> date | None:
    """The last day on which the reservation stands; None when nothing is reserved."""
    ends = money.due().get(LAPSE)
    return None if ends is None else day_of(ends) - DAY
