"""Evaluators score every qualified bid on every criterion, each once; then the buyer closes scoring."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, World
from schemas.fact import Command, Fact
from schemas.ids import PartyId, ProjectId
from schemas.refused import Refused
from schemas.rulebook import Certainty, Source
from schemas.standing import Party, party
from schemas.tender import BidScore, Criterion, RankableBid, ScoresEntered, ScoringClosed
from services.tenders.rules.amendment import drafters_and_approvers
from services.tenders.rules.committee.rules import must_be_complete, must_sit
from services.tenders.rules.low_price import must_be_decided
from services.tenders.rules.project import Bid, Phase, Project, bids_of, qualified

RECUSAL = Source("政府采购法实施条例 第九条", Certainty.LAW)


class EnterScores(Command):
    project_id: ProjectId
    evaluator_id: PartyId
    """the caller's own party"""
    scores: Annotated[tuple[BidScore, ...], Field(min_length=1, max_length=500)]


class CloseScoring(Command):
    project_id: ProjectId


def enter_refs(command: EnterScores, cause: UUID) -> tuple[Ref, ...]:
    return ((Project, command.project_id), (Party, command.evaluator_id))


def enter_scores(world: World, command: EnterScores, context: Context) -> list[Fact]:
    project = world.get(Project, command.project_id)
    context.by.must_be(command.evaluator_id)
    project.must_be_in(Phase.SCORING)
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    must_sit(project, command.evaluator_id, rulebook)
    bids = bids_of(world, project)
    _check_evaluator(project, party(world, command.evaluator_id), context.by.person_id, bids)
    must_be_decided(project, rulebook)
    expected = {bid.bid_id for bid in qualified(bids)}
    if len(command.scores) != len(expected) or {score.bid_id for score in command.scores} != expected:
        raise Refused("scores_incomplete", status=422, field="scores", bids=len(expected))
    for score in command.scores:
        _check_points(score, project.agreed.terms.criteria)
    return [ScoresEntered(project_id=project.project_id, evaluator_id=command.evaluator_id, scores=command.scores)]


def _check_evaluator(project: Project, evaluator: Party, person_id: UUID, bids: list[Bid]) -> None:
    """No tie to any bidder, no hand in the terms, and no second entry."""
    selves = {person_id, evaluator.id}
    tied = sorted(bid.bidder_id for bid in bids if bid.bidder_id in evaluator.ties | selves)
    if tied:
        raise Refused("evaluator_tied", RECUSAL, status=403, bidder=str(tied[0]))
    if selves & drafters_and_approvers(project):
        raise Refused("evaluator_decided_terms", RECUSAL, status=403)
    if any(entry.evaluator_id == evaluator.id for entry in project.entries):
        raise Refused("already_scored", evaluator=str(evaluator.id))


def _check_points(score: BidScore, criteria: tuple[Criterion, ...]) -> None:
    most = {criterion.id: criterion.points for criterion in criteria}
    if score.points.keys() != most.keys():
        raise Refused("criteria_incomplete", status=422, field="scores", criteria=", ".join(most))
    for criterion, points in score.points.items():
        if points > most[criterion]:
            raise Refused("points_above_most", status=422, field="scores", criterion=criterion, most=most[criterion])


def close_scoring(world: World, command: CloseScoring, context: Context) -> list[Fact]:
    """With enough evaluators, hand matching what it needs: qualified bids with each evaluator's total."""
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, Phase.SCORING)
    draft = project.agreed
    rulebook = context.rulebooks.by_hash(draft.rulebook)
    must_be_decided(project, rulebook)
    must_be_complete(project, rulebook)
    needed = rulebook.integer("tender.evaluators_least")
    if len(project.entries) < needed:
        source = rulebook.source("tender.evaluators_least")
        raise Refused("too_few_evaluators", source, entered=len(project.entries), needed=needed)
    bids = tuple(
        RankableBid(bid_id=bid.bid_id, bidder_id=bid.bidder_id, price=bid.opened.price, quality=_totals(project, bid))
        for bid in qualified(bids_of(world, project))
    )
    return [
        ScoringClosed(
            project_id=project.project_id,
            price_points=draft.terms.price_points,
            bids=bids,
            rulebook=draft.rulebook,
        )
    ]


def total_of(score: BidScore) -> Decimal:
    return sum(score.points.values(), Decimal("0.00"))


def _totals(project: Project, bid: Bid) -> tuple[Decimal, ...]:
    """Each evaluator's sum over the criteria, in the order of entering."""
    return tuple(total_of(score) for entry in project.entries for score in entry.scores if score.bid_id == bid.bid_id)
