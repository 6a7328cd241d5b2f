"""What is still a ground to recuse."""

from datetime import date

from schemas.deciding import Context
from schemas.refused import Refused
from schemas.rulebook import Rulebook

RECUSAL_YEARS = "bidder.recusal_years"


def must_be_recent(ended_on: date | None, rulebook: Rulebook, context: Context) -> None:
    """A relation that ended longer ago than the rulebook looks back is none; none: it has not ended."""
    if ended_on is None:
        return
    if ended_on > context.today:
        raise Refused("ended_in_future", status=422, field="ended_on", ended_on=ended_on)
    if RECUSAL_YEARS not in rulebook.rules:
        return
    years, today = rulebook.integer(RECUSAL_YEARS), context.today
    over = (ended_on.year + years, ended_on.month, ended_on.day)
    if over < (today.year, today.month, today.day):
        source = rulebook.source(RECUSAL_YEARS)
        raise Refused("tie_long_over", source, status=422, field="ended_on", ended_on=ended_on, years=years)
