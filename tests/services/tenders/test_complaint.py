"""Complaints: who may complain, until when and where, what the finance department does, and what a decision leads to.

The objection is of Monday 9 March 2026; its answer is due by the end of Wednesday 18 March, and the fifteen working
days after it end with Thursday 9 April, 6 April being Qingming's.
"""

from datetime import timedelta
from typing import Any

import pytest

from schemas.awarding import AwardSetAside
from schemas.complaint import ComplaintDecided, ComplaintFiled, ComplaintRejected, PurchaseSuspended
from schemas.fact import Fact
from schemas.objection import SigningResumed, SigningSuspended
from schemas.obligation import Duty
from schemas.party import PartyKind
from schemas.role import Role
from services.tenders.rules.complaints.complaint import ComplaintStatus
from services.tenders.rules.project import Phase
from tests.services.tenders.aftermost import china, under
from tests.services.tenders.complaining import Complaining, told
from tests.services.tenders.stories import DRAFTER, PROJECT, a_ranking, remember
from tests.services.tenders.test_objection import signed
from tests.support.pure import an_actor, refused

SECOND = timedelta(seconds=1)


def duties(story: Complaining) -> set[tuple[Duty, Any]]:
    return {(one.duty, one.until) for one in story.complaint.owed()}


def test_whoever_objected_complains_to_the_finance_department_which_owes_its_review_and_decision() -> None:
    story = Complaining().answered()

    said = story.file()

    [filed] = [one for one in said if isinstance(one, ComplaintFiled)]
    public = filed.model_dump_json()
    assert (filed.review_due, filed.decision_due) == (china(3, 17, 0), china(4, 22, 0))
    assert str(story.bidder(1).party_id) not in public
    assert "人员分" not in public
    assert duties(story) == {(Duty.REVIEW_COMPLAINT, china(3, 17, 0)), (Duty.DECIDE_COMPLAINT, china(4, 22, 0))}
    assert {(one.party_id, one.rule) for one in story.complaint.owed()} == {
        (story.finance.party_id, "deadline.complaint_review"),
        (story.finance.party_id, "deadline.complaint_decision"),
    }


def test_without_an_objection_of_ones_own_nobody_complains() -> None:
    story = Complaining().answered()
    for by in (story.bidder(2), story.a_bidder()):
        story.knows(by.party_id, PartyKind.ORGANIZATION, None)
        with refused("complaint_without_objection", source="第五十五条", status=403):
            story.file(by)
    with refused("complaint_without_objection", status=403):
        story.file(objection_id=PROJECT)
    with refused("not_your_party", status=403):
        story.file(story.bidder(2), complainant_id=story.bidder(1).party_id)


def test_before_the_answer_one_complains_only_once_the_days_for_it_are_over() -> None:
    story = Complaining().objected()
    with refused("complaint_before_answer", source="第五十五条"):
        story.file()
    story.at = story.last.answer_due - SECOND
    with refused("complaint_before_answer"):
        story.file()

    story.at = story.last.answer_due
    assert told(story.file()) == ["complaint.filed"]


def test_a_complaint_one_day_late_is_refused_with_the_article() -> None:
    story = Complaining().answered()
    story.at = china(4, 10, 0)
    with refused("complaint_after_its_time", source="第五十五条", status=409):
        story.file()

    story.at -= SECOND
    assert told(story.file()) == ["complaint.filed"]


def test_one_complains_once_about_an_objection_also_after_withdrawing() -> None:
    story = Complaining().filed()
    with refused("already_complained"):
        story.file()
    assert told(story.take_back()) == ["complaint.withdrawn"]
    assert story.complaint.owed() == ()
    with refused("already_complained"):
        story.file()


def test_after_a_rejection_it_may_be_filed_anew_in_its_time() -> None:
    story = Complaining().filed()
    [rejected] = story.reject("incomplete")
    assert isinstance(rejected, ComplaintRejected)
    assert (story.complaint.status, story.complaint.owed()) == (ComplaintStatus.REJECTED, ())
    story.at += SECOND

    story.file()

    assert story.complaint.status is ComplaintStatus.FILED


@pytest.mark.parametrize("division", ["320508", "320500", "320000"])
def test_the_finance_department_is_one_whose_division_the_buyer_is_in(division: str) -> None:
    story = Complaining().answered()

    assert told(story.file(authority_id=story.authority(division).party_id)) == ["complaint.filed"]


def test_a_complaint_elsewhere_is_refused_and_the_place_named() -> None:
    story = Complaining().answered()
    with refused("complaint_at_wrong_venue", source="第五十五条", status=422):
        story.file(authority_id=story.authority("320507").party_id)
    for kind in (PartyKind.FUNDER, PartyKind.AUDITOR):
        with refused("authority_decides_no_complaints", status=422):
            story.file(authority_id=story.authority(kind=kind).party_id)
    with refused("respondent_is_not_buyer", status=422):
        story.file(respondent_id=story.finance.party_id)
    story.changes(story.finance.party_id, suspended=True)
    with refused("authority_decides_no_complaints", status=422):
        story.file()


def test_its_words_hold_nobodys_number_though_they_are_not_published() -> None:
    story = Complaining().answered()
    with refused("personal_data", status=422):
        story.file(facts="联系人 13812345678")
    with refused("personal_data", status=422):
        story.file(request="联系人 13812345678")


def test_under_an_edition_without_complaints_there_are_none() -> None:
    assert "deadline.complaint" not in under("2026.4").rulebook.rules
    story = Complaining().answered()
    story.rulebook = under("2026.4").rulebook

    with refused("rulebook_lacks"):
        story.file()


def test_accepted_the_buyer_and_whom_it_concerns_are_asked_and_answer_once() -> None:
    story = Complaining().filed()
    winner, complainant = story.bidder(0), story.bidder(1)
    for wrong in (complainant.party_id, story.a_bidder().party_id):
        with refused("asked_is_no_bidder", status=422):
            story.accept(wrong)
    with refused("asked_is_no_bidder", status=422):
        story.accept(winner.party_id, winner.party_id)

    [accepted] = [one for one in story.accept(winner.party_id) if isinstance(one, Fact)]

    assert str(winner.party_id) not in accepted.model_dump_json()
    assert {(one.party_id, one.role, one.until) for one in story.complaint.owed()} == {
        (story.finance.party_id, Role.PROCUREMENT_SUPERVISOR, china(4, 22, 0)),
        (DRAFTER.party_id, Role.FUNDER, china(3, 17, 0)),
        (winner.party_id, Role.PROVIDER, china(3, 17, 0)),
    }
    assert told(story.explain()) == told(story.explain(winner)) == ["complaint.answered"]
    assert {one.duty for one in story.complaint.owed()} == {Duty.DECIDE_COMPLAINT}
    with refused("complaint_answered"):
        story.explain()
    with refused("not_your_party", status=403):
        story.explain(complainant)


def test_a_rejection_for_the_wrong_venue_names_the_right_one_and_no_other_does() -> None:
    story = Complaining().filed()
    other = story.authority("320500").party_id
    for ground, competent in (("wrong_venue", None), ("late", other)):
        with refused("competent_authority_with_wrong_venue", status=422):
            story.reject(ground, competent_id=competent)
    for competent in (story.finance.party_id, story.bidder(0).party_id):
        with refused("authority_decides_no_complaints", status=422):
            story.reject("wrong_venue", competent_id=competent)

    [rejected] = story.reject("wrong_venue", competent_id=other)

    assert isinstance(rejected, ComplaintRejected)
    assert rejected.competent_id == other


def test_only_the_finance_department_it_was_filed_with_reviews_suspends_and_decides() -> None:
    story = Complaining().filed()
    elsewhere = story.authority("320507")
    for by in (elsewhere, an_actor(Role.FUNDER, DRAFTER.party_id)):
        for step in (story.accept, story.reject):
            with refused("not_your_party", status=403):
                step(by=by)
    story.accept()
    for by in (elsewhere, an_actor(Role.FUNDER, DRAFTER.party_id)):
        for later in (story.suspend, story.resume, story.decide):
            with refused("not_your_party", status=403):
                later(by=by)


def test_while_the_purchase_is_suspended_signing_is_and_the_days_for_it_get_longer() -> None:
    story = Complaining().accepted()
    notice = story.after.notice
    assert notice is not None
    due = notice.contract_due

    stay, suspended = story.suspend(30)

    assert isinstance(stay, PurchaseSuspended)
    assert stay.until == china(4, 9, 0)
    assert isinstance(suspended, SigningSuspended)
    assert suspended.objections == ()
    assert story.project.due() == {"suspension": china(4, 9, 0)}
    said = story.rings()
    assert told(said) == ["purchase.resumed", "signing.resumed"]
    assert isinstance(said[-1], SigningResumed)
    assert said[-1].contract_due == due + (story.at - stay.suspended_at)
    assert (story.project.due(), story.after.suspended_at) == ({}, None)
    assert told(story.decide()) == ["complaint.decided"]


def test_a_purchase_is_suspended_for_thirty_days_at_most_and_once() -> None:
    story = Complaining().accepted()
    with refused("purchase_stay_too_long", source="第五十七条", status=422):
        story.suspend(31)
    with refused("purchase_not_suspended"):
        story.resume()
    story.suspend(10)
    with refused("purchase_suspended_before"):
        story.suspend(10)

    assert told(story.resume()) == ["purchase.resumed", "signing.resumed"]
    with refused("purchase_suspended_before"):
        story.suspend(10)
    with refused("purchase_not_suspended"):
        story.resume()


def test_only_an_accepted_complaint_suspends_anything() -> None:
    story = Complaining().filed()
    with refused("complaint_not_open"):
        story.suspend()


def test_signing_goes_on_only_when_neither_objection_nor_suspension_is_left() -> None:
    story = Complaining().accepted()
    story.suspend()
    assert told(story.object(story.bidder(2))) == ["objection.raised"]

    assert told(story.resume()) == ["purchase.resumed"]
    assert told(story.answer(upheld=False)) == ["objection.answered", "signing.resumed"]


@pytest.mark.parametrize("upheld", [False, True])
def test_a_decision_without_effect_leaves_the_result_and_ends_the_suspension(upheld: bool) -> None:
    story = Complaining().accepted()
    story.suspend()

    decided, resumed = story.decide(upheld)

    assert isinstance(decided, ComplaintDecided)
    assert "第五十六条" in decided.source
    assert isinstance(resumed, SigningResumed)
    assert (story.phase, story.after.suspensions, story.complaint.owed()) == (Phase.AWARDED, (), ())
    assert story.complaint.stay is not None
    assert story.complaint.stay.until == story.at


def test_an_upheld_complaint_may_set_the_award_aside_and_the_next_in_rank_is_chosen() -> None:
    story = Complaining().accepted()
    first = story.project.award
    story.suspend()

    said = story.decide(True, "next")

    aside = next(one for one in said if isinstance(one, AwardSetAside))
    assert (aside.bid_id, aside.code) == (first, "complaint_upheld")
    assert told(story.choose(1, "按排名顺序")) == ["award.confirmed", "award.passed_on"]


def test_an_upheld_complaint_may_lead_to_another_evaluation_or_another_run() -> None:
    story = Complaining().accepted()
    assert told(story.decide(True, "reevaluate")) == ["complaint.decided", "award.set_aside", "evaluation.reopened"]
    story.scored_again()
    story.do(remember, a_ranking(story.bids, (1, 2, 3)))
    assert told(story.choose(0)) == ["award.confirmed"]

    story = Complaining().accepted()
    assert told(story.decide(True, "rerun")) == ["complaint.decided", "award.set_aside", "tender.voided"]
    assert (story.phase, story.project.setback) == (Phase.VOIDED, "complaint_upheld")
    assert told(story.run_again()) == ["tender.rerun"]


def test_a_complaint_outlives_the_run_it_is_about_and_then_changes_nothing_of_the_next() -> None:
    story = Complaining().accepted()
    story.object(story.bidder(2))
    story.assess(may_change=True)
    story.suspend()
    story.answer(upheld=True, remedy="rerun")
    with refused("purchase_suspended", source="第五十七条"):
        story.run_again()
    story.resume()
    story.run_again()
    story.draft()

    for remedy in ("next", "rerun"):
        with refused("complaint_of_earlier_run"):
            story.decide(True, remedy)
    assert told(story.decide(True)) == ["complaint.decided"]


def test_while_the_purchase_is_suspended_nobody_is_chosen() -> None:
    story = Complaining().accepted()
    story.suspend()
    story.default()
    with refused("purchase_suspended", source="第五十七条"):
        story.choose(1, "按排名顺序")

    story.resume()
    assert told(story.choose(1, "按排名顺序")) == ["award.confirmed", "award.passed_on"]


def test_a_decision_fits_what_was_found_and_undoes_no_signed_agreement() -> None:
    story = Complaining().accepted()
    with refused("decision_without_ground", status=422):
        story.decide(False, "next")
    story.rulebook = under("2026.6").rulebook
    signed(story)
    with refused("agreement_signed"):
        story.decide(True, "next")
    assert told(story.decide(True)) == ["complaint.decided"]


def test_what_is_over_is_over() -> None:
    withdrawn, decided, filed = Complaining().accepted(), Complaining().accepted(), Complaining().filed()
    withdrawn.suspend()
    assert told(withdrawn.take_back()) == ["complaint.withdrawn", "signing.resumed"]
    decided.decide()
    with refused("complaint_not_open"):
        filed.decide()
    for story in (withdrawn, decided):
        for step in (story.decide, story.take_back, story.accept, story.reject, story.suspend, story.explain):
            with refused("complaint_not_open"):
                step()
    with refused("not_your_party", status=403):
        filed.take_back(filed.bidder(2))
