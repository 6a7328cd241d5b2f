"""Why an application was not chosen, and what is nearest to choosing it."""

from dataclasses import dataclass

from schemas.solution import Because
from services.matching.solver.core import Core, Found
from services.matching.solver.problem import SCALE, Problem
from services.matching.solver.search import Choice, Clock

EXACTLY = 200
"""with at most so many candidates every rejected one is tried: the best choice that has it is computed"""


@dataclass(frozen=True, slots=True)
class Weighed:
    """See `schemas.solution.Alternative`."""

    because: Because
    best_with_it: int | None
    most_with_it: int | None
    instead_of: int | None
    score_lost: int | None

    def points_short(self, score: int) -> int | None:
        if self.most_with_it is None:
            return None
        return max(0, score - self.most_with_it)


def weigh(problem: Problem, choice: Choice, limit: float) -> dict[int, Weighed]:
    """Every place that was not chosen. In a large round what it could reach is bounded by the prices, and so stated."""
    clock = Clock(limit)
    exact = len(problem.items) <= EXACTLY
    standing = _Standing(problem, choice.chosen)
    found = {}
    for place in range(len(problem.items)):
        if place in choice.chosen:
            continue
        because = standing.because(place)
        best, most = _exactly(problem, choice, place, clock) if exact else (None, _by_prices(choice, place))
        instead = standing.instead(place)
        lost = None if instead is None else problem.items[instead].score - problem.items[place].score
        found[place] = Weighed(because, best, most, instead, lost)
    return found


def _by_prices(choice: Choice, place: int) -> int:
    """No choice with it scores more; and none scores more than the best."""
    return min(choice.bound, (choice.relaxed.value - choice.relaxed.losses[place]) // SCALE)


def _exactly(problem: Problem, choice: Choice, place: int, clock: Clock) -> tuple[int | None, int | None]:
    """Once the limit of all of them together is used up, by the prices."""
    core = Core(problem, range(len(problem.items)), ())
    core.fix(place, True)
    answer = core.best(clock.left)
    clock.spend(answer.spent)
    if answer.found is Found.NONE:
        return None, None
    if answer.found is not Found.OPTIMAL:
        return None, _by_prices(choice, place)
    score = problem.score(answer.chosen)
    return score, score


class _Standing:
    """The choice with its sums, to try exchanges on."""

    def __init__(self, problem: Problem, chosen: frozenset[int]) -> None:
        self._problem = problem
        self._chosen = sorted(chosen, key=lambda place: (problem.items[place].score, -place))
        self._by_owner: dict[str, list[int]] = {}
        for place in self._chosen:
            self._by_owner.setdefault(problem.items[place].owner, []).append(place)
        self._left = problem.budget - sum(problem.items[place].least for place in chosen)
        self._hours: dict[str, int] = {}
        for place in chosen:
            for worker, hours in problem.items[place].hours:
                self._hours[worker] = self._hours.get(worker, 0) + hours
        self._most = {
            group: sum(problem.items[place].most for place in chosen if group in problem.items[place].groups)
            for group, _ in problem.floors
        }
        self._partners: dict[int, set[int]] = {}
        for a, b in problem.pairs:
            self._partners.setdefault(a, set()).add(b)
            self._partners.setdefault(b, set()).add(a)
        self._in = chosen

    def because(self, place: int) -> Because:
        if self._partners.get(place, set()) & self._in:
            return Because.OTHER_HALF
        mine = self._by_owner.get(self._problem.items[place].owner, [])
        return Because.OWNER if len(mine) >= self._problem.per_owner else Because.MONEY

    def instead(self, place: int) -> int | None:
        """The chosen item with the lowest score that may leave for it; what it blocks itself must be the one."""
        item = self._problem.items[place]
        partners = self._partners.get(place, set()) & self._in
        mine = self._by_owner.get(item.owner, [])
        candidates = list(partners) if partners else mine if len(mine) >= self._problem.per_owner else self._chosen
        return next((out for out in candidates if self._fits(place, out, partners)), None)

    def _fits(self, place: int, out: int, partners: set[int]) -> bool:
        """Whether every rule holds when one comes and the other goes. Floors only where nothing is given in part."""
        comes, goes = self._problem.items[place], self._problem.items[out]
        mine = self._by_owner.get(comes.owner, [])
        if partners - {out} or (len(mine) >= self._problem.per_owner and out not in mine):
            return False
        if comes.least > self._left + goes.least or self._spreads():
            return False
        going = dict(goes.hours)
        late = any(
            self._hours.get(worker, 0) - going.get(worker, 0) + hours > self._problem.hours_most
            for worker, hours in comes.hours
        )
        return not late and all(
            self._most[group] - goes.most * (group in goes.groups) + comes.most * (group in comes.groups) >= floor
            for group, floor in self._problem.floors
        )

    def _spreads(self) -> bool:
        return bool(self._problem.floors) and bool(self._problem.cells)
