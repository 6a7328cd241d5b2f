"""A signed project whose tranches stand behind more than one gate, and what opens them."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

from schemas.evaluation import ProjectGraded
from schemas.ids import ContractId, ProjectId
from schemas.judging import AuditOpinion, AuditReported, Consequence, MidTermGraded, MidTermResult
from schemas.money import Money
from schemas.rulebook import Rulebook
from schemas.tranche import Gate, PlannedTranche, TranchePlan
from services.funds.api.answers import TrancheAnswer
from services.funds.api.tranches import tranche_answers
from services.kit.rulebooks import shipped
from tests.services.funds.desk import FUNDER, RULEBOOK, Desk, a_grade, a_signing, an_approval

TODAY = date(2026, 3, 2)
"""the day of the desk"""
BEFORE: Rulebook = next(book for book in shipped() if book.version == "2026.2")
"""an edition that does not wait for gates after the grade"""
PLAN = TranchePlan(
    tranches=(
        PlannedTranche(share_percent=Decimal(50), gate=Gate.SIGNED),
        PlannedTranche(share_percent=Decimal(30), gate=Gate.MID_TERM_ACCEPTED, also=(Gate.MID_TERM_PASSED,)),
        PlannedTranche(
            share_percent=Decimal(20), gate=Gate.FINAL_GRADED, also=(Gate.AUDIT_REPORTED,), grade_at_least="良好"
        ),
    )
)


def a_gated_project(desk: Desk, plan: TranchePlan = PLAN) -> ProjectId:
    """1,000 fen, all of it set aside; signed."""
    approval = an_approval({desk.appropriate(1000): 1000})
    desk.hear(approval)
    desk.hear(a_signing(approval.project_id, 1000, plan))
    return approval.project_id


def a_judgement(
    project_id: ProjectId, result: MidTermResult, consequence: Consequence | None = None, score: int = 70
) -> MidTermGraded:
    return MidTermGraded(
        project_id=project_id,
        contract_id=ContractId(uuid4()),
        result=result,
        score=Decimal(score),
        reasons="服务人次不足",
        consequence=consequence,
        source="示例" if consequence else "",
        graded_by=FUNDER,
        rulebook=RULEBOOK.hash,
    )


def passed(project_id: ProjectId) -> MidTermGraded:
    return a_judgement(project_id, MidTermResult.PASSED)


def failed(project_id: ProjectId, consequence: Consequence) -> MidTermGraded:
    return a_judgement(project_id, MidTermResult.FAILED, consequence, 45)


def a_report(project_id: ProjectId, opinion: AuditOpinion = AuditOpinion.UNQUALIFIED) -> AuditReported:
    return AuditReported(
        project_id=project_id,
        contract_id=ContractId(uuid4()),
        report_digest="a" * 64,
        auditor_name="示例会计师事务所",
        auditor_code=None,
        opinion=opinion,
        reported_by=FUNDER,
    )


def graded(project_id: ProjectId, grade: str, factor_percent: int = 100) -> ProjectGraded:
    return a_grade(project_id, factor_percent).model_copy(update={"grade": grade})


def steps(desk: Desk, project_id: ProjectId) -> list[str]:
    return [str(i.step) for i in desk.money(project_id).instalments]


def released(desk: Desk, project_id: ProjectId) -> list[Money]:
    return [i.amount for i in desk.money(project_id).instalments]


def shown(desk: Desk, project_id: ProjectId, number: int) -> TrancheAnswer:
    return tranche_answers(desk.money(project_id), (), TODAY)[number - 1]
