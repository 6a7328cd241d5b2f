"""What matching remembers: open tenders, the rankings it advised, what providers have in hand, and venture rounds."""

from collections.abc import Iterable
from dataclasses import replace

from schemas.clarification import TenderAmended
from schemas.deciding import State, World
from schemas.model import Model
from schemas.narrowing import TenderNarrowed
from schemas.tender import BidsRanked, TenderClosed, TenderOpened, TenderVoided
from services.matching.rules.ranking import Ranking
from services.matching.rules.recommending import Tender, TermsRead
from services.matching.rules.track import evolve_track
from services.matching.rules.venture import evolve_venture


def evolve(world: World, fact: Model) -> Iterable[State]:
    return (*_evolve_advice(world, fact), *evolve_track(world, fact), *evolve_venture(world, fact))


def _evolve_advice(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case TenderOpened():
            return (
                Tender(
                    id=fact.project_id,
                    brief=fact.brief,
                    open=True,
                    closes_at=fact.closes_at,
                    ceiling=fact.ceiling,
                ),
            )
        case TermsRead() | TenderNarrowed() | TenderAmended() | TenderClosed() | TenderVoided():
            known = world.find(Tender, fact.project_id)
            return () if known is None else (_changed(known, fact),)
        case BidsRanked():
            return (Ranking(id=fact.project_id, base_price=fact.base_price, ranking=fact.ranking),)
        case _:
            return ()


def _changed(tender: Tender, fact: TermsRead | TenderNarrowed | TenderAmended | TenderClosed | TenderVoided) -> Tender:
    match fact:
        case TermsRead():
            return replace(tender, circle=fact.circle, deadline=fact.deadline, worker_hours=fact.worker_hours)
        case TenderNarrowed() if tender.circle is not None:
            return replace(tender, circle=replace(tender.circle, narrowing=fact.narrowing))
        case TenderAmended():
            return replace(tender, closes_at=fact.closes_at)
        case TenderClosed() | TenderVoided():
            return tender.closed()
        case _:
            return tender
