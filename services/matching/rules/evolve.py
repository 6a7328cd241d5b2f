"""What matching remembers: open tenders, the rankings it advised, and venture rounds."""

from collections.abc import Iterable

from schemas.deciding import State, World
from schemas.model import Model
from schemas.tender import BidsRanked, TenderClosed, TenderOpened, TenderVoided
from services.matching.rules.ranking import Ranking
from services.matching.rules.recommending import Tender
from services.matching.rules.venture import evolve_venture


def evolve(world: World, fact: Model) -> Iterable[State]:
    match fact:
        case TenderOpened():
            tender = Tender(id=fact.project_id, brief=fact.brief, open=True)
            return (tender, *evolve_venture(world, fact))
        case TenderClosed() | TenderVoided():
            known = world.find(Tender, fact.project_id)
            return (*(() if known is None else (known.closed(),)), *evolve_venture(world, fact))
        case BidsRanked():
            return (Ranking(id=fact.project_id, base_price=fact.base_price, ranking=fact.ranking),)
        case _:
            return evolve_venture(world, fact)
