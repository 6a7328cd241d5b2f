"""How long an agreement may run: months counted by the calendar, a year, or three on all grounds."""

from datetime import date

import pytest

from schemas.days import last_day
from schemas.rulebook import Rulebook
from schemas.term import (
    LONG_TERM,
    MOST_MONTHS,
    Grounds,
    LongTermGround,
    PlannedTerm,
    Term,
    check_planned,
    check_term,
    usual_term,
)
from services.kit.rulebooks import shipped
from tests.support.pure import refused

BOOK: Rulebook = shipped().named("example/below-limit")
FORMER: Rulebook = next(book for book in shipped() if book.version == "2026.3")
FIRST = date(2026, 3, 2)
ALL = tuple(LongTermGround)


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2026, 3, 2), 12, date(2027, 3, 1)),
        (date(2026, 3, 1), 12, date(2027, 2, 28)),
        (date(2027, 3, 1), 12, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 14)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 11, 30), 36, date(2029, 11, 29)),
    ],
)
def test_months_end_on_the_day_before_or_on_the_last_of_a_shorter_month(first: date, months: int, last: date) -> None:
    assert last_day(first, months) == last


def test_a_planned_term_ends_with_its_months_or_on_its_latest_day_whichever_is_first() -> None:
    free, bound = PlannedTerm(months=6), PlannedTerm(months=6, ends_by=date(2026, 6, 30))

    assert free.from_day(FIRST).last_day == date(2026, 9, 1)
    assert bound.from_day(FIRST).last_day == date(2026, 6, 30)
    assert bound.from_day(date(2026, 1, 1)).last_day == date(2026, 6, 30)
    assert bound.from_day(date(2026, 7, 1)).last_day == date(2026, 7, 1)


def until(last: date, grounds: Grounds = ()) -> Term:
    return Term(first_day=FIRST, last_day=last, grounds=grounds)


def test_a_year_needs_no_ground_and_a_day_more_needs_them_all() -> None:
    check_term(until(date(2027, 3, 1)), BOOK, "term")

    with refused("term_needs_grounds", source="102号", status=422) as caught:
        check_term(until(date(2027, 3, 2), ALL[:-1]), BOOK, "term")

    assert caught.value.field == "term"
    assert caught.value.details["missing"] == (LongTermGround.BUDGET_ASSURED,)
    check_term(until(date(2027, 3, 2), ALL), BOOK, "term")


def test_three_years_are_the_most_on_whatever_ground() -> None:
    check_term(until(date(2029, 3, 1), ALL), BOOK, "term")

    with refused("term_too_long", source="102号", status=422):
        check_term(until(date(2029, 3, 2), ALL), BOOK, "term")


def test_long_months_that_must_end_within_the_year_are_no_long_term() -> None:
    check_planned(PlannedTerm(months=24, ends_by=date(2026, 12, 31)), FIRST, BOOK, "term")

    with refused("term_needs_grounds"):
        check_planned(PlannedTerm(months=13), FIRST, BOOK, "term")
    with refused("term_is_over") as caught:
        check_planned(PlannedTerm(months=6, ends_by=date(2026, 3, 1)), FIRST, BOOK, "term")
    assert caught.value.field == "term.ends_by"


def test_an_edition_without_terms_fixes_none_and_knows_no_usual_one() -> None:
    assert {MOST_MONTHS, LONG_TERM}.isdisjoint(FORMER.rules)
    assert usual_term(FORMER) is None
    assert usual_term(BOOK) == PlannedTerm(months=12)
    check_planned(None, FIRST, FORMER, "term")

    with refused("no_limit_of_terms", status=422):
        check_planned(PlannedTerm(months=6), FIRST, FORMER, "term")


def test_only_what_is_sure_is_called_law_and_the_term_is_not() -> None:
    assert {BOOK.source(path).certainty for path in (MOST_MONTHS, LONG_TERM)} == {"P"}
