"""Amounts in a bid that differ: corrected at the opening, confirmed by the bidder, or the bid is out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.canonical import canonical, digest_of
from schemas.ids import PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.obligation import Duty
from schemas.quotation import PriceCorrected, Quotation, QuotationOpened
from schemas.role import Actor
from schemas.tender import BidContent, BidsOpened, ScoringClosed
from services.tenders.rules import correcting
from services.tenders.rules.project import Bid, place
from tests.services.tenders.conducting import BEFORE, Conducting, edition
from tests.services.tenders.stories import DRAFTER, PROJECT, VAULT
from tests.support.pure import refused

STATED, MEANT = 100_000_00, 90_000_00
OTHERS = (95_000_00, 99_000_00)
DIFFERS = Quotation(capitals="人民币玖万元整")
A_DAY = timedelta(hours=24)


class Correcting(Conducting):
    def quoted(self, by: Actor, quotation: Quotation | None, price: int = STATED) -> None:
        content = BidContent(
            project_id=PROJECT,
            bidder_id=by.party_id,
            price=Money(price),
            proposal="方案",
            salt="ab" * 32,
            quotation=quotation,
        )
        key = self.project.key
        assert key is not None
        sealed = VAULT.seal(key, canonical(content), place(PROJECT, by.party_id))
        self.seal(by, price, sealed=sealed, digest=digest_of(content))

    def answer(self, bid: Bid, *, confirmed: bool = True, by: Actor | None = None) -> list[Model]:
        command = correcting.AnswerCorrection(
            project_id=PROJECT, bid_id=bid.bid_id, bidder_id=bid.bidder_id, confirmed=confirmed
        )
        return self.do(correcting.answer_correction, command, by or replace(DRAFTER, party_id=bid.bidder_id))


def corrected(version: str = "2026.6") -> tuple[Correcting, Bid, list[Model]]:
    """One bid says 100,000 in figures and 90,000 in capitals."""
    story = Correcting()
    story.rulebook = edition(version)
    story.opened()
    bidder = story.a_bidder()
    story.quoted(bidder, DIFFERS)
    for price in OTHERS:
        story.seal(story.a_bidder(), price)
    told = story.at_the_deadline()
    return story, next(bid for bid in story.bids if bid.bidder_id == bidder.party_id), told


def test_opening_tells_the_list_and_the_correction_and_gives_a_day() -> None:
    story, bid, told = corrected()

    opened = next(fact for fact in told if isinstance(fact, BidsOpened))
    listed = next(fact for fact in told if isinstance(fact, QuotationOpened))
    found = next(fact for fact in told if isinstance(fact, PriceCorrected))
    assert {one.price for one in opened.bids} == {Money(STATED), *map(Money, OTHERS)}
    assert (listed.bid_id, listed.quotation) == (bid.bid_id, DIFFERS)
    assert (found.stated, found.corrected, found.confirm_until) == (Money(STATED), Money(MEANT), story.at + A_DAY)
    assert bid.opened.price == Money(STATED)
    [owed] = bid.owed()
    assert (owed.duty, owed.party_id, owed.until) == (Duty.CONFIRM_PRICE, bid.bidder_id, found.confirm_until)


def test_a_confirmed_price_is_the_one_that_is_scored() -> None:
    story, bid, _ = corrected()
    with refused("correction_waits", source="第五十九条"):
        story.qualify()
    story.answer(bid)
    with refused("correction_answered"):
        story.answer(bid, confirmed=False)
    assert story.bid_of(MEANT).owed() == ()
    story.qualify()
    for _ in range(3):
        story.score(story.an_evaluator())

    [closed] = story.close_scoring()

    assert isinstance(closed, ScoringClosed)
    assert {one.price for one in closed.bids} == {Money(MEANT), *map(Money, OTHERS)}


@pytest.mark.parametrize("said", [False, None])
def test_a_price_its_bidder_does_not_stand_by_cannot_qualify(said: bool | None) -> None:
    """Refused by the bidder, or not answered within the day."""
    story, bid, _ = corrected()
    if said is False:
        story.answer(bid, confirmed=False)
    else:
        story.at += A_DAY
        with refused("correction_late", source="24 小时"):
            story.answer(bid)
    with refused("price_unconfirmed", source="第五十九条"):
        story.qualify()

    story.qualify(bid.id)

    assert next(one for one in story.bids if one.id == bid.id).owed() == ()


def test_nobody_answers_for_another_and_only_what_was_corrected() -> None:
    story, bid, _ = corrected()
    other = story.bid_of(OTHERS[0])
    with refused("not_your_party"):
        story.answer(bid, by=DRAFTER)
    with refused("no_correction", status=404):
        story.answer(other)


def test_editions_from_before_correct_nothing() -> None:
    _, bid, told = corrected(BEFORE)

    assert not any(isinstance(fact, PriceCorrected) for fact in told)
    assert bid.opened.quotation == DIFFERS


def test_a_bid_without_a_list_has_the_digest_it_always_had() -> None:
    content = BidContent(
        project_id=PROJECT, bidder_id=PartyId(PROJECT), price=Money(1), proposal="p", salt="00", quotation=None
    )
    assert b"quotation" not in canonical(content)
