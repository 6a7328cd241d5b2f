"""Objections: who may object, until when, what is held up meanwhile, and what an upheld one leads to."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.awarding import AwardAnnounced, AwardPassedOn, AwardSetAside, EvaluationReopened
from schemas.clarification import TenderAmended
from schemas.contract import ContractSigned
from schemas.ids import ContractId
from schemas.objection import ObjectionAnswered, ObjectionRaised, SigningResumed, SigningSuspended
from schemas.obligation import Duty
from schemas.party import PartyKind
from schemas.role import Role
from schemas.tender import AwardConfirmed, TenderVoided
from services.tenders.rules.project import Phase
from tests.services.tenders.aftermost import Aftermost, china, under
from tests.services.tenders.stories import APPROVER, CEILING, PROJECT, a_ranking, remember, some_terms
from tests.support.pure import an_actor, refused


def duties(story: Aftermost) -> set[Duty]:
    return {one.duty for one in story.project.owed()}


def signed(story: Aftermost) -> None:
    provider = story.project.ranking[0].bidder_id
    fact = ContractSigned(
        project_id=PROJECT,
        contract_id=ContractId(PROJECT),
        funder_id=story.project.brief.funder_id,
        community_id=story.project.brief.community_id,
        provider_id=provider,
        price=CEILING,
        tranches=some_terms().tranche_plan.of(CEILING),
        digest="e" * 64,
        rulebook=story.project.agreed.rulebook,
    )
    story.do(remember, fact)


def test_the_ranking_starts_the_days_to_choose_and_the_choice_those_to_announce() -> None:
    story = Aftermost().in_order(1, 2, 3)

    [choose] = story.project.owed()
    story.choose(0)
    [announce] = story.project.owed()
    story.announce()

    assert (choose.duty, choose.until, choose.rule) == (Duty.CHOOSE_WINNER, china(3, 17, 0), "deadline.choose")
    assert (announce.duty, announce.until) == (Duty.ANNOUNCE_RESULT, china(3, 12, 0))
    assert announce.rule == "deadline.result_notice"
    assert story.project.owed() == ()


def test_the_notice_says_until_when_to_object_and_to_sign() -> None:
    """Announced on Monday 9 March: one working day of notice, seven more to object from its end; thirty days end on
    Wednesday 8 April."""
    [told] = Aftermost().awarded().announce()

    assert isinstance(told, AwardAnnounced)
    assert (told.last_day.isoformat(), told.objections_until) == ("2026-03-10", china(3, 20, 0))
    assert (told.contract_due, told.holidays_known) == (china(4, 9, 0), True)


def test_the_result_is_announced_once_by_the_buyer_and_only_when_there_is_one() -> None:
    with refused("wrong_phase"):
        Aftermost().in_order(1, 2, 3).announce()
    story = Aftermost().announced()
    with refused("already_announced"):
        story.announce()
    with refused("not_your_party", status=403):
        Aftermost().awarded().announce(an_actor(Role.FUNDER))


def test_under_an_edition_without_these_terms_all_goes_on_as_before() -> None:
    story = under("2026.4").awarded()

    assert story.project.owed() == ()
    with refused("rulebook_lacks"):
        story.announce()
    with refused("rulebook_lacks"):
        story.object(story.bidder(1))
    with refused("rulebook_lacks"):
        story.default()


def test_an_objection_to_the_result_suspends_signing_until_it_is_answered() -> None:
    story = Aftermost().announced()

    raised, suspended = story.object(story.bidder(1))
    owed = {one.duty: one.until for one in story.project.owed()}
    story.at += timedelta(days=3)
    answered, resumed = story.answer(upheld=False)

    assert isinstance(raised, ObjectionRaised)
    assert str(story.bidder(1).party_id) not in raised.model_dump_json()
    assert isinstance(suspended, SigningSuspended)
    assert suspended.objections == (raised.objection_id,)
    assert owed == {Duty.ANSWER_OBJECTION: china(3, 19, 0), Duty.ASSESS_OBJECTION: china(3, 12, 0)}
    assert isinstance(answered, ObjectionAnswered)
    assert isinstance(resumed, SigningResumed)
    assert resumed.contract_due == china(4, 12, 0)  # three days later than before
    assert duties(story) == set()


def test_one_that_cannot_change_the_result_suspends_nothing() -> None:
    story = Aftermost().announced()
    story.object(story.bidder(1))

    _, resumed = story.assess(may_change=False)

    assert isinstance(resumed, SigningResumed)
    assert duties(story) == {Duty.ANSWER_OBJECTION}
    assert len(story.answer(upheld=True)) == 1


def test_one_to_the_process_suspends_nothing_until_it_is_stated_that_it_may_change_the_result() -> None:
    story = Aftermost().awarded()

    assert len(story.object(story.bidder(1), "process")) == 1
    _, suspended = story.assess(may_change=True)

    assert isinstance(suspended, SigningSuspended)


def test_signing_goes_on_only_when_the_last_of_several_is_answered() -> None:
    story = Aftermost().announced()
    story.object(story.bidder(1))
    first = story.last.id
    assert len(story.object(story.bidder(2))) == 1

    assert len(story.answer(upheld=False, id=first)) == 1
    _, resumed = story.answer(upheld=False)

    assert isinstance(resumed, SigningResumed)


def test_an_objection_from_before_the_award_that_may_change_it_suspends_signing_with_the_award() -> None:
    story = Aftermost().in_order(1, 2, 3)
    story.object(story.bidder(1), "process")
    assert len(story.assess(may_change=True)) == 1

    confirmed, *rest = story.choose(0)

    assert isinstance(confirmed, AwardConfirmed)
    assert isinstance(rest[-1], SigningSuspended)


def test_after_its_time_an_objection_to_the_result_is_refused_with_the_article() -> None:
    story = Aftermost().announced()
    story.at = china(3, 20, 0) - timedelta(seconds=1)
    story.object(story.bidder(1))

    story.at = china(3, 20, 0)
    with refused("objection_after_its_time", source="第五十二条", status=409):
        story.object(story.bidder(2))


def test_the_time_for_the_process_runs_from_the_end_of_the_evaluation() -> None:
    story = Aftermost().in_order(1, 2, 3)
    story.at = china(3, 19, 0) - timedelta(seconds=1)
    story.object(story.bidder(1), "process")

    story.at = china(3, 19, 0)
    with refused("objection_after_its_time"):
        story.object(story.bidder(2), "process")


def test_the_time_for_the_documents_runs_from_their_publication_or_last_amendment() -> None:
    story = Aftermost().awarded()
    story.at = china(3, 12, 0) - timedelta(seconds=1)
    story.object(story.bidder(1), "documents")
    story.at = china(3, 12, 0)
    with refused("objection_after_its_time"):
        story.object(story.bidder(2), "documents")

    assert story.project.closes_at is not None
    amended = TenderAmended(
        project_id=PROJECT,
        number=1,
        reason="写明送达时间",
        terms=story.project.agreed.terms,
        closes_at=story.project.closes_at,
        closed_at_before=story.project.closes_at,
        holidays_known=True,
        amended_at=china(3, 3),
        drafted_by=APPROVER.party_id,
        approved_by=APPROVER.party_id,
    )
    story.do(remember, amended)
    story.object(story.bidder(2), "documents")


def test_to_the_result_nobody_objects_before_it_is_announced() -> None:
    story = Aftermost().awarded()

    with refused("result_not_announced"):
        story.object(story.bidder(1))


@pytest.mark.parametrize("item", ["process", "result"])
def test_a_stranger_cannot_object_to_process_or_result(item: str) -> None:
    story = Aftermost().announced()

    with refused("objector_is_no_bidder", status=403):
        story.object(story.a_bidder(), item)


def test_to_the_documents_whoever_may_bid_objects_and_nobody_else() -> None:
    story = Aftermost()
    story.opened()
    may, may_not = story.a_bidder(), story.a_bidder(PartyKind.FUNDER)

    story.object(may, "documents")

    with refused("not_a_provider", status=403):
        story.object(may_not, "documents")
    with refused("not_your_party", status=403):
        story.object(may_not, "documents", objector_id=may.party_id)


def test_what_an_objection_says_is_public_and_before_the_opening_names_nobody() -> None:
    story = Aftermost()
    story.opened()
    named = story.a_bidder()
    story.changes(named.party_id, name="示例服务中心")

    with refused("objection_names_objector", status=422):
        story.object(named, "documents", text="示例服务中心认为评分标准不明")
    with refused("personal_data", status=422):
        story.object(named, "documents", text="联系人 13812345678")


def test_one_objection_at_a_time_about_one_item_and_so_many_in_all() -> None:
    story = Aftermost().announced()
    story.object(story.bidder(1))
    with refused("already_objected"):
        story.object(story.bidder(1))
    story.object(story.bidder(1), "process")

    for _ in range(story.rulebook.integer("tender.objections_most") - 2):
        story.answer(upheld=False, id=story.last.id)
        story.object(story.bidder(1), "process")
    with refused("too_many_objections"):
        story.object(story.bidder(2))


def test_an_upheld_objection_may_lead_to_the_next_in_rank() -> None:
    story = Aftermost().announced()
    story.object(story.bidder(1))
    first = story.project.award
    story.assess(may_change=True)

    _, aside, *_ = story.answer(upheld=True, remedy="next")

    assert isinstance(aside, AwardSetAside)
    assert (aside.bid_id, aside.code) == (first, "objection_upheld")
    assert (story.phase, story.project.award, story.after.suspended_at) == (Phase.RANKED, None, None)
    with refused("no_such_bid"):
        story.choose(0)
    with refused("choice_needs_reason", status=422):
        story.choose(1)
    _, passed_on, *_ = story.choose(1, "分差小,服务不能中断")
    assert isinstance(passed_on, AwardPassedOn)
    assert passed_on.instead_of == (first,)


def test_an_upheld_objection_may_lead_to_another_evaluation_in_which_the_first_may_win_again() -> None:
    story = Aftermost().announced()
    story.object(story.bidder(1))
    story.assess(may_change=True)

    _, aside, reopened = story.answer(upheld=True, remedy="reevaluate")

    assert isinstance(aside, AwardSetAside)
    assert isinstance(reopened, EvaluationReopened)
    assert (story.phase, story.project.entries, story.project.ranking) == (Phase.SCORING, (), ())
    story.scored_again()
    story.do(remember, a_ranking(story.bids, (1, 2, 3)))
    assert isinstance(story.choose(0)[0], AwardConfirmed)


def test_an_upheld_objection_may_end_the_tender() -> None:
    story = Aftermost().announced()
    story.object(story.bidder(1))
    story.assess(may_change=True)

    *_, voided = story.answer(upheld=True, remedy="rerun")

    assert isinstance(voided, TenderVoided)
    assert (story.phase, [bid.awarded for bid in story.bids]) == (Phase.VOIDED, [False] * 3)


WRONG: list[tuple[bool | None, dict[str, Any], str]] = [
    (None, {"upheld": True, "remedy": "next"}, "objection_not_assessed"),
    (True, {"upheld": True}, "remedy_differs_from_assessment"),
    (False, {"upheld": True, "remedy": "next"}, "remedy_differs_from_assessment"),
    (True, {"upheld": False, "remedy": "next"}, "remedy_without_ground"),
]


@pytest.mark.parametrize(("may_change", "answer", "code"), WRONG)
def test_the_remedy_fits_what_was_stated(may_change: bool | None, answer: dict[str, Any], code: str) -> None:
    story = Aftermost().announced()
    story.object(story.bidder(1))
    if may_change is not None:
        story.assess(may_change)

    with refused(code):
        story.answer(**answer)


def test_a_signed_agreement_is_not_undone_by_an_answer() -> None:
    story = Aftermost().announced()
    signed(story)
    story.object(story.bidder(1))
    story.assess(may_change=True)

    with refused("agreement_signed"):
        story.answer(upheld=True, remedy="next")
    with refused("agreement_signed"):
        story.default()


def test_an_answer_is_given_once_and_by_the_buyer() -> None:
    story = Aftermost().announced()
    story.object(story.bidder(1))
    stranger = an_actor(Role.FUNDER)
    with refused("not_your_party", status=403):
        story.assess(True, stranger)
    with refused("not_your_party", status=403):
        story.answer(upheld=False, by=stranger)
    story.answer(upheld=False)

    with refused("objection_answered"):
        story.assess(True)
    with refused("objection_answered"):
        story.answer(upheld=False)
    with refused("no_such_objection", status=404):
        story.answer(upheld=False, id=PROJECT)
