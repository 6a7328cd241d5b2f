from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from schemas.ids import NeedId, PartyId
from schemas.money import Money
from schemas.need import BallotItem, Route
from schemas.pabulib import VoteType
from schemas.party import PartyKind
from schemas.role import Role
from services.needs.rules.count import BallotBox
from services.needs.rules.need import Need
from tests.services.needs.stories import CLOSES_AT, FUNDER, STAFF, Asked, unknown
from tests.support.pure import NOON, an_actor, refused


def test_an_open_ballot_holds_its_needs_and_closes_by_a_timer() -> None:
    story = Asked()
    ballot = story.a_ballot(60_000_00, 50_000_00)

    needs = [story.world.get(Need, item.need_id) for item in ballot.items]
    assert {need.ballot_id for need in needs} == {ballot.id}
    assert story.world.get(BallotBox, ballot.id).due() == {"close": CLOSES_AT}
    assert ballot.rulebook == story.rulebook.hash


def test_a_need_in_an_open_ballot_is_neither_voted_on_twice_nor_routed_elsewhere() -> None:
    story = Asked()
    need = story.world.get(Need, story.a_ballot(60_000_00).items[0].need_id)

    with refused("need_in_ballot"):
        story.open({NeedId(need.id): 60_000_00})
    with refused("need_in_ballot"):
        story.route(need, Route.MARKET)


def test_only_needs_routed_to_projects_are_voted_on_and_staff_may_route_again() -> None:
    story = Asked()
    need = story.post(category="mutual_help")

    with refused("need_not_a_project"):
        story.open({NeedId(need.id): 1_000_00})
    story.route(need, Route.PROJECT, reason="需要专业社工带领")

    assert story.open({NeedId(need.id): 1_000_00}).items[0].need_id == need.id
    assert story.world.get(Need, need.id).reason == "需要专业社工带领"


def test_the_reason_for_another_route_is_public_and_holds_no_personal_data() -> None:
    story = Asked()

    with refused("personal_data", source="个人信息保护法"):
        story.route(story.post(), Route.MARKET, reason="李某 13912345678 愿意做")


def test_needs_of_another_community_or_of_nobody_are_unknown() -> None:
    story = Asked()
    elsewhere = an_actor(Role.COMMUNITY)
    story.knows(elsewhere.party_id, PartyKind.COMMUNITY)
    need = story.post()

    with refused("need_unknown"):
        story.open({NeedId(need.id): 1_000_00}, by=elsewhere)
    with refused("need_unknown"):
        story.open({unknown(): 1_000_00})


def test_the_budget_is_a_known_and_standing_funders() -> None:
    story = Asked()
    costs = {NeedId(story.post().id): 1_000_00}
    new = PartyId(an_actor(Role.FUNDER).party_id)

    with refused("not_a_funder"):
        story.open(costs, funder_id=new)
    with refused("not_a_funder"):
        story.open(costs, funder_id=STAFF.party_id)
    story.knows(new, PartyKind.FUNDER, verified=False)
    with refused("party_not_verified"):
        story.open(costs, funder_id=new)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"tally_rule": "by lot"}, "unknown_tally_rule"),
        ({"closes_at": NOON}, "ballot_term"),
        ({"closes_at": NOON + timedelta(days=367)}, "ballot_term"),
        ({"budget": Money(0)}, "no_money"),
        ({"max_choices": 3}, "choices_unclear"),
        ({"min_choices": 2, "max_choices": 1}, "choices_unclear"),
        ({"points": 10}, "points_unclear"),
        ({"vote_type": VoteType.CUMULATIVE}, "points_unclear"),
    ],
)
def test_terms_that_cannot_be_counted_are_refused(changes: dict[str, Any], code: str) -> None:
    with refused(code):
        Asked().a_ballot(1_000_00, 2_000_00, **changes)


def test_a_need_is_listed_once_and_costs_something() -> None:
    story = Asked()
    id = NeedId(story.post().id)

    with refused("need_twice"):
        story.open([BallotItem(need_id=id, cost=Money(1)), BallotItem(need_id=id, cost=Money(2))])
    with refused("no_money"):
        story.open({id: 0})


def test_only_the_communitys_own_staff_opens_its_ballot() -> None:
    story = Asked()
    need = story.post()

    with refused("not_your_party", status=403):
        story.open({NeedId(need.id): 1_000_00}, by=an_actor(Role.COMMUNITY), community_id=STAFF.party_id)
    with refused("not_your_party", status=403):
        story.route(need, Route.MARKET, by=replace(STAFF, party_id=FUNDER.party_id))
