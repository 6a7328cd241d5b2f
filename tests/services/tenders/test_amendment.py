"""Amending an open tender: two persons, within the rulebook, and with time enough left for those who bid."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from pydantic import ValidationError

from schemas.clarification import TenderAmended
from schemas.days import end_of
from schemas.role import Role
from schemas.tender import AwardConfirmed, ScoringClosed
from schemas.workdays import Deadline
from services.tenders.rules import amendment
from services.tenders.rules.amendment import with_lead
from services.tenders.rules.project import Phase
from tests.services.tenders.clarifying import REASON, Clarifying, other_terms
from tests.services.tenders.stories import APPROVER, DRAFTER, PROJECT, some_terms
from tests.support.pure import an_actor, refused

CLOSES = datetime(2026, 3, 9, 4, 0, tzinfo=UTC)
"""seven days after the noon it opens, a Monday"""
THURSDAY, FRIDAY = datetime(2026, 3, 5, 4, 0, tzinfo=UTC), datetime(2026, 3, 6, 4, 0, tzinfo=UTC)


def opened(at: datetime | None = None) -> Clarifying:
    story = Clarifying()
    story.opened()
    story.at = at or story.at
    return story


def amended(story: Clarifying) -> TenderAmended:
    [told] = story.amend()
    assert isinstance(told, TenderAmended)
    return told


def test_an_amendment_in_time_carries_the_whole_terms_and_leaves_the_deadline() -> None:
    story = opened(THURSDAY)

    told = amended(story)

    assert (told.number, told.reason, told.terms) == (1, REASON, other_terms())
    assert told.closes_at == told.closed_at_before == CLOSES == story.project.closes_at
    assert (told.drafted_by, told.approved_by) == (DRAFTER.person_id, APPROVER.person_id)
    assert story.project.agreed.terms == other_terms()


def test_a_late_amendment_moves_the_deadline_and_its_timer_so_that_the_lead_holds() -> None:
    story = opened(FRIDAY)

    told = amended(story)

    moved = end_of(date(2026, 3, 9))
    assert (told.closes_at, told.closed_at_before) == (moved, CLOSES)
    assert story.project.due() == {"close": moved}
    story.seal(story.a_bidder())
    story.at = CLOSES
    story.seal(story.a_bidder())
    assert story.phase is Phase.OPEN


@pytest.mark.parametrize(
    ("today", "closes_at", "expected", "known"),
    [
        (date(2026, 3, 6), end_of(date(2026, 3, 9)), end_of(date(2026, 3, 9)), True),  # three whole days are left
        (date(2026, 3, 6), end_of(date(2026, 3, 8)), end_of(date(2026, 3, 9)), True),
        (date(2026, 3, 4), end_of(date(2026, 3, 5)), end_of(date(2026, 3, 9)), True),  # a Saturday rolls on to Monday
        (date(2026, 4, 30), end_of(date(2026, 5, 1)), end_of(date(2026, 5, 6)), True),  # so does the holiday of 1 May
        (date(2098, 12, 31), end_of(date(2099, 1, 1)), end_of(date(2099, 1, 5)), False),  # unpublished: by weekends
        (date(2098, 12, 29), end_of(date(2098, 12, 30)), end_of(date(2099, 1, 1)), False),
    ],
)
def test_the_lead_is_counted_in_calendar_days_and_never_ends_on_a_day_of_rest(
    today: date, closes_at: datetime, expected: datetime, known: bool
) -> None:
    assert with_lead(closes_at, today, 3) == Deadline(expected, holidays_known=known)


def test_the_buyer_may_put_the_deadline_off_within_the_rulebooks_period_and_never_forward() -> None:
    story = opened()
    later = CLOSES + timedelta(days=5)

    with refused("deadline_not_later", status=422):
        story.draft_amendment(closes_at=CLOSES)
    with refused("bid_days_out_of_bounds", source="60 日", status=422):
        story.draft_amendment(closes_at=CLOSES + timedelta(days=53, microseconds=1))
    story.amend(closes_at=later)
    with refused("bid_days_out_of_bounds", status=422):
        story.draft_amendment(closes_at=CLOSES + timedelta(days=53, microseconds=1))
    story.amend(closes_at=CLOSES + timedelta(days=53))

    assert [one.closes_at for one in story.project.amendments] == [later, CLOSES + timedelta(days=53)]
    assert story.project.agreed.terms == some_terms()


def test_more_time_alone_changes_nothing_a_bid_is_made_of_and_needs_no_lead() -> None:
    story = opened(CLOSES - timedelta(hours=1))
    later = CLOSES + timedelta(days=1)

    story.amend(closes_at=later)

    assert story.project.closes_at == later


def test_who_drafted_an_amendment_cannot_approve_it_and_nobody_one_that_was_replaced() -> None:
    story = opened()
    story.draft_amendment(terms=other_terms())
    assert story.project.amendment is not None
    first = story.project.amendment.id

    with refused("drafter_cannot_approve", source="不相容岗位", status=403):
        story.approve_amendment(DRAFTER)
    story.draft_amendment(terms=other_terms(requirements="十一点以前送到"))
    with refused("amendment_replaced"):
        story.approve_amendment(draft_id=first)
    assert story.project.agreed.terms == some_terms()
    story.approve_amendment()
    with refused("amendment_replaced"):
        story.approve_amendment(draft_id=first)
    assert len(story.project.amendments) == 1


def test_another_party_amends_nothing() -> None:
    story = opened()
    stranger = an_actor(Role.FUNDER)

    with refused("not_your_party", status=403):
        story.draft_amendment(stranger, other_terms())
    story.draft_amendment(terms=other_terms())
    with refused("not_your_party", status=403):
        story.approve_amendment(stranger)


def test_at_the_deadline_nothing_is_amended_any_more() -> None:
    story = opened()
    story.draft_amendment(terms=other_terms())
    story.at = CLOSES

    with refused("clarification_after_deadline"):
        story.draft_amendment(terms=other_terms())
    with refused("clarification_after_deadline"):
        story.approve_amendment()
    assert story.project.agreed.terms == some_terms()


def test_amended_terms_keep_within_the_rulebook_and_have_to_differ() -> None:
    story = opened()

    with refused("price_points_out_of_bounds", status=422):
        story.draft_amendment(terms=other_terms(price_points=Decimal(31)))
    with refused("amendment_changes_nothing", status=422):
        story.draft_amendment(terms=some_terms())
    with refused("personal_data", status=422):
        story.draft_amendment(terms=other_terms(requirements="联系 13812345678"))


@pytest.mark.parametrize("field", ["ceiling", "funder_id", "rulebook", "shares"])
def test_ceiling_money_funder_and_rulebook_are_not_to_be_amended(field: str) -> None:
    with pytest.raises(ValidationError, match=field):
        amendment.DraftAmendment.model_validate({"project_id": PROJECT, "reason": REASON, field: str(uuid4())})


def test_after_so_many_amendments_there_is_none_any_more() -> None:
    story = opened()
    for number in range(20):
        story.amend(other_terms(requirements=f"第 {number} 版"))

    with refused("too_many_amendments", source="20 次"):
        story.draft_amendment(terms=other_terms())


def test_scores_and_what_is_handed_to_be_ranked_go_by_the_amended_terms() -> None:
    story = opened()
    story.seal(story.a_bidder(), 90_000_00)
    story.amend()
    for price in (91_000_00, 92_000_00):
        story.seal(story.a_bidder(), price)
    story.at_the_deadline()
    story.qualify()
    for _ in range(3):
        story.score(story.an_evaluator(), plan="50", team="30")
    closed = story.close_scoring()[0]

    assert isinstance(closed, ScoringClosed)
    assert closed.price_points == Decimal(20)
    assert [bid.quality for bid in closed.bids] == [(Decimal("80.00"),) * 3] * 3


def test_the_award_carries_the_amended_terms() -> None:
    story = AmendedBeforeBids()
    story.ranked(1, 2, 3)

    award, *_ = story.award(story.bids[0].id)

    assert isinstance(award, AwardConfirmed)
    assert award.terms == other_terms()


class AmendedBeforeBids(Clarifying):
    def opened(self) -> "AmendedBeforeBids":
        super().opened()
        self.amend()
        return self


def test_who_had_a_hand_in_an_amendment_cannot_evaluate() -> None:
    story = opened()
    hands = [replace(DRAFTER, person_id=uuid4()) for _ in range(2)]
    story.draft_amendment(hands[0], other_terms())
    story.approve_amendment(hands[1])
    for price in (81_000_00, 82_000_00, 83_000_00):
        story.seal(story.a_bidder(), price)
    story.at_the_deadline()
    story.qualify()

    for hand in (*hands, DRAFTER, APPROVER):
        with refused("evaluator_decided_terms", status=403):
            story.score(replace(story.an_evaluator(), person_id=hand.person_id), plan="50", team="30")
    assert story.score(story.an_evaluator(), plan="50", team="30")


def test_bids_from_before_an_amendment_stay_and_can_be_replaced_or_withdrawn() -> None:
    story = opened()
    stays, replaces, leaves = (story.a_bidder() for _ in range(3))
    for bidder in (stays, replaces, leaves):
        story.seal(bidder, 100_00)
    story.amend()
    old = {bid.bidder_id: bid for bid in story.bids}
    assert len(old) == 3

    story.seal(replaces, 90_000_00, replaces=old[replaces.party_id].bid_id)
    story.withdraw(leaves, old[leaves.party_id].id)

    now = {bid.bidder_id: bid for bid in story.bids}
    assert now.keys() == {stays.party_id, replaces.party_id}
    assert now[stays.party_id] == old[stays.party_id]
