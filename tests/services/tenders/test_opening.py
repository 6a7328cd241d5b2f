"""Opening by the reserved budget, closing by the clock."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.canonical import digest_of
from schemas.deciding import Due
from schemas.tender import BidContent, BidsOpened, TenderClosed, TenderOpened, TenderVoided
from services.kit.vault import VaultError
from services.tenders.rules.envelopes.unsealing import PER_FACT
from services.tenders.rules.opening import close
from services.tenders.rules.project import Phase, Project
from tests.services.tenders.stories import PROJECT, Tendered
from tests.support.pure import refused


def test_nothing_opens_before_the_budget_is_reserved() -> None:
    story = Tendered().proposed()
    story.draft()
    story.approve()

    with refused("wrong_phase"):
        story.open()


def test_a_tender_stays_open_for_its_bid_period_and_wants_a_timer() -> None:
    story = Tendered().reserved()

    _, opened = story.open()

    assert isinstance(opened, TenderOpened)
    assert opened.closes_at == story.at + timedelta(days=7)
    assert story.project.due() == {"close": opened.closes_at}


def test_three_bids_are_opened_with_what_was_sealed_and_anyone_can_check_the_digest() -> None:
    story = Tendered().opened()
    for price in (88_00, 95_00, 82_00):
        story.seal(story.a_bidder(), price)
    sealed = {bid.id: bid.digest for bid in story.bids}

    closed, opened = story.at_the_deadline()

    assert isinstance(closed, TenderClosed)
    assert closed.bids == 3
    assert isinstance(opened, BidsOpened)
    assert sorted(bid.price.fen for bid in opened.bids) == [82_00, 88_00, 95_00]
    for bid in opened.bids:
        content = BidContent(
            project_id=PROJECT, bidder_id=bid.bidder_id, price=bid.price, proposal=bid.proposal, salt=bid.salt
        )
        assert digest_of(content) == bid.digest == sealed[bid.bid_id]
    assert (story.phase, story.project.key, story.project.due()) == (Phase.OPENED, None, {})


def test_two_bids_void_the_tender_and_none_is_decrypted() -> None:
    story = Tendered().opened()
    for price in (88_00, 95_00):
        story.seal(story.a_bidder(), price)

    closed, voided = story.at_the_deadline()

    assert isinstance(closed, TenderClosed)
    assert isinstance(voided, TenderVoided)
    assert (voided.code, "第四十一条" in voided.source) == ("too_few_bids", True)
    assert (story.phase, story.project.key) == (Phase.VOIDED, None)
    assert all(bid.content is None for bid in story.bids)


def test_a_withdrawn_bid_does_not_count() -> None:
    story = Tendered().opened()
    bidder = story.a_bidder()
    story.seal(bidder)
    story.withdraw(bidder, story.bids[0].id)
    for _ in range(2):
        story.seal(story.a_bidder())

    closed, voided = story.at_the_deadline()

    assert isinstance(closed, TenderClosed)
    assert closed.bids == 2
    assert isinstance(voided, TenderVoided)


def test_a_timer_that_rings_early_or_twice_does_nothing() -> None:
    story = Tendered().opened()
    ring = Due(ref=(Project, PROJECT), name="close", at=story.at)

    assert story.do(close, ring) == []
    story.at_the_deadline()
    assert story.do(close, ring) == []


def test_very_many_bids_are_opened_in_several_facts() -> None:
    story = Tendered().opened()
    for _ in range(PER_FACT + 1):
        story.seal(story.a_bidder())

    _, first, second = story.at_the_deadline()

    assert isinstance(first, BidsOpened)
    assert isinstance(second, BidsOpened)
    assert (len(first.bids), len(second.bids)) == (PER_FACT, 1)
    assert all(bid.content is not None for bid in story.bids)


def test_a_ciphertext_moved_to_another_bidder_does_not_open() -> None:
    story = Tendered().opened()
    for _ in range(3):
        story.seal(story.a_bidder())
    mine, other, _ = story.bids
    story.world.put(replace(other, sealed=mine.sealed))

    with pytest.raises(VaultError):
        story.at_the_deadline()
