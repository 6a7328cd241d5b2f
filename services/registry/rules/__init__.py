"""What registry allows: one file per noun."""

from schemas.deciding import State, World
from schemas.model import Model
from services.registry.rules import registration, rulebook


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    return (*registration.evolve(world, fact), *rulebook.evolve(world, fact))


__all__ = ["evolve"]
