"""How long an agreement runs (履约期限): what a tender asks for, and the days that the agreement fixes of it.

An agreement for a purchased service runs for up to a year, or up to three on all of the grounds the rulebook names
(财政部令第102号, as the rulebook cites it).
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from schemas.days import last_day
from schemas.model import Model
from schemas.refused import Refused
from schemas.rulebook import Rulebook

MOST_MONTHS = "tender.term_months_most"
LONG_TERM = "tender.long_term"


class LongTermGround(StrEnum):
    """Why an agreement may run for longer than a year; the rulebook says which of them must all hold."""

    CONTENT_FIXED = "content_fixed"
    """购买内容相对固定"""
    CONTINUOUS = "continuous"
    """连续性强"""
    FUNDS_STABLE = "funds_stable"
    """经费来源稳定"""
    PRICE_STABLE = "price_stable"
    """价格变化幅度小"""
    BUDGET_ASSURED = "budget_assured"
    """年度预算能保障"""


Grounds = Annotated[tuple[LongTermGround, ...], Field(max_length=len(LongTermGround))]


class PlannedTerm(Model):
    """So many months from the day the agreement is drafted, and in any case no longer than until `ends_by`."""

    months: Annotated[int, Field(ge=1, le=120)]
    ends_by: date | None = None
    """the latest last day, in China"""
    grounds: Grounds = ()
    """for more than the rulebook's usual months"""

    def from_day(self, first: date) -> "Term":
        """A term has one day at least: between the choice and the draft midnight may pass."""
        last = last_day(first, self.months)
        return Term(
            first_day=first,
            last_day=max(first, last if self.ends_by is None else min(last, self.ends_by)),
            grounds=self.grounds,
        )


class Term(Model):
    """The days of an agreement in China, both included."""

    first_day: date
    last_day: date
    grounds: Grounds = ()

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.last_day < self.first_day:
            raise ValueError("a term ends on its first day or later")
        return self


def usual_term(rulebook: Rulebook) -> PlannedTerm | None:
    """Where nothing was said of it: the rulebook's usual months; none under an edition that knows of no terms."""
    return PlannedTerm(months=rulebook.integer(MOST_MONTHS)) if MOST_MONTHS in rulebook.rules else None


def check_planned(term: PlannedTerm | None, today: date, rulebook: Rulebook, field: str) -> None:
    """As if the agreement were drafted today: later it can only become shorter."""
    if term is not None:
        not_over(term, today, f"{field}.ends_by")
        check_term(term.from_day(today), rulebook, field)


def not_over(term: PlannedTerm | None, today: date, field: str) -> None:
    """Nothing is agreed on that should have ended already."""
    if term is not None and term.ends_by is not None and term.ends_by < today:
        raise Refused("term_is_over", field=field, ends_by=term.ends_by)


def check_term(term: Term, rulebook: Rulebook, field: str) -> None:
    """Refuses a term that is longer than the rulebook allows; `field`: where it stands in the request."""
    if MOST_MONTHS not in rulebook.rules:
        raise Refused("no_limit_of_terms", status=422, field=field, rulebook=rulebook.version)
    usual = rulebook.integer(MOST_MONTHS)
    if term.last_day <= last_day(term.first_day, usual):
        return
    long, source = rulebook.value(LONG_TERM), rulebook.source(LONG_TERM)
    most = int(long["months_most"])
    latest = last_day(term.first_day, most)
    if term.last_day > latest:
        raise Refused("term_too_long", source, status=422, field=field, most=most, latest=latest)
    missing = tuple(ground for ground in map(LongTermGround, long["grounds"]) if ground not in term.grounds)
    if missing:
        raise Refused("term_needs_grounds", source, status=422, field=field, usual=usual, missing=missing)
