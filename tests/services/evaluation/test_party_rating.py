"""Two-way evaluation: each pair once, after the final acceptance."""

import pytest

from schemas.evaluation import PartyRated
from schemas.role import Actor, Role
from tests.services.evaluation.evaluated import COMMUNITY, FUNDER, PROVIDER, submitted, window_open
from tests.support.pure import an_actor, refused


def test_funder_and_provider_and_community_and_provider_rate_each_other() -> None:
    story = window_open()

    pairs = [(FUNDER, PROVIDER), (PROVIDER, FUNDER), (COMMUNITY, PROVIDER), (PROVIDER, COMMUNITY)]
    said = [story.score(rater, rated, "88.50")[0] for rater, rated in pairs]

    assert all(isinstance(fact, PartyRated) for fact in said)
    assert len(story.evaluation.party_ratings) == 4


def test_each_pair_rates_once() -> None:
    story = window_open()
    story.score(FUNDER, PROVIDER, "90")

    with refused("party_already_rated"):
        story.score(FUNDER, PROVIDER, "10")


@pytest.mark.parametrize(("rater", "rated"), [(FUNDER, COMMUNITY), (COMMUNITY, FUNDER), (PROVIDER, PROVIDER)])
def test_other_pairs_and_oneself_are_not_evaluated(rater: Actor, rated: Actor) -> None:
    with refused("pair_not_evaluated", source="双向评估"):
        window_open().score(rater, rated, "90")


def test_nobody_rates_a_party_before_the_final_milestone_is_accepted() -> None:
    with refused("final_not_accepted"):
        submitted().score(FUNDER, PROVIDER, "90")


@pytest.mark.parametrize("role", [Role.FUNDER, Role.COMMUNITY, Role.PROVIDER])
def test_parties_of_another_project_do_not_rate_this_one(role: Role) -> None:
    with refused("not_your_party", status=403):
        window_open().score(an_actor(role), PROVIDER, "90")
