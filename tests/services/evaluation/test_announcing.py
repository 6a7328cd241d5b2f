"""A grade is announced first: the provider replies, accepts, or is evaluated once more, and nobody's silence counts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

import pytest

from schemas.contract import Milestone
from schemas.days import end_of
from schemas.deciding import SYSTEM
from schemas.evaluation import Grievance, MilestoneRated, ProjectGraded
from schemas.grade import GradeAccepted, GradeAnnounced, GradeReplied, ReevaluationDecided, ReevaluationRequested
from schemas.model import Model
from schemas.role import Actor
from schemas.rulebook import Rulebook
from services.evaluation import rules
from services.evaluation.rules import Level, Words
from tests.services.evaluation.evaluated import (
    BOOK,
    COMMUNITY,
    FIRST_BOOK,
    FUNDER,
    PROJECT,
    PROVIDER,
    SECOND_BOOK,
    THIRD_BOOK,
    Evaluated,
    window_open,
)
from tests.support.pure import an_actor, refused

FINAL = Milestone.FINAL
SOMEBODY_ELSE = replace(FUNDER, person_id=an_actor(FUNDER.role).person_id)
"""of the funder"""


def announced(score: str = "50", level: Level = Level.DISSATISFIED) -> Evaluated:
    """Two residents and the funder were not pleased; the window is over."""
    story = window_open()
    story.rate([(1, level), (2, level)])
    story.score(FUNDER, PROVIDER, score)
    story.after(days=14).ring()
    return story


def contested() -> Evaluated:
    story = announced()
    story.request()
    return story


def reopened() -> Evaluated:
    story = contested()
    story.decide(True, SOMEBODY_ELSE)
    return story


def ring_due(story: Evaluated, name: str) -> list[Model]:
    story.at = story.evaluation.due()[name]
    return story.ring_evaluation(name)


def test_the_windows_end_announces_the_grade_with_its_whole_arithmetic_and_moves_no_money() -> None:
    story = window_open()
    story.rate([(1, Level.DISSATISFIED)])
    story.score(FUNDER, PROVIDER, "50")

    *_, said = story.after(days=14).ring()

    assert isinstance(said, GradeAnnounced)
    assert (said.score, said.grade, said.factor_percent) == (Decimal("43.75"), "不合格", 0)  # (40×50 + 50×30) ÷ 80
    assert "得分 = (居民 40.00×50 + 购买方 50×30) ÷ 80 = 43.75" in said.arithmetic
    # noon of Monday 16 March in China, and 5 working days
    assert (said.working_days, said.holidays_known) == (5, True)
    assert said.reply_until == datetime(2026, 3, 23, 16, 0, tzinfo=UTC)
    assert story.evaluation.grade is None
    assert story.evaluation.due() == {"reply": said.reply_until}
    assert story.find((rules.RatingBox, PROJECT)).due() == {}


@pytest.mark.parametrize("book", [FIRST_BOOK, SECOND_BOOK], ids=lambda book: book.version)
def test_a_project_that_began_under_an_edition_without_a_reply_is_graded_at_once(book: Rulebook) -> None:
    story = window_open(book=book)
    story.score(FUNDER, PROVIDER, "50")

    (said,) = story.after(days=14).ring()

    assert isinstance(said, ProjectGraded)
    assert story.evaluation.announcement is None
    with refused("grade_not_announced"):
        story.accept()


def test_nobody_replies_and_the_announced_grade_becomes_final_by_itself() -> None:
    story = announced()
    before = story.evaluation.announcement
    assert before is not None
    story.after(days=1)
    assert story.ring_evaluation("reply") == []

    (said,) = ring_due(story, "reply")

    assert isinstance(said, ProjectGraded)
    assert (said.score, said.factor_percent) == (before.grade.score, 0)
    assert said.arithmetic == f"{before.grade.arithmetic};答复期满,承接方未申请重新评价,定为最终等级"
    assert story.evaluation.due() == {}
    assert story.ring_evaluation("reply") == []


def test_what_the_provider_accepts_is_final_at_once() -> None:
    story = announced()

    accepted, graded = story.accept()

    assert isinstance(accepted, GradeAccepted)
    assert isinstance(graded, ProjectGraded)
    assert graded.score == Decimal("43.75")
    for again in (story.accept, story.reply, story.request):
        with refused("grade_not_pending"):
            again()


def test_a_reply_is_kept_beside_the_grade_and_only_its_digest_is_told() -> None:
    story = announced()

    told, _ = story.reply("人手不足,已补")

    assert isinstance(told, GradeReplied)
    assert told.digest == sha256("人手不足,已补".encode()).hexdigest()
    assert "人手" not in told.model_dump_json()
    assert story.evaluation.announcement is not None
    assert story.evaluation.announcement.words == {Words.REPLY: "人手不足,已补"}
    with refused("grade_already_replied"):
        story.reply("再说一次")
    assert isinstance(ring_due(story, "reply")[0], ProjectGraded)


def test_a_reply_names_nobodys_number() -> None:
    story = announced()

    with refused("personal_data", status=422):
        story.reply("请问 13800138000 的老人")
    with refused("personal_data", status=422):
        story.request("请问 13800138000 的老人")
    story.request()
    with refused("personal_data", status=422):
        story.decide(True, SOMEBODY_ELSE, "请问 13800138000 的老人")


def test_after_the_deadline_nothing_is_contested_though_its_timer_has_yet_to_ring() -> None:
    story = announced()
    story.at = story.evaluation.due()["reply"]

    for late in (story.reply, story.request):
        with refused("reply_deadline_passed"):
            late()


@pytest.mark.parametrize("who", [FUNDER, COMMUNITY, an_actor(PROVIDER.role)], ids=["funder", "community", "another"])
def test_only_the_provider_answers_its_grade(who: Actor) -> None:
    story = announced()

    with refused("not_your_party", status=403):
        story.accept(by=who)
    with refused("not_your_party", status=403):
        story.reply(by=who)
    with refused("not_your_party", status=403):
        story.request(by=who)


def test_a_request_is_made_once_and_waits_for_the_funder() -> None:
    story = announced()

    told, _ = story.request("两栋楼停水,未能评价")

    assert isinstance(told, ReevaluationRequested)
    assert told.digest == sha256("两栋楼停水,未能评价".encode()).hexdigest()
    assert story.evaluation.due() == {"decision": told.decide_until}
    assert story.ring_evaluation("reply") == []
    with refused("reevaluation_requested_before"):
        story.request()


def test_who_scored_for_the_funder_does_not_decide_and_neither_does_another_party() -> None:
    story = contested()

    with refused("rater_decides_nothing", status=403):
        story.decide(True, FUNDER)
    for stranger in (PROVIDER, COMMUNITY, an_actor(FUNDER.role)):
        with refused("not_your_party", status=403):
            story.decide(True, stranger)
    assert story.evaluation.due().keys() == {"decision"}


def test_what_is_upheld_is_final_with_the_reason_kept() -> None:
    story = contested()

    decided, _, graded = story.decide(False, SOMEBODY_ELSE, "停水仅半日")

    assert isinstance(decided, ReevaluationDecided)
    assert (decided.granted, decided.closes_at) == (False, None)
    assert decided.digest == sha256("停水仅半日".encode()).hexdigest()
    assert isinstance(graded, ProjectGraded)
    assert graded.score == Decimal("43.75")
    assert story.evaluation.due() == {}
    with refused("grade_not_pending"):
        story.decide(True, SOMEBODY_ELSE)


def test_a_decision_without_a_request_decides_nothing() -> None:
    with refused("no_request_to_decide"):
        announced().decide(True, SOMEBODY_ELSE)


def test_the_provider_may_give_up_its_request_by_accepting() -> None:
    assert isinstance(contested().accept()[-1], ProjectGraded)


def test_granted_the_window_opens_once_more_for_tokens_that_have_not_rated_and_for_new_scores() -> None:
    story = contested()

    decided, _, _ = story.decide(True, SOMEBODY_ELSE)

    assert isinstance(decided, ReevaluationDecided)
    assert decided.closes_at == story.at + timedelta(days=7) == story.evaluation.closes_at
    assert story.find((rules.RatingBox, PROJECT)).due() == {"grade": decided.closes_at}
    with refused("already_rated"):
        story.rate([(1, Level.VERY_SATISFIED)])
    story.rate([(number, Level.VERY_SATISFIED) for number in range(3, 9)])
    story.score(FUNDER, PROVIDER, "80")
    with refused("party_already_rated"):
        story.score(FUNDER, PROVIDER, "99")

    *said, graded = story.after(days=7).ring()

    assert isinstance(graded, ProjectGraded)
    assert graded.score == Decimal("83.13")  # (85×50 + 80×30) ÷ 80 = 83.125: six of eight very satisfied, two not
    assert graded.arithmetic.startswith("预评为 43.75 分、不合格,申请后重新评价;居民满意度 = ")
    assert [one.ratings for one in said if isinstance(one, MilestoneRated)] == [8]
    assert story.find((rules.RatingBox, PROJECT)).due() == {}
    for again in (story.accept, story.request):
        with refused("grade_not_pending"):
            again()


def test_a_re_evaluation_may_go_the_other_way_too_and_is_the_last() -> None:
    story = reopened()
    story.rate([(3, Level.VERY_DISSATISFIED)])

    graded = story.after(days=7).ring()[-1]

    assert isinstance(graded, ProjectGraded)
    assert graded.score == Decimal("39.58")  # (33.33×50 + 50×30) ÷ 80
    assert story.ring() == []


def test_in_the_reopened_window_nobody_is_added_to_the_list_and_no_lot_is_drawn() -> None:
    story = reopened()

    with refused("list_settled"):
        story.issue(99)
    with refused("list_settled"):
        story.draw()


def test_a_request_nobody_decides_on_is_granted() -> None:
    story = contested()
    story.after(days=1)
    assert story.ring_evaluation("decision") == []

    decided, _ = ring_due(story, "decision")

    assert isinstance(decided, ReevaluationDecided)
    assert (decided.granted, decided.decided_by, decided.digest) == (True, SYSTEM, None)
    story.rate([(5, Level.VERY_SATISFIED)])
    with refused("grade_not_pending"):
        story.decide(False, SOMEBODY_ELSE)


def test_a_decision_at_the_deadline_is_too_late_though_the_timer_has_yet_to_ring() -> None:
    story = contested()
    story.at = story.evaluation.due()["decision"]

    with refused("no_request_to_decide"):
        story.decide(False, SOMEBODY_ELSE)


def test_what_goes_overdue_while_the_provider_thinks_is_not_in_the_announced_grade() -> None:
    story = window_open(book=THIRD_BOOK)
    story.after(days=12)
    story.rate([(number, Level.VERY_DISSATISFIED) for number in (1, 2, 3)])
    *_, said = story.after(days=2).ring()
    assert isinstance(said, GradeAnnounced)
    name = f"{FINAL} {Grievance.VERY_DISSATISFIED}"
    ring_due(story, name)
    assert story.evaluation.followups[0].overdue

    graded = ring_due(story, "reply")[0]

    assert isinstance(graded, ProjectGraded)
    assert graded.score == said.score == Decimal("20.00")


def test_in_a_year_whose_holidays_nobody_knows_the_deadline_counts_mondays_to_fridays_and_says_so() -> None:
    story = window_open()
    story.score(FUNDER, PROVIDER, "90")
    story.at = datetime(2099, 12, 30, 4, 0, tzinfo=UTC)

    *_, said = story.ring()

    assert isinstance(said, GradeAnnounced)
    assert (said.holidays_known, said.reply_until) == (False, end_of(date(2100, 1, 6)))


def test_without_factors_in_the_rulebook_no_grade_takes_anything_off_the_last_tranche() -> None:
    story = window_open()
    story.rulebook = replace(
        BOOK, rules={path: rule for path, rule in BOOK.rules.items() if path != "evaluation.factors"}
    )
    story.score(FUNDER, PROVIDER, "10")

    graded = story.graded()

    assert (graded.grade, graded.factor_percent) == ("不合格", 100)
    assert "协议未载明等级系数,末期款按 100% 支付" in graded.arithmetic
