"""Costs above a limit that came down after they were reported: the price was lowered by a change of the agreement.

Each line was within its limit when it was reported, or it would have been refused. What goes beyond the new limits is
no project cost any more: the provider bears it, and what was paid for it is expected back.
"""

from dataclasses import dataclass

from schemas.money import Money
from services.funds.rules.costs import Spending, limit_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrun:
    head: str | None
    """none: beyond the price, over and above what is beyond the limits of heads"""
    spent: Money
    limit: Money
    above: Money


def overruns(spending: Spending, price: Money) -> tuple[Overrun, ...]:
    """By head, and then of what they leave, beyond the price; each fen once."""
    found = []
    for limit in spending.limits:
        used, most = spending.head(limit.head).counted, limit_of(price, limit)
        if used > most:
            found.append(Overrun(head=limit.head, spent=used, limit=most, above=used - most))
    within = Money(spending.counted.fen - sum(one.above.fen for one in found))
    if within > price:
        found.append(Overrun(head=None, spent=within, limit=price, above=within - price))
    return tuple(found)
