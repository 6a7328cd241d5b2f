"""What is published of a ballot: enough to count again, and nothing that shows how a person voted."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo import elections
from schemas.money import Money
from schemas.need import Tie
from schemas.pabulib import VoteType, parse, written
from services.needs.rules.ballot import Ballot
from services.needs.rules.election import Cell
from services.needs.rules.outcome import exported, outcome_of
from services.needs.tally import Election, tally
from services.needs.tally.published import election_of
from services.needs.tally.recount import NotEnough, recount
from tests.services.needs.stories import Asked
from tests.support.pure import refused

RULES = ("greedy", "greedy-no-skip", "equalshares", "equalshares/add1", "equalshares/add1u")
TYPES: tuple[dict[str, Any], ...] = (
    {"vote_type": VoteType.APPROVAL},
    {"vote_type": VoteType.ORDINAL},
    {"vote_type": VoteType.CUMULATIVE, "points": 10},
    {"vote_type": VoteType.SCORING, "points": 5},
)


def closed(votes: dict[Any, int], least: int = 1, **terms: Any) -> tuple[Ballot, Counter[Cell]]:
    """`votes`: places, or (places, points), and how many cast them."""
    story = Asked()
    ballot = story.a_ballot(40_000_00, 35_000_50, 30_000_00, **terms)
    said: dict[str, Any] = {}
    cells = Counter[Cell]()
    for vote, voters in votes.items():
        places, points = vote if vote and isinstance(vote[0], tuple) else (vote, ())
        cells[places, points] += voters
        chosen = dict(zip(places, points, strict=True)) if points else list(places)
        said |= {f"{vote}{n}": chosen for n in range(voters)}
    story.world.put(replace(story.world.get(Ballot, ballot.id), smallest_cell=least))
    story.close(ballot, story.cast(ballot, said))
    return story.world.get(Ballot, ballot.id), cells


def chosen_of(ballot: Ballot) -> list[str]:
    assert ballot.result is not None
    return [str(id) for id in ballot.result.chosen]


votes_by_type = st.sampled_from(TYPES).flatmap(
    lambda terms: st.tuples(
        st.just(terms),
        st.dictionaries(
            st.permutations([0, 1, 2]).flatmap(
                lambda order: st.integers(1, 3).map(
                    lambda n: (tuple(order[:n]), (3, 2, 1)[:n]) if terms.get("points") else tuple(order[:n])
                )
            ),
            st.integers(1, 4),
            min_size=1,
            max_size=6,
        ),
    )
)


@given(given_=votes_by_type, rule=st.sampled_from(RULES))
def test_what_is_published_whole_is_counted_to_the_same_outcome(given_: Any, rule: str) -> None:
    terms, votes = given_
    ballot, cells = closed(votes, tally_rule=rule, **terms)

    published = outcome_of(ballot, cells, whole=False)
    again = type(published).model_validate_json(published.model_dump_json())

    assert published.withheld == 0
    assert list(recount(again).chosen) == chosen_of(ballot)


@pytest.mark.parametrize("rule", ["greedy", "greedy-no-skip"])
def test_a_greedy_outcome_publishes_no_ballot_at_all_and_can_be_counted_from_its_totals(rule: str) -> None:
    ballot, cells = closed({(0, 1): 4, (2,): 3, (1,): 2}, least=5, tally_rule=rule)

    published = outcome_of(ballot, cells, whole=False)

    assert (published.ballots, published.withheld) == ((), 0)
    assert list(recount(published).chosen) == chosen_of(ballot)


def test_equal_shares_publishes_equal_ballots_together_without_tokens() -> None:
    ballot, cells = closed({(0, 1): 6, (1, 0): 2, (2,): 5}, least=5, tally_rule="equalshares/add1")

    published = outcome_of(ballot, cells, whole=False)

    assert [(one.places, one.points, one.voters) for one in published.ballots] == [((0, 1), (1, 1), 8), ((2,), (1,), 5)]
    assert "token" not in published.model_dump_json()
    assert list(recount(published).chosen) == chosen_of(ballot)


def test_a_small_group_is_withheld_and_only_an_auditors_file_can_be_counted() -> None:
    ballot, cells = closed({(0,): 9, (1,): 7, (0, 2): 3, (1, 2): 4}, least=5, tally_rule="equalshares/add1")

    published, whole = (outcome_of(ballot, cells, whole=whole) for whole in (False, True))

    assert [one.voters for one in published.ballots] == [9, 7]
    assert published.withheld == 7
    with pytest.raises(NotEnough):
        recount(published)
    assert whole.withheld == 0
    assert list(recount(whole).chosen) == chosen_of(ballot)


def test_what_is_withheld_is_itself_no_small_cell_or_the_totals_would_show_it() -> None:
    ballot, cells = closed({(0,): 9, (1,): 7, (0, 2): 1}, least=5, tally_rule="equalshares/add1")

    published = outcome_of(ballot, cells, whole=False)

    assert [one.voters for one in published.ballots] == [9]
    assert published.withheld == 8


@given(
    votes=st.dictionaries(
        st.sampled_from([(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]), st.integers(1, 9), min_size=1
    ),
    least=st.integers(1, 6),
)
def test_no_published_and_no_withheld_group_is_smaller_than_the_smallest_cell(
    votes: dict[tuple[int, ...], int], least: int
) -> None:
    ballot, cells = closed(votes, least=least, tally_rule="equalshares")

    published = outcome_of(ballot, cells, whole=False)

    assert all(one.voters >= least for one in published.ballots)
    assert published.withheld == 0 or published.withheld >= min(least, sum(votes.values()))
    assert published.withheld + sum(one.voters for one in published.ballots) == sum(votes.values())


@pytest.mark.parametrize("rule", ["greedy", "equalshares"])
def test_of_a_ballot_with_fewer_voters_than_the_smallest_cell_only_what_was_chosen_is_told(rule: str) -> None:
    ballot, cells = closed({(0,): 3, (1,): 1}, least=5, tally_rule=rule)

    published = outcome_of(ballot, cells, whole=False)

    assert ballot.result is not None
    assert {(item.votes, item.points) for item in ballot.result.counted} == {(None, None)}
    assert {(item.votes, item.points) for item in published.items} == {(None, None)}
    assert (published.voters, published.ballots, published.withheld) == (4, (), 4)
    with pytest.raises(NotEnough):
        recount(published)
    assert list(recount(outcome_of(ballot, cells, whole=True)).chosen) == chosen_of(ballot)


def test_a_changed_total_is_not_counted() -> None:
    ballot, cells = closed({(0,): 6, (1,): 5}, tally_rule="equalshares")
    published = outcome_of(ballot, cells, whole=False)
    first = published.items[0].model_copy(update={"votes": 99})

    with pytest.raises(ValueError, match="add up"):
        recount(published.model_copy(update={"items": (first, *published.items[1:])}))


@pytest.mark.parametrize("name", elections.names())
def test_a_citys_election_written_and_read_again_is_the_same(name: str) -> None:
    read = parse(elections.load(name))

    assert parse(written(read)) == read


@given(given_=votes_by_type, rule=st.sampled_from(RULES))
def test_an_export_imported_again_is_equal_and_is_counted_to_the_same_outcome(given_: Any, rule: str) -> None:
    terms, votes = given_
    ballot, cells = closed(votes, tally_rule=rule, **terms)
    titles = {str(item.need_id): f'需求;"{place}"' for place, item in enumerate(ballot.items)}

    election = exported(ballot, titles, cells, whole=False)
    again = parse(written(election))

    assert again == election
    assert again.selected == frozenset(chosen_of(ballot))
    assert list(tally(election_of(again), rule).chosen) == chosen_of(ballot)


def test_an_export_that_would_show_a_small_group_is_refused_to_all_but_auditors() -> None:
    ballot, cells = closed({(0,): 9, (1,): 1}, least=5)

    with refused("ballots_withheld"):
        exported(ballot, {}, cells, whole=False)
    assert len(exported(ballot, {}, cells, whole=True).votes) == 10


def test_an_open_ballot_publishes_nothing() -> None:
    story = Asked()

    with refused("ballot_still_open"):
        outcome_of(story.a_ballot(1), {}, whole=True)
    with refused("ballot_still_open"):
        exported(story.a_ballot(1), {}, {}, whole=True)


def test_amounts_in_fen_are_exported_with_decimals_and_whole_yuan_without() -> None:
    ballot, cells = closed({(0,): 1})
    whole = replace(ballot, items=ballot.items[:1], budget=Money(100_00))

    assert "35000.5;" in written(exported(ballot, {}, cells, whole=True))
    assert exported(ballot, {}, cells, whole=True).unit == 10
    assert exported(whole, {}, cells, whole=True).unit == 1


def test_a_ballot_from_before_there_was_a_smallest_cell_keeps_its_totals_and_shows_no_small_group() -> None:
    ballot, cells = closed({(0,): 3, (1,): 1}, tally_rule="equalshares")
    former = replace(ballot, smallest_cell=None)

    published = outcome_of(former, cells, whole=False)

    assert [item.votes for item in published.items] == [3, 1, 0]
    assert (published.ballots, published.withheld) == ((), 4)


ORDERS = [((Tie.VOTERS, Tie.CHEAPER), "b"), ((Tie.CHEAPER,), "b"), ((Tie.LISTED, Tie.CHEAPER), "a"), ((), "a")]


@pytest.mark.parametrize("rule", ["greedy", "equalshares/add1"])
@pytest.mark.parametrize(("ties", "first"), ORDERS)
def test_of_two_equal_items_the_rulebooks_order_says_which_goes_first(
    rule: str, ties: tuple[Tie, ...], first: str
) -> None:
    """By hand: three voters each. Greedy compares points, 15 and 15; equal shares the cost of a point, 6 ÷ 18 and
    5 ÷ 15."""
    votes = [{"a": 6}] * 3 + [{"b": 5}] * 3 if rule != "greedy" else [{"a": 5}] * 3 + [{"b": 5}] * 3
    election = Election.of(
        budget=11_00, costs={"a": 6_00, "b": 5_00}, votes=votes, vote_type=VoteType.CUMULATIVE, unit=100
    )

    assert tally(replace(election, ties=ties), rule).chosen[0] == first


def test_a_ballot_says_its_order_of_ties_and_its_export_is_counted_by_it() -> None:
    story = Asked()
    assert story.a_ballot(1).ties == (Tie.VOTERS, Tie.CHEAPER, Tie.LISTED)
    ballot, cells = closed({(0,): 5, (2,): 5}, least=5)
    listed = replace(ballot, ties=(Tie.LISTED,), budget=Money(40_000_00))

    assert election_of(parse(written(exported(listed, {}, cells, whole=True)))).ties == (Tie.LISTED,)
    assert recount(outcome_of(listed, cells, whole=False)).chosen == (str(ballot.items[0].need_id),)
    cheaper = replace(listed, ties=(Tie.CHEAPER,))
    assert recount(outcome_of(cheaper, cells, whole=False)).chosen == (str(ballot.items[2].need_id),)
