"""The Method of Equal Shares: voters have equal shares of the budget, and projects are bought from shares.

Peters, Skowron: "Proportionality and the Limits of Welfarism", EC 2020; with costs and utilities Peters,
Pierczyński, Skowron: "Proportional Participatory Budgeting with Additive Utilities", NeurIPS 2021. The
completion "add 1" is that of equalshares.net, by which Świecie counted in 2023. All arithmetic is exact.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from heapq import heapify, heappop, heapreplace
from math import lcm

from schemas.pabulib import VoteType
from services.needs.tally.election import Election

MOST_STEPS = 100_000
"""of "add 1": far more than a real vote takes (hundreds), so that a made-up one cannot run for ever"""


class Satisfaction(StrEnum):
    """What a project that was bought is worth to a voter who wanted it."""

    COST = "cost"
    """its cost: approval votes, the choice of the cities"""
    CARDINALITY = "cardinality"
    """one, whatever it costs: approval votes"""
    POINTS = "points"
    """the points given: ordinal, cumulative and scoring votes"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    place: int
    """position of the project"""
    rate: Fraction
    """each supporter pays rate × satisfaction, or all that is left of the share"""


def usual(vote_type: VoteType) -> Satisfaction:
    return Satisfaction.COST if vote_type is VoteType.APPROVAL else Satisfaction.POINTS


def utility(election: Election, satisfaction: Satisfaction, place: int, points: int) -> int:
    """Satisfaction of one voter with one project; ValueError where it is not defined for the kind of vote."""
    if (satisfaction is Satisfaction.POINTS) == (election.vote_type is VoteType.APPROVAL):
        raise ValueError(f"{satisfaction} satisfaction is not defined for {election.vote_type} votes")
    return {Satisfaction.COST: election.projects[place].cost, Satisfaction.CARDINALITY: 1}.get(satisfaction, points)


def equal_shares(election: Election, satisfaction: Satisfaction) -> tuple[Purchase, ...]:
    """What is bought when the budget is shared out exactly. Often leaves money over."""
    if not election.voters:
        return ()
    return _Market(election, satisfaction).buy(Fraction(election.budget, election.voters))


def add_one(election: Election, satisfaction: Satisfaction) -> tuple[tuple[Purchase, ...], int]:
    """Equal shares with a larger share, and that share: one of the currency more for all, again and again.

    Begins with the budget shared out in whole units of currency. Ends before the purchases would cost more
    than the budget, or when nothing more that anybody wants would fit (equalshares.net: "integral",
    "exhaustive").
    """
    if not election.voters:
        return (), 0
    market = _Market(election, satisfaction)
    share = election.budget // (election.voters * election.unit) * election.unit
    purchases = market.buy(Fraction(share))
    for _ in range(MOST_STEPS):
        if market.exhausted(purchases):
            return purchases, share
        more = market.buy(Fraction(share + election.unit))
        if market.cost(more) > election.budget:
            return purchases, share
        purchases, share = more, share + election.unit
    raise ValueError(f"more than {MOST_STEPS} steps of add 1: the unit of currency is too small for these costs")


class _Market:
    """The voters of an election, grouped by what they have paid for: who paid alike has the same money left.

    A support is one (project, points) pair and has one bit, so that a ballot is a bit mask and the group of a
    ballot is its mask cut down to what was bought. Groups depend on the purchases only, not on the share, so
    they are kept from one step of "add 1" to the next.
    """

    def __init__(self, election: Election, satisfaction: Satisfaction) -> None:
        self.election = election
        self.places = election.eligible()
        self.supporters = election.supporters()
        wanted = set(self.places)
        self.bits: dict[tuple[int, int], int] = {}
        self.utilities: dict[int, int] = {}
        self.masks: list[int] = [0] * len(election.projects)
        self.ballots: dict[int, list[tuple[int, int, int]]] = {place: [] for place in self.places}
        self.grouped: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
        for ballot, voters in election.ballots:
            supports = [(place, points) for place, points in ballot if place in wanted and points > 0]
            for place, points in supports:
                if (place, points) not in self.bits:
                    bit = self.bits[place, points] = 1 << len(self.bits)
                    self.masks[place] |= bit
                    self.utilities[bit] = utility(election, satisfaction, place, points)
            mask = sum(self.bits[support] for support in supports)
            for place, points in supports:
                self.ballots[place].append((self.utilities[self.bits[place, points]], mask, voters))

    def groups(self, place: int, bought: int) -> list[tuple[int, int, int]]:
        """Supporters of a project as (utility, what they paid for, how many)."""
        groups = self.grouped.get((place, bought))
        if groups is None:
            counted: Counter[tuple[int, int]] = Counter()
            for worth, mask, voters in self.ballots[place]:
                counted[worth, mask & bought] += voters
            groups = self.grouped[place, bought] = [(*key, voters) for key, voters in counted.items()]
        return groups

    def buy(self, share: Fraction) -> tuple[Purchase, ...]:
        """All purchases in their order, each time the project with the lowest rate.

        Equal rates: more supporters first, then the cheaper, then the earlier listed. Rates only rise as
        money is spent, so the rate of an earlier round is a lower bound, and only the top of the heap is worked
        out again. Ends with the purchase that exceeds the budget: of what follows no use is made.
        """
        purse, budget = _Purse(self, share), self.election.budget
        projects, supporters = self.election.projects, self.supporters
        heap = [(Fraction(0), -supporters[place], projects[place].cost, place) for place in self.places]
        heapify(heap)
        round_of = dict.fromkeys(self.places, -1)
        purchases: list[Purchase] = []
        while heap and budget >= 0:
            rate, votes, cost, place = heap[0]
            if round_of[place] == len(purchases):
                heappop(heap)
                purse.pay(place, rate)
                purchases.append(Purchase(place=place, rate=rate))
                budget -= cost
                continue
            risen = purse.rate(place)
            if risen is None:
                heappop(heap)
            else:
                heapreplace(heap, (risen, votes, cost, place))
                round_of[place] = len(purchases)
        return tuple(purchases)

    def cost(self, purchases: tuple[Purchase, ...]) -> int:
        return sum(self.election.projects[purchase.place].cost for purchase in purchases)

    def exhausted(self, purchases: tuple[Purchase, ...]) -> bool:
        """Would nothing more fit into the budget?"""
        left = self.election.budget - self.cost(purchases)
        bought = {purchase.place for purchase in purchases}
        return all(place in bought or self.election.projects[place].cost > left for place in self.places)


class _Purse:
    """What each group of voters has left, in whole numbers over one `scale` that grows with the payments."""

    def __init__(self, market: _Market, share: Fraction) -> None:
        self.market = market
        self.scale = share.denominator
        self.left = {0: share.numerator}
        self.prices: dict[int, int] = {}
        self.bought = 0
        self.order: list[int] = []

    def rate(self, place: int) -> Fraction | None:
        """The lowest rate at which the supporters can pay; none when all they have left is not enough."""
        groups = [(worth, self.left_of(paid), voters) for worth, paid, voters in self.market.groups(place, self.bought)]
        missing = self.market.election.projects[place].cost * self.scale
        if sum(left * voters for _, left, voters in groups) < missing:
            return None
        common = lcm(*{worth for worth, _, _ in groups})
        groups.sort(key=lambda group: group[1] * (common // group[0]))
        weight = sum(worth * voters for worth, _, voters in groups)
        for worth, left, voters in groups:
            if left * weight >= missing * worth:
                break
            missing -= left * voters
            weight -= worth * voters
        return Fraction(missing, weight * self.scale)

    def left_of(self, paid: int) -> int:
        """What is left to those who paid for `paid`, from what was left to them one payment before."""
        unknown = list(self._back_to_known(paid))
        for before, last, now in reversed(unknown):
            self.left[now] = max(0, self.left[before] - self.prices[last])
        return self.left[paid]

    def _back_to_known(self, paid: int) -> Iterator[tuple[int, int, int]]:
        for mask in reversed(self.order):
            if paid in self.left:
                return
            last = paid & mask
            if last:
                yield paid ^ last, last, paid
                paid ^= last

    def pay(self, place: int, rate: Fraction) -> None:
        mask = self.market.masks[place]
        prices = {bit: rate * worth for bit, worth in self.market.utilities.items() if bit & mask}
        finer = lcm(self.scale, *(price.denominator for price in prices.values())) // self.scale
        if finer > 1:
            self.scale *= finer
            self.left = {paid: left * finer for paid, left in self.left.items()}
            self.prices = {bit: price * finer for bit, price in self.prices.items()}
        self.prices |= {bit: int(price * self.scale) for bit, price in prices.items()}
        self.bought |= mask
        self.order.append(mask)
