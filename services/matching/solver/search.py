"""The best choice of a round: bounded, searched, proven, and one of equals taken by the draw."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from services.matching.solver.bound import Bound, bound
from services.matching.solver.core import Core, Found
from services.matching.solver.problem import Prices, Problem
from services.matching.solver.relaxed import prices

FIRST_OPEN = 100
"""items that the first search decides: those the bound is least sure of"""
GROWTH = 4
BLOCK = 24
"""places of the draw that are decided at once: weights up to 2^23"""


class Status(StrEnum):
    OPTIMAL = "optimal"
    """no choice scores more, and of those that score the same this is the one that the draw prefers"""
    OPTIMAL_ANY = "optimal_any"
    """no choice scores more; the limit came before the draw had decided between equals"""
    FEASIBLE = "feasible"
    """the limit came before the proof: the gap says how much more there may be"""
    INFEASIBLE = "infeasible"
    """proven: no choice keeps every rule"""
    UNKNOWN = "unknown"
    """the limit came before any choice was found"""


@dataclass(frozen=True, slots=True)
class Choice:
    status: Status
    chosen: frozenset[int]
    bound: int
    """hundredths of a point that no choice exceeds"""
    relaxed: Bound
    prices: Prices
    """from which `relaxed` is computed"""


@dataclass(slots=True)
class Clock:
    """What is left of the limit, in the solver's deterministic time, so that no machine's speed decides."""

    left: float

    def spend(self, spent: float) -> None:
        self.left = max(0.0, self.left - spent)


def search(problem: Problem, limit: float) -> Choice:
    """Grow the core until the bound proves that nothing outside it can matter.

    An item stays out of question when forcing it the other way brings the bound below the score already found; what
    is in question is solved exactly (Balas and Zemel, An Algorithm for Large Zero-One Knapsack Problems, Operations
    Research 28, 1980).
    """
    multipliers = prices(problem)
    relaxed = bound(problem, multipliers)
    clock = Clock(limit)
    best, open = _first(problem, relaxed, clock)
    if isinstance(best, Status):
        return Choice(best, frozenset(), relaxed.score, relaxed, multipliers)
    top = relaxed.score
    questionable = relaxed.open(problem.score(best))
    if not set(questionable) <= set(open) and problem.score(best) < top:
        core = Core(problem, questionable, relaxed.chosen)
        core.keep_score(problem.score(best))
        core.at_most(top)
        answer = core.best(clock.left, hint=best)
        clock.spend(answer.spent)
        best = answer.chosen or best
        if answer.found is not Found.OPTIMAL:
            return Choice(Status.FEASIBLE, best, top, relaxed, multipliers)
    best, decided = _drawn(problem, relaxed, best, clock)
    status = Status.OPTIMAL if decided else Status.OPTIMAL_ANY
    return Choice(status, best, problem.score(best), relaxed, multipliers)


def _first(problem: Problem, relaxed: Bound, clock: Clock) -> tuple[frozenset[int] | Status, Collection[int]]:
    """A good choice among the items the bound is least sure of; more of them until there is one."""
    order = sorted(range(len(problem.items)), key=lambda place: (relaxed.losses[place], place))
    size = FIRST_OPEN
    while True:
        open = order[:size]
        core = Core(problem, open, relaxed.chosen)
        core.at_most(relaxed.score)
        answer = core.best(clock.left)
        clock.spend(answer.spent)
        if answer.found in (Found.OPTIMAL, Found.FEASIBLE):
            return answer.chosen, (open if answer.found is Found.OPTIMAL else ())
        if answer.found is Found.UNKNOWN or size >= len(order):
            return (Status.INFEASIBLE if answer.found is Found.NONE else Status.UNKNOWN), ()
        size *= GROWTH


def _drawn(problem: Problem, relaxed: Bound, best: frozenset[int], clock: Clock) -> tuple[frozenset[int], bool]:
    """Of all choices with the best score the first in the order of the draw.

    That is, where two differ, the one that has the earlier item. Block by block: within one, an item weighs more
    than all that follow it. Places outside the core are the same in every best choice.
    """
    score = problem.score(best)
    places = relaxed.open(score)
    core = Core(problem, places, relaxed.chosen)
    core.keep_score(score)
    core.at_most(score)
    for start in range(0, len(places), BLOCK):
        block = places[start : start + BLOCK]
        weights = {place: 1 << (len(block) - 1 - i) for i, place in enumerate(block)}
        answer = core.best(clock.left, weights, hint=best)
        clock.spend(answer.spent)
        best = answer.chosen or best
        if answer.found is not Found.OPTIMAL:
            return best, False
        for place in block:
            core.fix(place, place in best)
    return best, True
