"""After each fact and note, what every part of this service remembers."""

from schemas.deciding import State, World
from schemas.expert import ExpertRated
from schemas.governance import CommunityGraded, StreetPairRated
from schemas.model import Model
from services.evaluation.rules import evolving, experts, governance, self_evolving, street_pair


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case StreetPairRated():
            return street_pair.evolve(world, fact)
        case ExpertRated():
            return experts.evolve(world, fact)
        case CommunityGraded():
            return governance.evolve(fact)
        case _:
            return (*evolving.evolve(world, fact), *self_evolving.evolve(world, fact))
