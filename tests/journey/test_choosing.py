"""Steps 2 and 3: needs are tracked and routed, and residents choose among them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from deploy.demo.story import choosing
from deploy.demo.story.choosing import BallotTerms, Cast
from schemas.ids import NeedId, project_of
from schemas.need import BallotItem, Origin, Route
from services.needs.api.intake import NeedAnswer
from tests.journey.town import Town, a_need, players, refused, yuan

NINE = (
    *("mediation", "health_elderly", "education", "charity", "disaster_prevention"),
    *("culture_sports", "mutual_help", "integration", "rural_technology"),
)
BALLOTS: tuple[tuple[dict[str, Any], tuple[int, ...], Mapping[str, int], str], ...] = (
    # by hand: A has 3 votes, B and C 2; A leaves 40, which B does not fit into
    ({"vote_type": "approval"}, (60, 50, 40), {"ab": 1, "abc": 1, "ac": 1}, "ac"),
    # A 2+3+2 = 7, B 3+2+3 = 8, C 1+1+1 = 3: B first, then A does not fit
    ({"vote_type": "ordinal"}, (60, 50, 40), {"bac": 2, "abc": 1}, "bc"),
    # each of ten voters owns 10; six spend all on A, so B gets nothing although it has more points than C
    (
        {"vote_type": "cumulative", "points": 10, "tally_rule": "equalshares/add1"},
        (60, 40, 40),
        {"ab:7,3": 6, "c:4": 4},
        "ac",
    ),
)
"""terms, costs in yuan of A, B, C, votes and how many cast them, what is chosen of a budget of 100."""


async def test_every_need_has_its_own_tracking_number_and_a_way_with_a_reason(town: Town) -> None:
    staff = await town.community()

    needs = [await choosing.post_need(town.api, staff, a_need(category=category)) for category in NINE]

    assert len({need.tracking_number for need in needs}) == 9
    assert all(need.route and need.route_reason and need.route_source for need in needs)
    found = await town.api.get(f"/v1/needs/{needs[0].tracking_number}", NeedAnswer)
    assert found.id == needs[0].id


async def test_a_departments_task_meets_the_negative_list_and_a_residents_need_never_does(town: Town) -> None:
    staff = await town.community()
    text = {"description": "请社区负责小区拆违和行政执法。"}

    with refused("on_negative_list", "安徽省民政厅"):
        await choosing.post_need(town.api, staff, a_need(origin=Origin.DEPARTMENT, **text))
    need = await choosing.post_need(town.api, staff, a_need(origin=Origin.RESIDENT, **text))

    assert need.route is Route.PROJECT


@pytest.mark.parametrize(("terms", "costs", "votes", "chosen"), BALLOTS, ids=["approval", "ordinal", "cumulative"])
async def test_votes_are_counted_when_the_timer_rings_by_the_ballots_rule(
    town: Town, terms: dict[str, Any], costs: tuple[int, ...], votes: Mapping[str, int], chosen: str
) -> None:
    of = await players(town)
    needs = await choosing.post_needs(town.api, of.community, [a_need(title) for title in "ABC"])
    closes_at = await town.now() + timedelta(days=7)
    ballot = await choosing.open_ballot(
        town.api,
        of.community,
        BallotTerms(
            funder_id=of.buyer.drafter.party_id,
            items=tuple(BallotItem(need_id=n, cost=yuan(cost)) for n, cost in zip(needs, costs, strict=True)),
            budget=yuan(100),
            closes_at=closes_at,
            max_choices=3,
            **terms,
        ),
    )
    cast = [
        _vote(f"{vote}{n}", vote, dict(zip("abc", needs, strict=True)))
        for vote, times in votes.items()
        for n in range(times)
    ]
    await choosing.cast_votes(town.api, of.community, ballot.id, cast)

    await town.until(closes_at - timedelta(seconds=1))
    assert (await choosing.ballot(town.api, ballot.id)).result is None
    await town.until(closes_at)
    result = (await choosing.counted(town.api, ballot.id)).result

    assert result is not None
    assert result.votes == len(cast)
    expected = {needs["abc".index(letter)] for letter in chosen}
    assert set(result.chosen) == expected
    for need_id in expected:
        project = await choosing.proposed(town.api, ballot.id, need_id)
        assert project.project_id == project_of(ballot.id, need_id)
        assert project.brief.funder_id == of.buyer.drafter.party_id
        assert len(await town.told("project.proposed", project.project_id)) == 1
    with refused("ballot_closed"):
        await choosing.cast_votes(town.api, of.community, ballot.id, cast[:1])


def _vote(voter: str, vote: str, needs: Mapping[str, NeedId]) -> Cast:
    letters, _, points = vote.partition(":")
    numbers = tuple(int(number) for number in points.split(",")) if points else None
    return Cast(voter, tuple(needs[letter] for letter in letters), numbers)
