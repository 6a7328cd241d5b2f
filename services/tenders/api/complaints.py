"""The doors of complaints (投诉) to the finance department."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from schemas.deciding import Ref, World, new_id
from schemas.fact import Command
from schemas.ids import ProjectId
from schemas.role import Role
from services.kit.asked import Answer
from services.kit.service import Get, Post
from services.tenders.api.complaint_answers import ComplaintsAnswer, UnfoundedAnswer, list_complaints, show_unfounded
from services.tenders.rules.complaints import deciding, filing, reviewing, suspending
from services.tenders.rules.complaints.complaint import Complaint, ComplaintStatus, complaint_refs
from services.tenders.rules.project import Phase, Project

REVIEWER = frozenset({Role.PROCUREMENT_SUPERVISOR})


class ComplaintReceived(Answer):
    """Only this answer and the complainant's own list tell whose complaint it is."""

    project_id: ProjectId
    complaint_id: UUID
    review_due: datetime
    decision_due: datetime


class ComplaintStep(Answer):
    project_id: ProjectId
    complaint_id: UUID
    status: ComplaintStatus
    phase: Phase


def _received(world: World, command: filing.FileComplaint, cause: UUID) -> ComplaintReceived:
    kept = world.get(Complaint, new_id(cause, "complaint"))
    return ComplaintReceived(
        project_id=command.project_id,
        complaint_id=kept.id,
        review_due=kept.review_due,
        decision_due=kept.decision_due,
    )


def _filed(command: filing.FileComplaint, cause: UUID) -> Ref:
    return (Complaint, new_id(cause, "complaint"))


def _subject(command: Any, cause: UUID) -> Ref:
    return (Complaint, command.complaint_id)


def _step(world: World, command: Any, cause: UUID) -> ComplaintStep:
    complaint, project = world.get(Complaint, command.complaint_id), world.get(Project, command.project_id)
    return ComplaintStep(
        project_id=project.project_id, complaint_id=complaint.id, status=complaint.status, phase=project.phase
    )


def _about(
    noun: str,
    command: type[Command],
    decide: Any,
    summary: str,
    roles: frozenset[Role] = REVIEWER,
    refs: Callable[[Any, UUID], tuple[Ref, ...]] = complaint_refs,
) -> Post:
    return Post(
        path="/v1/projects/{project_id}/complaints/{complaint_id}/" + noun,
        command=command,
        roles=roles,
        refs=refs,
        decide=decide,
        subject=_subject,
        answer=_step,
        summary=summary,
    )


COMPLAINTS = (
    Post(
        path="/v1/projects/{project_id}/complaints",
        command=filing.FileComplaint,
        roles=frozenset({Role.PROVIDER}),
        refs=filing.file_refs,
        decide=filing.file_complaint,
        subject=_filed,
        answer=_received,
        summary="向财政部门投诉(不公开投诉人及其陈述) · Complain to the finance department",
    ),
    _about(
        "acceptance",
        reviewing.AcceptComplaint,
        reviewing.accept_complaint,
        "受理投诉并要求说明 · Accept a complaint; buyer and bidders concerned are asked to answer",
    ),
    _about(
        "rejection",
        reviewing.RejectComplaint,
        reviewing.reject_complaint,
        "不予受理投诉并告知理由 · Do not accept a complaint, and say why",
        refs=reviewing.reject_refs,
    ),
    _about(
        "answers",
        reviewing.AnswerComplaint,
        reviewing.answer_complaint,
        "就投诉作出说明(不公开) · Answer what a complaint says, for the finance department",
        roles=frozenset({Role.FUNDER, Role.PROVIDER}),
    ),
    _about(
        "suspension",
        suspending.SuspendPurchase,
        suspending.suspend_purchase,
        "书面通知暂停采购活动 · Suspend the purchase, for its days at most",
    ),
    _about(
        "resumption",
        suspending.ResumePurchase,
        suspending.resume_purchase,
        "提前恢复采购活动 · Let the purchase go on before its suspension is over",
    ),
    _about(
        "decision",
        deciding.DecideComplaint,
        deciding.decide_complaint,
        "作出投诉处理决定并公告 · Decide a complaint; the decision is published",
    ),
    _about(
        "withdrawal",
        filing.WithdrawComplaint,
        filing.withdraw_complaint,
        "投诉人在处理决定前撤回投诉 · Withdraw a complaint before it is decided",
        roles=frozenset({Role.PROVIDER}),
    ),
    Get(
        path="/v1/projects/{project_id}/complaints",
        roles=frozenset(),
        handler=list_complaints,
        answer=ComplaintsAnswer,
        summary="投诉、期限与处理决定 · Complaints, terms, decisions; their words for the parties",
    ),
    Get(
        path="/v1/projects/{project_id}/complaints/{complaint_id}/unfounded",
        roles=frozenset({Role.PROCUREMENT_SUPERVISOR, Role.AUDITOR}),
        handler=show_unfounded,
        answer=UnfoundedAnswer,
        summary="投诉人十二个月内不成立的投诉 · The complainant's unfounded complaints of twelve months",
    ),
)
