"""A person signs who takes part."""

from schemas.role import Role
from schemas.tender import BidsQualified, TenderVoided
from services.tenders.rules.project import Phase
from tests.services.tenders.stories import APPROVER, Tendered
from tests.support.pure import an_actor, refused


def test_every_verdict_carries_how_the_bidder_stood_on_that_day() -> None:
    story = Tendered().with_bids(88_000_00, 95_000_00, 82_000_00)

    [signed] = story.qualify()

    assert isinstance(signed, BidsQualified)
    assert signed.signed_by == APPROVER.person_id
    assert {(v.qualified, v.bidder_verified, v.bidder_suspended) for v in signed.verdicts} == {(True, True, False)}
    assert story.phase is Phase.SCORING


def test_a_price_above_the_ceiling_can_only_be_disqualified() -> None:
    story = Tendered().with_bids(88_000_00, 95_000_00, 82_000_00, 120_000_01)
    above = next(bid for bid in story.bids if bid.opened.price.fen == 120_000_01)

    with refused("price_above_ceiling", source="第六十三条"):
        story.qualify()
    story.qualify(above.id)

    assert story.phase is Phase.SCORING


def test_a_bidder_suspended_since_bidding_can_only_be_disqualified() -> None:
    story = Tendered().with_bids(88_000_00, 95_000_00, 82_000_00, 83_000_00)
    bid = story.bids[0]
    story.changes(bid.bidder_id, suspended=True)

    with refused("bidder_unfit", source="第二十二条"):
        story.qualify()
    [signed] = story.qualify(bid.id)

    assert isinstance(signed, BidsQualified)
    assert [v.bidder_suspended for v in signed.verdicts if v.bid_id == bid.id] == [True]


def test_fewer_than_three_qualified_bids_void_the_tender() -> None:
    story = Tendered().with_bids(88_000_00, 95_000_00, 82_000_00)

    _, voided = story.qualify(story.bids[0].id)

    assert isinstance(voided, TenderVoided)
    assert (voided.code, "第四十四条" in voided.source) == ("too_few_qualified", True)
    assert story.phase is Phase.VOIDED


def test_a_bid_that_was_left_out_is_refused() -> None:
    story = Tendered().with_bids(88_000_00, 95_000_00, 82_000_00)

    with refused("judgements_incomplete", status=422):
        story.qualify(bids=story.bids[:2])
    with refused("judgements_incomplete", status=422):
        story.qualify(bids=[*story.bids, story.bids[0]])


def test_another_funder_cannot_sign() -> None:
    story = Tendered().with_bids(88_000_00, 95_000_00, 82_000_00)

    with refused("not_your_party", status=403):
        story.qualify(by=an_actor(Role.FUNDER))
