"""What needs allows: one file per noun."""

from schemas.deciding import State, World
from schemas.model import Model
from services.needs.rules import (
    ballot,
    count,
    course,
    departments,
    grid,
    handling,
    line,
    need,
    paper,
    vote,
    voter,
    window,
)
from services.needs.rules.deliberation import unit, walk
from services.needs.rules.gate import burden, item, stamps
from services.needs.rules.residents import confirming_imports, erasing, importing, rating_reissue, register, token
from services.needs.rules.volunteers import certificate, resident_unit, resource, responsibility, task, volunteer


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    """Every noun's states after a fact or note; each looks at the world as it was before."""
    states: list[State] = []
    for noun in (need, ballot, vote, count, item, stamps, burden, window, line, voter, paper, unit, walk, course):
        states += noun.evolve(world, fact)
    for noun in (
        *(departments, handling, grid, register, token, erasing, importing, confirming_imports, rating_reissue),
        *(resident_unit, resource, responsibility, volunteer, task, certificate),
    ):
        states += noun.evolve(world, fact)
    return tuple(states)
