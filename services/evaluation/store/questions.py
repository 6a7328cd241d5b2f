"""What is asked of evaluation's rows, one function a question; nothing here locks."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from events.database import Connection
from schemas.contract import Milestone
from schemas.ids import ProjectId
from services.evaluation.rules import (
    Evaluation,
    Level,
    Listed,
    Row,
    Withheld,
)
from services.evaluation.rules.governance import CommunityBook, GovernanceGrade, GovernedProject
from services.evaluation.rules.self_evaluation import SelfEvaluation, SelfEvaluationTable
from services.evaluation.rules.street_pair import StreetRatings

_evaluation = TypeAdapter(Evaluation)
_self_evaluation = TypeAdapter(SelfEvaluation)
_table = TypeAdapter(SelfEvaluationTable)
_street_ratings = TypeAdapter(StreetRatings)
_governance_grade = TypeAdapter(GovernanceGrade)


def rating_row(row: asyncpg.Record) -> Row:
    return Row(row["number"], row["at"], Level(row["level"]), row["by_community"], row["asked"])


async def community_book(tx: Connection, community_id: UUID) -> CommunityBook:
    """All projects of a community whose rating window was opened, with what they say of it."""
    rows = await tx.fetch(_GOVERNED, community_id)
    projects = tuple(
        GovernedProject(
            project_id=ProjectId(row["id"]),
            closes_at=row["closes_at"],
            graded=row["graded"],
            counted=row["counted"],
            satisfied=row["satisfied"],
            answered_in_time=row["answered_in_time"],
            overdue=row["overdue"],
            street_score=None if row["street_score"] is None else Decimal(row["street_score"]),
        )
        for row in rows
    )
    return CommunityBook(id=community_id, projects=projects)


_GOVERNED = """
    SELECT e.id, (e.state ->> 'closes_at')::timestamptz AS closes_at, e.graded, said.counted, said.satisfied,
           followed.answered_in_time, followed.overdue, street.score AS street_score
    FROM evaluations AS e
    LEFT JOIN street_ratings AS s ON s.id = e.id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum((one ->> 'counted')::bigint), 0)::bigint AS counted,
               coalesce(sum((one ->> 'satisfied')::bigint), 0)::bigint AS satisfied
        FROM jsonb_path_query(e.state, '$.assessments.*') AS one
    ) AS said
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE (one ->> 'overdue')::boolean) AS overdue,
               count(*) FILTER (WHERE NOT (one ->> 'overdue')::boolean AND one ->> 'answer' IS NOT NULL)
                   AS answered_in_time
        FROM jsonb_path_query(e.state, '$.followups[*]') AS one
    ) AS followed
    LEFT JOIN LATERAL (
        SELECT one ->> 'score' AS score FROM jsonb_path_query(s.state, '$.given[*]') AS one
        WHERE one ->> 'rated_id' = e.community_id::text
    ) AS street ON true
    WHERE e.community_id = $1 AND jsonb_typeof(e.state -> 'closes_at') = 'string'
    ORDER BY closes_at, e.id
"""


async def governance_grade(tx: Connection, id: UUID) -> GovernanceGrade | None:
    state = await tx.fetchval("SELECT state FROM governance_grades WHERE id = $1", id)
    return None if state is None else _governance_grade.validate_json(state)


async def governance_grades(
    tx: Connection, community_id: UUID, after: UUID | None, limit: int
) -> list[GovernanceGrade]:
    """Published ones, in the order of their ids."""
    rows = await tx.fetch(
        """
        SELECT state FROM governance_grades WHERE community_id = $1 AND ($2::uuid IS NULL OR id > $2)
        ORDER BY id LIMIT $3
        """,
        community_id,
        after,
        limit,
    )
    return [_governance_grade.validate_json(row["state"]) for row in rows]


async def graded_of(tx: Connection, provider_id: UUID, after: UUID | None, limit: int) -> list[Evaluation]:
    """The provider's graded projects, in the order of their ids."""
    rows = await tx.fetch(
        """
        SELECT state FROM evaluations WHERE graded AND provider_id = $1 AND ($2::uuid IS NULL OR id > $2)
        ORDER BY id LIMIT $3
        """,
        provider_id,
        after,
        limit,
    )
    return [_evaluation.validate_json(row["state"]) for row in rows]


async def street_ratings_of(tx: Connection, project_id: UUID) -> StreetRatings | None:
    state = await tx.fetchval("SELECT state FROM street_ratings WHERE id = $1", project_id)
    return None if state is None else _street_ratings.validate_json(state)


async def published_of(
    tx: Connection, project_id: UUID, milestone: str, after: UUID | None, limit: int
) -> list[tuple[UUID, str, datetime, str]]:
    """(random id, level, when, words) of remarks that were published, in the order of the ids."""
    rows = await tx.fetch(
        """
        SELECT comment_id, level, at, comment FROM ratings JOIN moderations USING (comment_id)
        WHERE project_id = $1 AND milestone = $2 AND comment IS NOT NULL AND published
          AND ($3::uuid IS NULL OR comment_id > $3)
        ORDER BY comment_id LIMIT $4
        """,
        project_id,
        milestone,
        after,
        limit,
    )
    return [(row["comment_id"], row["level"], row["at"], row["comment"]) for row in rows]


async def moderated_of(tx: Connection, project_id: UUID, milestone: str) -> dict[Withheld | None, int]:
    """How many remarks are withheld for each reason; under None, how many nobody has decided on."""
    rows = await tx.fetch(
        """
        SELECT reason, count(*) AS remarks FROM ratings LEFT JOIN moderations USING (comment_id)
        WHERE project_id = $1 AND milestone = $2 AND comment IS NOT NULL AND published IS DISTINCT FROM true
        GROUP BY reason
        """,
        project_id,
        milestone,
    )
    return {None if row["reason"] is None else Withheld(row["reason"]): row["remarks"] for row in rows}


async def evaluation_of(tx: Connection, project_id: UUID) -> tuple[Evaluation, int] | None:
    """The project's evaluation with its version, once the agreement is signed."""
    row = await tx.fetchrow("SELECT state, version FROM evaluations WHERE id = $1", project_id)
    return None if row is None else (_evaluation.validate_json(row["state"]), row["version"])


async def self_evaluation_of(tx: Connection, project_id: UUID) -> tuple[SelfEvaluation, int] | None:
    """The project's fiscal self-evaluation with its version, once the agreement is drafted."""
    row = await tx.fetchrow("SELECT state, version FROM self_evaluations WHERE id = $1", project_id)
    return None if row is None else (_self_evaluation.validate_json(row["state"]), row["version"])


async def self_evaluation_table(tx: Connection, project_id: UUID) -> bytes | None:
    """The file as it was drawn up."""
    state = await tx.fetchval("SELECT state FROM self_evaluation_tables WHERE id = $1", project_id)
    return None if state is None else _table.validate_json(state).body


async def comments_of(
    tx: Connection, project_id: UUID, milestone: str, after: UUID | None, limit: int
) -> list[tuple[UUID, str, str]]:
    """(random id, level, comment), in the order of the ids, which says nothing of who came when."""
    rows = await tx.fetch(
        """
        SELECT comment_id, level, comment FROM ratings
        WHERE project_id = $1 AND milestone = $2 AND comment IS NOT NULL AND ($3::uuid IS NULL OR comment_id > $3)
        ORDER BY comment_id LIMIT $4
        """,
        project_id,
        milestone,
        after,
        limit,
    )
    return [(row["comment_id"], row["level"], row["comment"]) for row in rows]


async def rows_of(tx: Connection, project_id: UUID, milestone: str, after: int, limit: int) -> list[Row]:
    """As the test for bursts sees them, from behind number `after`."""
    rows = await tx.fetch(
        """
        SELECT number, at, level, entered_by <> 'resident' AS by_community, asked
        FROM ratings LEFT JOIN listed USING (project_id, milestone, token)
        WHERE project_id = $1 AND milestone = $2 AND number > $3 ORDER BY number LIMIT $4
        """,
        project_id,
        milestone,
        after,
        limit,
    )
    return [rating_row(row) for row in rows]


async def listed_of(tx: Connection, project_id: UUID, milestone: str, after: UUID | None, limit: int) -> list[Listed]:
    """In the order of the lot, from behind the place of the row `after`."""
    rows = await tx.fetch(
        """
        SELECT id, token, place, asked FROM listed
        WHERE project_id = $1 AND milestone = $2
          AND place > coalesce((SELECT place FROM listed WHERE id = $3 AND project_id = $1 AND milestone = $2), 0)
        ORDER BY place LIMIT $4
        """,
        project_id,
        milestone,
        after,
        limit,
    )
    return [
        Listed(
            id=row["id"],
            project_id=ProjectId(project_id),
            milestone=Milestone(milestone),
            token=row["token"].hex(),
            place=row["place"],
            asked=row["asked"],
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Standing:
    """What residents said of one provider over all its graded projects, as far as it counts."""

    provider_id: UUID
    projects: int
    counted: int
    satisfied: int
    too_few_below: int | None
    z: str | None


async def standings(tx: Connection, after: UUID | None, limit: int) -> list[Standing]:
    """By provider. Projects graded before ratings were assessed have no counted ones."""
    rows = await tx.fetch(
        """
        SELECT provider_id, count(*) AS projects, coalesce(sum(said.counted), 0)::bigint AS counted,
               coalesce(sum(said.satisfied), 0)::bigint AS satisfied, max(said.few) AS few, max(said.z) AS z
        FROM evaluations CROSS JOIN LATERAL (
            SELECT sum((one ->> 'counted')::bigint) AS counted, sum((one ->> 'satisfied')::bigint) AS satisfied,
                   max((one ->> 'too_few_below')::integer) AS few, max(one ->> 'z') AS z
            FROM jsonb_path_query(state, '$.assessments.*') AS one
        ) AS said
        WHERE graded AND ($1::uuid IS NULL OR provider_id > $1)
        GROUP BY provider_id ORDER BY provider_id LIMIT $2
        """,
        after,
        limit,
    )
    return [
        Standing(row["provider_id"], row["projects"], row["counted"], row["satisfied"], row["few"], row["z"])
        for row in rows
    ]
