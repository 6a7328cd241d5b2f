"""The fiscal self-evaluation (绩效自评): planned by the funder, measured by the parties, a table for everyone."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.deciding import Ref, World
from schemas.ids import PartyId
from schemas.refused import Refused
from schemas.role import Role
from schemas.self_evaluation import PlannedIndicator, ScoredIndicator
from schemas.workbook import MEDIA_TYPE
from services.evaluation import store
from services.evaluation.consumer import both_of, self_evaluation_of
from services.evaluation.rules.drawing_up import DrawUpSelfEvaluation, draw_up
from services.evaluation.rules.planning import MeasureIndicator, PlanIndicators, measure, plan
from services.evaluation.rules.self_evaluation import SelfEvaluation
from services.kit.asked import Answer, Asked, File
from services.kit.service import Get, Post


class ActualAnswer(Answer):
    indicator_id: str
    actual: int
    evidence_digest: str
    party_id: PartyId


class SelfEvaluationAnswer(Answer):
    """What is planned and reached; once drawn up, the lines with their working, `total`, rounded `score` and grade.

    `document_digest` is the SHA-256 of the table (xlsx).
    """

    version: int
    indicators: tuple[PlannedIndicator, ...]
    actuals: tuple[ActualAnswer, ...]
    lines: tuple[ScoredIndicator, ...]
    total: Decimal | None
    score: Decimal | None
    grade: str | None
    document_digest: str | None


def _shown(found: SelfEvaluation, version: int) -> SelfEvaluationAnswer:
    grade = found.grade
    return SelfEvaluationAnswer(
        version=version,
        indicators=found.indicators,
        actuals=tuple(
            ActualAnswer(
                indicator_id=id,
                actual=actual.value,
                evidence_digest=actual.evidence_digest,
                party_id=actual.party_id,
            )
            for id, actual in found.actuals.items()
        ),
        lines=grade.lines if grade else (),
        total=grade.total if grade else None,
        score=grade.score if grade else None,
        grade=grade.grade if grade else None,
        document_digest=grade.file_digest if grade else None,
    )


def _after(world: World, command: Any, cause: UUID) -> SelfEvaluationAnswer:
    ref = _subject(command, cause)
    return _shown(world.get(SelfEvaluation, command.project_id), world.next_version(ref))


def _subject(command: Any, cause: UUID) -> Ref:
    return SelfEvaluation, command.project_id


async def _visible(tx: Connection, asked: Asked) -> tuple[SelfEvaluation, int]:
    """Before the table is drawn up for the three parties and auditors; to a stranger it does not exist."""
    project_id = asked.id("project_id")
    found = await store.self_evaluation_of(tx, project_id)
    by = asked.by
    if found is not None:
        involved = by is not None and (by.role is Role.AUDITOR or by.party_id in found[0].parties)
        if involved or found[0].grade is not None:
            return found
    raise Refused("not_found", status=404, what="SelfEvaluation", id=str(project_id))


async def get_self_evaluation(tx: Connection, asked: Asked) -> SelfEvaluationAnswer:
    return _shown(*await _visible(tx, asked))


async def get_table(tx: Connection, asked: Asked) -> File:
    """As it was drawn up."""
    found, _ = await _visible(tx, asked)
    body = await store.self_evaluation_table(tx, found.id)
    if body is None:
        raise Refused("not_found", status=404, what="SelfEvaluationTable", id=str(found.id))
    return File(body=body, name=f"绩效自评表 {str(found.id)[:8]}.xlsx")


_PATH = "/v1/projects/{project_id}/self-evaluation"
SELF_EVALUATION = (
    Post(
        path=f"{_PATH}/indicators",
        command=PlanIndicators,
        roles=frozenset({Role.FUNDER}),
        refs=self_evaluation_of,
        decide=plan,
        subject=_subject,
        answer=_after,
        summary="填报绩效指标和指标值 · State the indicators of a project and what is planned",
    ),
    Post(
        path=f"{_PATH}/indicators/{{indicator_id}}/actuals",
        command=MeasureIndicator,
        roles=frozenset({Role.FUNDER, Role.PROVIDER}),
        refs=self_evaluation_of,
        decide=measure,
        subject=_subject,
        answer=_after,
        summary="填报指标的实际完成值和佐证 · State what was reached of an indicator, with evidence",
    ),
    Post(
        path=f"{_PATH}/table",
        command=DrawUpSelfEvaluation,
        roles=frozenset({Role.FUNDER}),
        refs=both_of,
        decide=draw_up,
        subject=_subject,
        answer=_after,
        summary="编制绩效自评表(一次) · Draw up the self-evaluation table, once",
    ),
    Get(
        path=_PATH,
        roles=frozenset(),
        handler=get_self_evaluation,
        answer=SelfEvaluationAnswer,
        summary="绩效自评(编制后公开) · The fiscal self-evaluation, public once drawn up",
    ),
    Get(
        path=f"{_PATH}/table",
        roles=frozenset(),
        handler=get_table,
        answer=MEDIA_TYPE,
        summary="绩效自评表(xlsx) · The self-evaluation table as a workbook",
    ),
)
