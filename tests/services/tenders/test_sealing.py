"""Who may hand in a sealed bid, until when, and what is known of it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from pydantic import ValidationError

from schemas.days import day_of
from schemas.ids import BidId, PartyId
from schemas.money import Money
from schemas.party import PartyKind
from schemas.tender import BidSealed, BidWithdrawn
from services.tenders.rules import sealing
from services.tenders.rules.opening import OpenTenderWithKey, open_tender
from tests.services.tenders.stories import APPROVER, PROJECT, VAULT, Tendered
from tests.support.pure import refused


def test_a_bid_is_told_by_id_and_digest_and_nothing_of_its_bidder_or_content() -> None:
    story = Tendered().opened()

    kept, told = story.seal(story.a_bidder(), price=98_765_43)

    assert isinstance(kept, sealing.BidKept)
    assert isinstance(told, BidSealed)
    assert set(told.model_dump()) == {"project_id", "bid_id", "digest"}
    assert b"9876543" not in kept.sealed


def test_a_bid_at_the_deadline_is_refused_and_names_the_rule() -> None:
    story = Tendered().opened()
    bidder = story.a_bidder()
    command = story.sealed(bidder)
    assert story.project.closes_at is not None
    story.at = story.project.closes_at - timedelta(microseconds=1)
    story.do(sealing.seal_bid, command, bidder)

    story.at = story.project.closes_at

    with refused("bid_after_deadline", source="第三十三条"):
        story.seal(story.a_bidder())
    with refused("bid_after_deadline", source="第三十三条"):
        story.withdraw(bidder, story.bids[0].id)


def test_a_bid_after_opening_is_refused_by_the_deadline_although_there_is_no_key_any_more() -> None:
    story = Tendered().with_bids(1_00, 2_00, 3_00)

    with refused("bid_after_deadline", source="第三十三条"):
        story.seal(story.a_bidder())


def test_a_bid_before_the_tender_opens_is_refused() -> None:
    story = Tendered().reserved()

    with refused("wrong_phase"):
        story.seal(story.a_bidder())


def test_a_bid_made_without_a_key_while_the_tender_opened_is_refused() -> None:
    story = Tendered().reserved()
    bidder = story.a_bidder()
    command = story.sealed(bidder)
    story.do(open_tender, OpenTenderWithKey(project_id=PROJECT, key=VAULT.new_key()), APPROVER)

    with refused("tender_just_opened"):
        story.do(sealing.seal_bid, command, bidder)


def test_a_second_bid_is_refused_unless_it_replaces_the_first() -> None:
    story = Tendered().opened()
    bidder = story.a_bidder()
    story.seal(bidder, 100_00)
    [first] = story.bids

    with refused("already_bid"):
        story.seal(bidder, 90_00)
    withdrawn, _, sealed = story.seal(bidder, 90_00, replaces=first.bid_id)

    assert isinstance(withdrawn, BidWithdrawn)
    assert isinstance(sealed, BidSealed)
    assert [bid.id for bid in story.bids] == [sealed.bid_id]
    assert withdrawn.bid_id == first.bid_id != sealed.bid_id


def test_nobody_replaces_or_withdraws_the_bid_of_another() -> None:
    story = Tendered().opened()
    story.seal(story.a_bidder())
    other = story.a_bidder()
    [bid] = story.bids

    with refused("bid_of_another", status=403):
        story.seal(other, replaces=bid.bid_id)
    with refused("bid_of_another", status=403):
        story.withdraw(other, bid.id)


def test_nobody_bids_in_the_name_of_another_party() -> None:
    story = Tendered().opened()
    owner, other = story.a_bidder(), story.a_bidder()

    with refused("not_your_party", status=403):
        story.do(sealing.seal_bid, story.sealed(owner), other)


def test_a_withdrawn_bid_loses_its_content_and_its_party_may_bid_again() -> None:
    story = Tendered().opened()
    bidder = story.a_bidder()
    story.seal(bidder)
    [bid] = story.bids

    story.withdraw(bidder, bid.id)

    assert story.bids == []
    assert next(b for b in story.world.each(type(bid))).sealed is None
    with refused("no_such_bid", status=404):
        story.withdraw(bidder, bid.id)
    story.seal(bidder)
    assert len(story.bids) == 1


def test_unverified_and_suspended_parties_cannot_bid() -> None:
    story = Tendered().opened()
    unverified, suspended = story.a_bidder(), story.a_bidder()
    story.changes(unverified.party_id, verified=False)
    story.changes(suspended.party_id, suspended=True)

    with refused("party_not_verified", status=403):
        story.seal(unverified)
    with refused("party_suspended", status=403):
        story.seal(suspended)


def test_a_social_worker_bids_on_the_last_day_of_the_registration_and_not_after() -> None:
    story = Tendered().opened()
    today = day_of(story.at)

    story.seal(story.a_bidder(PartyKind.SOCIAL_WORKER, registered_until=today))

    with refused("registration_lapsed", source="登记", status=403):
        story.seal(story.a_bidder(PartyKind.SOCIAL_WORKER, registered_until=today - timedelta(days=1)))
    with refused("not_a_provider", status=403):
        story.seal(story.a_bidder(PartyKind.SOCIAL_WORKER))


def test_a_price_of_zero_is_refused_without_saying_what_was_sent() -> None:
    with pytest.raises(ValidationError) as caught:
        sealing.SealBid(project_id=PROJECT, bidder_id=PartyId(uuid4()), price=Money(0), proposal="标记文字")

    assert "标记文字" not in str(caught.value)


def test_a_command_that_is_printed_shows_neither_price_nor_proposal() -> None:
    command = sealing.SealBid(
        project_id=PROJECT,
        bidder_id=PartyId(uuid4()),
        price=Money(98_765_43),
        proposal="标记文字",
        replaces=BidId(uuid4()),
    )

    assert "9876543" not in repr(command)
    assert "标记文字" not in f"{command}"
