"""How many staff a community is due: the arithmetic, and whose rulebook it is."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from schemas.community import CommunityPost, FiguresRecord, PostRecord
from schemas.deciding import Rulebooks
from schemas.ids import PartyId
from schemas.rulebook import Certainty, Rulebook
from services.kit.rulebooks import shipped
from services.registry.rules.staffing import (
    HOUSEHOLDS_STEP,
    STAFFING,
    book_of,
    counted,
    shown,
    staffing,
)
from tests.support.pure import refused

PLACE = "411502001001"
DAY = date(2026, 3, 2)
BOOK = shipped().named("example/community")


def figures(households: int, floating: int) -> FiguresRecord:
    return FiguresRecord(kind="figures", households=households, residents=0, floating=floating, grids=4)


@pytest.mark.parametrize(
    ("households", "floating", "least", "most"),
    [
        (0, 0, 5, 9),
        (3000, 999, 5, 9),
        (3299, 1000, 6, 10),
        (3300, 0, 6, 10),
        (3599, 1999, 7, 11),
        (3600, 2000, 9, 13),
    ],
)
def test_one_more_for_each_whole_step_of_households_and_of_floating_population(
    households: int, floating: int, least: int, most: int
) -> None:
    due = staffing(figures(households, floating), 7, BOOK)

    assert (due.least, due.most) == (least, most)
    assert [(one.of, one.figure, one.base, one.step) for one in due.steps] == [
        ("households", households, 3000, 300),
        ("floating", floating, 0, 1000),
    ]
    assert sum(one.more for one in due.steps) == least - 5


@pytest.mark.parametrize(("has", "short", "over"), [(4, 1, 0), (5, 0, 0), (9, 0, 0), (11, 0, 2)])
def test_what_it_has_is_short_of_the_least_or_over_the_most(has: int, short: int, over: int) -> None:
    due = staffing(figures(0, 0), has, BOOK)

    assert (due.short, due.over) == (short, over)


def test_only_full_time_staff_in_the_posts_the_rule_names_count() -> None:
    def post(number: int, of: CommunityPost, full_time: bool = True) -> PostRecord:
        worker = PartyId(UUID(int=number))
        return PostRecord(kind="post", worker_id=worker, post=of, full_time=full_time, employer="示例街道")

    posts = [
        post(1, CommunityPost.COMMITTEE_MEMBER),
        post(2, CommunityPost.WORKSTATION_STAFF),
        post(3, CommunityPost.WORKSTATION_STAFF, full_time=False),
        post(4, CommunityPost.GRID_WORKER),
    ]

    assert counted(posts, BOOK) == 2


def test_every_value_is_shown_with_its_source_and_none_as_law() -> None:
    told = shown(BOOK, STAFFING)

    assert told.rulebook == "example/community@2026.3"
    assert {one.path for one in told.values} == set(STAFFING)
    assert all(one.source and one.value is not None for one in told.values)
    by_path = {one.path: one for one in told.values}
    assert "每300户增配1名" in by_path[HOUSEHOLDS_STEP].source
    assert {one.certainty for one in told.values} == {Certainty.FOUNDING, Certainty.EXAMPLE}


class Adopted:
    """What is shipped, and what a county adopted."""

    def __init__(self, *books: Rulebook) -> None:
        self.books = {book.id: book for book in books}

    def by_hash(self, hash: str) -> Rulebook:
        return shipped().by_hash(hash)

    def named(self, id: str, on: date | None = None) -> Rulebook:
        if id in self.books:
            return self.books[id]
        return shipped().named(id, on)


def of_the_county(**changes: Any) -> Rulebook:
    return replace(BOOK, id="411502/community", version="2026.1", effective_from=date(2026, 2, 1), **changes)


def test_the_countys_own_rulebook_goes_before_the_example() -> None:
    adopted: Rulebooks = Adopted(of_the_county())

    assert book_of(PLACE, STAFFING, adopted, DAY).id == "411502/community"
    assert book_of("320508017003", STAFFING, adopted, DAY).id == "example/community"
    assert book_of(PLACE, STAFFING, adopted, date(2026, 1, 31)).id == "example/community"


def test_an_older_document_that_says_nothing_of_staff_is_passed_over() -> None:
    older = of_the_county(rules={path: rule for path, rule in BOOK.rules.items() if path not in STAFFING})

    assert book_of(PLACE, STAFFING, Adopted(older), DAY).id == "example/community"


def test_on_a_day_for_which_no_rulebook_says_anything_the_question_is_refused() -> None:
    with refused("no_rule_of_communities", status=422):
        book_of(PLACE, STAFFING, shipped(), date(2019, 1, 1))
