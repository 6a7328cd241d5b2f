"""Residents rate a milestone: one rating per verified token (一事一评), in batches of one or of thousands."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from schemas.contract import Milestone
from schemas.deciding import Context, World
from schemas.fact import Command, Note
from schemas.ids import ProjectId
from schemas.model import Model
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.role import Actor, Role
from services.evaluation.rules import followups
from services.evaluation.rules.evaluation import (
    Evaluation,
    Level,
    Rating,
    Token,
    rating_id,
    token_digest,
    token_id,
)
from services.evaluation.rules.reissued import rights_of

MOST_PER_BATCH = 2_000
ROWS_NAMED = 20


class GivenRating(Model):
    """What a resident sends. The token is the authority, only its digest is kept. Words become
    public only when they were moderated; nobody's number may stand in them."""

    token: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,128}$")]
    level: Level
    comment: Annotated[str, Field(min_length=1, max_length=500)] | None = None


class RateMilestone(Command):
    """Ratings of one milestone: a resident's own, or what the community collected on paper. All or none."""

    project_id: ProjectId
    milestone: Milestone
    ratings: Annotated[tuple[GivenRating, ...], Field(min_length=1, max_length=MOST_PER_BATCH)]


class RatedRow(Model):
    token: str
    level: Level
    salt: UUID
    comment: str | None


class RatingsCast(Note):
    project_id: ProjectId
    milestone: Milestone
    rows: tuple[RatedRow, ...]
    entered_by: Role
    at: datetime


def rate(world: World, command: RateMilestone, context: Context) -> list[Model]:
    """Only after the milestone was submitted and before the grade; each token must be known and unused.

    A reissued token rates in the name of the first that was lost; that one rates no more.
    A token that no lot drew may rate too: it is counted apart. Bad ratings open a follow-up.
    """
    evaluation = world.get(Evaluation, command.project_id)
    _may_enter(evaluation, context.by)
    evaluation.must_be_open(context.at)
    milestone = command.milestone
    if milestone not in evaluation.submitted:
        raise Refused("milestone_not_ratable", milestone=milestone, project=str(evaluation.id))
    handed_in = [token_digest(rating.token) for rating in command.ratings]
    digests, void = rights_of(world, evaluation.id, handed_in)
    _refuse_rows("rating_token_void", void)
    tokens = [token_id(evaluation.id, digest) for digest in digests]
    found = [world.find(Token, id) for id in tokens]
    _refuse_rows("unknown_rating_token", [i for i, token in enumerate(found) if token is None])
    strange = [i for i, token in enumerate(found) if token and token.milestone not in (None, milestone)]
    _refuse_rows("token_of_another_milestone", strange, milestone=milestone)
    first = {id: i for i, id in reversed(list(enumerate(tokens)))}
    again = [i for i, id in enumerate(tokens) if first[id] != i or world.find(Rating, rating_id(id, milestone))]
    _refuse_rows("already_rated", again)
    for i, rating in enumerate(command.ratings):
        if rating.comment is not None:
            must_be_public(rating.comment, f"ratings.{i}.comment")
    rows = tuple(
        RatedRow(token=digest, level=rating.level, salt=context.new_id(f"rating {i}"), comment=rating.comment)
        for i, (digest, rating) in enumerate(zip(digests, command.ratings, strict=True))
    )
    cast = RatingsCast(
        project_id=evaluation.project_id,
        milestone=milestone,
        rows=rows,
        entered_by=context.by.role,
        at=context.at,
    )
    return [*followups.to_open(evaluation, milestone, [rating.level for rating in command.ratings], context), cast]


def _may_enter(evaluation: Evaluation, by: Actor) -> None:
    """A resident with a token, or the project's community for those who cannot; nobody who is rated."""
    if by.role is not Role.RESIDENT and by.party_id != evaluation.community_id:
        raise Refused("not_a_resident", status=403, role=by.role)
    if by.role is not Role.RESIDENT and evaluation.by_community:
        raise Refused("rates_own_work", status=403, project=str(evaluation.id))


def _refuse_rows(code: str, rows: list[int], **details: Any) -> None:
    """Name the rows at fault by their place in the batch, from 1."""
    if rows:
        named = "、".join(str(i + 1) for i in rows[:ROWS_NAMED])
        raise Refused(code, field=f"ratings.{rows[0]}.token", rows=named, count=len(rows), **details)
