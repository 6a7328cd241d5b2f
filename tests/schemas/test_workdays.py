"""Periods counted in working days and calendar days; the known answers of `domain/rules.md`, section 9."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.workdays import UnknownYear, count_days, count_workdays, deadline, is_workday, learn

A_DAY = st.dates(date(2015, 1, 1), date(2025, 12, 1))


@pytest.fixture
def forget() -> Iterator[None]:
    yield
    learn({})


@pytest.mark.parametrize(
    ("begins", "count", "last"),
    [
        (date(2025, 12, 1), 1, date(2025, 12, 2)),
        (date(2025, 12, 2), 7, date(2025, 12, 11)),
        (date(2025, 11, 3), 3, date(2025, 11, 6)),
        (date(2025, 5, 6), 7, date(2025, 5, 15)),
    ],
)
def test_the_known_answers(begins: date, count: int, last: date) -> None:
    assert count_workdays(begins, count).last == last


def test_make_up_days_count_and_holidays_do_not() -> None:
    """Documents on offer from Thursday 26 September 2024: a make-up Sunday, then the National Day."""
    counting = count_workdays(date(2024, 9, 25), 4)
    assert counting.counted == tuple(date(2024, 9, day) for day in (26, 27, 29, 30))
    assert counting.skipped == (date(2024, 9, 28),)
    assert count_workdays(date(2024, 9, 30), 1).last == date(2024, 10, 8)


def test_calendar_days_that_end_on_a_holiday_end_on_the_next_working_day() -> None:
    counting = count_days(date(2025, 9, 21), 10)
    assert counting.last == date(2025, 10, 9)
    assert len(counting.counted) == 10
    assert counting.skipped == tuple(date(2025, 10, day) for day in range(1, 9))
    assert count_days(date(2025, 9, 8), 20).last == date(2025, 9, 28), "a make-up Sunday is no day of rest"


@given(A_DAY, st.integers(1, 60))
def test_every_day_between_is_counted_or_skipped_once(begins: date, count: int) -> None:
    counting = count_workdays(begins, count)
    days = sorted((*counting.counted, *counting.skipped))
    assert days == [begins + timedelta(days=n) for n in range(1, (counting.last - begins).days + 1)]
    assert len(counting.counted) == count
    assert all(map(is_workday, counting.counted))
    assert not any(map(is_workday, counting.skipped))


def test_a_year_nobody_published_is_an_error_and_between_the_parties_it_is_said() -> None:
    with pytest.raises(UnknownYear):
        count_workdays(date(2098, 12, 31), 1)
    with pytest.raises(UnknownYear):
        count_days(date(2098, 12, 31), 1)
    assert deadline(date(2099, 1, 2), 1).holidays_known is False


@pytest.mark.usefixtures("forget")
def test_an_operators_file_makes_a_year_known_and_overrides_single_days_of_a_published_one() -> None:
    learn({date(2099, 1, 1): False, date(2099, 1, 3): True, date(2025, 12, 10): False})
    assert not is_workday(date(2099, 1, 1))
    assert is_workday(date(2099, 1, 3)), "a Saturday"
    assert is_workday(date(2099, 1, 5))
    assert not is_workday(date(2099, 1, 4)), "a Sunday nobody named"
    assert count_workdays(date(2025, 12, 2), 7).last == date(2025, 12, 12)
    learn({})
    with pytest.raises(UnknownYear):
        is_workday(date(2099, 1, 1))
