"""One rating per verified token and milestone; whoever is rated has no hand in it."""

from collections import Counter
from dataclasses import replace
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.contract import Milestone
from schemas.refused import Refused
from schemas.role import Actor, Role
from services.evaluation import rules
from services.evaluation.rules import Level
from services.evaluation.rules.evaluation import NO_ROWS
from services.evaluation.rules.rating import RatingsCast
from services.evaluation.rules.tokens import TokensIssued
from tests.services.evaluation.evaluated import (
    COMMUNITY,
    FUNDER,
    PROVIDER,
    a_submission,
    a_token,
    signed,
    submitted,
    window_open,
)
from tests.support.pure import an_actor, refused

FINAL, MID_TERM = Milestone.FINAL, Milestone.MID_TERM
GOOD, BAD = Level.VERY_SATISFIED, Level.VERY_DISSATISFIED


def test_a_resident_with_a_token_rates_and_the_row_keeps_only_the_tokens_digest() -> None:
    story = submitted()

    (said,) = story.rate([(1, GOOD)])

    assert isinstance(said, RatingsCast)
    assert a_token(1) not in said.model_dump_json()
    assert said.rows[0].token == rules.token_digest(a_token(1))
    assert story.evaluation.tally(FINAL).counts == {GOOD: 1}


def test_a_second_rating_with_the_same_token_is_refused_and_another_milestone_is_not() -> None:
    story = submitted()
    story.rate([(1, GOOD)])

    with refused("already_rated"):
        story.rate([(1, BAD)])
    story.rate([(1, BAD)], MID_TERM)
    assert story.evaluation.tally(FINAL).counts == {GOOD: 1}


def test_a_token_twice_in_one_batch_refuses_the_batch_and_names_the_later_row() -> None:
    story = submitted()

    with pytest.raises(Refused) as caught:
        story.rate([(1, GOOD), (2, GOOD), (1, BAD)])

    assert (caught.value.code, caught.value.details["rows"]) == ("already_rated", "3")
    assert story.evaluation.tally(FINAL).ratings == 0


def test_a_token_of_one_milestone_rates_only_that_and_counts_only_there() -> None:
    story = submitted(tokens=2)
    story.issue(3, 4, only=MID_TERM)

    with refused("token_of_another_milestone"):
        story.rate([(1, GOOD), (3, GOOD)], FINAL)
    story.rate([(3, GOOD)], MID_TERM)
    assert story.evaluation.tally(FINAL).ratings == 0
    assert (story.evaluation.tokens_for(MID_TERM), story.evaluation.tokens_for(FINAL)) == (4, 2)
    with refused("token_of_one_milestone"):
        story.issue(3)
    assert story.issue(1, only=FINAL) == []
    assert story.evaluation.tokens == 4


def test_an_unknown_token_refuses_the_batch_and_nothing_of_it_counts() -> None:
    story = submitted(tokens=2)

    with refused("unknown_rating_token"):
        story.rate([(1, GOOD), (99, GOOD)])
    assert story.evaluation.tally(FINAL).ratings == 0


def test_a_milestone_is_rated_only_after_it_was_submitted() -> None:
    story = signed()
    story.issue(1)
    story.hear(a_submission(MID_TERM))
    story.rate([(1, GOOD)], MID_TERM)

    with refused("milestone_not_ratable"):
        story.rate([(1, GOOD)], FINAL)


def test_after_the_window_nothing_is_rated_though_the_timer_has_yet_to_ring() -> None:
    story = window_open()
    story.rate([(1, GOOD)])
    story.after(days=14)

    with refused("evaluation_closed"):
        story.rate([(2, GOOD)])
    with refused("evaluation_closed"):
        story.issue(21)
    with refused("evaluation_closed"):
        story.score(FUNDER, PROVIDER, "90")


def test_the_community_enters_paper_ratings_and_they_are_counted_apart() -> None:
    story = submitted()
    story.rate([(1, GOOD), (2, GOOD)])
    story.rate([(3, BAD)], by=COMMUNITY)

    tally = story.evaluation.tally(FINAL)
    assert (tally.ratings, tally.entered_by_community) == (3, 1)


@pytest.mark.parametrize("who", [PROVIDER, FUNDER, an_actor(Role.COMMUNITY)], ids=["provider", "funder", "another"])
def test_a_key_of_anyone_but_the_projects_community_rates_nothing_even_with_a_token(who: Actor) -> None:
    with refused("not_a_resident", status=403):
        submitted().rate([(1, GOOD)], by=who)


@pytest.mark.parametrize("who", [PROVIDER, FUNDER, an_actor(Role.COMMUNITY)], ids=["provider", "funder", "another"])
def test_only_the_projects_community_issues_tokens(who: Actor) -> None:
    with refused("not_your_party", status=403):
        signed().issue(1, by=who)


def test_tokens_registered_before_are_left_as_they_are() -> None:
    story = signed()
    story.issue(1, 2)

    (said,) = story.issue(2, 3, 3)

    assert isinstance(said, TokensIssued)
    assert said.digests == (rules.token_digest(a_token(3)),)
    assert story.issue(1) == []
    assert story.evaluation.tokens == 3


@pytest.mark.parametrize("body", [{"level": 5}, {"token": "short"}, {"comment": "字" * 501}, {"name": "张三"}])
def test_a_rating_with_a_bare_number_a_short_token_or_a_name_does_not_parse(body: dict[str, object]) -> None:
    good: dict[str, object] = {"token": a_token(1), "level": "satisfied"}
    rules.GivenRating.model_validate(good)

    with pytest.raises(ValidationError):
        rules.GivenRating.model_validate(good | body)


BATCHES = st.permutations(range(1, 13)).flatmap(
    lambda people: st.lists(st.integers(1, 4), max_size=12).map(lambda sizes: _cut(people, sizes))
)


def _cut(people: list[int], sizes: list[int]) -> list[list[int]]:
    batches, start = [], 0
    for size in sizes:
        batches.append(people[start : start + size])
        start += size
    return [batch for batch in batches if batch]


@given(BATCHES)
def test_a_recount_of_the_rows_gives_the_digest_and_the_counts_however_they_were_batched(
    batches: list[list[int]],
) -> None:
    story = submitted(12)
    for batch in batches:
        story.rate([(person, list(Level)[person % 5]) for person in batch])

    rows = sorted(story.world.each(rules.Rating), key=lambda rating: rating.number)
    tally = story.evaluation.tally(FINAL)
    assert [row.number for row in rows] == list(range(1, tally.ratings + 1))
    assert reduce(rules.chained, rows, NO_ROWS) == tally.digest
    assert Counter(row.level for row in rows) == tally.counts


@pytest.mark.parametrize("change", [{"level": BAD}, {"number": 2}, {"token": "0" * 64}, {"milestone": MID_TERM}])
def test_a_row_changed_later_no_longer_gives_the_digest(change: dict[str, Any]) -> None:
    story = submitted()
    story.rate([(1, GOOD)])

    (row,) = story.world.each(rules.Rating)

    assert rules.chained(NO_ROWS, row) == story.evaluation.tally(FINAL).digest
    assert rules.chained(NO_ROWS, replace(row, **change)) != story.evaluation.tally(FINAL).digest


def test_equal_ratings_have_unequal_digests_so_that_nobody_guesses_them_from_outside() -> None:
    digests = set()
    for _ in range(3):
        story = submitted()
        story.rate([(1, GOOD)])
        digests.add(story.evaluation.tally(FINAL).digest)

    assert len(digests) == 3
