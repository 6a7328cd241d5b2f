"""The agreement after each fact. Never fails: a fact that meets no agreement changes nothing."""

from dataclasses import replace
from typing import Any

from schemas.contract import (
    ContractDrafted,
    ContractEndorsed,
    ContractPaperMade,
    ContractSigned,
    Milestone,
    MilestoneAccepted,
    MilestoneConfirmed,
    MilestoneDeemedAccepted,
    MilestoneReportMade,
    MilestoneReturned,
    MilestoneSubmitted,
    ProjectPublished,
)
from schemas.deciding import State, World
from schemas.delivery import OpinionOverdue, VisitsRecorded, VisitsVoided
from schemas.evaluation import ProjectGraded
from schemas.fund import ProjectSettled
from schemas.judging import AuditReported, MidTermAwaited, MidTermDeemedPassed, MidTermGraded
from schemas.model import Model
from schemas.work import WorkAccepted, WorkReported
from services.contracts.rules.annex import AnnexKept
from services.contracts.rules.consultation import ConsultationKept
from services.contracts.rules.contract import AcceptanceAwaited, Contract, Dated
from services.contracts.rules.living import LIVED, lived
from services.contracts.rules.opining import OpinionKept
from services.contracts.rules.opinion import Opinion
from services.contracts.rules.paper import Paper, PaperKept
from services.contracts.rules.roll import CommitteeRoll, RollKept
from services.contracts.rules.step import Delivery, Endorsement, Stage
from services.contracts.rules.units import WorkDone
from services.contracts.rules.visit import VisitBatch, VisitsCounted
from services.contracts.rules.visiting import VisitsKept


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    """The changed contract, a paper that was made, or nothing."""
    match fact:
        case ContractDrafted():
            return (_drafted(fact, world.find(Contract, fact.project_id)),)
        case PaperKept():
            return (Paper(id=fact.paper_id, body=fact.body),)
        case RollKept():
            return (CommitteeRoll(id=fact.committee_id, members=fact.members),)
        case VisitsKept():
            return fact.batch, *fact.visits
        case VisitsVoided():
            batch = world.find(VisitBatch, fact.batch_id)
            return () if batch is None else (replace(batch, voided=fact.reason),)
        case (
            AnnexKept()
            | ContractEndorsed()
            | ContractSigned()
            | ContractPaperMade()
            | WorkReported()
            | WorkAccepted()
            | MilestoneSubmitted()
            | MilestoneReturned()
            | MilestoneConfirmed()
            | AcceptanceAwaited()
            | MilestoneDeemedAccepted()
            | MilestoneAccepted()
            | MilestoneReportMade()
            | MidTermGraded()
            | MidTermAwaited()
            | MidTermDeemedPassed()
            | AuditReported()
            | ProjectGraded()
            | ProjectSettled()
            | ProjectPublished()
            | Dated()
            | VisitsRecorded()
            | VisitsCounted()
            | OpinionKept()
            | OpinionOverdue()
            | ConsultationKept()
        ):
            contract = world.find(Contract, fact.project_id)
            return () if contract is None else (after(contract, fact),)
        case _ if isinstance(fact, LIVED):
            return _lived(world, fact)
        case _:
            return ()


def _lived(world: World, fact: Any) -> tuple[State, ...]:
    contract = world.find(Contract, fact.project_id)
    return () if contract is None else (lived(contract, fact),)


def _drafted(fact: ContractDrafted, before: Contract | None) -> Contract:
    signed_before = before is not None and (before.signed or before.papers_of is not None)
    return Contract(
        id=fact.project_id,
        agreement=fact.agreement,
        digest=fact.digest,
        papers_of=fact.agreement.contract_id if signed_before else None,
        deliveries={milestone: Delivery() for milestone in Milestone},
        dates={},
    )


def after(contract: Contract, fact: Model) -> Contract:
    match fact:
        case AnnexKept():
            return replace(contract, annex=fact.annex)
        case ContractEndorsed():
            endorsement = Endorsement(party_id=fact.party_id, signed_by=fact.signed_by)
            return replace(contract, endorsements=(*contract.endorsements, endorsement))
        case ContractSigned():
            return replace(contract, signed=True)
        case ContractPaperMade():
            return replace(contract, paper_digest=fact.paper_digest)
        case WorkReported():
            return replace(contract, work=WorkDone(reported=fact.units, reported_by=fact.reported_by))
        case WorkAccepted():
            done = replace(contract.work, accepted=fact.units, fee=fact.fee, arithmetic=fact.arithmetic)
            return replace(contract, work=done)
        case MilestoneSubmitted():
            delivery = Delivery(stage=Stage.SUBMITTED, evidence=fact.evidence, submitted_by=fact.submitted_by)
            return replace(contract, deliveries={**contract.deliveries, fact.milestone: delivery})
        case MilestoneReturned():
            back = _moved(contract, fact.milestone, stage=Stage.AWAITED, returned=fact.reason, acceptance_due=None)
            return replace(back, work=replace(back.work, accepted=(), fee=None, arithmetic=""))
        case MilestoneConfirmed():
            return _moved(contract, fact.milestone, stage=Stage.CONFIRMED, confirmed_by=fact.confirmed_by)
        case AcceptanceAwaited():
            return _moved(contract, fact.milestone, acceptance_due=fact.due)
        case MilestoneDeemedAccepted():
            return _moved(contract, fact.milestone, deemed=True)
        case MilestoneAccepted():
            return _moved(contract, fact.milestone, stage=Stage.ACCEPTED, accepted_by=fact.accepted_by)
        case MilestoneReportMade():
            return _moved(contract, fact.milestone, report_digest=fact.report_digest)
        case MidTermGraded():
            return replace(contract, judgement=fact, awaited=None)
        case AuditReported():
            return replace(contract, audit_report=fact)
        case ProjectGraded():
            return replace(contract, grade=fact.grade)
        case ProjectSettled():
            return replace(contract, paid=fact.paid, returned=fact.returned)
        case ProjectPublished():
            return replace(contract, published=True)
        case Dated():
            return replace(contract, dates={**contract.dates, fact.step: fact.at})
        case _:
            return _beside(contract, fact)


def _beside(contract: Contract, fact: Model) -> Contract:
    """What is kept of a delivery beside its milestones."""
    match fact:
        case VisitsRecorded():
            return replace(contract, visits_digest=fact.digest)
        case VisitsCounted():
            return replace(contract, visits={**contract.visits, fact.milestone: fact.totals})
        case OpinionKept():
            return replace(contract, opinions=_with(contract.opinions, fact.opinion))
        case OpinionOverdue():
            late = contract.opinion(fact.opinion_id)
            opinions = contract.opinions if late is None else _with(contract.opinions, replace(late, overdue=True))
            return replace(contract, opinions=opinions)
        case ConsultationKept():
            return replace(contract, consultations={**contract.consultations, fact.milestone: fact.consultation})
        case MidTermAwaited():
            return replace(contract, awaited=fact)
        case MidTermDeemedPassed():
            return replace(contract, deemed=fact, awaited=None)
        case _:
            return lived(contract, fact)


def _with(opinions: tuple[Opinion, ...], changed: Opinion) -> tuple[Opinion, ...]:
    """In its place, or at the end when it is new."""
    if all(one.id != changed.id for one in opinions):
        return *opinions, changed
    return tuple(changed if one.id == changed.id else one for one in opinions)


def _moved(contract: Contract, milestone: Milestone, **changes: Any) -> Contract:
    delivery = replace(contract.deliveries[milestone], **changes)
    return replace(contract, deliveries={**contract.deliveries, milestone: delivery})
