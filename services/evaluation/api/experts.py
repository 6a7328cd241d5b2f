"""Experts measure the planned indicators of a project; their scores are public with the grade."""

from decimal import Decimal
from uuid import UUID

from events.database import Connection
from schemas.deciding import Ref, World
from schemas.ids import PartyId
from schemas.role import Role
from services.evaluation.api.finding import visible
from services.evaluation.rules import Evaluation
from services.evaluation.rules.experts import RateAsExpert, expert_refs, rate_as_expert
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post


class ExpertScoreAnswer(Answer):
    evaluator_id: PartyId
    score: Decimal


class ExpertScoresAnswer(Answer):
    """Before the grade only how many rated."""

    given: int
    scores: tuple[ExpertScoreAnswer, ...] | None


def _after(world: World, command: RateAsExpert, cause: UUID) -> ExpertScoreAnswer:
    scores = world.get(Evaluation, command.project_id).expert_scores
    return ExpertScoreAnswer(evaluator_id=command.evaluator_id, score=scores[command.evaluator_id])


def _subject(command: RateAsExpert, cause: UUID) -> Ref:
    return Evaluation, command.project_id


async def get_scores(tx: Connection, asked: Asked) -> ExpertScoresAnswer:
    evaluation, _ = await visible(tx, asked)
    given = evaluation.expert_scores
    scores = tuple(ExpertScoreAnswer(evaluator_id=id, score=score) for id, score in given.items())
    return ExpertScoresAnswer(given=len(given), scores=scores if evaluation.grade is not None else None)


_PATH = "/v1/projects/{project_id}/expert-ratings"
EXPERTS = (
    Post(
        path=_PATH,
        command=RateAsExpert,
        roles=frozenset({Role.EVALUATOR}),
        refs=expert_refs,
        decide=rate_as_expert,
        subject=_subject,
        answer=_after,
        summary="专家按指标评价(有利害关系的回避) · An expert measures the project's indicators",
    ),
    Get(
        path=_PATH,
        roles=frozenset(),
        handler=get_scores,
        answer=ExpertScoresAnswer,
        summary="专家评分(评级后公开) · The experts' scores, public once graded",
    ),
)
