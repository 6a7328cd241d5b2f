"""Questions and an amendment of a told tender."""

from datetime import timedelta
from uuid import uuid5

from schemas.clarification import QuestionAnswered, QuestionAsked, TenderAmended
from schemas.fact import Fact
from tests.services.audit.stories import NOON, Told


def clarified(told: Told) -> list[Fact]:
    p, question = told.project, uuid5(told.project, "question")
    return [
        QuestionAsked(project_id=p, question_id=question, text="午餐须几点送到?", answer_due=NOON + timedelta(days=3)),
        amended(told),
        QuestionAnswered(
            project_id=p,
            question_id=question,
            text="十一点半以前。",
            amendment=1,
            answered_by=told.person,
            answered_at=NOON,
        ),
    ]


def amended(told: Told) -> TenderAmended:
    return TenderAmended(
        project_id=told.project,
        number=1,
        reason="写明送达时间",
        terms=told.terms,
        closes_at=NOON + timedelta(days=3),
        closed_at_before=NOON,
        holidays_known=True,
        amended_at=NOON - timedelta(days=1),
        drafted_by=told.person,
        approved_by=told.other,
    )
