"""The Method of Equal Shares: voters have equal shares of the budget, and projects are bought from shares.

Peters, Skowron: "Proportionality and the Limits of Welfarism", EC 2020; with costs and utilities Peters,
Pierczyński, Skowron: "Proportional Participatory Budgeting with Additive Utilities", NeurIPS 2021. The
completion "add 1" is that of equalshares.net, by which Świecie counted in 2023. All arithmetic is exact.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from heapq import heapify, heappop, heapreplace
from math import lcm
from operator import mul
from typing import Self

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


@dataclass(frozen=True, slots=True)
class _Groups:
    """Supporters of one project: who finds it worth the same and has paid for the same is one group."""

    worths: tuple[int, ...]
    paid: tuple[int, ...]
    voters: tuple[int, ...]
    common: int
    """a multiple of all worths"""
    factors: tuple[int, ...]
    """common ÷ worth: money × factor orders the groups by money ÷ worth in whole numbers"""
    weight: int
    """Σ worth × voters"""

    @classmethod
    def of(cls, counted: Mapping[tuple[int, int], int]) -> Self:
        """`counted`: voters by (worth, paid)."""
        worths = tuple(worth for worth, _ in counted)
        common = lcm(*worths)
        return cls(
            worths=worths,
            paid=tuple(paid for _, paid in counted),
            voters=tuple(counted.values()),
            common=common,
            factors=tuple(common // worth for worth in worths),
            weight=sum(map(mul, worths, counted.values())),
        )


class _Market:
    """The voters of an election, grouped by what they have paid for: who paid alike has the same money left.

    A support is one (project, points) pair and has one bit; what a ballot paid for is the mask of its supports that
    were bought. Groups depend on the purchases only, not on the share, so they are kept from one step of "add 1" to
    the next.
    """

    def __init__(self, election: Election, satisfaction: Satisfaction) -> None:
        self.election = election
        self.places = election.eligible()
        self.voters = [voters for _, voters in election.ballots]
        self.supports: dict[int, list[tuple[int, int, list[int]]]] = {place: [] for place in self.places}
        """by project: (utility, bit, ballots by position) of each of its supports"""
        for number, ((place, points), ballots) in enumerate(election.casts.items()):
            if points > 0 and place in self.supports:
                worth = utility(election, satisfaction, place, points)
                self.supports[place].append((worth, 1 << number, ballots))
        self.masks = {place: sum(bit for _, bit, _ in supports) for place, supports in self.supports.items()}
        self.grouped: dict[tuple[int, int], _Groups] = {}
        self.last: defaultdict[tuple[int, ...], dict[int, int]] = defaultdict(dict)
        """by the masks bought, in their order: of what was paid for, the last"""
        self.scale = 1
        """of the last purses: what the next is likely to need"""
        self.paid = (0, [0] * len(election.ballots))

    def groups(self, place: int, bought: int) -> "_Groups":
        """The supporters of a project, when so much was bought."""
        groups = self.grouped.get((place, bought))
        if groups is None:
            counted: Counter[tuple[int, int]] = Counter()
            paid, voters = self._paid_for(bought), self.voters
            for worth, _, ballots in self.supports[place]:
                alike: dict[int, int] = {}
                for ballot in ballots:
                    mask = paid[ballot]
                    alike[mask] = alike.get(mask, 0) + voters[ballot]
                counted.update({(worth, mask): count for mask, count in alike.items()})
            groups = self.grouped[place, bought] = _Groups.of(counted)
        return groups

    def _paid_for(self, bought: int) -> list[int]:
        """Of each ballot, which of its supports are among those bought; the last answer is built upon."""
        known, paid = self.paid
        if known & ~bought:
            known, paid = 0, [0] * len(self.voters)
        for place, mask in self.masks.items():
            if mask & bought & ~known:
                for _, bit, ballots in self.supports[place]:
                    for ballot in ballots:
                        paid[ballot] |= bit
        self.paid = (bought, paid)
        return paid

    def buy(self, share: Fraction) -> tuple[Purchase, ...]:
        """All purchases in their order, each time the project with the lowest rate.

        Equal rates: by the election's `ties`, usually more supporters first, then the cheaper. Rates only rise as
        money is spent, so the rate of an earlier round is a lower bound, and only the top of the heap is worked
        out again. Ends with the purchase that exceeds the budget: of what follows no use is made.
        """
        purse, budget = _Purse(self, share), self.election.budget
        projects, precedence = self.election.projects, self.election.precedence()
        nothing = Fraction(0)
        heap = [(0, nothing, precedence[place], place) for place in self.places]
        heapify(heap)
        round_of = dict.fromkeys(self.places, -1)
        purchases: list[Purchase] = []
        while heap and budget >= 0:
            _, rate, before, place = heap[0]
            if round_of[place] == len(purchases):
                heappop(heap)
                purse.pay(place, rate)
                purchases.append(Purchase(place=place, rate=rate))
                budget -= projects[place].cost
                continue
            risen = purse.rate(place)
            if risen is None:
                heappop(heap)
            else:
                heapreplace(heap, (_rough(risen), risen, before, place))
                round_of[place] = len(purchases)
        self.scale = lcm(*(purchase.rate.denominator for purchase in purchases))
        return tuple(purchases)

    def cost(self, purchases: tuple[Purchase, ...]) -> int:
        return sum(self.election.projects[purchase.place].cost for purchase in purchases)

    def exhausted(self, purchases: tuple[Purchase, ...]) -> bool:
        """Would nothing more fit into the budget?"""
        left = self.election.budget - self.cost(purchases)
        bought = {purchase.place for purchase in purchases}
        return all(place in bought or self.election.projects[place].cost > left for place in self.places)


def _rough(rate: Fraction) -> int:
    """A whole number that never orders two rates otherwise than they are: compared first, it is compared fast."""
    return (rate.numerator << 64) // rate.denominator


class _Purse:
    """What each group of voters has left, in whole numbers over one `scale` that grows with the payments."""

    def __init__(self, market: _Market, share: Fraction) -> None:
        self.market = market
        self.scale = lcm(market.scale, share.denominator)
        self.left = {0: int(share * self.scale)}
        self.prices: dict[int, int] = {}
        self.bought = 0
        self.order: tuple[int, ...] = ()
        self.last = market.last[self.order]

    def rate(self, place: int) -> Fraction | None:
        """The lowest rate at which the supporters can pay; none when all they have left is not enough."""
        groups, known = self.market.groups(place, self.bought), self.left
        lefts = [known[paid] if paid in known else self.left_of(paid) for paid in groups.paid]
        missing, weight = self.market.election.projects[place].cost * self.scale, groups.weight
        if sum(map(mul, lefts, groups.voters)) < missing:
            return None
        means = list(map(mul, lefts, groups.factors))
        if min(means) * weight < missing * groups.common:  # the poorest give all they have
            for _, worth, left, voters in sorted(zip(means, groups.worths, lefts, groups.voters, strict=True)):
                if left * weight >= missing * worth:
                    break
                missing -= left * voters
                weight -= worth * voters
        return Fraction(missing, weight * self.scale)

    def left_of(self, paid: int) -> int:
        """What is left to those who paid for `paid`, from what was left to them one payment before."""
        unknown: list[tuple[int, int]] = []
        while paid not in self.left:
            last = self.last.get(paid)
            if last is None:
                last = self.last[paid] = next(paid & mask for mask in reversed(self.order) if paid & mask)
            unknown.append((paid, last))
            paid ^= last
        left = self.left[paid]
        for now, last in reversed(unknown):
            left = left - self.prices[last]
            if left < 0:
                left = 0
            self.left[now] = left
        return left

    def pay(self, place: int, rate: Fraction) -> None:
        finer = lcm(self.scale, rate.denominator) // self.scale
        if finer > 1:
            self.scale *= finer
            self.left = {paid: left * finer for paid, left in self.left.items()}
            self.prices = {bit: price * finer for bit, price in self.prices.items()}
        each = rate.numerator * (self.scale // rate.denominator)
        self.prices |= {bit: each * worth for worth, bit, _ in self.market.supports[place]}
        self.bought |= self.market.masks[place]
        self.order = (*self.order, self.market.masks[place])
        self.last = self.market.last[self.order]
