"""Who may ask about an open tender, how often and until when, and what an answer may say."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from pydantic import ValidationError

from schemas.clarification import QuestionAnswered, QuestionAsked
from schemas.days import day_of, end_of
from schemas.obligation import Duty
from schemas.party import PartyKind
from schemas.role import Role
from services.kit.rulebooks import shipped
from services.tenders.rules.clarification import QuestionKept
from services.tenders.rules.project import Phase, Project
from tests.services.tenders.clarifying import Clarifying, other_terms
from tests.services.tenders.stories import PROJECT
from tests.support.pure import an_actor, refused


def opened() -> Clarifying:
    story = Clarifying()
    story.opened()
    return story


def test_a_question_is_told_without_who_asked_and_kept_with_it() -> None:
    story = opened()
    asker = story.a_bidder()

    kept, told = story.ask(asker)

    assert isinstance(kept, QuestionKept)
    assert isinstance(told, QuestionAsked)
    assert set(told.model_dump()) == {"project_id", "question_id", "text", "answer_due"}
    assert str(asker.party_id) not in told.model_dump_json()
    assert [question.asked_by for question in story.project.questions] == [asker.party_id]


def test_an_answer_is_due_on_the_third_working_day() -> None:
    story = Clarifying()
    story.at = datetime(2025, 11, 3, 2, 0, tzinfo=UTC)
    story.opened()

    story.ask(story.a_bidder())

    [owed] = story.project.owed()
    assert owed.until == end_of(date(2025, 11, 6))
    assert (owed.duty, owed.role, owed.party_id) == (
        Duty.ANSWER_QUESTION,
        Role.FUNDER,
        story.project.brief.funder_id,
    )
    assert story.rulebook.source(owed.rule or "").text.startswith("政府采购法实施条例 第五十二条")
    assert story.project.questions[0].holidays_known


def test_a_year_without_published_holidays_is_counted_by_weekdays_and_says_so() -> None:
    story = Clarifying()
    story.at = datetime(2099, 1, 1, 2, 0, tzinfo=UTC)  # a Thursday
    story.opened()

    story.ask(story.a_bidder())

    assert story.project.questions[0].answer_due == end_of(date(2099, 1, 6))
    assert not story.project.questions[0].holidays_known


def test_what_is_answered_late_stays_overdue_and_what_is_answered_is_owed_no_more() -> None:
    story = opened()
    story.ask(story.a_bidder())
    story.ask(story.a_bidder())
    first, second = story.project.questions
    story.answer(question=first.id)
    assert [one.name for one in story.project.owed()] == [f"question.{second.id}"]

    story.at = second.answer_due
    assert story.project.questions[1].overdue(story.at)
    [told] = story.answer(question=second.id)

    assert isinstance(told, QuestionAnswered)
    assert (told.amendment, told.text) == (None, "十一点半以前。")
    assert story.project.owed() == ()
    assert [q.overdue(story.at + timedelta(days=9)) for q in story.project.questions] == [False, True]


def test_when_the_tender_is_closed_nothing_is_owed_any_more() -> None:
    story = opened()
    story.ask(story.a_bidder())
    for price in (1_00, 2_00, 3_00):
        story.seal(story.a_bidder(), price)

    story.at_the_deadline()

    assert story.phase is Phase.OPENED
    assert story.project.owed() == ()
    assert len(story.project.questions) == 1


def test_only_those_who_may_bid_ask_and_nobody_for_another() -> None:
    story = opened()
    one, other = story.a_bidder(), story.a_bidder()
    story.changes(other.party_id, suspended=True)

    with refused("not_your_party", status=403):
        story.ask(one, asker_id=other.party_id)
    with refused("party_suspended", status=403):
        story.ask(other)
    with refused("not_a_provider", status=403):
        story.ask(story.a_bidder(PartyKind.SOCIAL_WORKER))
    with refused("registration_lapsed", status=403):
        story.ask(story.a_bidder(PartyKind.SOCIAL_WORKER, day_of(story.at) - timedelta(days=1)))
    assert story.project.questions == ()


def test_nothing_is_asked_or_answered_at_the_deadline_or_before_opening() -> None:
    story = opened()
    asker = story.a_bidder()
    assert story.project.closes_at is not None
    story.at = story.project.closes_at - timedelta(microseconds=1)
    story.ask(asker)

    story.at = story.project.closes_at

    with refused("clarification_after_deadline"):
        story.ask(asker)
    with refused("clarification_after_deadline"):
        story.answer()
    early = Clarifying()
    early.reserved()
    with refused("wrong_phase"):
        early.ask(early.a_bidder())


def test_a_bidder_and_a_tender_have_so_many_questions_and_the_rule_is_named() -> None:
    story = opened()
    asker = story.a_bidder()
    for _ in range(10):
        story.ask(asker)

    with refused("too_many_questions", source="每家供应商"):
        story.ask(asker)
    for _ in range(9):
        other = story.a_bidder()
        for _ in range(10):
            story.ask(other)
    with refused("too_many_questions", source="一次采购"):
        story.ask(story.a_bidder())
    assert len(story.project.questions) == 100


def test_a_question_is_answered_once_by_its_own_buyer() -> None:
    story = opened()
    story.ask(story.a_bidder())

    with refused("not_your_party", status=403):
        story.answer(by=an_actor(Role.FUNDER))
    with refused("no_such_question", status=404):
        story.answer(question=uuid4())
    story.answer()
    with refused("already_answered"):
        story.answer()


def test_an_answer_that_changes_the_documents_needs_an_amendment_since_the_question() -> None:
    story = opened()
    story.amend()
    story.at += timedelta(minutes=1)
    story.ask(story.a_bidder())

    with refused("answer_needs_amendment", source="修改采购文件"):
        story.answer(changes=True)
    story.amend(other_terms(requirements="十一点以前送到"))
    [told] = story.answer(changes=True)

    assert isinstance(told, QuestionAnswered)
    assert told.amendment == 2


def test_a_question_does_not_name_its_own_party() -> None:
    story = opened()
    asker = story.a_bidder()
    story.changes(asker.party_id, name="示例助餐服务中心", uscc="52320508MJ0000001X")

    for text in ("示例助餐服务中心想问:几点送到?", "52320508MJ0000001X 询问"):
        with refused("question_names_asker", status=422):
            story.ask(asker, text)
    story.ask(asker, "贵社区助餐服务中心几点开门?")
    assert len(story.project.questions) == 1


def test_words_for_everybody_hold_nobodys_number_and_are_not_too_long() -> None:
    story = opened()

    with refused("personal_data", status=422):
        story.ask(story.a_bidder(), "请致电 13812345678")
    with pytest.raises(ValidationError):
        story.ask(story.a_bidder(), "问" * 1001)
    story.ask(story.a_bidder(), "问" * 1000)
    assert len(story.project.questions) == 1


def test_a_project_under_an_earlier_edition_takes_no_questions_and_goes_on_as_before() -> None:
    story = Clarifying()
    story.rulebook = next(book for book in shipped() if book.version == "2026.3")
    story.opened()

    with refused("no_clarifications"):
        story.ask(story.a_bidder())
    with refused("no_clarifications"):
        story.draft_amendment(terms=other_terms())
    for price in (1_00, 2_00, 3_00):
        story.seal(story.a_bidder(), price)
    story.at_the_deadline()

    assert story.world.get(Project, PROJECT).phase is Phase.OPENED
