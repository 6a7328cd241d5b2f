"""How many staff a community should have, by the rulebook: with the whole arithmetic, against how many it has."""

from collections.abc import Collection, Sequence
from datetime import date

from schemas.community import CommunityPost, FiguresRecord, PostRecord
from schemas.deciding import Rulebooks
from schemas.model import Model
from schemas.refused import Refused
from schemas.rulebook import Certainty, Rulebook

SHIPPED = "example/community"
LEAST, MOST, COUNTED = "community.staff_least", "community.staff_most", "community.staff_posts"
HOUSEHOLDS_BASE, HOUSEHOLDS_STEP = "community.staff_households_base", "community.staff_households_step"
FLOATING_BASE, FLOATING_STEP = "community.staff_floating_base", "community.staff_floating_step"
STAFFING = (LEAST, MOST, HOUSEHOLDS_BASE, HOUSEHOLDS_STEP, FLOATING_BASE, FLOATING_STEP, COUNTED)
SIGNATORIES = "community.signatories"


class RuleValue(Model):
    path: str
    value: int | str | tuple[str, ...] | None
    """none of a table, which the answer shows itself"""
    source: str
    certainty: Certainty


class RuleAnswer(Model):
    """The values that were used, each with its source."""

    rulebook: str
    hash: str
    values: tuple[RuleValue, ...]


class Step(Model):
    """`more` = whole steps of `step` that `figure` lies above `base`."""

    of: str
    figure: int
    base: int
    step: int
    more: int


class Staffing(Model):
    """`least` to `most` it should have: the rulebook's, and one more for each step."""

    steps: tuple[Step, ...]
    least: int
    most: int
    short: int
    """below the least"""
    over: int
    """above the most"""


def book_of(division: str, paths: Collection[str], rulebooks: Rulebooks, day: date, field: str = "as_of") -> Rulebook:
    """What officers adopted for the county, its prefecture or province and has the paths, the nearest first; else the
    example. A document that was in force on the day and says nothing of it is passed over.
    """
    places = dict.fromkeys((division[:6], division[:4] + "00", division[:2] + "0000"))
    for id in (*(f"{place}/community" for place in places), SHIPPED):
        try:
            book = rulebooks.named(id, on=day)
        except Refused:
            continue
        if book.effective_from <= day and book.rules.keys() >= set(paths):
            return book
    raise Refused("no_rule_of_communities", status=422, field=field, division=division, day=day)


def shown(book: Rulebook, paths: Sequence[str]) -> RuleAnswer:
    values = []
    for path in paths:
        value, source = book.value(path), book.source(path)
        table = isinstance(value, dict) or (isinstance(value, list | tuple) and any(isinstance(x, dict) for x in value))
        told = None if table else tuple(value) if isinstance(value, list | tuple) else value
        values.append(RuleValue(path=path, value=told, source=source.text, certainty=source.certainty))
    return RuleAnswer(rulebook=book.name, hash=book.hash, values=tuple(values))


def counted(posts: Collection[PostRecord], book: Rulebook) -> int:
    """Full-time staff in the posts that the rulebook counts."""
    among = {CommunityPost(post) for post in book.value(COUNTED)}
    return sum(one.full_time and one.post in among for one in posts)


def staffing(figures: FiguresRecord, has: int, book: Rulebook) -> Staffing:
    steps = (
        _step("households", figures.households, book.integer(HOUSEHOLDS_BASE), book.integer(HOUSEHOLDS_STEP)),
        _step("floating", figures.floating, book.integer(FLOATING_BASE), book.integer(FLOATING_STEP)),
    )
    more = sum(one.more for one in steps)
    least, most = book.integer(LEAST) + more, book.integer(MOST) + more
    return Staffing(steps=steps, least=least, most=most, short=max(0, least - has), over=max(0, has - most))


def _step(of: str, figure: int, base: int, step: int) -> Step:
    return Step(of=of, figure=figure, base=base, step=step, more=max(0, figure - base) // step)
