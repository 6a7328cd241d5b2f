"""The funder judges the mid-term: what passes, what is rectified, and what a failed one does by the rulebook."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from schemas.contract import Milestone
from schemas.fact import Fact
from schemas.judging import Consequence, MidTermGraded, MidTermResult
from schemas.model import Model
from schemas.role import Actor, Role
from schemas.rulebook import Rule, Source
from services.contracts import rules
from services.contracts.rules.annex import ACCEPTANCE_DAYS, MID_TERM_FAILED, MID_TERM_PASS_FROM
from services.contracts.rules.contract import Dated
from tests.services.contracts.awarded import (
    BOOK,
    COMMUNITY,
    FUNDER,
    PROJECT,
    PROVIDER,
    Awarded,
    accepted,
    drafted,
    signed,
)
from tests.support.pure import an_actor, refused

PASSED, RECTIFY, FAILED = MidTermResult
SCORES = {PASSED: 75, RECTIFY: 70, FAILED: 45}


def judge(story: Awarded, result: MidTermResult, by: Actor = FUNDER, **changes: Any) -> list[Model]:
    said: dict[str, Any] = {"score": Decimal(SCORES[result]), "reasons": "服务人次不足,材料缺失"} | changes
    command = rules.JudgeMidTerm(project_id=PROJECT, result=result, **said)
    return story.do(rules.judge, command, by)


def graded(said: list[Model]) -> MidTermGraded:
    fact, dated = said
    assert isinstance(fact, MidTermGraded)
    assert isinstance(dated, Dated)
    return fact


def under(value: str | None) -> Awarded:
    """A signed agreement whose rulebook says this of a failed mid-term; or as 2026.2 nothing."""
    edited = {path: rule for path, rule in BOOK.rules.items() if path not in (MID_TERM_FAILED, MID_TERM_PASS_FROM)}
    if value is not None:
        edited |= {MID_TERM_FAILED: Rule(value, Source("示例 停止拨付")), MID_TERM_PASS_FROM: Rule(60, Source("示例"))}
    story = signed()
    story.rulebook = replace(BOOK, rules=edited)
    return story


def test_an_accepted_mid_term_passes_once_with_score_and_reasons() -> None:
    story = accepted(Milestone.MID_TERM)

    fact = graded(judge(story, PASSED))

    assert (fact.result, fact.score, fact.consequence, fact.source) == (PASSED, Decimal(75), None, "")
    assert fact.reasons == "服务人次不足,材料缺失"
    assert story.contract.mid_term is PASSED
    with refused("mid_term_passed_already"):
        judge(story, FAILED)


def test_what_is_not_accepted_cannot_pass_but_can_be_rectified_or_fail() -> None:
    story = signed()

    with refused("mid_term_passes_when_accepted", source="第四十五条"):
        judge(story, PASSED)
    assert graded(judge(story, RECTIFY)).result is RECTIFY
    assert graded(judge(story, FAILED)).result is FAILED


@pytest.mark.parametrize(("result", "score"), [(PASSED, 59), (FAILED, 60)])
def test_a_score_on_the_other_side_of_the_line_is_refused_with_its_rule(result: MidTermResult, score: int) -> None:
    story = accepted(Milestone.MID_TERM)

    with refused("score_against_result", status=422, source="60 分") as caught:
        judge(story, result, score=Decimal(score))

    assert caught.value.field == "score"
    assert story.contract.judgement is None


def test_reasons_are_public_and_so_hold_nobodys_number() -> None:
    with refused("personal_data", status=422):
        judge(accepted(Milestone.MID_TERM), RECTIFY, reasons="请联系 13800138000")


def test_only_the_funder_judges_and_nobody_who_delivered_or_confirmed() -> None:
    story = accepted(Milestone.MID_TERM)

    for stranger in (an_actor(Role.FUNDER), COMMUNITY, PROVIDER):
        with refused("not_your_party", status=403):
            judge(story, PASSED, stranger)
    both = an_actor(Role.FUNDER, FUNDER.party_id, PROVIDER.person_id)
    with refused("same_person_took_earlier_step", status=403):
        judge(story, PASSED, both)


def test_nothing_is_judged_before_signing() -> None:
    with refused("agreement_not_in_force"):
        judge(drafted(), FAILED)


def test_a_failure_names_what_the_rulebook_makes_of_it_and_where_that_stands() -> None:
    fact = graded(judge(accepted(Milestone.MID_TERM), FAILED))

    assert fact.consequence is Consequence(BOOK.value(MID_TERM_FAILED))
    assert fact.source == BOOK.source(MID_TERM_FAILED).text
    assert "海曙区" in fact.source


def test_after_a_failure_that_ends_it_nothing_is_delivered_judged_or_deemed_any_more() -> None:
    story = under("ends")
    story.submit(Milestone.MID_TERM)
    story.confirm(Milestone.MID_TERM)

    assert graded(judge(story, FAILED)).consequence is Consequence.ENDS

    assert story.timers == {}
    assert story.ring(timedelta(days=BOOK.integer(ACCEPTANCE_DAYS) + 1)) == []
    with refused("agreement_over"):
        story.accept(Milestone.MID_TERM)
    with refused("agreement_over"):
        story.send_back(Milestone.MID_TERM, FUNDER)
    with refused("agreement_over"):
        story.submit(Milestone.FINAL)
    with refused("agreement_over"):
        judge(story, PASSED)


def test_a_failure_that_stops_leaves_the_delivery_open_and_may_pass_later() -> None:
    story = under("stops")
    assert graded(judge(story, FAILED)).consequence is Consequence.STOPS

    story.submit(Milestone.MID_TERM)
    story.confirm(Milestone.MID_TERM)
    story.accept(Milestone.MID_TERM)

    assert graded(judge(story, PASSED)).consequence is None


def test_under_an_edition_that_says_nothing_a_failed_mid_term_has_no_consequence() -> None:
    story = under(None)

    fact = graded(judge(story, FAILED, score=Decimal(90)))

    assert (fact.consequence, fact.source) == (None, "")
    assert story.submit(Milestone.MID_TERM)


def test_what_was_accepted_at_the_end_cannot_fail_in_the_middle() -> None:
    story = accepted(Milestone.MID_TERM, Milestone.FINAL)

    with refused("final_accepted_already"):
        judge(story, FAILED)
    assert graded(judge(story, PASSED)).result is PASSED


def test_the_judgement_is_told_to_everybody() -> None:
    told = [said for said in judge(accepted(Milestone.MID_TERM), PASSED) if isinstance(said, Fact)]

    assert [fact.type for fact in told] == ["midterm.graded"]
