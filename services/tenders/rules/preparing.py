"""Before the opening the buyer publishes its intent, and what it asked the public about the requirements."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from schemas.deciding import Context, World
from schemas.fact import Command
from schemas.ids import PartyId, ProjectId
from schemas.money import Positive
from schemas.personal import must_be_public
from schemas.preparing import ConsultationPublished, IntentPublished, PublicOpinion
from schemas.refused import Refused
from services.tenders.rules.project import Phase, Project

BEFORE_OPENING = (Phase.PROPOSED, Phase.DRAFTED, Phase.APPROVED, Phase.RESERVED)


class PublishIntent(Command):
    project_id: ProjectId
    content: Annotated[str, Field(min_length=1, max_length=2000)]
    """what is needed, in outline"""
    budget: Positive
    expected_on: date
    """about when the purchase begins"""


class PublishConsultation(Command):
    """All of it at once: what was asked, of how many people, when, and an answer to each opinion."""

    project_id: ProjectId
    questions: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=500)], ...], Field(min_length=1, max_length=30)
    ]
    asked: Annotated[int, Field(ge=1, le=10_000_000)]
    """people who were asked and answered"""
    first_day: date
    last_day: date
    opinions: Annotated[tuple[PublicOpinion, ...], Field(max_length=50)] = ()
    """none where nobody had one"""


def publish_intent(world: World, command: PublishIntent, context: Context) -> list[IntentPublished]:
    """Its day is what the opening is counted from: again only for more money, and then the days begin anew."""
    project = _before_opening(world, command, context)
    before = project.preparation.intent
    if before is not None and command.budget.fen <= before.budget.fen:
        raise Refused("intent_published_already", on=before.published_on, budget=before.budget)
    must_be_public(command.content, "content")
    return [
        IntentPublished(
            project_id=project.project_id,
            brief=project.brief,
            content=command.content,
            budget=command.budget,
            expected_on=command.expected_on,
            published_on=context.today,
            published_by=PartyId(context.by.person_id),
        )
    ]


def publish_consultation(world: World, command: PublishConsultation, context: Context) -> list[ConsultationPublished]:
    """Of days that are over; a later one replaces it until the tender opens."""
    project = _before_opening(world, command, context)
    if not command.first_day <= command.last_day <= context.today:
        raise Refused("consultation_days_unclear", status=422, field="last_day", today=context.today)
    must_be_public(command.questions, "questions")
    must_be_public(command.opinions, "opinions")
    return [
        ConsultationPublished(
            project_id=project.project_id,
            questions=command.questions,
            asked=command.asked,
            first_day=command.first_day,
            last_day=command.last_day,
            opinions=command.opinions,
            published_by=PartyId(context.by.person_id),
        )
    ]


def _before_opening(world: World, command: Any, context: Context) -> Project:
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, *BEFORE_OPENING)
    return project
