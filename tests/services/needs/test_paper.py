"""A paper vote counts once two persons have entered it alike; what two read differently a third one settles."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from schemas.deciding import Due
from schemas.need import BallotClosed
from schemas.pabulib import VoteType
from schemas.role import Actor
from services.kit import reasons
from services.needs.rules.ballot import Ballot
from services.needs.rules.count import BallotBox, close_ballot
from services.needs.rules.paper import EnterPapers, Looked, PapersEntered, PaperVote, enter_papers, paper_id
from services.needs.rules.vote import Vote
from services.needs.rules.voter import vote_id
from tests.services.needs.stories import CLOSES_AT, STAFF, Asked, some_votes, token
from tests.support.pure import refused

ONE, OTHER, THIRD, FOURTH = (replace(STAFF, person_id=uuid4()) for _ in range(4))


class OnPaper(Asked):
    def enter(self, ballot: Ballot, by: Actor, votes: Mapping[str, Any]) -> PapersEntered:
        self.world.ask((PaperVote, paper_id(ballot.id, token(name))) for name in votes)
        command = EnterPapers(ballot_id=ballot.id, votes=some_votes(ballot, votes))  # type: ignore[arg-type]
        (said,) = self.do(enter_papers, command, by)
        assert isinstance(said, PapersEntered)
        return said

    def how_far(self, ballot: Ballot, name: str) -> Looked:
        return self.world.get(PaperVote, paper_id(ballot.id, token(name))).how_far


def test_a_paper_waits_for_a_second_person_and_counts_when_both_read_the_same() -> None:
    story = OnPaper()
    ballot = story.a_ballot(1, 2)

    first = story.enter(ballot, ONE, {"甲": [0, 1]})
    assert (first.votes, story.how_far(ballot, "甲")) == ((), Looked.WAITING)
    second = story.enter(ballot, OTHER, {"甲": [1, 0]})

    assert [(vote.token, sorted(vote.places)) for vote in second.votes] == [(token("甲"), [0, 1])]
    assert story.how_far(ballot, "甲") is Looked.COUNTED


def test_one_person_twice_is_one_person_and_may_correct_the_own_entry_until_somebody_else_looks() -> None:
    story = OnPaper()
    ballot = story.a_ballot(1, 2)

    story.enter(ballot, ONE, {"甲": [0]})
    again = story.enter(ballot, ONE, {"甲": [1]})

    assert (again.votes, story.how_far(ballot, "甲")) == ((), Looked.WAITING)
    assert len(story.enter(ballot, OTHER, {"甲": [1]}).votes) == 1


def test_two_readings_that_differ_wait_for_a_third_person_who_settles_it() -> None:
    story = OnPaper()
    ballot = story.a_ballot(1, 2, 3)
    story.enter(ballot, ONE, {"甲": [0]})

    assert story.enter(ballot, OTHER, {"甲": [1]}).votes == ()
    assert story.how_far(ballot, "甲") is Looked.DISPUTED
    with refused("bad_votes") as caught:
        story.enter(ballot, ONE, {"甲": [1]})
    assert caught.value.details["errors"][0]["problem"] == "paper_seen"
    assert "somebody else" in reasons.explain(caught.value, "en")
    assert story.enter(ballot, THIRD, {"甲": [2]}).votes == ()
    (vote,) = story.enter(ballot, FOURTH, {"甲": [1]}).votes
    assert vote.places == (1,)


def test_a_paper_that_counts_is_entered_no_more() -> None:
    story = OnPaper()
    ballot = story.a_ballot(1, 2)
    for by in (ONE, OTHER):
        story.enter(ballot, by, {"甲": [0]})

    with refused("bad_votes") as caught:
        story.enter(ballot, THIRD, {"甲": [0]})
    assert caught.value.details["errors"] == [{"field": "votes.0.token", "problem": "paper_counted"}]


@pytest.mark.parametrize(
    ("changes", "one", "other", "alike"),
    [
        ({"vote_type": VoteType.ORDINAL}, [0, 1], [1, 0], False),
        ({"vote_type": VoteType.CUMULATIVE, "points": 9}, {0: 4, 1: 5}, {1: 5, 0: 4}, True),
        ({"vote_type": VoteType.CUMULATIVE, "points": 9}, {0: 4, 1: 5}, {0: 5, 1: 4}, False),
    ],
)
def test_alike_is_what_is_counted_alike(changes: dict[str, Any], one: Any, other: Any, alike: bool) -> None:
    story = OnPaper()
    ballot = story.a_ballot(1, 2, **changes)
    story.enter(ballot, ONE, {"甲": one})

    assert bool(story.enter(ballot, OTHER, {"甲": other}).votes) is alike


def test_a_token_votes_once_and_the_last_of_paper_and_electronic_stands() -> None:
    story = OnPaper()
    ballot = story.a_ballot(1, 2)
    id = vote_id(ballot.id, token("甲"))

    story.cast(ballot, {"甲": [0]})
    story.enter(ballot, ONE, {"甲": [1]})
    assert story.world.get(Vote, id).places == (0,), "one entry changes nothing"
    story.enter(ballot, OTHER, {"甲": [1]})
    assert story.world.get(Vote, id).places == (1,)
    story.cast(ballot, {"甲": [0]})
    assert story.world.get(Vote, id).places == (0,)


def test_a_paper_after_the_close_is_late_and_bad_ones_are_named() -> None:
    story = OnPaper()
    ballot = story.a_ballot(1, 2)

    with refused("bad_votes"):
        story.enter(ballot, ONE, {"甲": [0, 0]})
    story.at = CLOSES_AT
    with refused("ballot_closed"):
        story.enter(ballot, ONE, {"甲": [0]})


def test_papers_that_only_one_person_entered_are_told_with_the_close() -> None:
    story = OnPaper()
    ballot = story.a_ballot(1)
    box = BallotBox(id=ballot.id, closes_at=ballot.closes_at, closed=False, rows=(), papers_left=2)
    story.world.put(box)
    story.at = CLOSES_AT

    closed = story.do(close_ballot, Due(ref=(BallotBox, ballot.id), name="close", at=CLOSES_AT))[0]

    assert isinstance(closed, BallotClosed)
    assert closed.papers_left == 2
    result = story.world.get(Ballot, ballot.id).result
    assert result is not None
    assert result.papers_left == 2
