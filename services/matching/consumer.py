"""What matching does when others speak."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from schemas.arranging import AwardArranged
from schemas.cancelled import ContractCancelled
from schemas.clarification import TenderAmended
from schemas.commission import ContractRetracted
from schemas.contract import ContractDrafted, ContractSigned, ProjectPublished
from schemas.deciding import Decide, Due, Ref, State
from schemas.delivery import VisitsRecorded, VisitsVoided
from schemas.evaluation import ProjectGraded
from schemas.fact import Fact
from schemas.ids import project_of_application
from schemas.narrowing import TenderNarrowed
from schemas.preferring import ApplicantsPreferred
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
from schemas.termination import ContractLapsed, ContractTerminated
from services.kit.service import Reaction, only_remember
from services.matching.rules.ranking import Ranking, rank
from services.matching.rules.recommending import Tender, read_terms
from services.matching.rules.track import Engagement, NamedHours, ReportedVisits, read_grade
from services.matching.rules.venture import Candidate, PaidWork, PairVerdict, Slate, Venture
from services.matching.solving import work


def tender_of(fact: Any, cause: UUID) -> tuple[Ref, ...]:
    return ((Tender, fact.project_id), (PaidWork, fact.project_id))


def ranking_of(fact: Any, cause: UUID) -> tuple[Ref, ...]:
    return ((Ranking, fact.project_id),)


def work_of(fact: AwardArranged | ContractRetracted, cause: UUID) -> tuple[Ref, ...]:
    return ((PaidWork, fact.project_id),)


def engagement_of(fact: Any, cause: UUID) -> tuple[Ref, ...]:
    return ((Engagement, fact.project_id),)


def batch_of(fact: VisitsRecorded | VisitsVoided, cause: UUID) -> tuple[Ref, ...]:
    return ((ReportedVisits, fact.batch_id),)


def submitted_of(fact: ApplicationSubmitted, cause: UUID) -> tuple[Ref, ...]:
    project_id = project_of_application(fact.round_id, fact.application_id)
    return ((Candidate, fact.application_id), (NamedHours, project_id))


def venture_of(fact: Any, cause: UUID) -> tuple[Ref, ...]:
    return ((Venture, fact.round_id),)


def candidate_of(fact: Any, cause: UUID) -> tuple[Ref, ...]:
    return ((Candidate, fact.application_id),)


def checked_of(fact: ApplicationsChecked, cause: UUID) -> tuple[Ref, ...]:
    return tuple((Candidate, check.application_id) for check in fact.checks)


def totalled_of(fact: ApplicationsTotalled, cause: UUID) -> tuple[Ref, ...]:
    return tuple((Candidate, total.application_id) for total in fact.totals)


def preferred_of(fact: ApplicantsPreferred, cause: UUID) -> tuple[Ref, ...]:
    return tuple((Candidate, id) for id in fact.applications)


def verdict_of(fact: PairDecided, cause: UUID) -> tuple[Ref, ...]:
    return ((PairVerdict, fact.pair_id),)


HEARS: Mapping[type[Fact], Reaction] = {
    TenderOpened: Reaction(refs=tender_of, decide=read_terms),
    TenderNarrowed: Reaction(refs=tender_of, decide=only_remember),
    TenderAmended: Reaction(refs=tender_of, decide=only_remember),
    TenderClosed: Reaction(refs=tender_of, decide=only_remember),
    TenderVoided: Reaction(refs=tender_of, decide=only_remember),
    ScoringClosed: Reaction(refs=ranking_of, decide=rank, refused=RankingRefused),
    AwardArranged: Reaction(refs=work_of, decide=only_remember),
    ContractDrafted: Reaction(refs=engagement_of, decide=only_remember),
    ContractSigned: Reaction(refs=engagement_of, decide=only_remember),
    ContractTerminated: Reaction(refs=engagement_of, decide=only_remember),
    ContractCancelled: Reaction(refs=engagement_of, decide=only_remember),
    ContractLapsed: Reaction(refs=engagement_of, decide=only_remember),
    ProjectPublished: Reaction(refs=engagement_of, decide=only_remember),
    ProjectGraded: Reaction(refs=engagement_of, decide=read_grade),
    VisitsRecorded: Reaction(refs=batch_of, decide=only_remember),
    VisitsVoided: Reaction(refs=batch_of, decide=only_remember),
    ContractRetracted: Reaction(refs=work_of, decide=only_remember),
    RoundCalled: Reaction(refs=venture_of, decide=only_remember),
    RoundClosed: Reaction(refs=venture_of, decide=only_remember),
    RoundScored: Reaction(refs=venture_of, decide=only_remember),
    RoundVoided: Reaction(refs=venture_of, decide=only_remember),
    ApplicationSubmitted: Reaction(refs=submitted_of, decide=only_remember),
    ApplicationWithdrawn: Reaction(refs=candidate_of, decide=only_remember),
    ApplicationsChecked: Reaction(refs=checked_of, decide=only_remember),
    ApplicationsTotalled: Reaction(refs=totalled_of, decide=only_remember),
    ApplicantsPreferred: Reaction(refs=preferred_of, decide=only_remember),
    PairDecided: Reaction(refs=verdict_of, decide=only_remember),
}

TIMERS: Mapping[type[State], Decide[Due]] = {Slate: work}
