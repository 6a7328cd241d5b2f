"""The count waits for follow-ups open at the window's end: nobody loses early, nobody escapes by the calendar."""

from decimal import Decimal

from schemas.evaluation import Grievance
from schemas.grade import GradeAnnounced
from services.evaluation.rules import Level, RatingBox
from services.evaluation.rules.followups import CountAwaits
from tests.services.evaluation.evaluated import FUNDER, PROJECT, PROVIDER, THIRD_BOOK, Evaluated, window_open
from tests.support.pure import refused

ANGRY, UNHAPPY = Grievance.VERY_DISSATISFIED, Grievance.DISSATISFIED


def unhappy_on_the_last_day(story: Evaluated | None = None) -> Evaluated:
    """Five bad ratings and three very bad ones in the night before the window ends: due 15 and 5 working days later."""
    story = story or window_open()
    story.score(FUNDER, PROVIDER, "91")
    story.after(days=13).rate([(number, Level.DISSATISFIED) for number in range(1, 6)])
    story.rate([(number, Level.VERY_DISSATISFIED) for number in (6, 7, 8)])
    return story.after(days=1)


def announced(story: Evaluated) -> GradeAnnounced:
    said = story.ring()[-1]
    assert isinstance(said, GradeAnnounced)
    return said


def test_the_count_waits_for_the_last_deadline_and_no_rating_is_taken_meanwhile() -> None:
    story = unhappy_on_the_last_day()
    last = max(story.evaluation.due().values())

    (waits,) = story.ring()

    assert isinstance(waits, CountAwaits)
    assert waits.until == last
    assert story.find((RatingBox, PROJECT)).due() == {"grade": last}
    assert story.ring() == []
    assert story.evaluation.announcement is None
    with refused("evaluation_closed"):
        story.rate([(9, Level.SATISFIED)])


def test_what_was_not_answered_in_time_is_counted_whichever_timer_rings_first() -> None:
    story = unhappy_on_the_last_day()
    story.ring()
    story.at = max(story.evaluation.due().values())

    said = announced(story)

    # residents (5×40 + 3×20) ÷ 8 = 32.5, ×50; funder 91, ×30; together ÷ 80; less 2 for each of two
    assert said.score == Decimal("50.44")
    assert "整改逾期 2 项,扣 4 分,得 50.44" in said.arithmetic
    assert "评价期满时有整改期限未到,计票等至各项答复或期限届满" in said.arithmetic


def test_a_timer_of_the_window_that_rings_late_lets_nobody_escape() -> None:
    story = unhappy_on_the_last_day()
    story.after(days=60)

    assert isinstance(story.ring()[-1], CountAwaits)
    assert announced(story).score == Decimal("50.44")


def test_answers_end_the_wait_at_once_and_cost_nothing() -> None:
    story = unhappy_on_the_last_day()
    story.ring()

    story.answer(UNHAPPY)
    assert story.ring() == []
    story.answer(ANGRY)
    assert story.find((RatingBox, PROJECT)).due() == {"grade": story.at}
    said = announced(story)

    assert said.score == Decimal("54.44")
    assert "逾期" not in said.arithmetic


def test_without_open_follow_ups_nothing_is_waited_for() -> None:
    story = unhappy_on_the_last_day()
    story.answer(UNHAPPY)
    story.answer(ANGRY)

    assert announced(story).score == Decimal("54.44")


def test_under_the_edition_before_the_count_does_not_wait() -> None:
    assert announced(unhappy_on_the_last_day(window_open(book=THIRD_BOOK))).score == Decimal("54.44")
