"""A second service made for testing the spine: it adds up what jars counted.

Owns tallies, one per jar. Hears `coin.counted`. Says `tally.moved` after each; as a projection it says nothing.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from events.catalogue import Catalogue, every_fact
from schemas.deciding import Context, State, World
from schemas.fact import Fact
from schemas.former import UPCASTERS
from schemas.model import Model
from schemas.project import ProjectFact
from services.kit.documents import Documents
from services.kit.service import Reaction, Service, only_remember
from tests.support import jars
from tests.support.jars import CoinCounted


class TallyMoved(ProjectFact):
    type: ClassVar[str] = "tally.moved"

    coins: int


CATALOGUE = Catalogue([*every_fact(), *jars.FACTS, TallyMoved], UPCASTERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally(State):
    coins: int = 0
    fen: int = 0


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case CoinCounted():
            tally = world.find(Tally, fact.project_id) or Tally(id=fact.project_id)
            return (replace(tally, coins=tally.coins + 1, fen=tally.fen + fact.fen),)
        case _:
            return ()


def move(world: World, counted: CoinCounted, context: Context) -> list[Fact]:
    return [TallyMoved(project_id=counted.project_id, coins=world.get(Tally, counted.project_id).coins)]


def _hears(decide: Any) -> dict[type[Fact], Reaction]:
    return {CoinCounted: Reaction(refs=lambda fact, cause: ((Tally, fact.project_id),), decide=decide)}


_documents = Documents(tallies=Tally)

SERVICE = Service(
    name="tally",
    folder=Path(__file__).parent,
    evolve=evolve,
    load=_documents.load,
    save=_documents.save,
    hears=_hears(move),
)
PROJECTION = replace(SERVICE, hears=_hears(only_remember))
