"""What grid workers are due for a month: by grids, and by the days in the post."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from schemas.organization import EndCause
from schemas.rulebook import Rulebook
from services.kit.rulebooks import shipped
from services.registry.rules.grid_allowance import AMOUNTS, PART_MONTH, Allowance, allowances, month_of
from services.registry.rules.record import Record
from tests.services.registry.test_communities import POST, Communal
from tests.support.pure import refused

TODAY = date(2026, 3, 2)
FEBRUARY = month_of("2026-02", TODAY)
BOOK = shipped().named("example/community")
GRID = POST | {"post": "grid_worker", "grids": 3}


class Grids(Communal):
    """A community whose posts are looked at for a month."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[UUID] = []

    def works(self, worker: int, since: date, new: bool = True, **changes: Any) -> Record:
        content = GRID | {"worker_id": str(UUID(int=worker))} | changes
        named: dict[str, Any] = {"worker_name": f"示例人员{worker}"} if new else {}
        record = self.kept(self.say(content, valid_from=since, **named))
        self.ids.append(record.id)
        return record

    def due(self, book: Rulebook = BOOK) -> list[tuple[int, int, int]]:
        posts = sorted((self.world.get(Record, id) for id in self.ids), key=lambda one: (one.valid_from, one.number))
        lines: list[Allowance] = allowances(posts, FEBRUARY, book)
        return [(line.worker_id.int, line.days, line.amount.fen) for line in lines]


def test_a_whole_month_is_the_rulebooks_amount_for_each_grid() -> None:
    story = Grids()
    story.works(1, date(2026, 1, 5))
    story.works(2, date(2026, 1, 5), full_time=False, grids=1)

    assert story.due() == [(1, 28, 90000), (2, 28, 10000)]


def test_part_of_a_month_is_reckoned_by_days_or_as_the_rulebook_says_as_a_whole_month() -> None:
    story = Grids()
    story.works(1, date(2026, 2, 15))
    story.end(story.works(2, date(2026, 1, 5), grids=1), EndCause.WITHDRAWN, on=date(2026, 2, 10))
    whole = replace(BOOK, rules={**BOOK.rules, PART_MONTH: replace(BOOK.rules[PART_MONTH], value="whole_month")})

    assert story.due() == [(1, 14, 45000), (2, 9, 9643)]
    assert story.due(whole) == [(1, 14, 90000), (2, 9, 30000)]


def test_a_newer_post_of_a_worker_takes_the_older_ones_place_from_its_first_day() -> None:
    story = Grids()
    story.works(1, date(2026, 1, 5), grids=1)
    story.works(1, date(2026, 2, 8), new=False, grids=4)

    assert story.due() == [(1, 7, 7500), (1, 21, 90000)]


def test_who_left_before_the_month_or_has_another_post_is_due_nothing() -> None:
    story = Grids()
    story.end(story.works(1, date(2026, 1, 5)), EndCause.WITHDRAWN, on=date(2026, 2, 1))
    story.works(2, date(2026, 1, 5), post="committee_member", grids=0)
    story.works(3, date(2026, 3, 1))

    assert story.due() == []


def test_the_amounts_are_an_example_that_says_so() -> None:
    assert BOOK.value(AMOUNTS) == {"full_time": 30000, "part_time": 10000}
    assert (BOOK.source(AMOUNTS).certainty, BOOK.source(PART_MONTH).certainty) == ("?", "?")


def test_this_month_counts_to_today_and_later_ones_not_at_all() -> None:
    march = month_of("2026-03", TODAY)

    assert (march.first, march.last, march.until) == (date(2026, 3, 1), date(2026, 3, 31), TODAY)


@pytest.mark.parametrize("text", ["2026-04", "2026-13", "2026", "2026-W5", "202602", "", "二月二〇二六"])
def test_what_is_no_month_up_to_this_one_is_refused(text: str) -> None:
    with refused("month_wrong", status=422):
        month_of(text, TODAY)
