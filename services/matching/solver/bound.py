"""An upper bound that anybody can compute again: Lagrange multipliers, in exact integers.

For any multipliers that are not negative, the best value of the priced problem is at least that of the round (weak
duality; Fisher, The Lagrangian Relaxation Method, Management Science 27, 1981). Floating point finds good multipliers;
that the bound holds does not depend on it.
"""

from dataclasses import dataclass

from services.matching.solver.problem import SCALE, Prices, Problem


@dataclass(frozen=True, slots=True)
class Bound:
    """`value` in 1/SCALE hundredths of a point; no choice scores more than `score`."""

    value: int
    chosen: frozenset[int]
    """what the priced problem chooses, without regard to the round's budget"""
    losses: tuple[int, ...]
    """by place: what the bound falls by when the item is forced the other way"""

    @property
    def score(self) -> int:
        return self.value // SCALE

    def open(self, score: int) -> list[int]:
        """Places that a choice of at least `score` may hold otherwise than the priced problem does."""
        return [place for place, loss in enumerate(self.losses) if self.value - loss >= score * SCALE]


def bound(problem: Problem, prices: Prices) -> Bound:
    """Each owner's best items by value; everything else is added up."""
    values = _values(problem, prices)
    value = prices.budget * problem.budget + sum(prices.pairs.values())
    value += sum(price * problem.hours_most for price in prices.hours.values())
    value -= sum(prices.floors.get(group, 0) * least for group, least in problem.floors)
    chosen: set[int] = set()
    losses = [0] * len(values)
    for places in problem.of_owner.values():
        ranked = sorted(places, key=lambda place: (-values[place], place))
        taken, left = ranked[: problem.per_owner], ranked[problem.per_owner :]
        last = max(0, values[taken[-1]]) if len(taken) == problem.per_owner else 0
        following = max(0, values[left[0]]) if left else 0
        for place in taken:
            if values[place] > 0:
                chosen.add(place)
                value += values[place]
                losses[place] = values[place] - following
            else:
                losses[place] = -values[place]
        for place in left:
            losses[place] = last - values[place]
    return Bound(value, frozenset(chosen), tuple(losses))


def _values(problem: Problem, prices: Prices) -> list[int]:
    paired = [0] * len(problem.items)
    for (a, b), price in prices.pairs.items():
        paired[a] += price
        paired[b] += price
    found = []
    for place, item in enumerate(problem.items):
        net = sum(prices.floors.get(group, 0) for group in item.groups) - prices.budget
        hours = sum(prices.hours.get(worker, 0) * hours for worker, hours in item.hours)
        found.append(item.score * SCALE + net * item.least + max(0, net) * item.spread - hours - paired[place])
    return found
