"""Bad ratings have to be answered by a deadline; being late costs points, and a missing calendar stops nobody."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pydantic import TypeAdapter

from schemas.contract import Milestone
from schemas.days import day_of, end_of
from schemas.evaluation import (
    FollowUpAnswered,
    FollowUpClosed,
    FollowUpOpened,
    FollowUpOverdue,
    Grievance,
    ProjectGraded,
)
from schemas.grade import GradeAnnounced
from schemas.role import Actor
from schemas.rulebook import Rule
from schemas.workdays import UnknownYear, after_weekdays, after_workdays, is_workday
from services.evaluation.rules import Evaluation, Level, RatingBox
from services.evaluation.rules.grading import WindowSet
from tests.services.evaluation.evaluated import (
    BOOK,
    COMMUNITY,
    FIRST_BOOK,
    FUNDER,
    PROJECT,
    PROVIDER,
    THIRD_BOOK,
    Evaluated,
    an_acceptance,
    submitted,
    window_open,
)
from tests.support.pure import refused

BAD, WORST = Level.DISSATISFIED, Level.VERY_DISSATISFIED
ANGRY, UNHAPPY = Grievance.VERY_DISSATISFIED, Grievance.DISSATISFIED
NAME = f"{Milestone.FINAL} {ANGRY}"


def angered(story: Evaluated | None = None) -> Evaluated:
    story = story or submitted()
    story.rate([(number, WORST) for number in (1, 2, 3)])
    return story


def test_the_third_very_bad_rating_opens_a_follow_up_of_five_working_days_and_only_its_number_is_told() -> None:
    story = submitted()

    assert len(story.rate([(1, WORST), (2, WORST)])) == 1
    opened, _ = story.rate([(3, WORST), (4, BAD)])

    assert isinstance(opened, FollowUpOpened)
    assert (opened.grievance, opened.ratings, opened.working_days) == (ANGRY, 3, 5)
    assert opened.due_at == end_of(date(2026, 3, 9))  # from Monday the 2nd, by seven days and a weekend
    assert opened.holidays_known
    assert story.evaluation.due() == {NAME: opened.due_at}
    assert set(opened.model_dump()) == {
        "project_id",
        "milestone",
        "grievance",
        "ratings",
        "working_days",
        "due_at",
        "holidays_known",
    }


def test_bad_ratings_of_the_milder_kind_open_their_own_with_fifteen_days_and_none_is_opened_twice() -> None:
    story = angered()

    opened, _ = story.rate([(number, BAD) for number in range(4, 9)])
    assert isinstance(opened, FollowUpOpened)
    assert (opened.grievance, opened.working_days) == (UNHAPPY, 15)
    assert day_of(opened.due_at) == date(2026, 3, 24)
    assert len(story.rate([(9, WORST), (10, BAD)])) == 1
    assert len(story.evaluation.followups) == 2


def test_a_bad_rating_of_somebody_not_asked_counts_for_a_follow_up_too() -> None:
    story = submitted(3)
    story.draw()
    story.issue(4, 5, 6)

    opened, _ = story.rate([(4, WORST), (5, WORST), (6, WORST)])

    assert isinstance(opened, FollowUpOpened)


def test_the_provider_answers_the_community_closes_and_the_words_stay_out_of_the_facts() -> None:
    story = angered()

    answered, _ = story.answer(ANGRY, "已上门道歉并换了送餐员")
    assert isinstance(answered, FollowUpAnswered)
    assert "道歉" not in answered.model_dump_json()
    assert story.evaluation.due() == {}
    (closed,) = story.close(ANGRY)

    assert isinstance(closed, FollowUpClosed)
    (followup,) = story.evaluation.followups
    assert (followup.answer, followup.closed, followup.overdue) == ("已上门道歉并换了送餐员", True, False)


def test_what_is_not_there_not_answered_or_closed_is_refused() -> None:
    with refused("no_followup", status=404):
        submitted().answer(ANGRY)
    story = angered()
    with refused("followup_not_answered"):
        story.close(ANGRY)
    story.answer(ANGRY)
    story.answer(ANGRY, "又补送了一周")
    story.close(ANGRY)
    with refused("followup_closed"):
        story.answer(ANGRY)
    with refused("followup_closed"):
        story.close(ANGRY)


def test_an_answer_that_names_a_residents_number_is_refused() -> None:
    with refused("personal_data", status=422):
        angered().answer(ANGRY, "已致电 13800138000 道歉")


@pytest.mark.parametrize("who", [COMMUNITY, FUNDER])
def test_only_the_provider_answers(who: Actor) -> None:
    with refused("not_your_party", status=403):
        angered().answer(ANGRY, by=who)


@pytest.mark.parametrize("who", [PROVIDER, FUNDER])
def test_only_the_community_confirms(who: Actor) -> None:
    story = angered()
    story.answer(ANGRY)
    with refused("not_your_party", status=403):
        story.close(ANGRY, by=who)


def test_the_deadline_rings_once_and_not_before_its_last_day_is_over() -> None:
    story = angered()
    due = story.evaluation.due()[NAME]

    assert story.ring_evaluation(NAME) == []
    story.at = due
    assert [type(fact) for fact in story.ring_evaluation(NAME)] == [FollowUpOverdue]
    assert story.ring_evaluation(NAME) == []
    assert story.evaluation.due() == {}


def test_an_answer_in_time_lets_the_deadline_pass_and_a_late_one_leaves_it_overdue() -> None:
    prompt = angered()
    due = prompt.evaluation.due()[NAME]
    prompt.answer(ANGRY)
    prompt.at = due
    assert prompt.ring_evaluation(NAME) == []

    late = angered()
    late.at = late.evaluation.due()[NAME]
    late.ring_evaluation(NAME)
    late.answer(ANGRY)
    assert late.evaluation.followups[0].overdue


def graded(story: Evaluated, score: str = "91") -> ProjectGraded:
    story.hear(an_acceptance(Milestone.FINAL))
    story.score(FUNDER, PROVIDER, score)
    return story.graded()


def test_an_overdue_follow_up_costs_the_rulebooks_points_and_the_arithmetic_says_so() -> None:
    prompt, late = angered(), angered()
    prompt.answer(ANGRY)
    late.at = late.evaluation.due()[NAME]
    late.ring_evaluation(NAME)

    # residents (3×20) ÷ 3 = 20, ×50; funder 91, ×30; together ÷ 80
    assert graded(prompt).score == Decimal("46.63")
    said = graded(late)
    assert said.score == Decimal("44.63")
    assert "整改逾期 1 项,扣 2 分,得 44.63" in said.arithmetic


def test_a_score_never_falls_below_nothing() -> None:
    story = angered()
    dear = Rule(value=99, source=BOOK.source("evaluation.followup_overdue_points"))
    story.rulebook = replace(BOOK, rules={**BOOK.rules, "evaluation.followup_overdue_points": dear})
    story.at = story.evaluation.due()[NAME]
    story.ring_evaluation(NAME)

    assert graded(story, "0").score == 0


def test_under_the_edition_before_a_follow_up_may_fall_due_after_the_grade() -> None:
    story = window_open(book=THIRD_BOOK)
    story.after(days=13)
    story.rate([(number, BAD) for number in range(1, 6)])
    story.graded(days=1)
    name = f"{Milestone.FINAL} {UNHAPPY}"
    story.at = story.evaluation.due()[name]

    assert [type(fact) for fact in story.ring_evaluation(name)] == [FollowUpOverdue]


def test_under_a_rulebook_without_follow_ups_bad_ratings_open_none() -> None:
    story = submitted(book=FIRST_BOOK)

    assert len(story.rate([(number, WORST) for number in range(1, 9)])) == 1
    assert story.evaluation.followups == ()


def test_a_rating_is_taken_in_a_year_whose_holidays_nobody_knows_and_the_deadline_says_so() -> None:
    story = submitted()
    story.at = datetime(2099, 12, 30, 4, 0, tzinfo=UTC)

    opened, _ = story.rate([(number, WORST) for number in (1, 2, 3)])

    assert isinstance(opened, FollowUpOpened)
    assert (opened.holidays_known, opened.due_at) == (False, end_of(date(2100, 1, 6)))


def as_written_before(story: Evaluated) -> Evaluation:
    """The row as it stood when there were no boxes, lots and follow-ups."""
    rows: TypeAdapter[Evaluation] = TypeAdapter(Evaluation)
    state = rows.dump_python(story.evaluation, mode="json")
    for name in ("samples", "followups", "assessments", "of_all", "boxed", "announcement", "tokens_of"):
        del state[name]
    return rows.validate_python(state)


def test_a_window_from_before_there_were_boxes_keeps_its_timer_and_gets_a_box_that_grades() -> None:
    story = window_open()
    closes_at = story.evaluation.closes_at
    story.world.put(as_written_before(story))
    story.rate([(1, Level.SATISFIED)])
    assert story.evaluation.due() == {"grade": closes_at}
    story.after(days=14)

    (window,) = story.ring_evaluation("grade")

    assert isinstance(window, WindowSet)
    assert (window.closes_at, window.extended) == (closes_at, False)
    assert story.evaluation.due() == {}
    assert story.find((RatingBox, PROJECT)).due() == {"grade": closes_at}
    assert isinstance(story.ring()[-1], GradeAnnounced)
    assert story.ring_evaluation("grade") == []


@pytest.mark.parametrize(
    ("begins", "count", "last"),
    [
        (date(2025, 12, 2), 7, date(2025, 12, 11)),
        (date(2025, 11, 3), 3, date(2025, 11, 6)),
        (date(2025, 5, 6), 7, date(2025, 5, 15)),
        (date(2024, 9, 25), 4, date(2024, 9, 30)),  # the 29th, a Sunday, is a working day
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # a Saturday that is worked before Spring Festival
    ],
)
def test_working_days_leave_out_the_first_day_weekends_and_holidays_and_count_make_up_days(
    begins: date, count: int, last: date
) -> None:
    assert after_workdays(begins, count) == last


def test_an_unknown_year_is_said_and_never_guessed() -> None:
    with pytest.raises(UnknownYear):
        is_workday(date(2099, 1, 5))
    assert after_weekdays(date(2099, 1, 2), 1) == date(2099, 1, 5)  # Friday to Monday
