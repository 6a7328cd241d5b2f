"""Who may vote is data, tokens are issued against it, and only how many is public."""

from typing import Any

from schemas.need import RollListed, VoterGround
from schemas.role import Role
from services.kit.rulebooks import shipped
from services.needs.rules.ballot import Ballot
from services.needs.rules.voter import ListVoters, Voter, VoterDraft, list_voters, vote_id
from tests.services.needs.stories import CLOSES_AT, STAFF, Asked, token
from tests.support.pure import an_actor, refused


class Rolled(Asked):
    """Every token that is named may be looked for, as the shell would load it."""

    def list(self, ballot: Ballot, by: Any = STAFF, **grounds: list[str]) -> list[Any]:
        voters = tuple(VoterDraft(token=token(name), ground=ground) for ground, ns in grounds.items() for name in ns)  # type: ignore[arg-type]
        self.world.ask((Voter, vote_id(ballot.id, voter.token)) for voter in voters)
        return self.do(list_voters, ListVoters(ballot_id=ballot.id, voters=voters), by)  # type: ignore[arg-type]

    def ballot(self, **changes: Any) -> Ballot:
        return self.a_ballot(1, 2, **{"by_roll": True} | changes)

    def know(self, ballot: Ballot, *names: str) -> None:
        self.world.ask((Voter, vote_id(ballot.id, token(name))) for name in names)


def test_the_roll_tells_how_many_by_ground_newcomers_included_and_no_token() -> None:
    story = Rolled()
    ballot = story.ballot()

    story.list(ballot, registered=["甲", "乙"], newcomer=["丙"])
    told = story.list(ballot, living=["丁"], registered=["甲"])[-1]

    assert isinstance(told, RollListed)
    assert told.added == {VoterGround.LIVING: 1}
    assert told.listed == {VoterGround.REGISTERED: 2, VoterGround.NEWCOMER: 1, VoterGround.LIVING: 1}
    assert story.world.get(Ballot, ballot.id).listed == told.listed
    assert token("甲") not in told.model_dump_json()


def test_listing_the_same_again_adds_nothing_and_says_nothing() -> None:
    story = Rolled()
    ballot = story.ballot()
    story.list(ballot, registered=["甲"])

    assert story.list(ballot, registered=["甲", "甲"]) == []


def test_who_is_not_on_the_roll_cannot_vote_and_the_line_is_named() -> None:
    story = Rolled()
    ballot = story.ballot()
    story.list(ballot, registered=["甲"])
    story.know(ballot, "甲", "外")

    assert len(story.cast(ballot, {"甲": [0]})) == 1
    with refused("bad_votes") as caught:
        story.cast(ballot, {"甲": [0], "外": [0]})
    assert caught.value.details["errors"] == [{"field": "votes.1.token", "problem": "not_on_the_roll"}]


def test_a_ground_the_rulebook_does_not_know_admits_nobody() -> None:
    story = Rolled()
    ballot = story.ballot()
    grounds = story.rulebook.value("ballot.voter_grounds")

    assert "18" in grounds["registered"]
    assert "新居民" in grounds["newcomer"]
    del grounds["living"]
    try:
        with refused("voter_ground_unknown", source="示例", status=422):
            story.list(ballot, living=["甲"])
    finally:
        grounds["living"] = "…"


def test_a_ballot_without_a_roll_has_none_and_an_older_edition_knows_none() -> None:
    story = Rolled()

    with refused("no_roll"):
        story.list(story.ballot(by_roll=False), registered=["甲"])
    story.rulebook = next(book for book in shipped() if book.name == "example/below-limit@2026.4")
    with refused("rulebook_lacks"):
        story.ballot()


def test_the_roll_is_the_communitys_own_and_ends_with_the_ballot() -> None:
    story = Rolled()
    ballot = story.ballot()

    with refused("not_your_party", status=403):
        story.list(ballot, by=an_actor(Role.COMMUNITY), registered=["甲"])
    story.at = CLOSES_AT
    with refused("ballot_closed"):
        story.list(ballot, registered=["甲"])
