"""How much each of the chosen gets: its least, what floors lack, and of what is left as much as can be, by score."""

from collections.abc import Mapping

from services.matching.solver.problem import Problem

RULE_ZH = "各得其最低需要;未达到的下限以最少的资金补足,其余按总分从高到低(同分按抽签序)补至申请额"


def amounts(problem: Problem, chosen: frozenset[int]) -> dict[int, int]:
    """Fen by place. The higher score first, of equals the earlier in the draw, each up to what was asked."""
    order = sorted(chosen, key=lambda place: (-problem.items[place].score, place))
    given = {place: problem.items[place].least for place in order}
    lacking = {
        group: least - sum(given[place] for place in order if group in problem.items[place].groups)
        for group, least in problem.floors
    }
    cells = {cell: [place for place in order if place in set(places)] for cell, places in problem.cells.items() if cell}
    if any(lack > 0 for lack in lacking.values()):
        for cell, extra in _fill(problem, cells, lacking).items():
            _raise(problem, given, cells[cell], extra)
    _raise(problem, given, order, problem.budget - sum(given.values()))
    return given


def _raise(problem: Problem, given: dict[int, int], order: list[int], left: int) -> None:
    for place in order:
        more = min(problem.items[place].most - given[place], left)
        given[place] += more
        left -= more


def _fill(
    problem: Problem, cells: Mapping[tuple[str, ...], list[int]], lacking: Mapping[str, int]
) -> dict[tuple[str, ...], int]:
    """What each cell gets so that no floor lacks: together as little as possible, and of that the first cells most."""
    from ortools.sat.python import cp_model  # with pandas behind it: loaded when there is a round

    model = cp_model.CpModel()
    order = sorted(cells)
    xs = {cell: model.new_int_var(0, sum(problem.items[p].spread for p in cells[cell]), "") for cell in order}
    for group, lack in lacking.items():
        if lack > 0:
            model.add(sum(x for cell, x in xs.items() if group in cell) >= lack)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1

    def best(aim: cp_model.LinearExprT) -> int:
        model.maximize(aim)
        status = solver.solve(model)
        assert status == cp_model.OPTIMAL, "the floors of a choice can be reached, the search has proven it"
        return round(solver.objective_value)

    total = -best(-sum(xs.values()))
    model.add(sum(xs.values()) == total)
    for x in xs.values():
        model.add(x == best(x))
    return {cell: solver.value(x) for cell, x in xs.items()}
