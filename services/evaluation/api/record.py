"""An organization's public record: the grade of each of its projects with the whole arithmetic.

It advises in a statutory purchase, and neither admits nor scores anybody there.
"""

from decimal import Decimal
from uuid import UUID

from events.database import Connection
from schemas.ids import ProjectId
from services.evaluation import rules, store
from services.kit.asked import Answer, Asked
from services.kit.service import Get

ADVISES = "供参考,不作为政府采购的资格条件和评分因素 · Advice: no condition and no points in a statutory purchase"


class RecordedGrade(Answer):
    """`score_of_all` and `grade_of_all`: what it would be if every rating counted; only where some do not."""

    project_id: ProjectId
    score: Decimal
    grade: str
    factor_percent: int
    arithmetic: str
    rulebook: str
    score_of_all: Decimal | None
    grade_of_all: str | None


class RecordAnswer(Answer):
    use: str
    projects: tuple[RecordedGrade, ...]
    next: UUID | None


def _recorded(evaluation: rules.Evaluation) -> RecordedGrade:
    grade, of_all = evaluation.grade, evaluation.of_all
    assert grade is not None  # the store finds graded ones
    return RecordedGrade(
        project_id=evaluation.project_id,
        score=grade.score,
        grade=grade.grade,
        factor_percent=grade.factor_percent,
        arithmetic=grade.arithmetic,
        rulebook=evaluation.rulebook,
        score_of_all=of_all.score if of_all else None,
        grade_of_all=of_all.grade if of_all else None,
    )


async def get_record(tx: Connection, asked: Asked) -> RecordAnswer:
    found = await store.graded_of(tx, asked.id("party_id"), asked.cursor, asked.limit)
    return RecordAnswer(
        use=ADVISES,
        projects=tuple(_recorded(evaluation) for evaluation in found),
        next=found[-1].id if len(found) == asked.limit else None,
    )


RECORD = (
    Get(
        path="/v1/organizations/{party_id}/record",
        roles=frozenset(),
        handler=get_record,
        answer=RecordAnswer,
        summary="承接方的公开评价记录(含计算过程) · A provider's public record of grades, with the whole arithmetic",
    ),
)
