"""What matching remembers: open tenders, and the rankings it advised."""

from collections.abc import Iterable

from schemas.deciding import State, World
from schemas.model import Model
from schemas.tender import BidsRanked, TenderClosed, TenderOpened, TenderVoided
from services.matching.rules.ranking import Ranking
from services.matching.rules.recommending import Tender


def evolve(world: World, fact: Model) -> Iterable[State]:
    match fact:
        case TenderOpened():
            return (Tender(id=fact.project_id, brief=fact.brief, open=True),)
        case TenderClosed() | TenderVoided():
            tender = world.find(Tender, fact.project_id)
            return () if tender is None else (tender.closed(),)
        case BidsRanked():
            return (Ranking(id=fact.project_id, base_price=fact.base_price, ranking=fact.ranking),)
        case _:
            return ()
