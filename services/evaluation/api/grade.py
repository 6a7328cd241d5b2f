"""The announced grade, the provider's answer, the re-evaluation: for the three parties, and in the end for everyone."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from events.database import Connection
from schemas.deciding import Ref, World
from schemas.role import Role
from services.evaluation import rules
from services.evaluation.api.finding import visible
from services.evaluation.consumer import evaluation_of
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post


class GradePhase(StrEnum):
    RATING = "rating"
    """nothing is announced yet"""
    REPLY = "reply"
    """the provider's turn, until `due_at`"""
    DECISION = "decision"
    """the funder's turn, until `due_at`"""
    REEVALUATION = "reevaluation"
    """ratings are taken once more, until `due_at`"""
    FINAL = "final"


class GradeOf(Answer):
    score: Decimal
    grade: str
    factor_percent: int
    arithmetic: str


class GradeAnswer(Answer):
    """What was announced, what was said to it, and the final grade. `due_at` is exclusive; then a timer goes on."""

    version: int
    phase: GradePhase
    due_at: datetime | None
    holidays_known: bool
    """false where the deadline counts Mondays to Fridays, because the year's holidays are not published yet"""
    announced: GradeOf | None
    reply: str | None
    request: str | None
    granted: bool | None
    decision: str | None
    final: GradeOf | None


def _shown(evaluation: rules.Evaluation, version: int) -> GradeAnswer:
    announced, final = evaluation.announcement, evaluation.grade
    words = {} if announced is None else announced.words
    phase, due_at = _phase(evaluation)
    by_request = announced is not None and announced.decide_until is not None
    known = announced is None or (announced.decide_holidays_known if by_request else announced.reply_holidays_known)
    return GradeAnswer(
        version=version,
        phase=phase,
        due_at=due_at,
        holidays_known=known,
        announced=None if announced is None else _grade(announced.grade),
        reply=words.get(rules.Words.REPLY),
        request=words.get(rules.Words.REQUEST),
        granted=None if announced is None else announced.granted,
        decision=words.get(rules.Words.DECISION),
        final=None if final is None else _grade(final),
    )


def _phase(evaluation: rules.Evaluation) -> tuple[GradePhase, datetime | None]:
    announced = evaluation.announcement
    if evaluation.grade is not None:
        return GradePhase.FINAL, None
    if announced is None:
        return GradePhase.RATING, evaluation.closes_at
    if announced.due is None:
        return GradePhase.REEVALUATION, evaluation.closes_at
    return GradePhase(announced.due[0]), announced.due[1]


def _grade(grade: rules.Grade) -> GradeOf:
    return GradeOf(
        score=grade.score, grade=grade.grade, factor_percent=grade.factor_percent, arithmetic=grade.arithmetic
    )


def _after(world: World, command: Any, cause: Any) -> GradeAnswer:
    subject = _subject(command, cause)
    return _shown(world.get(rules.Evaluation, command.project_id), world.next_version(subject))


def _subject(command: Any, cause: Any) -> Ref:
    return rules.Evaluation, command.project_id


async def get_grade(tx: Connection, asked: Asked) -> GradeAnswer:
    """To a stranger an ungraded project has none."""
    return _shown(*await visible(tx, asked))


PATH = "/v1/projects/{project_id}/grade"
_PERFORMERS = frozenset({Role.PROVIDER, Role.COMMUNITY})
"""the provider; a community that performs itself"""
GRADE = (
    Get(
        path=PATH,
        roles=frozenset(),
        handler=get_grade,
        answer=GradeAnswer,
        summary="预评等级、答复、重新评价与最终等级 · The announced grade, what was said to it, and the final one",
    ),
    Post(
        path=f"{PATH}/replies",
        command=rules.ReplyToGrade,
        roles=_PERFORMERS,
        refs=evaluation_of,
        decide=rules.reply,
        subject=_subject,
        answer=_after,
        summary="承接方答复预评等级 · Reply to the announced grade",
    ),
    Post(
        path=f"{PATH}/acceptance",
        command=rules.AcceptGrade,
        roles=_PERFORMERS,
        refs=evaluation_of,
        decide=rules.accept,
        subject=_subject,
        answer=_after,
        summary="承接方接受预评等级,立即生效 · Accept the announced grade; it is final at once",
    ),
    Post(
        path=f"{PATH}/reevaluation-requests",
        command=rules.RequestReevaluation,
        roles=_PERFORMERS,
        refs=evaluation_of,
        decide=rules.request,
        subject=_subject,
        answer=_after,
        summary="承接方申请重新评价(一次) · Ask, once, to be evaluated again",
    ),
    Post(
        path=f"{PATH}/reevaluation-decisions",
        command=rules.DecideReevaluation,
        roles=frozenset({Role.FUNDER}),
        refs=evaluation_of,
        decide=rules.decide,
        subject=_subject,
        answer=_after,
        summary="购买方另一人决定是否重新评价 · Another person of the funder decides on the request",
    ),
)
