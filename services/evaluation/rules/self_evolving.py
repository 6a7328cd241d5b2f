"""The self-evaluation after each fact and note. Never fails: what meets none changes nothing."""

from dataclasses import replace

from schemas.contract import ContractDrafted, ContractSigned, MilestoneSubmitted
from schemas.deciding import State, World
from schemas.fund import PaymentRefunded, ProjectSettled, TranchePaid
from schemas.model import Model
from schemas.self_evaluation import IndicatorMeasured, IndicatorsPlanned, ProjectSelfEvaluated
from services.evaluation.rules.self_evaluation import (
    Actual,
    SelfEvaluation,
    SelfEvaluationTable,
    SelfGrade,
    TableKept,
)


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    if not isinstance(fact, _HEARD):
        return ()
    found = world.find(SelfEvaluation, fact.project_id)
    match fact:
        case ContractDrafted():
            return (_drafted(found, fact),)
        case ContractSigned():
            return (_signed(found, fact),)
        case TableKept():
            return (SelfEvaluationTable(id=fact.project_id, body=fact.body),)
        case _ if found is None:
            return ()
        case _:
            return (_after(found, fact),)


_HEARD = (
    ContractDrafted,
    ContractSigned,
    MilestoneSubmitted,
    TranchePaid,
    PaymentRefunded,
    ProjectSettled,
    IndicatorsPlanned,
    IndicatorMeasured,
    ProjectSelfEvaluated,
    TableKept,
)


def _drafted(found: SelfEvaluation | None, fact: ContractDrafted) -> SelfEvaluation:
    terms = fact.agreement
    drafted = SelfEvaluation(
        id=fact.project_id,
        funder_id=terms.brief.funder_id,
        community_id=terms.brief.community_id,
        provider_id=terms.provider_id,
        title=terms.brief.title,
        price=terms.price,
        rulebook=terms.rulebook,
    )
    if found is None:
        return drafted
    return replace(found, provider_id=drafted.provider_id, title=drafted.title, price=drafted.price)


def _signed(found: SelfEvaluation | None, fact: ContractSigned) -> SelfEvaluation:
    """Whose draft was not heard is known from its signing, without a title."""
    if found is not None:
        return replace(found, price=fact.price)
    return SelfEvaluation(
        id=fact.project_id,
        funder_id=fact.funder_id,
        community_id=fact.community_id,
        provider_id=fact.provider_id,
        title=None,
        price=fact.price,
        rulebook=fact.rulebook,
    )


def _after(found: SelfEvaluation, fact: Model) -> SelfEvaluation:
    match fact:
        case MilestoneSubmitted():
            return replace(found, submitted=True)
        case TranchePaid():
            return replace(found, received=found.received + fact.amount)
        case PaymentRefunded():
            return replace(found, given_back=found.given_back + fact.amount)
        case ProjectSettled():
            return replace(found, settled=True)
        case IndicatorsPlanned():
            return replace(found, indicators=fact.indicators)
        case IndicatorMeasured():
            actual = Actual(value=fact.actual, evidence_digest=fact.evidence_digest, party_id=fact.party_id)
            return replace(found, actuals={**found.actuals, fact.indicator_id: actual})
        case ProjectSelfEvaluated():
            grade = SelfGrade(
                lines=fact.lines,
                total=fact.total,
                score=fact.score,
                grade=fact.grade,
                file_digest=fact.file_digest,
            )
            return replace(found, grade=grade)
        case _:
            return found
