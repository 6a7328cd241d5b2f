"""What matching does when others speak."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from schemas.arranging import AwardArranged
from schemas.deciding import Decide, Due, Ref, State
from schemas.fact import Fact
from schemas.round import (
    ApplicationsChecked,
    ApplicationsTotalled,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    PairDecided,
    RoundCalled,
    RoundClosed,
    RoundScored,
    RoundVoided,
)
from schemas.tender import RankingRefused, ScoringClosed, TenderClosed, TenderOpened, TenderVoided
from services.kit.service import Reaction, only_remember
from services.matching.rules.ranking import Ranking, rank
from services.matching.rules.recommending import Tender
from services.matching.rules.venture import Candidate, PaidWork, PairVerdict, Slate, Venture
from services.matching.solving import work


def tender_of(fact: Any, cause: UUID) -> tuple[Ref, ...]:
    return ((Tender, fact.project_id), (PaidWork, fact.project_id))


def ranking_of(fact: Any, cause: UUID) -> tuple[Ref, ...]:
    return ((Ranking, fact.project_id),)


def work_of(fact: AwardArranged, cause: UUID) -> tuple[Ref, ...]:
    return ((PaidWork, fact.project_id),)


def venture_of(fact: Any, cause: UUID) -> tuple[Ref, ...]:
    return ((Venture, fact.round_id),)


def candidate_of(fact: Any, cause: UUID) -> tuple[Ref, ...]:
    return ((Candidate, fact.application_id),)


def checked_of(fact: ApplicationsChecked, cause: UUID) -> tuple[Ref, ...]:
    return tuple((Candidate, check.application_id) for check in fact.checks)


def totalled_of(fact: ApplicationsTotalled, cause: UUID) -> tuple[Ref, ...]:
    return tuple((Candidate, total.application_id) for total in fact.totals)


def verdict_of(fact: PairDecided, cause: UUID) -> tuple[Ref, ...]:
    return ((PairVerdict, fact.pair_id),)


HEARS: Mapping[type[Fact], Reaction] = {
    TenderOpened: Reaction(refs=tender_of, decide=only_remember),
    TenderClosed: Reaction(refs=tender_of, decide=only_remember),
    TenderVoided: Reaction(refs=tender_of, decide=only_remember),
    ScoringClosed: Reaction(refs=ranking_of, decide=rank, refused=RankingRefused),
    AwardArranged: Reaction(refs=work_of, decide=only_remember),
    RoundCalled: Reaction(refs=venture_of, decide=only_remember),
    RoundClosed: Reaction(refs=venture_of, decide=only_remember),
    RoundScored: Reaction(refs=venture_of, decide=only_remember),
    RoundVoided: Reaction(refs=venture_of, decide=only_remember),
    ApplicationSubmitted: Reaction(refs=candidate_of, decide=only_remember),
    ApplicationWithdrawn: Reaction(refs=candidate_of, decide=only_remember),
    ApplicationsChecked: Reaction(refs=checked_of, decide=only_remember),
    ApplicationsTotalled: Reaction(refs=totalled_of, decide=only_remember),
    PairDecided: Reaction(refs=verdict_of, decide=only_remember),
}

TIMERS: Mapping[type[State], Decide[Due]] = {Slate: work}
