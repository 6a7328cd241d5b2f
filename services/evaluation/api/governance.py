"""Grades of communities' governance (社区治理评价): of a past period, published by the registrar."""

from decimal import Decimal
from uuid import UUID

from pydantic import ValidationError

from events.database import Connection
from schemas.days import day_of
from schemas.deciding import Ref, World
from schemas.governance import CommunityGraded, CountedProject, GovernanceMeasure
from schemas.ids import PartyId
from schemas.role import Role
from schemas.standing import Party, party
from services.evaluation import store
from services.evaluation.rules.governance import (
    RULEBOOK,
    CommunityBook,
    GovernanceGrade,
    PublishGovernanceGrade,
    drawn_up,
    governance_id,
    publish,
)
from services.kit import standing
from services.kit.asked import Answer, Asked
from services.kit.problems import invalid
from services.kit.rulebooks import shipped
from services.kit.service import Get, Post


class GovernanceAnswer(Answer):
    """`score` and `grade` are missing where too few ratings count; `arithmetic` says so. Compare by `score` only."""

    community_id: PartyId
    period: str
    projects: tuple[CountedProject, ...]
    measures: tuple[GovernanceMeasure, ...]
    score: Decimal | None
    grade: str | None
    too_few_below: int
    arithmetic: str
    rulebook: str


class GovernanceGradesAnswer(Answer):
    grades: tuple[GovernanceAnswer, ...]
    next: UUID | None


def _shown(graded: CommunityGraded) -> GovernanceAnswer:
    return GovernanceAnswer.model_validate(graded.model_dump(exclude={"published_by"}))


def _refs(command: PublishGovernanceGrade, cause: UUID) -> tuple[Ref, ...]:
    id = command.community_id
    return (Party, id), (CommunityBook, id), _subject(command, cause)


def _subject(command: PublishGovernanceGrade, cause: UUID) -> Ref:
    return GovernanceGrade, governance_id(command.community_id, command.period)


def _after(world: World, command: PublishGovernanceGrade, cause: UUID) -> GovernanceAnswer:
    return _shown(world.get(GovernanceGrade, governance_id(command.community_id, command.period)).graded)


async def get_preview(tx: Connection, asked: Asked) -> GovernanceAnswer:
    """By the same arithmetic, refused for the same reasons; nothing is written and nobody told."""
    community_id = PartyId(asked.id("community_id"))
    world = await standing.read(tx, [(Party, community_id)])
    party(world, community_id)
    try:
        command = PublishGovernanceGrade(community_id=community_id, period=asked.query.get("period", ""))
    except ValidationError as error:
        raise invalid(error) from None
    world.ask([_subject(command, community_id)])
    world.loaded(await store.community_book(tx, community_id))
    known = await store.governance_grade(tx, governance_id(community_id, command.period))
    if known is not None:
        world.loaded(known)
    rulebook = shipped().named(RULEBOOK)
    return _shown(drawn_up(world, command, day_of(asked.at), rulebook, PartyId(asked.actor.person_id)))


async def get_grades(tx: Connection, asked: Asked) -> GovernanceGradesAnswer:
    rows = await store.governance_grades(tx, asked.id("community_id"), asked.cursor, asked.limit)
    return GovernanceGradesAnswer(
        grades=tuple(_shown(row.graded) for row in rows), next=rows[-1].id if len(rows) == asked.limit else None
    )


GOVERNANCE = (
    Post(
        path="/v1/communities/{community_id}/governance-grades",
        command=PublishGovernanceGrade,
        roles=frozenset({Role.REGISTRAR}),
        refs=_refs,
        decide=publish,
        subject=_subject,
        answer=_after,
        summary="评定并公布社区治理评价 · Grade a community's governance for a past period and publish it",
    ),
    Get(
        path="/v1/communities/{community_id}/governance-grades/preview",
        roles=frozenset({Role.REGISTRAR}),
        handler=get_preview,
        answer=GovernanceAnswer,
        summary="试算社区治理评价(不公布) · What a community's grade of a past period would be; nothing is published",
        query={"period": "评价期(2026 或 2026-H1) · the period, a year or half of one"},
    ),
    Get(
        path="/v1/communities/{community_id}/governance-grades",
        roles=frozenset(),
        handler=get_grades,
        answer=GovernanceGradesAnswer,
        summary="社区治理评价(公开,含计算过程) · A community's published grades with the whole arithmetic",
    ),
)
