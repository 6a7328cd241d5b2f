"""The supervision committee's opinions are answered before the buyer accepts; and no money waits for ever for it."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest

from schemas.contract import Milestone, MilestoneDeemedAccepted
from schemas.days import day_of, end_of, minute_of
from schemas.delivery import OpinionAnswered, OpinionFiled, OpinionOverdue
from schemas.fact import Fact
from schemas.role import Role
from schemas.workdays import after_workdays
from services.contracts import rules
from services.contracts.rules import Stage
from services.contracts.rules.opining import MOST_OPINIONS
from services.kit.rulebooks import shipped
from tests.services.contracts.awarded import (
    BOOK,
    COMMITTEE,
    COMMUNITY,
    FUNDER,
    PROJECT,
    PROVIDER,
    Awarded,
    accepted,
    an_award,
    signed,
)
from tests.services.contracts.reading import read
from tests.support.pure import an_actor, refused

MID_TERM, FINAL = Milestone.MID_TERM, Milestone.FINAL
WINDOW = timedelta(days=BOOK.integer("contracts.acceptance_days"))
MORE = timedelta(days=BOOK.integer("contracts.days_after_answer"))
DAYS = BOOK.integer("contracts.opinion_days")
OF_2026_2 = next(book for book in shipped() if book.version == "2026.2")


def confirmed(story: Awarded | None = None) -> Awarded:
    story = story or signed()
    story.submit(MID_TERM)
    story.confirm(MID_TERM)
    return story


def filed(story: Awarded, **changes: Any) -> OpinionFiled:
    (fact,) = [one for one in story.opine(**changes) if isinstance(one, OpinionFiled)]
    return fact


def test_an_opinion_says_by_when_it_is_to_be_answered_and_its_words_stay_here() -> None:
    story = signed()

    fact = filed(story, kind="objection", text="王阿姨说没有人来过")

    assert fact.answer_due == end_of(after_workdays(day_of(story.at), DAYS))
    assert (fact.holidays_known, fact.addressed_to, fact.milestone) == (True, Role.PROVIDER, MID_TERM)
    assert fact.text_digest == sha256("王阿姨说没有人来过".encode()).hexdigest()
    assert "王阿姨" not in fact.model_dump_json()
    assert story.contract.opinions[0].text == "王阿姨说没有人来过"


def test_in_a_year_whose_holidays_nobody_knows_mondays_to_fridays_count_and_it_says_so() -> None:
    story = signed()
    story.at = story.at.replace(year=2090)

    assert not filed(story).holidays_known


def test_only_the_committee_of_the_projects_community_inspects() -> None:
    with refused("not_your_party", status=403):
        signed().opine(an_actor(Role.SUPERVISOR))


def test_whoever_took_a_step_of_the_delivery_does_not_inspect_it() -> None:
    story = confirmed()

    with refused("same_person_took_earlier_step", source="监督委员会监督"):
        story.opine(replace(COMMITTEE, person_id=COMMUNITY.person_id))


@pytest.mark.parametrize("kind", ["concern", "objection"])
def test_while_it_is_unanswered_the_buyer_cannot_accept_and_is_told_which_one(kind: str) -> None:
    story = confirmed()
    opinion = filed(story, kind=kind)

    with refused("opinion_unanswered", source="监督委员会监督") as caught:
        story.accept(MID_TERM)
    assert caught.value.details["opinion"] == str(opinion.opinion_id)

    story.answer(opinion.opinion_id)
    story.accept(MID_TERM)
    assert story.contract.deliveries[MID_TERM].stage is Stage.ACCEPTED


@pytest.mark.parametrize("about", [{"kind": "praise"}, {"milestone": None}, {"milestone": "final"}])
def test_praise_the_use_of_money_and_another_milestone_do_not_hold_the_acceptance(about: dict[str, Any]) -> None:
    story = confirmed()
    filed(story, **about)

    story.accept(MID_TERM)


def test_praise_needs_no_answer_and_a_word_about_money_does() -> None:
    story = signed()

    assert filed(story, kind="praise").answer_due is None
    assert filed(story, milestone=None).answer_due is not None


def test_an_answer_is_told_by_its_digest_and_given_once_by_whom_it_was_asked_of() -> None:
    story = signed()
    opinion = filed(story, addressed_to="community")

    for other in (PROVIDER, FUNDER):
        with refused("opinion_to_another", status=403):
            story.answer(opinion.opinion_id, other)
    with refused("not_your_party", status=403):
        story.answer(opinion.opinion_id, an_actor(Role.COMMUNITY))
    with refused("not_found", status=404):
        story.answer(uuid4(), COMMUNITY)
    with refused("same_person_took_earlier_step"):
        story.answer(opinion.opinion_id, replace(COMMUNITY, person_id=COMMITTEE.person_id))
    answered = story.answer(opinion.opinion_id, COMMUNITY, "已核实")[0]
    with refused("opinion_answered_before"):
        story.answer(opinion.opinion_id, COMMUNITY)

    assert isinstance(answered, OpinionAnswered)
    assert answered.text_digest == sha256("已核实".encode()).hexdigest()
    assert story.contract.opinions[0].answer == "已核实"


def test_a_deadline_that_passes_is_told_once_and_the_answer_is_still_taken() -> None:
    story = signed()
    opinion = filed(story)
    assert opinion.answer_due is not None
    assert story.timers == {f"opinion.{opinion.opinion_id}": opinion.answer_due}

    (late,) = story.ring(opinion.answer_due - story.at)

    assert isinstance(late, OpinionOverdue)
    assert late.answer_due == opinion.answer_due
    assert story.timers == {}
    assert story.ring(timedelta(days=1)) == []
    story.answer(opinion.opinion_id)
    assert story.contract.opinions[0].overdue


def test_an_answered_opinion_is_never_overdue() -> None:
    story = signed()
    opinion = filed(story)
    story.answer(opinion.opinion_id)

    assert story.ring(timedelta(days=60)) == []


def test_the_window_waits_for_the_providers_answer_and_then_leaves_the_buyer_some_days() -> None:
    story = confirmed()
    opinion = filed(story)

    said = story.ring(WINDOW * 3)
    assert [one.type for one in said if isinstance(one, Fact)] == ["opinion.overdue"]
    assert story.timers == {}

    story.answer(opinion.opinion_id)
    assert story.timers == {"accept.mid_term": story.at + MORE}
    story.send_back(MID_TERM, FUNDER)


def test_an_early_answer_does_not_shorten_the_window() -> None:
    story = confirmed()
    due = story.at + WINDOW
    opinion = filed(story)

    story.answer(opinion.opinion_id)

    assert story.timers == {"accept.mid_term": due}


@pytest.mark.parametrize("silent", ["funder", "community"])
def test_for_the_silence_of_others_the_providers_money_waits_no_longer_than_they_had_to_answer(silent: str) -> None:
    story = confirmed()
    story.at += WINDOW - timedelta(hours=1)
    opinion = filed(story, addressed_to=silent)
    assert opinion.answer_due is not None
    assert story.timers["accept.mid_term"] == opinion.answer_due

    story.ring(timedelta(hours=2))
    assert story.contract.deliveries[MID_TERM].stage is Stage.CONFIRMED
    said = story.ring(opinion.answer_due - story.at)

    (deemed,) = [one for one in said if isinstance(one, MilestoneDeemedAccepted)]
    assert deemed.acceptance_due == opinion.answer_due
    report = read(story.world.get(rules.Paper, rules.report_id(PROJECT, MID_TERM)).body)
    assert any(f"购买方在 {minute_of(opinion.answer_due)} 前既未验收也未退回" in text for text in report.texts)
    assert story.contract.deliveries[MID_TERM].stage is Stage.ACCEPTED


def test_an_opinion_after_the_window_does_not_open_it_again() -> None:
    story = confirmed()
    story.at += WINDOW
    opinion = filed(story)

    with refused("acceptance_overdue"):
        story.send_back(MID_TERM, FUNDER)
    story.answer(opinion.opinion_id)
    assert story.contract.silent(MID_TERM, story.at)
    story.ring(timedelta(0))
    assert story.contract.deliveries[MID_TERM].deemed


def test_opinions_begin_with_the_signature_and_end_with_the_result_and_have_a_limit() -> None:
    story = Awarded()
    story.hear(an_award())
    with refused("opinion_out_of_time"):
        story.opine()

    story = signed()
    for _ in range(MOST_OPINIONS):
        story.opine()
    with refused("too_many_opinions"):
        story.opine()
    story.world.put(replace(story.contract, published=True))
    with refused("opinion_out_of_time"):
        story.opine()


@pytest.mark.parametrize("text", ["请打 13812345678", "身份证 320508199001011234"])
def test_no_number_of_a_person_gets_into_what_becomes_public(text: str) -> None:
    story = signed()
    with refused("personal_data"):
        story.opine(text=text)
    opinion = filed(story)
    with refused("personal_data"):
        story.answer(opinion.opinion_id, text=text)


def test_under_the_edition_before_an_opinion_is_kept_and_holds_nothing() -> None:
    story = Awarded()
    story.rulebook = OF_2026_2
    story.hear(an_award())
    story.endorse(PROVIDER)
    story.endorse(FUNDER)
    confirmed(story)

    opinion = filed(story)

    assert opinion.answer_due is None
    assert story.timers == {"accept.mid_term": story.at + WINDOW}
    story.answer(opinion.opinion_id)
    story.accept(MID_TERM)


def test_the_acceptance_report_prints_opinions_with_their_answers() -> None:
    story = confirmed()
    opinion = filed(story, text="签到表不全")
    filed(story, kind="praise", milestone=None, addressed_to="funder", text="账目清楚")
    story.answer(opinion.opinion_id, text="已补齐三月签到表")
    story.accept(MID_TERM)

    rows = read(story.world.get(rules.Paper, rules.report_id(PROJECT, MID_TERM)).body).tables["opinions"]

    assert [(row[0], row[1], row[2], row[4], row[5]) for row in rows] == [
        ("中期 · mid-term", "关注 · concern", "签到表不全", "乙方(承接主体)· provider", "已补齐三月签到表"),
        ("资金使用 · use of the money", "肯定 · praise", "账目清楚", "甲方(购买主体)· funder", "—"),
    ]


def test_what_was_deemed_accepted_over_an_unanswered_opinion_says_so() -> None:
    story = confirmed()
    filed(story, addressed_to="funder")
    story.ring(WINDOW * 3)

    report = read(story.world.get(rules.Paper, rules.report_id(PROJECT, MID_TERM)).body)

    assert report.texts[1].startswith("视为验收")
    assert report.tables["opinions"][0][5] == "尚未答复 · not answered"


def test_an_opinion_on_what_was_accepted_changes_nothing_about_it() -> None:
    story = accepted(MID_TERM)
    opinion = filed(story)
    story.answer(opinion.opinion_id)

    assert story.contract.deliveries[MID_TERM].stage is Stage.ACCEPTED
    assert story.timers == {}
