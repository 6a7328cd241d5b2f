"""Cancelled before the award by two persons and on a ground, and run again: with bids, key and money of its own."""

import pytest

from schemas.awarding import CancelGround, TenderCancelled, TenderRerun
from schemas.fund import ReservationReleased
from schemas.project import BudgetReserved
from schemas.role import Role
from schemas.tender import AwardConfirmed, TenderVoided
from services.tenders.rules.award import void_lapsed
from services.tenders.rules.project import Bid, Phase, bids_of
from tests.services.tenders.aftermost import Aftermost, under
from tests.services.tenders.stories import CEILING, DRAFTER, PROJECT, a_ranking, remember
from tests.support.pure import an_actor, refused


def an_open_one() -> Aftermost:
    story = Aftermost()
    story.opened()
    for price in (90_000_00, 90_010_00, 90_020_00):
        story.seal(story.a_bidder(), price)
    return story


def test_two_persons_cancel_an_open_tender_and_what_is_sealed_stays_sealed() -> None:
    story = an_open_one()

    cancelled, voided = story.cancel()

    assert isinstance(cancelled, TenderCancelled)
    assert cancelled.drafted_by != cancelled.approved_by
    assert isinstance(voided, TenderVoided)
    assert "第三十六条" in voided.source
    assert (story.phase, story.project.key) == (Phase.VOIDED, None)
    assert [(bid.content, bool(bid.sealed)) for bid in story.bids] == [(None, True)] * 3


def test_who_drafted_a_cancellation_cannot_approve_it_and_a_replaced_one_is_approved_by_nobody() -> None:
    story = an_open_one()
    story.draft_cancellation()
    assert story.after.cancellation is not None
    first = story.after.cancellation.id

    with refused("drafter_cannot_approve", status=403):
        story.approve_cancellation(DRAFTER)
    story.draft_cancellation(CancelGround.UNLAWFUL)
    with refused("cancellation_replaced"):
        story.approve_cancellation(id=first)


@pytest.mark.parametrize("ground", [CancelGround.TOO_FEW, CancelGround.ABOVE_BUDGET, CancelGround.WINNER_DEFAULTED])
def test_a_ground_that_nothing_bears_out_is_refused(ground: CancelGround) -> None:
    story = an_open_one()

    with refused("ground_not_borne_out", status=422):
        story.draft_cancellation(ground)


def test_prices_are_above_the_budget_when_all_of_them_are() -> None:
    above, one_below = Aftermost(), Aftermost()
    above.with_bids(*(CEILING.fen + i for i in (1, 2, 3)))
    one_below.with_bids(CEILING.fen, CEILING.fen + 1, CEILING.fen + 2)

    assert above.cancel(CancelGround.ABOVE_BUDGET)
    with refused("ground_not_borne_out"):
        one_below.draft_cancellation(CancelGround.ABOVE_BUDGET)


def test_after_the_award_nothing_is_cancelled_any_more() -> None:
    story = Aftermost().in_order(1, 2, 3)
    story.draft_cancellation()
    story.choose(0)

    with refused("wrong_phase"):
        story.approve_cancellation()
    with refused("wrong_phase"):
        story.draft_cancellation()


def test_only_the_buyer_cancels_and_runs_again_and_only_what_is_void() -> None:
    story, stranger = an_open_one(), an_actor(Role.FUNDER)
    with refused("not_your_party", status=403):
        story.draft_cancellation(by=stranger)
    with refused("wrong_phase"):
        story.run_again()
    story.cancel()

    with refused("not_your_party", status=403):
        story.run_again(stranger)


def test_under_an_earlier_edition_nothing_is_cancelled() -> None:
    story = under("2026.4")
    story.opened()

    with refused("rulebook_lacks"):
        story.draft_cancellation()


def test_a_void_project_is_proposed_again_and_its_next_tender_knows_only_its_own_bids() -> None:
    story = an_open_one()
    first_key = story.project.key
    bidder = story.a_bidder()
    story.seal(bidder, 4_00)
    before = {bid.id for bid in story.bids}
    story.cancel()

    [again] = story.run_again()
    proposed = story.project
    story.draft()
    story.approve()
    story.do(remember, BudgetReserved(project_id=PROJECT, ceiling=CEILING, shares=story.project.agreed.shares))
    story.open()
    second_key = story.project.key
    for by in (bidder, story.a_bidder(), story.a_bidder()):  # who bid before may bid again
        story.seal(by, 5_00)
    story.at_the_deadline()

    assert isinstance(again, TenderRerun)
    assert (again.run, proposed.phase, proposed.draft, proposed.bids) == (2, Phase.PROPOSED, None, None)
    assert second_key not in (None, first_key)
    assert (story.phase, story.project.bids) == (Phase.OPENED, 3)
    assert before.isdisjoint(bid.id for bid in bids_of(story.world, story.project))
    old = [bid for bid in story.world.each(Bid) if bid.id in before]
    assert [(bid.content, bool(bid.sealed)) for bid in old] == [(None, True)] * 4


def test_the_next_run_goes_to_its_award() -> None:
    story = Aftermost().in_order(1, 2, 3)
    story.cancel()
    story.run_again()
    story.draft()
    story.approve()
    story.do(remember, BudgetReserved(project_id=PROJECT, ceiling=CEILING, shares=story.project.agreed.shares))
    story.open()
    for price in (90_000_00, 90_010_00, 90_020_00):
        story.seal(story.a_bidder(), price)
    story.at_the_deadline()
    story.qualify()
    story.scored_again()
    story.do(remember, a_ranking(story.bids, (1, 2, 3)))

    award, *_ = story.choose(0)

    assert isinstance(award, AwardConfirmed)
    assert award.bid_id in {bid.bid_id for bid in story.bids}


def test_money_that_went_back_from_the_first_run_does_not_touch_what_is_proposed_again() -> None:
    story = an_open_one()
    story.cancel()
    story.run_again()

    assert story.do(void_lapsed, ReservationReleased(project_id=PROJECT, shares=())) == []
    assert story.phase is Phase.PROPOSED


def test_a_project_is_run_only_so_often() -> None:
    story = Aftermost()
    story.opened()
    for _ in range(story.rulebook.integer("tender.runs_most") - 1):
        story.cancel()
        story.run_again()
        story.draft()
        story.approve()
        story.do(remember, BudgetReserved(project_id=PROJECT, ceiling=CEILING, shares=story.project.agreed.shares))
        story.open()
    story.cancel()

    with refused("too_many_runs"):
        story.run_again()
