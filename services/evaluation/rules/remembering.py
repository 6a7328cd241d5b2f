"""After each fact and note, what every part of this service remembers."""

from schemas.deciding import State, World
from schemas.expert import ExpertRated
from schemas.governance import CommunityGraded, StreetPairRated
from schemas.model import Model
from schemas.rating_token import RatingTokensReissued
from services.evaluation.rules import evolving, experts, governance, reissued, self_evolving, street_pair


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case StreetPairRated():
            return street_pair.evolve(world, fact)
        case ExpertRated():
            return experts.evolve(world, fact)
        case CommunityGraded():
            return governance.evolve(fact)
        case RatingTokensReissued():
            return reissued.evolve(world, fact)
        case _:
            return (*evolving.evolve(world, fact), *self_evolving.evolve(world, fact))
