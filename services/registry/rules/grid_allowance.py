"""What grid workers are due for a month by the rulebook: for each grid in care, for the days in the post. Advice."""

from calendar import monthrange
from collections import Counter
from collections.abc import Collection
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from schemas.community import CommunityPost, PostRecord
from schemas.ids import PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from services.registry.rules.record import Record

AMOUNTS, PART_MONTH = "community.grid_allowance", "community.grid_allowance_part_month"
ALLOWANCE = (AMOUNTS, PART_MONTH)


class Amounts(Model):
    """For one grid and one month."""

    full_time: Money
    part_time: Money


class Month(NamedTuple):
    first: date
    last: date
    """of the month, whether it is over or not"""
    until: date
    """the last day that counts: no later than today"""


class Allowance(Model):
    """`amount` = `a_month` × `grids`, and where the rule goes by days × `days` / `of_days`, rounded half up."""

    worker_id: PartyId
    full_time: bool
    grids: int
    a_month: Money
    """for one grid"""
    days: int
    of_days: int
    amount: Money


def amounts(book: Rulebook) -> Amounts:
    return Amounts(**{name: Money(fen) for name, fen in book.value(AMOUNTS).items()})


def month_of(text: str, today: date) -> Month:
    try:
        first = date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        first = None
    if first is None or first > today:
        raise Refused("month_wrong", status=422, field="month", this=today.isoformat()[:7])
    last = first.replace(day=monthrange(first.year, first.month)[1])
    return Month(first, last, min(last, today))


def allowances(posts: Collection[Record], month: Month, book: Rulebook) -> list[Allowance]:
    """One for each of a worker's posts with a day in the month. `posts`: of one community, in their order."""
    number = (month.until - month.first).days + 1
    held = [record for day in range(number) for record in _held(posts, month.first + timedelta(days=day))]
    days = Counter(record.id for record in held)
    found = {record.id: record.content for record in held}
    lines = [
        _allowance(post, days[id], month.last.day, book)
        for id, post in found.items()
        if isinstance(post, PostRecord) and post.post is CommunityPost.GRID_WORKER
    ]
    return sorted(lines, key=lambda line: line.worker_id)


def _held(posts: Collection[Record], day: date) -> list[Record]:
    """Of each worker the newest post that had begun, if it held on the day: as every record is looked up."""
    newest = {record.subject: record for record in posts if record.valid_from <= day}
    return [
        record
        for record in newest.values()
        if (record.valid_until is None or record.valid_until >= day)
        and not (record.ended and record.ending is not None and record.ending.on <= day)
    ]


def _allowance(post: PostRecord, days: int, of_days: int, book: Rulebook) -> Allowance:
    of = amounts(book)
    a_month = of.full_time if post.full_time else of.part_time
    share = Fraction(days, of_days) if book.value(PART_MONTH) == "by_days" else Fraction(1)
    return Allowance(
        worker_id=post.worker_id,
        full_time=post.full_time,
        grids=post.grids,
        a_month=a_month,
        days=days,
        of_days=of_days,
        amount=a_month.portion(post.grids * share),
    )
