"""Who is asked: a lot over the registered tokens, so that nobody who is rated, or rates, can choose.

The list is fixed first and its digest with it; the seed holds the id of the message that draws, which the server makes
after the funder's request has come in. The funder draws and the community keeps the list: neither has both in hand.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from math import ceil
from typing import Any
from uuid import UUID

from schemas.canonical import digest_of
from schemas.contract import Milestone
from schemas.deciding import Context, World
from schemas.evaluation import SampleDrawn
from schemas.fact import Command, Note
from schemas.ids import ProjectId
from schemas.model import Model
from schemas.refused import Refused
from services.evaluation.rules.evaluation import Evaluation, TokenList

SAMPLING = "evaluation.sampling"


class DrawSample(Command):
    """Draw, once, whom of the registered tokens a milestone's rating is asked of."""

    project_id: ProjectId
    milestone: Milestone


class SampleListed(Note):
    """The list as it was drawn from, in the order of the lot: the first `size` are asked."""

    project_id: ProjectId
    milestone: Milestone
    tokens: tuple[str, ...]
    size: int


def draw(world: World, command: DrawSample, context: Context) -> list[Model]:
    """After the milestone was submitted and before the evaluation closes; a drawn lot stays."""
    evaluation = world.get(Evaluation, command.project_id)
    context.by.must_be(evaluation.funder_id)
    evaluation.must_be_open(context.at)
    evaluation.must_not_be_reevaluated()
    rulebook = context.rulebooks.by_hash(evaluation.rulebook)
    if SAMPLING not in rulebook.rules:
        raise Refused("sampling_not_in_rulebook", rulebook=f"{rulebook.id} {rulebook.version}")
    milestone, source = command.milestone, rulebook.source(SAMPLING)
    if milestone not in evaluation.submitted:
        raise Refused("milestone_not_ratable", source, milestone=milestone, project=str(evaluation.id))
    if milestone in evaluation.samples:
        raise Refused("sample_already_drawn", source, milestone=milestone)
    tokens = world.get(TokenList, command.project_id).of(milestone)
    if not tokens:
        raise Refused("nobody_to_ask", source, project=str(evaluation.id))
    by = rulebook.value(SAMPLING)
    list_digest = digest_of(sorted(tokens))
    seed = seed_of(command.project_id, milestone, list_digest, context.cause)
    size = size_for(len(tokens), by)
    drawn = SampleDrawn(
        project_id=command.project_id,
        milestone=milestone,
        population=len(tokens),
        size=size,
        list_digest=list_digest,
        drawn_in=str(context.cause),
        seed=seed,
        confidence=by["confidence"],
        margin=by["margin"],
    )
    listed = SampleListed(
        project_id=command.project_id, milestone=milestone, tokens=in_order_of_lot(seed, tokens), size=size
    )
    return [drawn, listed]


def size_for(population: int, by: Mapping[str, Any]) -> int:
    """n = n0 ÷ (1 + (n0 − 1) ÷ N), n0 = z²p(1 − p) ÷ e², rounded up; all of a population that is small.

    Cochran, Sampling Techniques (3rd ed. 1977), section 4.4: the sample size for a proportion.
    """
    if population <= by["whole_up_to"]:
        return population
    z, share, margin = Fraction(Decimal(by["z"])), _share(by["share"]), _share(by["margin"])
    unlimited = z**2 * share * (1 - share) / margin**2
    return min(population, ceil(unlimited / (1 + (unlimited - 1) / population)))


def seed_of(project_id: UUID, milestone: Milestone, list_digest: str, drawn_in: UUID) -> str:
    return digest_of(
        {
            "drawn_in": str(drawn_in),
            "list_digest": list_digest,
            "milestone": milestone,
            "project_id": str(project_id),
        }
    )


def in_order_of_lot(seed: str, tokens: Iterable[str]) -> tuple[str, ...]:
    """By SHA-256(seed ‖ token), so that the first n are a simple random sample without replacement."""
    return tuple(sorted(tokens, key=lambda token: sha256((seed + token).encode()).digest()))


def _share(percent: str) -> Fraction:
    return Fraction(percent.removesuffix("%")) / 100
