"""A winner that gives up or does not sign: the next in rank with a reason, or another run."""

from datetime import timedelta
from uuid import uuid4

from schemas.awarding import AwardPassedOn, AwardSetAside, CancelGround, DefaultGround, TenderCancelled, WinnerDefaulted
from schemas.contract import ContractEndorsed
from schemas.ids import BidId, ContractId, PartyId
from schemas.obligation import Duty
from schemas.role import Role
from schemas.tender import AwardConfirmed, TenderVoided
from services.tenders.rules import defaulting
from services.tenders.rules.project import Phase
from tests.services.tenders.aftermost import Aftermost, china
from tests.services.tenders.stories import DRAFTER, PROJECT, remember
from tests.support.pure import an_actor, refused


def test_who_gives_up_in_writing_is_set_aside_and_the_buyer_has_its_days_to_choose_again() -> None:
    story = Aftermost().announced()
    first = story.project.award
    story.at = china(3, 16)

    told, aside, _ = story.default()
    [choose] = story.project.owed()

    assert isinstance(told, WinnerDefaulted)
    assert isinstance(aside, AwardSetAside)
    assert (told.bid_id, aside.bid_id) == (first, first)
    assert (story.phase, story.after.notice) == (Phase.RANKED, None)
    assert (choose.duty, choose.until) == (Duty.CHOOSE_WINNER, china(3, 24, 0))
    assert [bid.awarded for bid in story.bids] == [False] * 3


def test_the_next_in_rank_is_chosen_with_a_reason_and_announced_like_the_first() -> None:
    story = Aftermost().announced()
    first = story.project.award
    story.default()

    with refused("not_first_in_rank", source="实施条例第四十三条"):
        story.choose(2, "价格更低")
    with refused("choice_needs_reason", status=422):
        story.choose(1)
    award, passed_on, *_ = story.choose(1, "报价与第一名相差千分之一")

    assert isinstance(award, AwardConfirmed)
    assert isinstance(passed_on, AwardPassedOn)
    assert (passed_on.bid_id, passed_on.instead_of) == (award.bid_id, (first,))
    assert story.announce()


def test_giving_up_needs_what_was_written() -> None:
    with refused("giving_up_needs_evidence", status=422):
        Aftermost().announced().default(evidence=None)


def test_nobody_is_late_before_the_days_are_over_or_while_signing_is_suspended() -> None:
    unannounced, story = Aftermost().awarded(), Aftermost().announced()
    with refused("result_not_announced", source="第四十六条"):
        unannounced.default(DefaultGround.NOT_SIGNED, None)
    story.at = china(3, 11)
    story.object(story.bidder(1))
    story.at = china(4, 9, 0)
    with refused("signing_still_due"):
        story.default(DefaultGround.NOT_SIGNED, None)
    story.answer(upheld=False)
    with refused("signing_still_due"):
        story.default(DefaultGround.NOT_SIGNED, None)

    story.at += china(4, 9, 0) - china(3, 11)
    told, *_ = story.default(DefaultGround.NOT_SIGNED, None)

    assert isinstance(told, WinnerDefaulted)


def test_a_winner_that_signed_is_not_late_where_the_buyer_is() -> None:
    story = Aftermost().announced()
    story.at = china(4, 9, 0)
    story.do(remember, endorsed(PartyId(DRAFTER.party_id)))
    story.do(remember, endorsed(story.project.ranking[0].bidder_id))

    with refused("winner_has_signed", source="第四十六条"):
        story.default(DefaultGround.NOT_SIGNED, None)
    story.default()  # it may still give up in writing
    story.choose(1, "服务不能中断")
    story.announce()
    story.at = china(6, 1)

    told, *_ = story.default(DefaultGround.NOT_SIGNED, None)

    assert isinstance(told, WinnerDefaulted)


def endorsed(party_id: PartyId) -> ContractEndorsed:
    return ContractEndorsed(
        project_id=PROJECT,
        contract_id=ContractId(uuid4()),
        party_id=party_id,
        signed_by=PartyId(uuid4()),
        digest="a" * 64,
    )


def test_when_everybody_in_the_ranking_gave_up_the_tender_is_void() -> None:
    story = Aftermost().announced()
    story.default()
    story.choose(1, "第一名放弃")
    story.default()
    story.choose(2, "前两名放弃")

    *_, voided = story.default()

    assert isinstance(voided, TenderVoided)
    assert (voided.code, story.phase) == ("no_candidate_left", Phase.VOIDED)


def test_instead_of_choosing_the_next_two_persons_may_end_the_tender() -> None:
    story = Aftermost().announced()
    story.default()

    cancelled, voided = story.cancel(CancelGround.WINNER_DEFAULTED)

    assert isinstance(cancelled, TenderCancelled)
    assert isinstance(voided, TenderVoided)
    assert "第四十九条" in voided.source


def test_only_the_chosen_bid_can_default_and_only_the_buyer_records_it() -> None:
    story = Aftermost().announced()
    other = story.project.ranking[1].bid_id
    command = defaulting.RecordDefault(
        project_id=PROJECT, bid_id=other, ground=DefaultGround.GAVE_UP, reason="来函放弃", evidence="c" * 64
    )

    with refused("no_such_bid", status=404):
        story.do(defaulting.record_default, command, DRAFTER)
    with refused("not_your_party", status=403):
        story.default(by=an_actor(Role.FUNDER))
    with refused("wrong_phase"):
        Aftermost().in_order(1, 2, 3).default()


def test_a_bid_nobody_ranked_cannot_be_chosen_after_a_default() -> None:
    story = Aftermost().announced()
    story.default()
    story.at += timedelta(days=1)

    with refused("no_such_bid", status=404):
        story.award(BidId(uuid4()))
