"""Good multipliers: the dual values of the linear relaxation, by GLOP."""

from typing import Any

from services.matching.solver.problem import SCALE, Prices, Problem


def prices(problem: Problem) -> Prices:
    """Rounded to 1/SCALE, and never negative: any such numbers bound, these bound well.

    Zero prices when the relaxation has no solution: the round then has none either, and the search will say so.
    """
    from ortools.linear_solver.python import model_builder as mb  # with pandas behind it: loaded when there is a round

    model: Any = mb.Model()  # type: ignore[no-untyped-call]  # of OR-Tools
    xs = [model.new_num_var(0, 1, "") for _ in problem.items]
    ys = {place: model.new_num_var(0, item.spread, "") for place, item in enumerate(problem.items) if item.spread}
    for place, y in ys.items():
        model.add(y - problem.items[place].spread * xs[place] <= 0)

    least = [item.least for item in problem.items]

    def amount(places: list[int]) -> Any:
        fixed = mb.LinearExpr.weighted_sum([xs[place] for place in places], [least[place] for place in places])
        return fixed + mb.LinearExpr.sum([ys[place] for place in places if place in ys])

    budget = model.add(amount(list(range(len(xs)))) <= problem.budget)
    floors = {group: model.add(amount(problem.of_group[group]) >= least) for group, least in problem.floors}
    hours = {
        worker: model.add(
            mb.LinearExpr.weighted_sum([xs[place] for place, _ in uses], [h for _, h in uses]) <= problem.hours_most
        )
        for worker, uses in problem.of_worker.items()
    }
    pairs = {pair: model.add(xs[pair[0]] + xs[pair[1]] <= 1) for pair in problem.pairs}
    for places in problem.of_owner.values():
        if len(places) > problem.per_owner:
            model.add(mb.LinearExpr.sum([xs[place] for place in places]) <= problem.per_owner)
    model.maximize(mb.LinearExpr.weighted_sum(xs, [item.score for item in problem.items]))
    solver = mb.Solver("GLOP")
    if solver.solve(model) != mb.SolveStatus.OPTIMAL:
        return Prices()

    def price(constraint: mb.LinearConstraint) -> int:
        return round(abs(float(solver.dual_value(constraint))) * SCALE)

    return Prices(
        budget=price(budget),
        floors={group: price(constraint) for group, constraint in floors.items()},
        hours={worker: price(constraint) for worker, constraint in hours.items()},
        pairs={pair: price(constraint) for pair, constraint in pairs.items()},
    )
