"""Parties, agreements and tenders for advice to look at."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from schemas.contract import Agreement, ContractDrafted, ContractSigned, Milestone, ProjectPublished
from schemas.delivery import VisitsRecorded
from schemas.evaluation import ProjectGraded
from schemas.ids import ApplicationId, BallotId, ContractId, NeedId, PartyId, ProjectId, RoundId
from schemas.money import ZERO, Money
from schemas.party import Certificate, CertificateLevel
from schemas.project import Brief
from schemas.round import ApplicationSubmitted, Proposal, WorkerHours
from schemas.tender import TenderOpened
from services.kit.rulebooks import shipped
from tests.services.tenders.stories import some_terms
from tests.support.system import BEGINNING, DIVISION, Person

BOOK = shipped().named("example/below-limit")
PRICE = Money(100_000_00)
DIGEST = "a" * 64
VALID = Certificate(level=CertificateLevel.SOCIAL_WORKER, registered_until=date(2027, 1, 1))
LAPSED = Certificate(level=CertificateLevel.SOCIAL_WORKER, registered_until=date(2026, 3, 1))


def a_brief(**changes: Any) -> Brief:
    fields: dict[str, Any] = {
        "need_id": NeedId(uuid4()),
        "ballot_id": BallotId(uuid4()),
        "community_id": PartyId(uuid4()),
        "funder_id": PartyId(uuid4()),
        "title": "独居老人助餐",
        "category": "health_elderly",
        "division": DIVISION,
        "beneficiaries": 60,
        "cost": PRICE,
    }
    return Brief(**fields | changes)


def opened(project_id: UUID, closes_at: datetime = BEGINNING + timedelta(days=7), **changes: Any) -> TenderOpened:
    return TenderOpened(
        project_id=ProjectId(project_id),
        brief=a_brief(**changes),
        ceiling=PRICE,
        terms=some_terms(),
        closes_at=closes_at,
        rulebook=BOOK.hash,
    )


def drafted(project_id: UUID, provider_id: UUID, **changes: Any) -> ContractDrafted:
    agreement = Agreement(
        contract_id=ContractId(uuid4()),
        brief=a_brief(**changes),
        provider_id=PartyId(provider_id),
        price=PRICE,
        tranches=some_terms().tranche_plan.of(PRICE),
        requirements="每周五次送餐",
        proposal_digest=DIGEST,
        rulebook=BOOK.hash,
    )
    return ContractDrafted(project_id=ProjectId(project_id), agreement=agreement, digest=DIGEST)


def signed(of: ContractDrafted) -> ContractSigned:
    agreement = of.agreement
    return ContractSigned(
        project_id=of.project_id,
        contract_id=agreement.contract_id,
        funder_id=agreement.brief.funder_id,
        community_id=agreement.brief.community_id,
        provider_id=agreement.provider_id,
        price=PRICE,
        tranches=agreement.tranches,
        digest=DIGEST,
        rulebook=BOOK.hash,
    )


def graded(project_id: UUID, grade: str = "优秀") -> ProjectGraded:
    return ProjectGraded(
        project_id=ProjectId(project_id),
        score=Decimal(90),
        grade=grade,
        factor_percent=100,
        arithmetic="90",
        rulebook=BOOK.hash,
    )


def visits(project_id: UUID, minutes: int, batch_id: UUID | None = None) -> VisitsRecorded:
    return VisitsRecorded(
        project_id=ProjectId(project_id),
        batch_id=batch_id or uuid4(),
        milestone=Milestone.MID_TERM,
        visits=1,
        minutes=minutes,
        tokens=1,
        digest=DIGEST,
        recorded_by=PartyId(uuid4()),
    )


def published(of: ContractDrafted) -> ProjectPublished:
    return ProjectPublished(
        project_id=of.project_id,
        contract_id=of.agreement.contract_id,
        provider_id=of.agreement.provider_id,
        price=PRICE,
        paid=PRICE,
        returned=ZERO,
        grade="优秀",
    )


def an_application(by: Person, *workers: PartyId) -> ApplicationSubmitted:
    """With 300 hours of each of these workers."""
    proposal = Proposal(
        title="独居老人助餐",
        summary="每周五次送餐",
        theme="elderly",
        community_id=PartyId(uuid4()),
        beneficiaries=60,
        asked=PRICE,
        workers=tuple(WorkerHours(worker_id=worker, hours=300) for worker in workers),
    )
    return ApplicationSubmitted(
        round_id=RoundId(uuid4()),
        application_id=ApplicationId(uuid4()),
        organization_id=by.party_id,
        division=DIVISION,
        proposal=proposal,
    )
