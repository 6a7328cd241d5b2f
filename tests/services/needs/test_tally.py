from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.demo import elections
from schemas.pabulib import VoteType, parse
from services.needs.tally import (
    RULES,
    Election,
    Satisfaction,
    add_one,
    approved,
    equal_shares,
    greedy,
    ranked,
    tally,
    usual,
)
from services.needs.tally.published import election_of
from tests.support.pabu import Elsewhere

PUBLISHED = Path(__file__).parents[4] / "shared" / "data" / "pabulib"

Votes = Sequence[Mapping[str, int]]


def an_election(
    votes: Votes, costs: Mapping[str, int], *, budget: int = 100, vote_type: VoteType = VoteType.APPROVAL
) -> Election:
    return Election.of(budget=budget, costs=costs, votes=votes, vote_type=vote_type, unit=1)


def ids(election: Election, places: Sequence[int]) -> list[str]:
    return [election.projects[place].id for place in places]


# What cities published


@pytest.mark.parametrize("name", elections.names())
def test_a_recount_by_the_citys_own_rule_gives_what_the_city_published(name: str) -> None:
    published = parse(elections.load(name))

    assert frozenset(tally(election_of(published), published.rule).chosen) == published.selected


@pytest.mark.parametrize("name", elections.names())
def test_equal_shares_buys_what_pabutools_buys_in_the_same_order(name: str) -> None:
    election = election_of(parse(elections.load(name)))

    ours = equal_shares(election, usual(election.vote_type))

    assert ids(election, [purchase.place for purchase in ours]) == Elsewhere(election).equal_shares()


def test_the_elections_that_travel_are_eighteen_of_krakow_and_one_each_of_swiecie_and_gdynia() -> None:
    rules = [parse(elections.load(name)).rule for name in elections.names()]

    assert sorted(rules) == ["equalshares/add1"] + ["greedy"] * 18 + ["greedy-no-skip"]


def test_gdynia_did_not_pass_over_what_it_could_not_pay_and_its_threshold_would_have_done_the_same() -> None:
    published = parse(elections.load("Poland_Gdynia_2023_Cisowa__small"))
    election = election_of(published)
    without = Election.of(
        budget=election.budget,
        unit=election.unit,
        vote_type=election.vote_type,
        costs={project.id: project.cost for project in published.projects},
        votes=[approved(vote.projects) for vote in published.votes],
    )

    selected = {project.id for project in published.projects if project.selected}
    assert election.threshold == 50
    assert set(tally(election, "greedy").chosen) == selected
    assert set(tally(without, "greedy-no-skip").chosen) == selected
    assert set(tally(without, "greedy").chosen) == selected | {"2023/CIS/0014"}


def test_swiecie_would_have_chosen_otherwise_under_the_greedy_rule() -> None:
    published = parse(elections.load("Poland_Swiecie_2023"))

    assert frozenset(tally(election_of(published), "greedy").chosen) != published.selected


def test_points_of_krakow_are_three_two_one() -> None:
    assert ranked(["a", "b", "c"], 3) == {"a": 3, "b": 2, "c": 1}
    text = elections.load("Poland_Krakow_2024_Bienczyce")
    first = election_of(parse(text))

    assert first.scores()[0] == 1473
    assert first.supporters()[0] == 576


@pytest.mark.skipif(
    not PUBLISHED.is_dir(), reason="the published files lie beside the checkout only where it was founded"
)
def test_the_copies_that_travel_are_the_files_that_were_published() -> None:
    published = {file.stem: file.read_bytes() for file in PUBLISHED.glob("*.pb")}

    assert {name: elections.load(name).encode() for name in elections.names()} == published


# Greedy


def test_greedy_passes_over_what_no_longer_fits_unless_told_to_end_there() -> None:
    votes = [approved("abc")] * 3 + [approved("ab")] * 2 + [approved("a")]
    election = an_election(votes, {"a": 60, "b": 50, "c": 40})

    assert ids(election, greedy(election)) == ["a", "c"]
    assert ids(election, greedy(election, skip=False)) == ["a"]


def test_equal_points_go_to_more_voters_then_to_the_cheaper_then_to_the_earlier_listed() -> None:
    votes = [{"a": 2}, {"b": 1}, {"b": 1}, {"c": 1}, {"c": 1}, {"d": 1}, {"d": 1}]
    costs = {"a": 9, "b": 20, "c": 10, "d": 10}
    election = an_election(votes, costs, vote_type=VoteType.SCORING)

    assert ids(election, greedy(election)) == ["c", "d", "b", "a"]


def test_what_nobody_wants_is_never_chosen_however_much_money_is_left() -> None:
    election = an_election([approved("a"), {}], {"a": 1, "b": 1})

    assert {rule: tally(election, rule).chosen for rule in RULES} == dict.fromkeys(RULES, ("a",))


# Equal shares


def test_a_minority_gets_its_share_where_greedy_gives_it_nothing() -> None:
    majority, minority = ["a", "b", "c", "d", "e"], ["v", "w"]
    votes = [approved(majority)] * 6 + [approved(minority)] * 4
    election = an_election(votes, dict.fromkeys([*majority, *minority], 20))

    assert tally(election, "greedy").chosen == ("a", "b", "c", "d", "e")
    assert set(tally(election, "equalshares").chosen) == {"a", "b", "c", "v", "w"}


def test_shares_that_leave_money_over_grow_until_it_is_spent() -> None:
    votes = [approved("a"), approved("a"), approved("b")]
    election = an_election(votes, {"a": 50, "b": 40}, budget=90)

    assert tally(election, "equalshares").chosen == ("a",)
    assert tally(election, "equalshares/add1").chosen == ("a", "b")
    assert add_one(election, Satisfaction.COST)[1] == 40


def test_what_add_one_leaves_over_may_go_by_points() -> None:
    votes = [approved("a")] * 6 + [approved("b")] * 5 + [approved("c")]
    election = an_election(votes, {"a": 60, "b": 55, "c": 40})

    assert set(tally(election, "equalshares/add1").chosen) == {"a"}
    assert set(tally(election, "equalshares/add1u").chosen) == {"a", "c"}


def test_satisfaction_by_cost_buys_the_large_and_by_number_the_cheap() -> None:
    votes = [approved("ab")] * 4 + [approved("a")]
    election = an_election(votes, {"a": 100, "b": 10})

    assert ids(election, [p.place for p in equal_shares(election, Satisfaction.COST)]) == ["a"]
    assert ids(election, [p.place for p in equal_shares(election, Satisfaction.CARDINALITY)]) == ["b"]


def test_equal_rates_go_to_more_voters_then_to_the_cheaper_then_to_the_earlier_listed() -> None:
    votes = [approved("a"), *[approved("bcd")] * 2]
    election = an_election(votes, {"a": 5, "b": 10, "c": 10, "d": 10}, budget=60)
    by_number = equal_shares(election, Satisfaction.CARDINALITY)
    of_two_costs = an_election([approved("ab")] * 2, {"a": 40, "b": 20}, budget=60)

    assert [purchase.rate for purchase in by_number] == [5, 5, 5, 5]
    assert ids(election, [purchase.place for purchase in by_number]) == ["b", "c", "d", "a"]
    assert tally(of_two_costs, "equalshares").chosen == ("b", "a")


def test_who_has_paid_a_whole_share_owes_nothing_and_the_others_can_still_buy() -> None:
    votes = [approved("abc"), approved("bc"), approved("a"), approved("a")]
    election = an_election(votes, {"a": 55, "b": 10, "c": 10}, budget=80)
    bought = equal_shares(election, Satisfaction.COST)

    assert ids(election, [purchase.place for purchase in bought]) == ["a", "b", "c"]
    assert [purchase.rate for purchase in bought] == [Fraction(1, 3), Fraction(5, 6), 1]


def test_a_project_beyond_the_whole_budget_does_not_end_the_growing_of_shares() -> None:
    votes = [approved("z")] * 3 + [approved("a")] + [approved("b")]
    election = an_election(votes, {"z": 101, "a": 40, "b": 60}, budget=100)

    assert set(tally(election, "equalshares/add1").chosen) == {"a", "b"}


@pytest.mark.parametrize(
    ("vote_type", "satisfaction"),
    [
        (VoteType.APPROVAL, Satisfaction.POINTS),
        (VoteType.ORDINAL, Satisfaction.COST),
        (VoteType.SCORING, Satisfaction.CARDINALITY),
    ],
)
def test_a_satisfaction_is_refused_where_it_is_not_defined(vote_type: VoteType, satisfaction: Satisfaction) -> None:
    election = an_election([{"a": 1}], {"a": 10}, vote_type=vote_type)

    with pytest.raises(ValueError, match="not defined"):
        equal_shares(election, satisfaction)


def test_a_vote_without_voters_or_projects_chooses_nothing() -> None:
    assert {tally(an_election([], {"a": 10}), rule).chosen for rule in RULES} == {()}
    assert {tally(an_election([{}], {}), rule).chosen for rule in RULES} == {()}


def test_a_made_up_vote_cannot_keep_the_count_running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.needs.tally.shares.MOST_STEPS", 5)
    votes = [approved("a"), *[{}] * 99]
    election = an_election(votes, {"a": 1000}, budget=1000)

    with pytest.raises(ValueError, match="more than 5 steps"):
        add_one(election, Satisfaction.COST)


# What an election may be


@pytest.mark.parametrize(("budget", "cost"), [(10.0, 5), (0, 5), (10, 0), (10, 1.5), (10, -1)])
def test_amounts_are_whole_numbers_above_zero(budget: int, cost: int) -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        an_election([approved("a")], {"a": cost}, budget=budget)


def test_an_approval_is_one_point_and_points_are_whole() -> None:
    with pytest.raises(ValueError, match="one point"):
        an_election([{"a": 2}], {"a": 5})
    with pytest.raises(ValueError, match="whole numbers"):
        an_election([{"a": cast(int, 0.5)}], {"a": 5}, vote_type=VoteType.SCORING)
    with pytest.raises(KeyError):
        an_election([approved("z")], {"a": 5})


def test_a_rule_nobody_knows_is_an_error_that_names_those_known() -> None:
    with pytest.raises(LookupError, match="equalshares/add1"):
        tally(an_election([approved("a")], {"a": 5}), "borda")


# Against the definitions, word by word, voter by voter


def naive_greedy(election: Election) -> list[int]:
    scores, supporters = election.scores(), election.supporters()
    left, chosen, waiting = election.budget, [], election.eligible()
    while waiting:
        best = waiting[0]
        for place in waiting[1:]:
            mine = (scores[place], supporters[place], -election.projects[place].cost)
            if mine > (scores[best], supporters[best], -election.projects[best].cost):
                best = place
        waiting.remove(best)
        if election.projects[best].cost <= left:
            left -= election.projects[best].cost
            chosen.append(best)
    return chosen


def voters_of(election: Election, satisfaction: Satisfaction) -> list[dict[int, int]]:
    """Each single voter's satisfaction by project."""
    worth = {Satisfaction.COST: lambda place, _: election.projects[place].cost, Satisfaction.CARDINALITY: lambda *_: 1}
    of = worth.get(satisfaction, lambda _, points: points)
    return [
        {place: of(place, points) for place, points in ballot if points > 0}
        for ballot, voters in election.ballots
        for _ in range(voters)
    ]


def naive_rate(cost: int, supporters: list[tuple[Fraction, int]]) -> Fraction | None:
    """The smallest ρ with Σ min(money, ρ · satisfaction) = cost, from its definition."""
    if sum((money for money, _ in supporters), Fraction(0)) < cost:
        return None
    candidates = []
    for paying_all in range(len(supporters)):
        poorest = sorted(supporters, key=lambda s: s[0] / s[1])
        rest = poorest[paying_all:]
        missing = cost - sum((money for money, _ in poorest[:paying_all]), Fraction(0))
        rho = missing / sum(worth for _, worth in rest)
        if rho >= 0 and sum((min(m, rho * w) for m, w in supporters), Fraction(0)) == cost:
            candidates.append(rho)
    return min(candidates)


def naive_shares(election: Election, satisfaction: Satisfaction, share: Fraction) -> list[tuple[int, Fraction]]:
    worth = voters_of(election, satisfaction)
    money = [share] * len(worth)
    support, bought, spent = election.supporters(), list[tuple[int, Fraction]](), 0
    while spent <= election.budget:
        options = []
        for place in election.eligible():
            of = [i for i, mine in enumerate(worth) if place in mine]
            cost = election.projects[place].cost
            rho = naive_rate(cost, [(money[i], worth[i][place]) for i in of])
            if rho is not None and place not in [p for p, _ in bought]:
                options.append((rho, -support[place], cost, place))
        if not options:
            break
        rho, _, cost, place = min(options)
        for i, mine in enumerate(worth):
            if place in mine:
                money[i] -= min(money[i], rho * mine[place])
        bought.append((place, rho))
        spent += cost
    return bought


@st.composite
def small_elections(draw: st.DrawFn) -> Election:
    vote_type = draw(st.sampled_from(VoteType))
    costs = {f"p{n}": draw(st.integers(1, 30)) for n in range(draw(st.integers(0, 5)))}
    points = st.just(1) if vote_type is VoteType.APPROVAL else st.integers(-1, 4)
    vote = st.dictionaries(st.sampled_from(sorted(costs)), points) if costs else st.just({})
    votes = draw(st.lists(vote, max_size=9))
    threshold = draw(st.integers(0, 2))
    return Election.of(
        budget=draw(st.integers(1, 80)), costs=costs, votes=votes, vote_type=vote_type, unit=1, threshold=threshold
    )


def satisfactions(election: Election) -> list[Satisfaction]:
    if election.vote_type is VoteType.APPROVAL:
        return [Satisfaction.COST, Satisfaction.CARDINALITY]
    return [Satisfaction.POINTS]


@settings(deadline=None)
@given(small_elections())
def test_greedy_equals_its_definition_and_keeps_to_the_budget(election: Election) -> None:
    assert list(greedy(election)) == naive_greedy(election)
    assert tally(election, "greedy").cost <= election.budget


@settings(deadline=None, max_examples=400)
@given(small_elections())
def test_equal_shares_equals_its_definition(election: Election) -> None:
    for satisfaction in satisfactions(election):
        bought = [(purchase.place, purchase.rate) for purchase in equal_shares(election, satisfaction)]
        share = Fraction(election.budget, max(election.voters, 1))
        assert bought == naive_shares(election, satisfaction, share)


@settings(deadline=None)
@given(small_elections())
def test_every_purchase_is_paid_in_full_from_the_shares_of_those_who_wanted_it(election: Election) -> None:
    for satisfaction in satisfactions(election):
        money = [Fraction(election.budget, election.voters)] * election.voters if election.voters else []
        worth = voters_of(election, satisfaction)
        for purchase in equal_shares(election, satisfaction):
            paid = [min(money[i], purchase.rate * worth[i].get(purchase.place, 0)) for i in range(len(money))]
            money = [left - part for left, part in zip(money, paid, strict=True)]
            assert sum(paid) == election.projects[purchase.place].cost
        assert all(left >= 0 for left in money)


@settings(deadline=None)
@given(small_elections())
def test_nobody_goes_away_empty_whose_group_could_have_paid_for_what_it_wants(election: Election) -> None:
    """Justified representation: the voters with nothing still hold their shares, which were not enough."""
    for satisfaction in satisfactions(election):
        bought = {purchase.place for purchase in equal_shares(election, satisfaction)}
        empty = [mine for mine in voters_of(election, satisfaction) if not bought & mine.keys()]
        for place in set(election.eligible()) - bought:
            wanting = sum(place in mine for mine in empty)
            assert wanting * election.budget < election.projects[place].cost * election.voters


@settings(deadline=None)
@given(small_elections())
def test_add_one_equals_its_definition_step_by_step(election: Election) -> None:
    for satisfaction in satisfactions(election):
        share = election.budget // max(election.voters, 1)
        bought = naive_shares(election, satisfaction, Fraction(share))
        while election.voters and room_left(election, bought):
            more = naive_shares(election, satisfaction, Fraction(share + 1))
            if sum(election.projects[place].cost for place, _ in more) > election.budget:
                break
            bought, share = more, share + 1

        purchases, found = add_one(election, satisfaction)

        assert [(purchase.place, purchase.rate) for purchase in purchases] == bought
        assert found == share or not election.voters


def room_left(election: Election, bought: list[tuple[int, Fraction]]) -> bool:
    places = [place for place, _ in bought]
    left = election.budget - sum(election.projects[place].cost for place in places)
    return any(p not in places and election.projects[p].cost <= left for p in election.eligible())


@settings(deadline=None)
@given(small_elections(), st.sampled_from(sorted(RULES)))
def test_no_rule_spends_more_than_the_budget_or_chooses_anything_twice(election: Election, rule: str) -> None:
    outcome = tally(election, rule)

    assert outcome.cost <= election.budget
    assert len(set(outcome.chosen)) == len(outcome.chosen)
    assert outcome == tally(election, rule)
