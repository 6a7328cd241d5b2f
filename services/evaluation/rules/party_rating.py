"""Two-way evaluation (双向评估): funder and provider rate each other, and so do community and provider."""

from uuid import UUID

from schemas.deciding import Context, World
from schemas.evaluation import PartyRated, Score
from schemas.fact import Command, Note
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.refused import Refused
from schemas.rulebook import Certainty, Source
from services.evaluation.rules.evaluation import Evaluation

TWO_WAY = Source(
    "苏州市民政局对市政协十三届三次会议第009号提案的答复:政府协议购买服务和双向评估机制", Certainty.FOUNDING
)


class RateParty(Command):
    """One party's score for another, 0 to 100."""

    project_id: ProjectId
    rated_id: PartyId
    score: Score


class RaterNoted(Note):
    """Which person gave the score that was told just before: it decides on no re-evaluation."""

    project_id: ProjectId
    person_id: UUID


def rate_party(world: World, command: RateParty, context: Context) -> list[Model]:
    """Once per pair, after the final milestone was accepted and until the window closes; and once more in the
    re-evaluation, in place of what was given before.
    """
    evaluation = world.get(Evaluation, command.project_id)
    rater_id = context.by.party_id
    if rater_id != evaluation.party_in(context.by.role):
        raise Refused("not_your_party", status=403)
    if command.rated_id not in _rated_by(evaluation, rater_id):
        raise Refused("pair_not_evaluated", TWO_WAY, status=422, field="rated_id", rated=str(command.rated_id))
    if evaluation.closes_at is None:
        raise Refused("final_not_accepted", TWO_WAY, project=str(evaluation.id))
    evaluation.must_be_open(context.at)
    given = (r for r in evaluation.party_ratings if r.again is evaluation.reopened)
    if any((r.rater_id, r.rated_id) == (rater_id, command.rated_id) for r in given):
        raise Refused("party_already_rated", TWO_WAY, rated=str(command.rated_id))
    rated = PartyRated(
        project_id=evaluation.project_id, rater_id=rater_id, rated_id=command.rated_id, score=command.score
    )
    return [rated, RaterNoted(project_id=evaluation.project_id, person_id=context.by.person_id)]


def _rated_by(evaluation: Evaluation, rater_id: PartyId) -> frozenset[PartyId]:
    if rater_id == evaluation.provider_id:
        return frozenset({evaluation.funder_id, evaluation.community_id}) - {rater_id}  # a community may perform itself
    return frozenset({evaluation.provider_id})
