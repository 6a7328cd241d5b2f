"""A price that looks abnormally low is asked about, explained or not, and a person decides, with the reason."""

from datetime import timedelta

import pytest

from schemas.deciding import Due
from schemas.low_price import LowPriceInquired, LowPriceTest, LowPriceUnexplained
from schemas.money import Money
from schemas.obligation import Duty
from schemas.role import Role
from schemas.tender import ScoringClosed, TenderVoided
from services.tenders.rules.low_price import triggers
from services.tenders.rules.project import Phase, Project
from services.tenders.rules.timers import ring
from tests.services.tenders.conducting import BEFORE, Conducting, edition
from tests.services.tenders.stories import PROJECT
from tests.support.pure import an_actor, refused

RULEBOOK = edition("2026.6")
LOW = 40_000_00
"""below half of the mean, of the second-lowest, and 45 % of 120,000"""
OTHERS = (90_000_00, 100_000_00, 110_000_00)
HALF_HOUR = timedelta(minutes=30)


def asked(*prices: int) -> Conducting:
    story = Conducting()
    story.with_bids(*(prices or (LOW, *OTHERS))).qualify()
    return story


@pytest.mark.parametrize(
    ("price", "others", "ceiling", "found"),
    [
        (100, (200, 200, 300), 222, []),
        (99, (200, 200, 301), 220, [LowPriceTest.MEAN, LowPriceTest.SECOND]),
        (99, (200, 200, 301), 221, [LowPriceTest.MEAN, LowPriceTest.SECOND, LowPriceTest.CEILING]),
        (99, (150, 400, 400), 220, [LowPriceTest.MEAN]),
        (99, (199, 199), 220, [LowPriceTest.SECOND]),
        (99, (198, 198), 220, []),
        (45, (45, 45), 100, []),
        (44, (45, 45), 100, [LowPriceTest.CEILING]),
        (44, (), 100, [LowPriceTest.CEILING]),
    ],
)
def test_a_price_is_low_below_a_share_to_the_fen_and_not_at_it(
    price: int, others: tuple[int, ...], ceiling: int, found: list[LowPriceTest]
) -> None:
    """Half of the mean, half of the second-lowest, 45 % of the ceiling."""
    prices = [Money(fen) for fen in (price, *others)]

    assert [one.test for one in triggers(Money(price), prices, Money(ceiling), RULEBOOK)] == found


def test_qualification_finds_it_shows_the_arithmetic_and_gives_half_an_hour() -> None:
    story = Conducting()
    story.with_bids(LOW, *OTHERS)

    _, found = story.qualify()

    assert isinstance(found, LowPriceInquired)
    assert [one.test for one in found.triggers] == [LowPriceTest.MEAN, LowPriceTest.SECOND, LowPriceTest.CEILING]
    assert "340,000.00 元 ÷ 4 × 50% > 40,000.00 元" in found.triggers[0].arithmetic
    assert found.explain_until == story.at + HALF_HOUR
    [owed] = story.project.owed()
    assert (owed.duty, owed.party_id, owed.until) == (Duty.EXPLAIN_PRICE, found.bidder_id, found.explain_until)
    assert story.project.due() == {"low_price": found.explain_until}


def test_what_was_disqualified_counts_in_no_mean_and_is_not_asked() -> None:
    story = Conducting()
    story.with_bids(LOW, *OTHERS)

    assert len(story.qualify(story.bid_of(LOW).id)) == 1


def test_an_explained_price_that_is_found_reasonable_is_scored_and_ranked() -> None:
    story = asked()
    low = story.bid_of(LOW)
    with refused("price_undecided", source="30 分钟"):
        story.score(story.an_evaluator())
    with refused("explanation_running", source="30 分钟"):
        story.decide(low, accepted=False)
    story.explain(low)
    assert story.project.owed() == ()
    story.decide(low, accepted=True)
    for _ in range(3):
        story.score(story.an_evaluator())

    [closed] = story.close_scoring()

    assert isinstance(closed, ScoringClosed)
    assert low.bid_id in {bid.bid_id for bid in closed.bids}


def test_a_price_that_was_not_shown_to_be_reasonable_is_neither_scored_nor_ranked() -> None:
    story = asked()
    low = story.bid_of(LOW)
    story.explain(low)
    story.decide(low, accepted=False)
    with refused("price_decided_already"):
        story.decide(low, accepted=True)
    left = [bid for bid in story.bids if bid.id != low.id]
    with refused("scores_incomplete"):
        story.score(story.an_evaluator())
    for _ in range(3):
        story.score(story.an_evaluator(), bids=left)

    [closed] = story.close_scoring()

    assert isinstance(closed, ScoringClosed)
    assert {bid.bid_id for bid in closed.bids} == {bid.bid_id for bid in left}


def test_with_too_few_left_the_tender_is_void() -> None:
    story = asked(LOW, 90_000_00, 100_000_00)
    low = story.bid_of(LOW)
    story.explain(low)

    _, void = story.decide(low, accepted=False)

    assert isinstance(void, TenderVoided)
    assert (void.code, story.phase) == ("too_few_qualified", Phase.VOIDED)


def test_when_the_time_is_over_a_timer_says_so_and_silence_cannot_be_found_reasonable() -> None:
    story = asked()
    low = story.bid_of(LOW)
    due = Due(ref=(Project, PROJECT), name="low_price", at=story.at + HALF_HOUR)
    assert story.do(ring, due) == [], "an early timer is a no-op"
    story.at += HALF_HOUR
    with refused("explanation_late", source="30 分钟"):
        story.explain(low)

    [lapsed] = story.do(ring, due)

    assert isinstance(lapsed, LowPriceUnexplained)
    assert story.do(ring, due) == []
    assert (story.project.due(), story.project.owed()) == ({}, ())
    with refused("explanation_late"):
        story.explain(low)
    with refused("price_unexplained", source="第六十条"):
        story.decide(low, accepted=True)
    assert story.decide(low, accepted=False)


def test_a_second_before_the_end_it_can_still_be_explained_and_once() -> None:
    story = asked()
    low = story.bid_of(LOW)
    story.at += HALF_HOUR - timedelta(seconds=1)
    story.explain(low)

    with refused("price_explained_already"):
        story.explain(low)


def test_the_committees_own_judgement_asks_too_with_half_an_hour_or_more() -> None:
    story = asked(80_000_00, *OTHERS)
    bid = story.bid_of(80_000_00)
    with refused("no_price_inquiry", status=404):
        story.explain(bid)
    with refused("too_short_to_explain", source="30 分钟", status=422):
        story.inquire(bid, minutes=29)
    with refused("not_your_party", status=403):
        story.inquire(bid, by=an_actor(Role.FUNDER))

    [found] = story.inquire(bid, minutes=60)

    assert isinstance(found, LowPriceInquired)
    assert [one.test for one in found.triggers] == [LowPriceTest.JUDGEMENT]
    assert found.explain_until == story.at + timedelta(hours=1)
    with refused("price_inquired_already"):
        story.inquire(bid)


def test_only_the_bidder_explains_and_only_the_buyer_decides() -> None:
    story = asked()
    low, other = story.bid_of(LOW), story.bid_of(OTHERS[0])

    with refused("not_your_party", status=403):
        story.explain(low, by=story.a_bidder())
    with refused("personal_data", status=422):
        story.explain(low, text="请致电 13812345678")
    with refused("not_your_party", status=403):
        story.decide(low, accepted=False, by=an_actor(Role.FUNDER))
    with refused("no_price_inquiry", status=404):
        story.decide(other, accepted=False)


def test_a_project_under_the_edition_before_asks_nobody() -> None:
    story = Conducting()
    story.rulebook = edition(BEFORE)
    story.with_bids(LOW, *OTHERS)

    assert len(story.qualify()) == 1
    with refused("no_price_inquiries"):
        story.inquire(story.bid_of(LOW))
    assert story.score(story.an_evaluator())
