"""Residents' words as everyone may read them: after the grade, moderated, by day, and nothing of the token."""

from datetime import date
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.days import day_of
from schemas.deciding import Ref, World
from schemas.role import Role
from services.evaluation import rules, store
from services.evaluation.api.finding import found, milestone_in, unknown
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post


class RemarkAnswer(Answer):
    """`id` is random, and its order says nothing of who came when."""

    id: UUID
    level: rules.Level
    day: date
    words: str


class RemarksAnswer(Answer):
    """With how many of the milestone are withheld, by reason, and how many nobody has looked at yet."""

    remarks: tuple[RemarkAnswer, ...]
    withheld: dict[rules.Withheld, int]
    waiting: int
    next: UUID | None


class ModerationAnswer(Answer):
    comment_id: UUID
    published: bool
    withheld_for: rules.Withheld | None


async def get_remarks(tx: Connection, asked: Asked) -> RemarksAnswer:
    """To everyone, once the project is graded."""
    evaluation, _ = await found(tx, asked)
    if evaluation.grade is None:
        raise unknown(evaluation.id)
    milestone, limit = milestone_in(asked), asked.limit
    rows = await store.published_of(tx, evaluation.id, milestone, asked.cursor, limit)
    counts = await store.moderated_of(tx, evaluation.id, milestone)
    return RemarksAnswer(
        remarks=tuple(
            RemarkAnswer(id=id, level=rules.Level(level), day=day_of(at), words=words) for id, level, at, words in rows
        ),
        withheld={reason: counts.get(reason, 0) for reason in rules.Withheld},
        waiting=counts.get(None, 0),
        next=rows[-1][0] if len(rows) == limit else None,
    )


def _refs(command: rules.ModerateRemark, cause: UUID) -> list[Ref]:
    return [(rules.Evaluation, command.project_id), (rules.Remark, command.comment_id)]


def _subject(command: rules.ModerateRemark, cause: UUID) -> Ref:
    return rules.Evaluation, command.project_id


def _after(world: World, command: rules.ModerateRemark, cause: Any) -> ModerationAnswer:
    remark = world.get(rules.Remark, command.comment_id)
    return ModerationAnswer(comment_id=remark.id, published=remark.published is True, withheld_for=remark.reason)


REMARKS = (
    Get(
        path="/v1/projects/{project_id}/milestones/{milestone}/remarks",
        roles=frozenset(),
        handler=get_remarks,
        answer=RemarksAnswer,
        summary="经审核公开的居民留言 · Residents' words, moderated and public",
    ),
    Post(
        path="/v1/projects/{project_id}/comments/{comment_id}/moderation",
        command=rules.ModerateRemark,
        roles=frozenset({Role.FUNDER}),
        refs=_refs,
        decide=rules.moderate,
        subject=_subject,
        answer=_after,
        summary="审核居民留言:公开或不公开并说明理由 · Publish a resident's words, or withhold them and say why",
    ),
)
