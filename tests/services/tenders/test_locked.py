"""While keys are waited for a tender can be cancelled, and what is run again waits for its own keys only."""

from schemas.awarding import CancelGround
from schemas.envelope import SealingRule
from schemas.project import BudgetReserved
from schemas.tender import TenderVoided
from services.tenders.rules import cancelling
from services.tenders.rules.project import Bid, Phase
from tests.services.tenders.enveloped import Enveloped
from tests.services.tenders.stories import APPROVER, CEILING, DRAFTER, PROJECT, remember
from tests.support.pure import refused


def cancel(story: Enveloped, ground: CancelGround = CancelGround.NO_LONGER_NEEDED) -> TenderVoided:
    draft = cancelling.DraftCancellation(project_id=PROJECT, ground=ground, reason="两份份额的私钥都已丢失")
    story.do(cancelling.draft_cancellation, draft, DRAFTER)
    waiting = story.project.aftermath.cancellation
    assert waiting is not None
    approval = cancelling.ApproveCancellation(project_id=PROJECT, cancellation_id=waiting.id)
    _, voided = story.do(cancelling.approve_cancellation, approval, APPROVER)
    assert isinstance(voided, TenderVoided)
    return voided


def test_a_tender_whose_shares_are_lost_is_cancelled_by_two_persons_and_nothing_is_decrypted() -> None:
    story = Enveloped(SealingRule.ESCROW)
    story.reserved().open()
    for _ in range(3):
        story.at_door(story.a_bidder())
    story.at_the_deadline()
    story.at_the_end()
    assert (story.phase, story.project.due()) == (Phase.LOCKED, {})

    with refused("ground_not_borne_out", status=422):  # there were enough, and nobody has read them
        cancel(story, CancelGround.TOO_FEW)
    assert cancel(story).code == "tender_cancelled"

    assert story.phase is Phase.VOIDED
    assert [(bid.sealed, bid.content) for bid in story.bids] == [(None, None)] * 3
    assert story.project.owed() == ()


def test_after_a_rerun_only_the_bids_of_the_new_run_are_waited_for() -> None:
    story = Enveloped(SealingRule.BIDDER_KEY)
    story.reserved().open()
    first = [story.a_bidder() for _ in range(3)]
    for bidder in first:
        story.own(bidder)
    old = {bid.id for bid in story.bids}
    cancel(story)
    story.do(cancelling.rerun_tender, cancelling.RerunTender(project_id=PROJECT, reason="需求未变"), DRAFTER)
    story.draft()
    story.approve()
    story.do(remember, BudgetReserved(project_id=PROJECT, ceiling=CEILING, shares=story.project.agreed.shares))
    story.open()
    for bidder in (story.a_bidder(), story.a_bidder(), story.a_bidder()):
        story.own(bidder)

    story.at_the_deadline()

    assert story.phase is Phase.LOCKED
    every = list(story.world.each(Bid))
    assert len(every) == 6
    assert {bid.id for bid in every if bid.owed()} == {bid.id for bid in every} - old
