"""An accepted mid-term that nobody judges in time counts as passed, where the agreement printed the days."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from schemas.contract import Milestone
from schemas.days import day_of
from schemas.deciding import Due
from schemas.fact import Fact
from schemas.judging import MidTermAwaited, MidTermDeemedPassed, MidTermResult
from schemas.model import Model
from schemas.obligation import Duty
from schemas.rulebook import Rule, Source
from schemas.tranche import Gate, PlannedTranche, TranchePlan
from services.contracts import rules
from services.contracts.api.mid_term import JudgementAnswer, judgement_answer
from services.contracts.rules.annex import ACCEPTANCE_DAYS, JUDGE_DAYS, MID_TERM_FAILED
from services.contracts.rules.contract import JUDGE
from services.kit.rulebooks import shipped
from tests.services.contracts.awarded import BOOK, FUNDER, PROJECT, PROVIDER, an_award
from tests.services.contracts.lived import Lived
from tests.services.contracts.reading import read
from tests.services.contracts.test_mid_term import FAILED, PASSED, RECTIFY, judge
from tests.support.pure import refused

MID_TERM = Milestone.MID_TERM
JUDGED = (Gate.MID_TERM_PASSED,)
UNTIL = datetime(2026, 3, 16, 16, 0, tzinfo=UTC)
"""the end of the tenth working day after Monday 2026-03-02, in China"""
A_MOMENT = timedelta(microseconds=1)
EARLIER = next(book for book in shipped() if (book.id, book.version) == (BOOK.id, "2026.3"))
STOPS = replace(BOOK, rules={**BOOK.rules, MID_TERM_FAILED: Rule("stops", Source("示例"))})


def the_award(also: tuple[Gate, ...] = JUDGED) -> Any:
    """Its second tranche waits for the judgement."""
    plan = TranchePlan(
        tranches=(
            PlannedTranche(share_percent=Decimal(50), gate=Gate.SIGNED),
            PlannedTranche(share_percent=Decimal(40), gate=Gate.MID_TERM_ACCEPTED, also=also),
            PlannedTranche(share_percent=Decimal(10), gate=Gate.FINAL_GRADED),
        )
    )
    award = an_award()
    return award.model_copy(update={"terms": award.terms.model_copy(update={"tranche_plan": plan})})


def in_force(also: tuple[Gate, ...] = JUDGED, book: Any = BOOK) -> Lived:
    story = Lived()
    story.rulebook = book
    story.hear(the_award(also))
    story.endorse(PROVIDER)
    story.endorse(FUNDER)
    story.released(1)
    return story


def accepted(story: Lived) -> list[Model]:
    story.submit(MID_TERM)
    story.confirm(MID_TERM)
    return story.accept(MID_TERM)


def awaiting(also: tuple[Gate, ...] = JUDGED, book: Any = BOOK) -> Lived:
    story = in_force(also, book)
    accepted(story)
    return story


def rung(story: Lived, at: datetime) -> list[Fact]:
    """What is said when every timer that is due by then rings."""
    story.at = at
    due = [(name, when) for name, when in story.timers.items() if when <= at]
    said = [
        one
        for name, when in due
        for one in story.do(rules.ring, Due(ref=(rules.Contract, PROJECT), name=name, at=when))
    ]
    return [one for one in said if isinstance(one, Fact)]


def shown(story: Lived) -> JudgementAnswer:
    answer = judgement_answer(story.contract)
    assert answer is not None
    return answer


def test_the_acceptance_says_until_when_the_funder_is_to_judge_and_by_which_rule() -> None:
    story = in_force()

    (awaited,) = [one for one in accepted(story) if isinstance(one, MidTermAwaited)]

    assert (awaited.judgement_due, awaited.days, awaited.holidays_known) == (UNTIL, 10, True)
    assert awaited.source == BOOK.source(JUDGE_DAYS).text
    assert story.timers == {JUDGE: UNTIL}
    (duty,) = (one for one in story.contract.owed() if one.duty is Duty.JUDGE)
    assert (duty.party_id, duty.until) == (story.contract.funder_id, UNTIL)
    answer = shown(story)
    assert (answer.deemed, str(answer.last_day)) == (False, "2026-03-16")
    assert ("最后一日 2026-03-16" in answer.zh, "until 2026-03-16" in answer.en) == (True, True)


def test_unjudged_it_counts_as_passed_and_the_fact_names_rule_and_day_and_no_person() -> None:
    story = awaiting()

    (deemed,) = rung(story, UNTIL)

    assert isinstance(deemed, MidTermDeemedPassed)
    assert (deemed.funder_id, deemed.judgement_due, deemed.days) == (FUNDER.party_id, UNTIL, 10)
    assert deemed.source == BOOK.source(JUDGE_DAYS).text
    assert (story.contract.mid_term, story.contract.judgement) == (PASSED, None)
    assert (story.timers, story.contract.dates["mid_term.deemed_passed"]) == ({}, UNTIL)
    answer = shown(story)
    assert (answer.deemed, answer.source) == (True, deemed.source)
    assert ("无人作出评估" in answer.zh, "nobody of the funder judged" in answer.en) == (True, True)
    for result in MidTermResult:
        with refused("mid_term_passed_already"):
            judge(story, result)


def test_a_moment_before_nothing_is_deemed() -> None:
    story = awaiting()

    assert rung(story, UNTIL - A_MOMENT) == []
    assert story.do(rules.ring, Due(ref=(rules.Contract, PROJECT), name=JUDGE, at=UNTIL)) == []


@pytest.mark.parametrize("result", MidTermResult)
def test_who_judges_in_time_has_judged_whatever_it_says(result: MidTermResult) -> None:
    story = awaiting(book=STOPS)
    story.at = UNTIL - A_MOMENT

    judge(story, result)

    assert story.timers == {}
    assert story.do(rules.ring, Due(ref=(rules.Contract, PROJECT), name=JUDGE, at=UNTIL)) == []
    assert judgement_answer(story.contract) is None


@pytest.mark.parametrize("result", [RECTIFY, FAILED])
def test_after_the_days_it_can_be_neither_rectified_nor_failed_although_the_timer_has_yet_to_ring(
    result: MidTermResult,
) -> None:
    story = awaiting()
    story.at = UNTIL

    with refused("judgement_overdue", source="10 个工作日"):
        judge(story, result)
    judge(story, PASSED)
    assert rung(story, UNTIL) == []


def test_what_was_to_be_rectified_and_was_then_accepted_waits_for_a_judgement_anew() -> None:
    story = in_force()
    judge(story, RECTIFY)
    assert story.timers == {}

    accepted(story)

    assert story.timers == {JUDGE: UNTIL}
    assert isinstance(rung(story, UNTIL)[0], MidTermDeemedPassed)


def test_what_failed_passes_by_a_judgement_only() -> None:
    story = in_force(book=STOPS)
    judge(story, FAILED)

    accepted(story)

    assert story.timers == {}


def test_where_no_money_waits_for_the_judgement_nobody_has_to_judge_by_a_day() -> None:
    story = awaiting(also=())

    assert (story.contract.awaited, story.timers) == (None, {})


def test_a_project_under_an_earlier_edition_goes_on_as_before() -> None:
    assert JUDGE_DAYS not in EARLIER.rules
    story = awaiting(book=EARLIER)

    assert (story.contract.awaited, story.timers) == (None, {})
    assert not [text for text in read(rules.agreement_paper(story.contract)).texts if "未作评估" in text]


def test_the_paper_prints_the_days_with_their_source() -> None:
    texts = read(rules.agreement_paper(in_force().contract)).texts

    assert [text for text in texts if "10 个工作日内甲方未作评估,视为合格" in text]
    assert [text for text in texts if BOOK.source(JUDGE_DAYS).text in text]


def test_an_acceptance_by_silence_starts_the_days_too() -> None:
    story = in_force()
    story.submit(MID_TERM)
    story.confirm(MID_TERM)

    said = rung(story, story.at + timedelta(days=BOOK.integer(ACCEPTANCE_DAYS)))

    assert [fact.type for fact in said] == [
        "milestone.deemed_accepted",
        "milestone.accepted",
        "midterm.awaited",
        "milestone.report_made",
    ]
    assert story.timers == {JUDGE: datetime(2026, 3, 31, 16, 0, tzinfo=UTC)}


def test_a_standstill_moves_the_day_and_says_so() -> None:
    story = awaiting()
    story.suspend(day_of(story.at))
    assert rung(story, story.at) == []
    story.at += timedelta(hours=5)

    (moved,) = [one for one in story.resume() if isinstance(one, MidTermAwaited)]

    assert moved.judgement_due == UNTIL + timedelta(hours=5)
    assert rung(story, UNTIL) == []
    assert isinstance(rung(story, moved.judgement_due)[0], MidTermDeemedPassed)


def test_when_a_change_makes_money_wait_for_the_judgement_the_days_run_from_the_change() -> None:
    story = awaiting(also=())
    story.at += timedelta(days=7)
    terms = story.contract.agreement
    second, third = (
        {"number": t.number, "amount": t.amount, "gate": gate}
        for t, gate in zip(terms.tranches[1:], ("mid_term_passed", "final_graded"), strict=True)
    )
    story.propose(tranches=[second, third])
    story.agree()

    (awaited,) = [one for one in story.funded() if isinstance(one, MidTermAwaited)]

    assert awaited.judgement_due == UNTIL + timedelta(days=7)
    judge(story, RECTIFY)
    story.propose(requirements="另议")
    assert not [one for one in story.agree() if isinstance(one, MidTermAwaited)]


def test_in_a_year_whose_holidays_nobody_knows_mondays_to_fridays_count_and_it_says_so() -> None:
    story = in_force()
    story.at = datetime(2035, 3, 5, 4, 0, tzinfo=UTC)

    (awaited,) = [one for one in accepted(story) if isinstance(one, MidTermAwaited)]

    assert awaited.holidays_known is False
    assert awaited.judgement_due == datetime(2035, 3, 19, 16, 0, tzinfo=UTC)


def test_what_ended_early_is_not_deemed_passed() -> None:
    story = awaiting()
    story.to_end("mutual_consent", PROVIDER)
    story.answer_termination(FUNDER, consents=True)

    assert rung(story, UNTIL) == []
    assert story.contract.mid_term is None
