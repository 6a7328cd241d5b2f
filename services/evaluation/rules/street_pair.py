"""The third evaluating pair (双向评估): the street that funds, and the residents' committee it works with."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from schemas.deciding import Context, State, World
from schemas.division import Level, level, within
from schemas.evaluation import Score
from schemas.fact import Command, Fact
from schemas.governance import Reason, StreetPairRated
from schemas.ids import PartyId, ProjectId
from schemas.refused import Refused
from schemas.rulebook import Source
from services.evaluation.rules.evaluation import Evaluation

STREET_PAIR = "evaluation.street_pair"


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetRating:
    rater_id: PartyId
    rated_id: PartyId
    score: Decimal
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetRatings(State):
    """Its id is the project's."""

    given: tuple[StreetRating, ...] = ()


class RateStreetPair(Command):
    """The caller's score for the other of the two, with reasons from the rulebook's list."""

    project_id: ProjectId
    score: Score
    reasons: Annotated[tuple[Reason, ...], Field(min_length=1, max_length=8)]


def rate_street_pair(world: World, command: RateStreetPair, context: Context) -> list[Fact]:
    """Once each, after the final milestone was accepted and until the window closes."""
    evaluation = world.get(Evaluation, command.project_id)
    rater_id = context.by.party_id
    if rater_id not in (evaluation.funder_id, evaluation.community_id):
        raise Refused("not_your_party", status=403)
    rulebook = context.rulebooks.by_hash(evaluation.rulebook)
    if STREET_PAIR not in rulebook.rules:
        raise Refused("street_pair_not_in_rulebook", rulebook=f"{rulebook.id} {rulebook.version}")
    source = rulebook.source(STREET_PAIR)
    _must_be_its_street(evaluation, source)
    if evaluation.closes_at is None:
        raise Refused("final_not_accepted", source, project=str(evaluation.id))
    evaluation.must_be_open(context.at)
    by_street = rater_id == evaluation.funder_id
    rated_id = evaluation.community_id if by_street else evaluation.funder_id
    known = rulebook.value(STREET_PAIR)["committee" if by_street else "street"]
    codes = [reason.code for reason in command.reasons]
    for place, code in enumerate(codes):
        if code not in known or code in codes[:place]:
            raise Refused("unknown_reason", source, status=422, field=f"reasons.{place}.code", codes="、".join(known))
    before = world.find(StreetRatings, command.project_id)
    if before is not None and any(rating.rater_id == rater_id for rating in before.given):
        raise Refused("party_already_rated", source, rated=str(rated_id))
    rated = StreetPairRated(
        project_id=command.project_id,
        rater_id=rater_id,
        rated_id=rated_id,
        score=command.score,
        reasons=command.reasons,
        rated_by=PartyId(context.by.person_id),
    )
    return [rated]


def _must_be_its_street(evaluation: Evaluation, source: Source) -> None:
    """The pair is of a street and a community in it; another funder, a foundation or a county office, is in neither.

    What was signed before divisions were noted goes on.
    """
    funder, community = evaluation.funder_division, evaluation.community_division
    if funder is None or community is None:
        return
    if level(funder) is not Level.STREET or not within(community, funder):
        raise Refused("funder_is_no_street", source, funder=funder, community=community)


def evolve(world: World, fact: StreetPairRated) -> tuple[State, ...]:
    before = world.find(StreetRatings, fact.project_id) or StreetRatings(id=fact.project_id)
    rating = StreetRating(rater_id=fact.rater_id, rated_id=fact.rated_id, score=fact.score, reasons=fact.reasons)
    return (StreetRatings(id=fact.project_id, given=(*before.given, rating)),)
