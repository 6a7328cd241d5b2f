"""The supervision committee's opinions on any step that was begun; the community answers before it goes on."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, World
from schemas.deliberation import DeliberationId, SupervisionAnswered, SupervisionOpined
from schemas.fact import Command, Fact
from schemas.ids import PartyId
from schemas.personal import must_be_public
from schemas.refused import Refused
from services.needs.rules.deliberation.stepping import StepId
from services.needs.rules.deliberation.walk import Deliberation

MOST_OPINIONS = 100
"""on one deliberation"""
Words = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"\S")]


class Opine(Command):
    deliberation_id: DeliberationId
    step: StepId
    """one that was noticed, held or published"""
    text: Words
    """public"""


class AnswerOpinion(Command):
    deliberation_id: DeliberationId
    opinion_id: UUID
    text: Words
    """public"""


def opine_refs(command: Opine | AnswerOpinion, cause: UUID) -> tuple[Ref, ...]:
    return ((Deliberation, command.deliberation_id),)


def opine(world: World, command: Opine, context: Context) -> list[Fact]:
    walk = world.get(Deliberation, command.deliberation_id)
    context.by.must_be(walk.told.committee_id)
    walk.must_be_open()
    if command.step not in {one.step for one in walk.taken}:
        raise Refused("step_not_begun", status=422, field="step", step=command.step)
    if len(walk.opinions) >= MOST_OPINIONS:
        raise Refused("opinions_enough", most=MOST_OPINIONS)
    must_be_public(command.text, "text")
    return [
        SupervisionOpined(
            community_id=walk.told.community_id,
            deliberation_id=walk.deliberation_id,
            opinion_id=context.new_id("opinion"),
            step=command.step,
            text=command.text,
            opined_by=PartyId(context.by.person_id),
        )
    ]


def answer(world: World, command: AnswerOpinion, context: Context) -> list[Fact]:
    walk = world.get(Deliberation, command.deliberation_id)
    context.by.must_be(walk.told.community_id)
    known = next((one for one in walk.opinions if one.opined.opinion_id == command.opinion_id), None)
    if known is None:
        raise Refused("not_found", status=404, what="Opinion", id=str(command.opinion_id))
    if known.answered is not None:
        raise Refused("supervision_answered", opinion=str(command.opinion_id))
    must_be_public(command.text, "text")
    return [
        SupervisionAnswered(
            community_id=walk.told.community_id,
            deliberation_id=walk.deliberation_id,
            opinion_id=command.opinion_id,
            text=command.text,
            answered_by=PartyId(context.by.person_id),
        )
    ]
