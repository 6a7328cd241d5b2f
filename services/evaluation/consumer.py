"""What evaluation does when others speak, and when its timers ring."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from schemas.cancelled import ContractCancelled
from schemas.contract import ContractDrafted, ContractPaperMade, ContractSigned, MilestoneAccepted, MilestoneSubmitted
from schemas.deciding import Decide, Due, Ref, State
from schemas.fact import Fact
from schemas.fund import PaymentRefunded, ProjectSettled, TranchePaid
from schemas.judging import MidTermGraded
from schemas.rating_token import RatingTokensReissued
from schemas.standing import Party
from schemas.termination import ContractTerminated
from services.evaluation import rules
from services.evaluation.rules.reissued import heard_refs
from services.evaluation.rules.self_evaluation import SelfEvaluation
from services.kit.service import Reaction, only_remember


def evaluation_of(message: Any, cause: UUID) -> tuple[Ref, ...]:
    """The one evaluation of the project the message is about."""
    return ((rules.Evaluation, message.project_id),)


def reissued_for(fact: RatingTokensReissued, cause: UUID) -> tuple[Ref, ...]:
    """And the evaluation, whose lock keeps raters out meanwhile."""
    return (*evaluation_of(fact, cause), *heard_refs(fact, cause))


def self_evaluation_of(message: Any, cause: UUID) -> tuple[Ref, ...]:
    """The one fiscal self-evaluation of the project."""
    return ((SelfEvaluation, message.project_id),)


def both_of(message: Any, cause: UUID) -> tuple[Ref, ...]:
    return (*evaluation_of(message, cause), *self_evaluation_of(message, cause))


def begun_by(fact: ContractSigned, cause: UUID) -> tuple[Ref, ...]:
    """And its parties, of whom it is remembered where they stood."""
    return (*both_of(fact, cause), (Party, fact.funder_id), (Party, fact.community_id))


HEARS: Mapping[type[Fact], Reaction] = {
    ContractDrafted: Reaction(refs=self_evaluation_of, decide=only_remember),
    ContractSigned: Reaction(refs=begun_by, decide=only_remember),
    ContractPaperMade: Reaction(refs=evaluation_of, decide=only_remember),
    MilestoneSubmitted: Reaction(refs=both_of, decide=only_remember),
    TranchePaid: Reaction(refs=self_evaluation_of, decide=only_remember),
    PaymentRefunded: Reaction(refs=self_evaluation_of, decide=only_remember),
    ProjectSettled: Reaction(refs=self_evaluation_of, decide=only_remember),
    MilestoneAccepted: Reaction(refs=evaluation_of, decide=rules.open_window),
    MidTermGraded: Reaction(refs=evaluation_of, decide=rules.end_early),
    ContractCancelled: Reaction(refs=evaluation_of, decide=only_remember),
    ContractTerminated: Reaction(refs=evaluation_of, decide=only_remember),
    RatingTokensReissued: Reaction(refs=reissued_for, decide=only_remember),
}

TIMERS: Mapping[type[State], Decide[Due]] = {
    rules.Evaluation: rules.ring,
    rules.RatingBox: rules.grade,
}
