"""What is found out about the project of the stories: its mid-term judged, its accounts audited."""

from datetime import UTC, datetime
from decimal import Decimal

from schemas.fact import Fact
from schemas.judging import (
    AuditOpinion,
    AuditReported,
    Consequence,
    MidTermAwaited,
    MidTermDeemedPassed,
    MidTermGraded,
    MidTermResult,
)
from tests.services.audit.stories import BOOK, DIGEST, Told


def a_judgement(told: Told, result: MidTermResult, consequence: Consequence | None = None) -> MidTermGraded:
    return MidTermGraded(
        project_id=told.project,
        contract_id=told.contract,
        result=result,
        score=Decimal(45) if result is MidTermResult.FAILED else Decimal(80),
        reasons="服务人次不足",
        consequence=consequence,
        source="示例",
        graded_by=told.person,
        rulebook=BOOK,
    )


def a_report(told: Told, opinion: AuditOpinion = AuditOpinion.UNQUALIFIED) -> AuditReported:
    return AuditReported(
        project_id=told.project,
        contract_id=told.contract,
        report_digest=DIGEST,
        auditor_name="示例会计师事务所",
        auditor_code=None,
        opinion=opinion,
        reported_by=told.person,
    )


def unjudged(told: Told) -> list[Fact]:
    """Nobody judged the accepted mid-term in its days."""
    due = datetime(2026, 3, 16, 16, 0, tzinfo=UTC)
    awaited = MidTermAwaited(
        project_id=told.project,
        contract_id=told.contract,
        judgement_due=due,
        days=10,
        holidays_known=True,
        source="示例:十个工作日",
        rulebook=BOOK,
    )
    deemed = MidTermDeemedPassed(
        project_id=told.project,
        contract_id=told.contract,
        funder_id=told.funder,
        judgement_due=due,
        days=10,
        source="示例:十个工作日",
        rulebook=BOOK,
    )
    return [awaited, deemed]
