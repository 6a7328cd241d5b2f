"""Evaluators without ties score everything once; then scoring is closed for matching."""

from dataclasses import replace
from decimal import Decimal

from schemas.role import Role
from schemas.tender import BidScore, ScoresEntered, ScoringClosed
from services.tenders.rules import scoring
from services.tenders.rules.project import Phase
from tests.services.tenders.stories import APPROVER, DRAFTER, PROJECT, Tendered
from tests.support.pure import an_actor, refused


def a_story_to_score() -> Tendered:
    story = Tendered().with_bids(88_000_00, 95_000_00, 82_000_00)
    story.qualify()
    return story


def test_three_evaluators_score_and_matching_gets_each_total() -> None:
    story = a_story_to_score()
    for plan, team in (("30", "20"), ("32.5", "21.25"), ("40", "30")):
        story.score(story.an_evaluator(), plan, team)

    [closed] = story.close_scoring()

    assert isinstance(closed, ScoringClosed)
    assert closed.price_points == 30
    assert {bid.quality for bid in closed.bids} == {(Decimal("50.00"), Decimal("53.75"), Decimal("70.00"))}
    assert story.phase is Phase.SCORED


def test_scoring_with_too_few_evaluators_is_not_closed() -> None:
    story = a_story_to_score()
    for _ in range(2):
        story.score(story.an_evaluator())

    with refused("too_few_evaluators", source="3 人以上"):
        story.close_scoring()


def test_an_evaluator_with_a_tie_to_any_bidder_is_refused() -> None:
    story = a_story_to_score()
    tied = story.an_evaluator(ties={story.bids[2].bidder_id})

    with refused("evaluator_tied", source="实施条例 第九条", status=403):
        story.score(tied)


def test_a_tie_to_a_disqualified_bidder_counts_too() -> None:
    story = Tendered().with_bids(88_000_00, 95_000_00, 82_000_00, 84_000_00)
    out = story.bids[0]
    story.qualify(out.id)

    with refused("evaluator_tied", status=403):
        story.score(story.an_evaluator(ties={out.bidder_id}), bids=story.bids[1:])


def test_a_bidder_cannot_score() -> None:
    story = a_story_to_score()
    evaluator = replace(story.an_evaluator(), person_id=story.bids[0].bidder_id)

    with refused("evaluator_tied", status=403):
        story.score(evaluator)


def test_who_drafted_or_approved_the_terms_cannot_score() -> None:
    story = a_story_to_score()
    for person in (DRAFTER, APPROVER):
        evaluator = replace(story.an_evaluator(), person_id=person.person_id)
        with refused("evaluator_decided_terms", status=403):
            story.score(evaluator)


def test_an_evaluator_scores_once_and_only_for_itself() -> None:
    story = a_story_to_score()
    evaluator = story.an_evaluator()
    [entered] = story.score(evaluator)
    assert isinstance(entered, ScoresEntered)

    with refused("already_scored"):
        story.score(evaluator)


def test_nobody_scores_in_the_name_of_another_evaluator() -> None:
    story = a_story_to_score()
    one, other = story.an_evaluator(), story.an_evaluator()
    scores = tuple(BidScore(bid_id=bid.bid_id, points={"plan": Decimal(1), "team": Decimal(1)}) for bid in story.bids)
    command = scoring.EnterScores(project_id=PROJECT, evaluator_id=one.party_id, scores=scores)

    with refused("not_your_party", status=403):
        story.do(scoring.enter_scores, command, other)


def test_every_qualified_bid_is_scored_on_every_criterion_within_its_points() -> None:
    story = a_story_to_score()
    evaluator = story.an_evaluator()

    with refused("scores_incomplete", status=422):
        story.score(evaluator, bids=story.bids[:2])
    with refused("scores_incomplete", status=422):
        story.score(evaluator, bids=[*story.bids, story.bids[0]])
    with refused("points_above_most", status=422):
        story.score(evaluator, plan="40.01")


def test_only_the_buyer_closes_scoring() -> None:
    story = a_story_to_score()

    with refused("not_your_party", status=403):
        story.close_scoring(by=an_actor(Role.FUNDER))
