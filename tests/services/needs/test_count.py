from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo import elections
from schemas.days import day_of
from schemas.deciding import Due
from schemas.ids import project_of
from schemas.money import Money
from schemas.need import BallotClosed, NeedChosen
from schemas.pabulib import VoteType, parse
from services.needs.rules.ballot import Ballot
from services.needs.rules.count import BallotBox, close_ballot, digest_of
from services.needs.rules.election import YUAN, election_of
from services.needs.rules.need import Need, StepKind, StepsDated
from services.needs.tally import tally
from tests.services.needs.stories import CLOSES_AT, FUNDER, Asked, token
from tests.support.pure import NOON


def test_the_most_wanted_needs_within_the_budget_are_chosen_and_become_one_project_each() -> None:
    story = Asked()
    ballot = story.a_ballot(60_000_00, 50_000_00, 40_000_00)

    said = story.close(ballot, story.cast(ballot, {"甲": [0, 1], "乙": [0, 2], "丙": [1], "丁": [0], "戊": [0]}))

    assert story.chosen(said, ballot) == [0, 2]
    first = next(fact for fact in said if isinstance(fact, NeedChosen))
    assert first.project_id == project_of(first.ballot_id, first.need_id)
    assert (first.funder_id, first.cost, first.votes) == (FUNDER.party_id, Money(60_000_00), 4)
    assert story.world.get(Need, first.need_id).project_id == first.project_id


def test_each_need_keeps_the_days_on_which_it_was_voted_on_counted_and_chosen() -> None:
    story = Asked()
    ballot = story.a_ballot(60_000_00, 50_000_00)

    story.close(ballot, story.cast(ballot, {"甲": [0], "乙": [0, 1]}))

    steps = [story.world.get(Need, item.need_id).steps for item in ballot.items]
    began, closed = day_of(NOON), day_of(CLOSES_AT)
    kinds = [[(one.what, one.on) for one in need[-3:]] for need in steps]
    assert kinds[0] == [(StepKind.IN_BALLOT, began), (StepKind.COUNTED, closed), (StepKind.CHOSEN, closed)]
    assert kinds[1][-2:] == [(StepKind.IN_BALLOT, began), (StepKind.COUNTED, closed)]


def test_the_count_is_told_with_every_items_points_and_its_arithmetic() -> None:
    story = Asked()
    ballot = story.a_ballot(60_000_00, 50_000_00, vote_type=VoteType.ORDINAL, max_choices=2)

    closed = story.close(ballot, story.cast(ballot, {"甲": [0, 1], "乙": [1], "丙": [1], "丁": [1], "戊": [1]}))[0]

    assert isinstance(closed, BallotClosed)
    assert [(c.votes, c.points, c.chosen) for c in closed.counted] == [(1, 2, False), (5, 9, True)]
    assert closed.votes == 5
    assert "预算 100,000.00 元,选中 1 项合计 50,000.00 元,剩余 50,000.00 元" in closed.arithmetic


def test_needs_that_were_not_chosen_are_free_for_another_ballot() -> None:
    story = Asked()
    ballot = story.a_ballot(60_000_00, 50_000_00)
    story.close(ballot, story.cast(ballot, {"甲": [0]}))
    second = ballot.items[1].need_id
    story.at = NOON

    assert story.open({second: 50_000_00}).items[0].need_id == second


def test_a_ballot_closes_once_and_not_before_its_time() -> None:
    story = Asked()
    ballot = story.a_ballot(60_000_00)
    due = Due(ref=(BallotBox, ballot.id), name="close", at=CLOSES_AT)

    early = story.do(close_ballot, due)
    first = story.close(ballot)
    again = story.do(close_ballot, due)

    assert (early, [type(one) for one in first], again) == ([], [BallotClosed, StepsDated], [])
    assert story.world.get(BallotBox, ballot.id).due() == {}


def test_a_ballot_nobody_voted_in_chooses_nothing() -> None:
    for rule in ("greedy", "equalshares", "equalshares/add1", "equalshares/add1u"):
        story = Asked()
        ballot = story.a_ballot(60_000_00, tally_rule=rule)

        closed = story.close(ballot)[0]

        assert isinstance(closed, BallotClosed)
        assert (closed.votes, closed.chosen, closed.digest) == (0, (), sha256().hexdigest())


def test_the_digest_is_over_one_line_per_vote_in_the_order_of_tokens() -> None:
    story = Asked()
    ballot = story.a_ballot(1, 2, vote_type=VoteType.CUMULATIVE, points=10)
    first, second = (str(item.need_id) for item in ballot.items)

    closed = story.close(ballot, story.cast(ballot, {"甲": {1: 3, 0: 7}, "乙": {0: 10}}))[0]

    lines = sorted([f"{token('甲')};{second},{first};3,7\n", f"{token('乙')};{first};10\n"])
    assert isinstance(closed, BallotClosed)
    assert closed.digest == sha256("".join(lines).encode()).hexdigest()


def test_one_changed_vote_changes_the_digest() -> None:
    story = Asked()
    ballot = story.a_ballot(1, 2)

    assert digest_of(ballot, [("00", (0,), ())]) != digest_of(ballot, [("00", (1,), ())])


def test_equal_shares_gives_a_minority_its_part_where_greedy_gives_it_none() -> None:
    votes: dict[str, Any] = {f"多{n}": [0, 1] for n in range(6)} | {f"少{n}": [2] for n in range(4)}
    chosen = {}
    for rule in ("greedy", "equalshares/add1"):
        story = Asked()
        ballot = story.a_ballot(50_000_00, 50_000_00, 40_000_00, tally_rule=rule)
        chosen[rule] = sorted(story.chosen(story.close(ballot, story.cast(ballot, votes)), ballot))

    assert chosen == {"greedy": [0, 1], "equalshares/add1": [0, 2]}


@pytest.mark.parametrize("budget", [1_000_000_00, 50_000_000_00])
def test_a_rich_ballot_of_few_voters_is_counted_in_larger_steps_of_add_one(budget: int) -> None:
    story = Asked()
    costs = [budget // 10, budget // 10, budget * 7 // 10]
    ballot = story.a_ballot(*costs, budget=Money(budget), tally_rule="equalshares/add1")
    votes: dict[str, Any] = {f"{n}": [0, 1] for n in range(30)} | {"独": [2]}

    said = story.close(ballot, story.cast(ballot, votes))

    assert sorted(story.chosen(said, ballot)) == [0, 1, 2]


@pytest.mark.parametrize("name", ["Poland_Swiecie_2023", "Poland_Krakow_2024_Swoszowice"])
def test_a_published_election_held_here_chooses_what_its_city_published(name: str) -> None:
    published = parse(elections.load(name))
    fen = 100 // published.unit
    story = Asked()
    ballot = story.a_ballot(
        *(project.cost * fen for project in published.projects),
        budget=Money(published.budget * fen),
        vote_type=published.vote_type,
        tally_rule=published.rule,
        max_choices=published.max_length,
        threshold=published.threshold,
    )
    place = {project.id: n for n, project in enumerate(published.projects)}

    votes = {vote.voter_id: [place[id] for id in vote.projects] for vote in published.votes}
    chosen = story.chosen(story.close(ballot, story.cast(ballot, votes)), ballot)

    assert frozenset(published.projects[n].id for n in chosen) == published.selected


def a_bare_ballot(costs: list[int], budget: int, rule: str) -> Ballot:
    story = Asked()
    return story.a_ballot(*costs, budget=Money(budget), tally_rule=rule)


@given(
    costs=st.lists(st.integers(1, 10**9), min_size=1, max_size=4),
    budget=st.integers(1, 10**9),
    votes=st.lists(st.sets(st.integers(0, 3), min_size=1, max_size=4), max_size=6),
    rule=st.sampled_from(["greedy", "greedy-no-skip", "equalshares", "equalshares/add1", "equalshares/add1u"]),
)
def test_no_count_fails_or_spends_more_than_the_budget(
    costs: list[int], budget: int, votes: list[set[int]], rule: str
) -> None:
    ballot = a_bare_ballot(costs, budget, rule)
    rows = [
        (f"{n:064x}", places, ())
        for n, vote in enumerate(votes)
        if (places := tuple(sorted(place for place in vote if place < len(costs))))
    ]

    election = election_of(ballot, rows)

    assert election.unit % YUAN == 0
    assert tally(election, rule).cost <= budget
