"""Bids under their bidders' own keys: released after the deadline, opened together, and nothing without them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from schemas.canonical import canonical, digest_of
from schemas.envelope import Envelope, SealingRule, bid_place, new_key, public_of, seal
from schemas.ids import PartyId, ProjectId
from schemas.obligation import Duty
from schemas.role import Actor
from schemas.tender import BidContent, BidSealed, BidsOpened, TenderClosed, TenderVoided
from schemas.unsealing import BidEnveloped, BidSpoiled, BidUnreleased, KeyReleased, OpeningAwaited
from services.kit import reasons
from services.tenders.rules.envelopes.kept import KeyKeptBack
from services.tenders.rules.project import Phase
from tests.services.kit.books import BELOW, a_document, book
from tests.services.tenders.enveloped import Enveloped, altered
from tests.services.tenders.stories import PROJECT
from tests.support.pure import refused


def with_bids(number: int = 3, rule: SealingRule = SealingRule.BIDDER_KEY) -> tuple[Enveloped, list[Actor]]:
    """An open tender, and the bidders whose bids of 100.00 yuan and a fen more each are in."""
    story = Enveloped(rule)
    story.reserved().open()
    bidders = [story.a_bidder() for _ in range(number)]
    for place, bidder in enumerate(bidders):
        story.own(bidder, 100_00 + place)
    return story, bidders


def test_a_bid_under_its_bidders_key_tells_two_digests_and_neither_bidder_nor_key() -> None:
    story, _ = with_bids(0)
    bidder = story.a_bidder()

    kept, sealed, enveloped = story.own(bidder)

    assert isinstance(sealed, BidSealed)
    assert isinstance(enveloped, BidEnveloped)
    assert (enveloped.envelope, enveloped.bid_id) == (Envelope.OWN, sealed.bid_id)
    assert str(bidder.party_id) not in f"{sealed} {enveloped}"
    assert story.keys[bidder.party_id].hex() not in f"{kept!r}"


def test_closing_and_opening_are_two_steps_and_everybody_learns_what_is_waited_for() -> None:
    story, bidders = with_bids()

    closed, awaited = story.at_the_deadline()

    assert isinstance(closed, TenderClosed)
    assert isinstance(awaited, OpeningAwaited)
    assert (awaited.keys, awaited.shares, awaited.release_until) == (3, 0, story.at + timedelta(hours=24))
    assert (story.phase, story.project.due()) == (Phase.LOCKED, {"release": awaited.release_until})
    (owed,) = story.bid_of(bidders[0]).owed()
    assert (owed.duty, owed.party_id, owed.until) == (Duty.RELEASE_KEY, bidders[0].party_id, awaited.release_until)
    assert (owed.rulebook, owed.rule) == (story.project.agreed.rulebook, "tender.release_hours")


def test_the_last_key_opens_all_bids_at_once_and_each_is_what_was_sealed() -> None:
    story, bidders = with_bids()
    sealed = {bid.id: bid.digest for bid in story.bids}
    story.at_the_deadline()

    first, kept = story.release(bidders[0])
    assert isinstance(first, KeyReleased)
    assert isinstance(kept, KeyKeptBack)
    assert story.keys[bidders[0].party_id].hex() not in f"{first!r} {kept!r}"
    story.release(bidders[1])
    assert [bid.content for bid in story.bids] == [None, None, None]
    *_, opened = story.release(bidders[2])

    assert isinstance(opened, BidsOpened)
    assert sorted(bid.price.fen for bid in opened.bids) == [100_00, 100_01, 100_02]
    for bid in opened.bids:
        content = BidContent(
            project_id=PROJECT, bidder_id=bid.bidder_id, price=bid.price, proposal=bid.proposal, salt=bid.salt
        )
        assert digest_of(content) == bid.digest == sealed[bid.bid_id]
    assert (story.phase, story.project.due()) == (Phase.OPENED, {})
    assert all((bid.released, bid.sealed, bid.owed()) == (None, None, ()) for bid in story.bids)


def test_a_key_released_before_the_deadline_is_refused_and_not_kept() -> None:
    story, (bidder, *_) = with_bids()
    assert story.project.closes_at is not None
    story.at = story.project.closes_at - timedelta(microseconds=1)

    with refused("key_before_deadline", source="24 小时"):
        story.release(bidder)

    assert story.bid_of(bidder).released is None


def test_a_key_not_released_in_its_hours_counts_as_withdrawn_and_the_others_open() -> None:
    story, bidders = with_bids(4)
    story.at_the_deadline()
    for bidder in bidders[:3]:
        story.release(bidder)

    unreleased, _, opened = story.at_the_end()

    assert isinstance(unreleased, BidUnreleased)
    assert unreleased.bid_id == story.bid_of(bidders[3]).id
    assert "24 小时" in unreleased.source
    assert isinstance(opened, BidsOpened)
    assert len(opened.bids) == 3
    late = story.bid_of(bidders[3])
    assert (late.withdrawn, late.sealed, late.fault, late.owed()) == (True, None, "key_not_released", ())
    assert "未在规定期限内公布密钥" in reasons.sentence("key_not_released", "zh", {})


def test_too_few_released_void_the_tender_and_nothing_is_decrypted() -> None:
    story, bidders = with_bids()
    story.at_the_deadline()
    for bidder in bidders[:2]:
        story.release(bidder)

    *_, voided = story.at_the_end()

    assert isinstance(voided, TenderVoided)
    assert voided.code == "too_few_bids"
    assert all(story.bid_of(bidder).content is None for bidder in bidders)
    assert all((bid.sealed, bid.released, bid.owed()) == (None, None, ()) for bid in story.bids)
    assert (story.phase, story.project.due()) == (Phase.VOIDED, {})


def test_with_too_few_bids_at_the_deadline_no_key_is_taken() -> None:
    story, bidders = with_bids(2)

    _, voided = story.at_the_deadline()

    assert isinstance(voided, TenderVoided)
    with refused("wrong_phase"):
        story.release(bidders[0])
    assert all(bid.sealed is None for bid in story.bids)


def test_the_hours_end_to_the_microsecond_and_a_timer_rings_once() -> None:
    story, bidders = with_bids(4)
    story.at_the_deadline()
    for bidder in bidders[:2]:
        story.release(bidder)
    assert story.project.release_until is not None
    story.at = story.project.release_until - timedelta(microseconds=1)
    assert story.at_the_end(hours=0) == []
    story.release(bidders[2])

    story.at = story.project.release_until

    with refused("release_over", source="24 小时"):
        story.release(bidders[3])
    assert story.at_the_end(hours=0) != []
    assert story.at_the_end(hours=0) == []


def test_a_program_that_was_down_at_the_deadline_takes_no_hour_from_the_bidders() -> None:
    story, _ = with_bids()
    assert story.project.closes_at is not None
    story.at = story.project.closes_at + timedelta(days=3)

    story.close_late()

    assert story.project.release_until == story.project.closes_at + timedelta(days=3, hours=24)


def test_only_the_bidder_releases_once_and_only_the_right_key() -> None:
    story, (one, other, _) = with_bids()
    story.at_the_deadline()

    with refused("wrong_key", status=422):
        story.release(one, new_key())
    with refused("bid_of_another", status=403):
        story.release(other, story.keys[one.party_id], story.bid_of(one).id)
    with refused("no_such_bid", status=404):
        story.release(one, bid_id=uuid4())
    assert story.bid_of(one).released is None
    story.release(one)
    with refused("key_released_already"):
        story.release(one)


def test_a_bid_the_server_sealed_under_the_bidders_key_opens_with_it_and_the_key_is_kept_nowhere() -> None:
    """A client without cryptography: 32 random bytes are a key."""
    story, _ = with_bids(2)
    bidder, secret = story.a_bidder(), new_key()

    said = story.at_door(bidder, 99_00, own=secret.hex())

    bid = story.bid_of(bidder)
    assert bid.public_key == public_of(secret).hex()
    assert secret.hex() not in f"{said!r} {bid!r}"
    story.at_the_deadline()
    story.release(bidder, secret)


def test_where_bidders_keys_are_the_rule_a_bid_without_one_is_refused() -> None:
    story, _ = with_bids(0)

    with refused("own_key_needed", source="本地通知", status=422) as caught:
        story.at_door(story.a_bidder())

    assert caught.value.field == "key"


@pytest.mark.parametrize("rule", [SealingRule.SERVER, SealingRule.BIDDER_KEY])
def test_a_bid_for_a_tenders_key_that_is_not_there_is_refused(rule: SealingRule) -> None:
    story, _ = with_bids(0, rule)

    with refused("own_key_needed" if rule is SealingRule.BIDDER_KEY else "no_tender_key", status=422):
        story.own(story.a_bidder(), envelope=Envelope.ESCROW, public_key=None)


def test_beside_bids_the_server_sealed_one_may_have_its_own_key_and_all_wait_for_it() -> None:
    story = Enveloped(SealingRule.SERVER)
    story.reserved().open()
    own = story.a_bidder()
    story.own(own, 88_00)
    for _ in range(2):
        story.at_door(story.a_bidder(), 99_00)

    _, awaited = story.at_the_deadline()
    *_, opened = story.release(own)

    assert isinstance(awaited, OpeningAwaited)
    assert (awaited.keys, awaited.shares) == (1, 0)
    assert isinstance(opened, BidsOpened)
    assert sorted(bid.price.fen for bid in opened.bids) == [88_00, 99_00, 99_00]
    with refused("no_key_awaited"):
        story.release(story.a_bidder_of(99_00), new_key())


def test_under_an_edition_from_before_the_server_seals_and_opens_at_the_deadline() -> None:
    story = Enveloped()
    story.rulebook = book(a_document({}, parent=BELOW, id="320508/before"))
    story.reserved().open()

    with refused("only_the_server_seals", status=422):
        story.own(story.a_bidder())
    for _ in range(3):
        story.at_door(story.a_bidder())
    closed, opened = story.at_the_deadline()

    assert story.project.sealing is None
    assert isinstance(closed, TenderClosed)
    assert isinstance(opened, BidsOpened)


def elsewhere(content: BidContent, key: bytes) -> dict[str, Any]:
    """Sealed for another tender."""
    place = bid_place(ProjectId(uuid4()), content.bidder_id)
    return {"sealed": seal(canonical(content), public_of(key), place)}


def for_somebody_else(content: BidContent, key: bytes) -> dict[str, Any]:
    place = bid_place(content.project_id, PartyId(uuid4()))
    return {"sealed": seal(canonical(content), public_of(key), place)}


def inside(content: BidContent, key: bytes, **changes: Any) -> dict[str, Any]:
    """Rightly sealed, but of what is not a bid."""
    plain = canonical(content.model_dump(mode="json") | changes)
    return {"sealed": seal(plain, public_of(key), bid_place(content.project_id, content.bidder_id))}


WRONG = {
    "another tender's": (elsewhere, "envelope_unreadable"),
    "another bidder's": (for_somebody_else, "envelope_unreadable"),
    "damaged": (lambda content, key: {"sealed": bytes(200)}, "envelope_unreadable"),
    "a price of nothing": (lambda content, key: inside(content, key, price={"fen": 0}), "content_malformed"),
    "a negative price": (lambda content, key: inside(content, key, price={"fen": -5}), "content_malformed"),
    "an absurd price": (lambda content, key: inside(content, key, price={"fen": 10**16}), "content_malformed"),
    "a price in yuan": (lambda content, key: inside(content, key, price={"yuan": 5}), "content_malformed"),
    "dollars": (lambda content, key: inside(content, key, price={"fen": 5, "currency": "USD"}), "content_malformed"),
    "an endless proposal": (lambda content, key: inside(content, key, proposal="长" * 4001), "content_malformed"),
    "a NUL": (lambda content, key: inside(content, key, proposal="a\0b"), "content_malformed"),
    "no proposal": (lambda content, key: inside(content, key, proposal=""), "content_malformed"),
    "no salt": (lambda content, key: inside(content, key, salt=""), "content_malformed"),
    "more than a bid": (lambda content, key: inside(content, key, note="x"), "content_malformed"),
    "another project's words": (
        lambda content, key: inside(content, key, project_id=str(uuid4())),
        "content_of_another",
    ),
    "another price": (lambda content, key: inside(content, key, price={"fen": 5}), "bid_digest_differs"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_not_the_bid_it_said_it_was_takes_no_part_and_the_others_open(wrong: str) -> None:
    made, code = WRONG[wrong]
    story, bidders = with_bids(3)
    bad, key = story.a_bidder(), new_key()
    story.keys[bad.party_id] = key
    content = story.content(bad)
    story.own(bad, digest=digest_of(content), **made(content, key))
    story.at_the_deadline()
    for bidder in bidders:
        story.release(bidder)

    *_, spoiled, opened = story.release(bad)

    assert isinstance(spoiled, BidSpoiled)
    assert (spoiled.code, spoiled.bid_id) == (code, story.bid_of(bad).id)
    assert isinstance(opened, BidsOpened)
    assert {bid.bidder_id for bid in opened.bids} == {bidder.party_id for bidder in bidders}
    assert len(story.bids) == 3
    assert story.bid_of(bad).fault == code


def test_a_proposal_that_may_not_be_published_is_not_and_the_others_are() -> None:
    story, bidders = with_bids(3)
    bad, key = story.a_bidder(), new_key()
    story.keys[bad.party_id] = key
    content = story.content(bad, proposal="联系人电话 13812345678")
    plain = seal(canonical(content), public_of(key), bid_place(PROJECT, bad.party_id))
    story.own(bad, digest=digest_of(content), sealed=plain)
    story.at_the_deadline()
    for bidder in bidders:
        story.release(bidder)

    said = story.release(bad)

    assert "13812345678" not in f"{said!r}"
    assert [one.code for one in said if isinstance(one, BidSpoiled)] == ["proposal_not_public"]


def test_a_ciphertext_altered_in_the_table_is_told_apart_from_a_bad_bid() -> None:
    story, bidders = with_bids(4)
    story.at_the_deadline()
    altered(story, bidders[0], sealed=story.bid_of(bidders[1]).sealed)
    for bidder in bidders[1:]:
        story.release(bidder)

    *_, spoiled, opened = story.release(bidders[0])

    assert isinstance(spoiled, BidSpoiled)
    assert spoiled.code == "envelope_altered"
    assert isinstance(opened, BidsOpened)
    assert len(opened.bids) == 3


def test_if_not_one_bid_opens_the_tender_is_void() -> None:
    story, bidders = with_bids()
    story.at_the_deadline()
    for bidder in bidders:
        altered(story, bidder, sealed=b"x" * 100)
    for bidder in bidders[:2]:
        story.release(bidder)

    *spoiled, voided = story.release(bidders[2])

    assert sum(isinstance(one, BidSpoiled) for one in spoiled) == 3
    assert isinstance(voided, TenderVoided)
    assert voided.code == "none_opened"
