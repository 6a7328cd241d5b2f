"""Follow-ups of bad ratings: what has to be put right, what was done, and whether the community agrees."""

from datetime import datetime
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.contract import Milestone
from schemas.deciding import Ref, World
from schemas.evaluation import Grievance
from schemas.refused import Refused
from schemas.role import Role
from services.evaluation import rules
from services.evaluation.api.finding import found
from services.evaluation.consumer import evaluation_of
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post


class FollowUpAnswer(Answer):
    """`ratings`: how many had come when it was opened. `due_at` is exclusive; `answer` is the provider's words."""

    milestone: Milestone
    grievance: Grievance
    ratings: int
    due_at: datetime
    holidays_known: bool
    answer: str | None
    closed: bool
    overdue: bool


class FollowUpsAnswer(Answer):
    followups: tuple[FollowUpAnswer, ...]


def _shown(followup: rules.FollowUp) -> FollowUpAnswer:
    return FollowUpAnswer(
        milestone=followup.milestone,
        grievance=followup.grievance,
        ratings=followup.ratings,
        due_at=followup.due_at,
        holidays_known=followup.holidays_known,
        answer=followup.answer,
        closed=followup.closed,
        overdue=followup.overdue,
    )


def _after(world: World, command: Any, cause: UUID) -> FollowUpAnswer:
    evaluation = world.get(rules.Evaluation, command.project_id)
    followup = evaluation.followup(command.milestone, command.grievance)
    assert followup is not None  # it was found, or the command refused
    return _shown(followup)


def _subject(command: Any, cause: UUID) -> Ref:
    return rules.Evaluation, command.project_id


async def get_followups(tx: Connection, asked: Asked) -> FollowUpsAnswer:
    """For the three parties and auditors."""
    evaluation, _ = await found(tx, asked)
    by = asked.actor
    if by.role is not Role.AUDITOR and by.party_id != evaluation.party_in(by.role):
        raise Refused("not_your_party", status=403)
    return FollowUpsAnswer(followups=tuple(_shown(followup) for followup in evaluation.followups))


_ONE = "/v1/projects/{project_id}/milestones/{milestone}/followups/{grievance}"
FOLLOWUPS = (
    Post(
        path=f"{_ONE}/answers",
        command=rules.AnswerFollowUp,
        roles=frozenset({Role.PROVIDER, Role.COMMUNITY}),
        refs=evaluation_of,
        decide=rules.answer,
        subject=_subject,
        answer=_after,
        summary="答复整改:做了什么 · Say what was done about bad ratings",
    ),
    Post(
        path=f"{_ONE}/closing",
        command=rules.CloseFollowUp,
        roles=frozenset({Role.COMMUNITY, Role.FUNDER}),
        refs=evaluation_of,
        decide=rules.close,
        subject=_subject,
        answer=_after,
        summary="社区确认整改完成 · Confirm that it is put right",
    ),
    Get(
        path="/v1/projects/{project_id}/followups",
        roles=frozenset({Role.COMMUNITY, Role.FUNDER, Role.PROVIDER, Role.AUDITOR}),
        handler=get_followups,
        answer=FollowUpsAnswer,
        summary="项目的整改事项 · Follow-ups of a project",
    ),
)
