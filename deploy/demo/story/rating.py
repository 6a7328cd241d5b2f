"""Residents rate milestones with tokens, the parties rate each other, and the grade comes of both."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from decimal import Decimal

from deploy.demo.client import Client, Person
from schemas.contract import Milestone
from schemas.ids import PartyId, ProjectId
from services.evaluation.api import EvaluationAnswer, PartyScore, RatingsAnswer, TokensAnswer
from services.evaluation.api.grade import GradeAnswer
from services.evaluation.rules import Level


async def issue_tokens(api: Client, staff: Person, project_id: ProjectId, count: int) -> list[str]:
    """A secret for each verified beneficiary; the installation sees digests only."""
    tokens = [secrets.token_urlsafe(24) for _ in range(count)]
    digests = [hashlib.sha256(token.encode()).hexdigest() for token in tokens]
    path = f"/v1/projects/{project_id}/rating-tokens"
    await api.post(path, TokensAnswer, {"digests": digests}, staff)
    return tokens


async def rate(
    api: Client, project_id: ProjectId, milestone: Milestone, given: Mapping[str, Level], by: Person | None = None
) -> int:
    """Ratings by token: one's own, or without a key many from a kiosk, or what the community collected on paper."""
    path = f"/v1/projects/{project_id}/milestones/{milestone}/ratings"
    body = {"ratings": [{"token": token, "level": level} for token, level in given.items()]}
    answer = await api.post(path, RatingsAnswer, body, by)
    return answer.ratings


def in_turn(tokens: Sequence[str], levels: Sequence[Level]) -> dict[str, Level]:
    """Every token a level, over and over."""
    return {token: levels[i % len(levels)] for i, token in enumerate(tokens)}


async def rate_party(api: Client, rater: Person, project_id: ProjectId, rated_id: PartyId, score: Decimal) -> None:
    """Two-way evaluation (双向评估)."""
    path = f"/v1/projects/{project_id}/party-ratings"
    await api.post(path, PartyScore, {"rated_id": rated_id, "score": score}, rater)


async def evaluation(api: Client, project_id: ProjectId, by: Person) -> EvaluationAnswer:
    return await api.get(f"/v1/projects/{project_id}/evaluation", EvaluationAnswer, by)


async def announced(api: Client, project_id: ProjectId, by: Person) -> GradeAnswer:
    """Once the window's timer has rung: the grade that the provider may answer."""
    return await api.until(
        f"/v1/projects/{project_id}/grade", GradeAnswer, lambda found: found.announced is not None, by
    )


async def accept_grade(api: Client, provider: Person, project_id: ProjectId) -> GradeAnswer:
    """The provider waits no longer, and the grade is final."""
    await announced(api, project_id, provider)
    return await api.post(f"/v1/projects/{project_id}/grade/acceptance", GradeAnswer, None, provider)


async def graded(api: Client, project_id: ProjectId, by: Person | None = None) -> EvaluationAnswer:
    """Once it is final."""
    path = f"/v1/projects/{project_id}/evaluation"
    return await api.until(path, EvaluationAnswer, lambda found: found.grade is not None, by)
