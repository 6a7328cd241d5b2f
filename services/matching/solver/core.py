"""The exact search among the items that are in question, by CP-SAT; the rest is held as the bound holds it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import gcd
from typing import TYPE_CHECKING

from services.matching.solver.problem import Problem

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

SEED = 20260101


class Found(StrEnum):
    OPTIMAL = "optimal"
    """and proven so"""
    FEASIBLE = "feasible"
    """the limit came before the proof"""
    NONE = "none"
    """proven: there is no choice that keeps every rule"""
    UNKNOWN = "unknown"
    """the limit came first"""


@dataclass(frozen=True, slots=True)
class Answer:
    found: Found
    chosen: frozenset[int] = frozenset()
    spent: float = 0.0
    """deterministic time: the solver's count of its own work, the same on every machine"""


class Core:
    """A model over the `open` places; `held` are chosen besides, and the rest are not."""

    def __init__(self, problem: Problem, open: Collection[int], held: Collection[int]) -> None:
        from ortools.sat.python import cp_model  # with pandas behind it: loaded when there is a round

        self._cp = cp_model
        self._problem = problem
        self._model = cp_model.CpModel()
        self._held = frozenset(held) - frozenset(open)
        self._xs = {place: self._model.new_bool_var("") for place in sorted(open)}
        self._build()

    def _sum(self, places: Sequence[int], weights: Mapping[int, int] | None = None) -> "cp_model.LinearExprT":
        """Over open places as variables, over held ones as a number."""
        weight = weights or dict.fromkeys(places, 1)
        mine = [place for place in places if place in self._xs]
        fixed = sum(weight[place] for place in places if place in self._held)
        expression = self._cp.LinearExpr.weighted_sum([self._xs[p] for p in mine], [weight[p] for p in mine])
        return expression + fixed

    def _build(self) -> None:
        problem, model = self._problem, self._model
        everywhere = range(len(problem.items))
        sizes = {*(item.least for item in problem.items), *(item.spread for item in problem.items)}
        unit = gcd(problem.budget, *sizes, *(least for _, least in problem.floors)) or 1  # small numbers search faster
        least = {place: problem.items[place].least // unit for place in everywhere}
        spread = {place: problem.items[place].spread // unit for place in everywhere}
        extra = {}
        for cell, places in problem.cells.items():
            if cell:  # where no floor is to be reached, nobody needs more than the least here
                extra[cell] = model.new_int_var(0, sum(spread[place] for place in places), "")
                model.add(extra[cell] <= self._sum(places, spread))
        model.add(self._cp.LinearExpr.sum([self._sum(everywhere, least), *extra.values()]) <= problem.budget // unit)
        for group, floor in problem.floors:
            there = [extra[cell] for cell in extra if group in cell]
            amount = self._sum(problem.of_group[group], least)
            model.add(self._cp.LinearExpr.sum([amount, *there]) >= floor // unit)
        self._limit_parties()

    def _limit_parties(self) -> None:
        problem, model = self._problem, self._model
        for places in problem.of_owner.values():
            if len(places) > problem.per_owner and any(place in self._xs for place in places):
                model.add(self._sum(places) <= problem.per_owner)
        for uses in problem.of_worker.values():
            model.add(self._sum([place for place, _ in uses], dict(uses)) <= problem.hours_most)
        for pair in problem.pairs:
            model.add(self._sum(pair) <= 1)

    def keep_score(self, score: int) -> None:
        """From here on only choices with at least this score count."""
        self._model.add(self._score() >= score)

    def at_most(self, score: int) -> None:
        """Nothing scores more: known from the bound."""
        self._model.add(self._score() <= score)

    def fix(self, place: int, chosen: bool) -> None:
        self._model.add(self._xs[place] == int(chosen))

    def _score(self) -> "cp_model.LinearExprT":
        everywhere = range(len(self._problem.items))
        return self._sum(everywhere, {place: self._problem.items[place].score for place in everywhere})

    def best(self, limit: float, weights: Mapping[int, int] | None = None, hint: Collection[int] = ()) -> Answer:
        """The choice with the highest score, or the largest sum of `weights` over open places."""
        if weights is None:
            self._model.maximize(self._score())
        else:
            mine = list(weights)
            self._model.maximize(
                self._cp.LinearExpr.weighted_sum([self._xs[p] for p in mine], [weights[p] for p in mine])
            )
        self._model.clear_hints()  # type: ignore[no-untyped-call]  # of OR-Tools
        if hint:
            for place, x in self._xs.items():
                self._model.add_hint(x, place in hint)
        solver = self._cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = SEED
        solver.parameters.max_deterministic_time = limit
        status = solver.solve(self._model)
        spent = solver.response_proto.deterministic_time
        if status in (self._cp.OPTIMAL, self._cp.FEASIBLE):
            chosen = {place for place, x in self._xs.items() if solver.boolean_value(x)}
            found = Found.OPTIMAL if status == self._cp.OPTIMAL else Found.FEASIBLE
            return Answer(found, frozenset(chosen) | self._held, spent)
        return Answer(Found.NONE if status == self._cp.INFEASIBLE else Found.UNKNOWN, spent=spent)
