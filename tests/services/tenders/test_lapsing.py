"""A tender whose reservation ended is void; one that was not published yet has to be approved again."""

import pytest

from schemas.fund import ReservationReleased
from schemas.tender import TenderVoided
from services.kit import reasons
from services.tenders.consumer import HEARS
from services.tenders.rules.project import Phase
from tests.services.tenders.stories import PROJECT, Tendered
from tests.support.pure import refused

BACK = ReservationReleased(project_id=PROJECT, shares=())
LAPSE = HEARS[ReservationReleased].decide


def awarded() -> Tendered:
    story = Tendered().ranked(1, 2, 3)
    story.award(story.bids[0].id)
    return story


@pytest.mark.parametrize(
    "story",
    [
        pytest.param(Tendered().opened(), id="open for bids"),
        pytest.param(Tendered().with_bids(88_00, 95_00, 82_00), id="bids are opened"),
        pytest.param(Tendered().ranked(1, 2, 3), id="ranked"),
        pytest.param(awarded(), id="awarded, and no agreement signed"),
    ],
)
def test_a_published_tender_is_void_and_says_why(story: Tendered) -> None:
    (voided,) = story.do(LAPSE, BACK)

    assert isinstance(voided, TenderVoided)
    assert voided.code == "reservation_lapsed"
    assert "180" in voided.source
    assert (story.phase, story.project.setback, story.project.key) == (Phase.VOIDED, "reservation_lapsed", None)
    assert "预留资金到期" in reasons.sentence("reservation_lapsed", "zh", {})
    assert story.do(LAPSE, BACK) == []


def test_nobody_bids_or_awards_after_it() -> None:
    story = Tendered().opened()
    bidder = story.a_bidder()
    story.do(LAPSE, BACK)

    with refused("wrong_phase"):
        story.seal(bidder, 88_00)


def test_terms_that_were_not_published_yet_are_approved_and_reserved_again() -> None:
    story = Tendered().reserved()

    assert story.do(LAPSE, BACK) == []

    assert (story.phase, story.project.approved_by) == (Phase.DRAFTED, None)
    assert "预留资金到期" in (story.project.setback or "")
    assert story.approve()
    assert (story.phase, story.project.setback) == (Phase.APPROVED, None)


def test_of_a_project_nobody_knows_nothing_is_said() -> None:
    assert Tendered().do(LAPSE, BACK) == []
