from typing import Any

import pytest

from schemas.pabulib import VoteType
from schemas.role import Role
from services.kit import reasons
from services.needs.rules.vote import CastVotes, VoteCast, cast_votes
from tests.services.needs.stories import CLOSES_AT, STAFF, Asked, some_votes, token, unknown
from tests.support.pure import an_actor, refused


def test_votes_are_kept_by_token_and_place_in_the_voters_order() -> None:
    story = Asked()
    ballot = story.a_ballot(1, 2, 3, vote_type=VoteType.ORDINAL)

    votes = story.cast(ballot, {"甲": [2, 0], "乙": [1]})

    assert [(vote.token, vote.places, vote.points) for vote in votes] == [
        (token("甲"), (2, 0), ()),
        (token("乙"), (1,), ()),
    ]


def test_a_later_vote_of_the_same_token_is_the_same_row_and_another_ballots_is_not() -> None:
    story = Asked()
    ballot, other = story.a_ballot(1, 2), story.a_ballot(1, 2)

    first, again, elsewhere = (
        story.cast(ballot, {"甲": [0]})[0],
        story.cast(ballot, {"甲": [1]})[0],
        story.cast(other, {"甲": [0]})[0],
    )

    assert first.id == again.id != elsewhere.id


@pytest.mark.parametrize(
    ("vote_type", "points", "vote", "problem"),
    [
        (VoteType.APPROVAL, None, {0: 1}, "have no place"),
        (VoteType.APPROVAL, None, [0, 1, 2], "must name 1 to 2"),
        (VoteType.APPROVAL, None, [0, 0], "names a need twice"),
        (VoteType.ORDINAL, None, {0: 1}, "have no place"),
        (VoteType.CUMULATIVE, 10, [0], "one number for each"),
        (VoteType.CUMULATIVE, 10, {0: 6, 1: 5}, "hands out more than 10"),
        (VoteType.SCORING, 5, {0: 6}, "more than 5"),
    ],
)
def test_a_vote_against_the_terms_is_named_by_its_place_and_nothing_is_taken(
    vote_type: VoteType, points: int | None, vote: Any, problem: str
) -> None:
    story = Asked()
    ballot = story.a_ballot(1, 2, 3, vote_type=vote_type, points=points, max_choices=2)
    good: Any = [0] if points is None else {0: 1}

    with refused("bad_votes", status=422) as caught:
        story.cast(ballot, {"甲": good, "乙": vote})

    assert caught.value.field is not None
    assert caught.value.field.startswith("votes.1.")
    assert problem in reasons.explain(caught.value, "en")


def test_a_choice_outside_the_ballot_and_a_token_twice_are_named_each() -> None:
    story = Asked()
    ballot = story.a_ballot(1)
    good = some_votes(ballot, {"甲": [0]})[0]
    strange = VoteCast(token=token("乙"), choices=(unknown(),))

    with refused("bad_votes") as caught:
        story.do(cast_votes, CastVotes(ballot_id=ballot.id, votes=(good, strange, good)), STAFF)  # type: ignore[arg-type]

    assert [line["field"] for line in caught.value.details["errors"]] == ["votes.1.choices", "votes.2.token"]


def test_a_vote_at_the_closing_time_is_late_and_says_when_it_was() -> None:
    story = Asked()
    ballot = story.a_ballot(1)
    story.at = CLOSES_AT

    with refused("ballot_closed"):
        story.cast(ballot, {"甲": [0]})


def test_only_the_communitys_own_staff_brings_its_votes() -> None:
    story = Asked()

    with refused("not_your_party", status=403):
        story.cast(story.a_ballot(1), {"甲": [0]}, by=an_actor(Role.COMMUNITY))


def test_bad_lines_of_five_thousand_are_named_up_to_twenty() -> None:
    story = Asked()
    ballot = story.a_ballot(*range(1, 41), max_choices=3)

    with refused("bad_votes") as caught:
        story.cast(ballot, {str(n): [n % 40] * 2 for n in range(5000)})

    assert len(caught.value.details["errors"]) == 20
