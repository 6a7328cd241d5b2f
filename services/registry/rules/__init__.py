"""What registry allows: one file per noun."""

from schemas.deciding import State, World
from schemas.model import Model
from services.registry.rules import (
    appraisal,
    divisions,
    employment,
    evolving_imports,
    incubation,
    record,
    registration,
    rulebook,
    vacancy,
)


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    rooms = (registration, rulebook, record, incubation, evolving_imports, divisions, employment, vacancy, appraisal)
    return tuple(state for room in rooms for state in room.evolve(world, fact))


__all__ = ["evolve"]
