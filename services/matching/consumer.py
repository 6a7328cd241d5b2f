"""What matching does when others speak."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from schemas.deciding import Ref
from schemas.fact import Fact
from schemas.tender import RankingRefused, ScoringClosed, TenderClosed, TenderOpened, TenderVoided
from services.kit.service import Reaction, only_remember
from services.matching.rules.ranking import Ranking, rank
from services.matching.rules.recommending import Tender


def tender_of(fact: Any, cause: UUID) -> tuple[Ref, ...]:
    return ((Tender, fact.project_id),)


def ranking_of(fact: Any, cause: UUID) -> tuple[Ref, ...]:
    return ((Ranking, fact.project_id),)


HEARS: Mapping[type[Fact], Reaction] = {
    TenderOpened: Reaction(refs=tender_of, decide=only_remember),
    TenderClosed: Reaction(refs=tender_of, decide=only_remember),
    TenderVoided: Reaction(refs=tender_of, decide=only_remember),
    ScoringClosed: Reaction(refs=ranking_of, decide=rank, refused=RankingRefused),
}
