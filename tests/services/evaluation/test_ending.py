"""What a failed mid-term ended is graded by that judgement, at once and once; nobody rates it any more."""

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest

from schemas.contract import Milestone
from schemas.evaluation import MilestoneRated, ProjectGraded
from schemas.ids import ContractId, PartyId
from schemas.judging import Consequence, MidTermGraded, MidTermResult
from services.evaluation.rules import Level
from tests.services.evaluation.evaluated import BOOK, FUNDER, PROJECT, Evaluated, a_submission, signed
from tests.support.pure import refused


def a_failure(consequence: Consequence | None) -> MidTermGraded:
    return MidTermGraded(
        project_id=PROJECT,
        contract_id=ContractId(uuid4()),
        result=MidTermResult.FAILED,
        score=Decimal("45.00"),
        reasons="未开展服务",
        consequence=consequence,
        source="示例 终止协议",
        graded_by=PartyId(FUNDER.person_id),
        rulebook=BOOK.hash,
    )


def rated() -> Evaluated:
    story = signed()
    story.issue(1, 2, 3)
    story.hear(a_submission(Milestone.MID_TERM))
    story.rate([(1, Level.SATISFIED), (2, Level.DISSATISFIED)], Milestone.MID_TERM)
    return story


def test_what_ended_is_graded_by_the_judgement_and_says_how() -> None:
    said = rated().hear(a_failure(Consequence.ENDS))

    told, graded = said
    assert isinstance(told, MilestoneRated)
    assert (told.ratings, told.mean) == (2, Decimal(60))
    assert isinstance(graded, ProjectGraded)
    assert (graded.score, graded.grade, graded.factor_percent) == (Decimal(45), "不合格", 0)
    for part in ("45.00 分", "终止", "示例 终止协议", "居民评价 2 份"):
        assert part in graded.arithmetic


def test_without_factors_in_edition_or_agreement_the_judgement_moves_no_money() -> None:
    without = replace(BOOK, rules={path: rule for path, rule in BOOK.rules.items() if path != "evaluation.factors"})
    for story in (signed(without), signed(on_paper=False)):
        (graded,) = story.hear(a_failure(Consequence.ENDS))

        assert isinstance(graded, ProjectGraded)
        assert (graded.grade, graded.factor_percent) == ("不合格", 100)
        assert "协议未载明等级系数" in graded.arithmetic


def test_a_second_judgement_grades_nothing_and_nobody_rates_any_more() -> None:
    story = rated()
    story.hear(a_failure(Consequence.ENDS))

    assert story.hear(a_failure(Consequence.ENDS)) == []
    assert story.evaluation.due() == {}
    with refused("evaluation_closed"):
        story.rate([(3, Level.SATISFIED)], Milestone.MID_TERM)


@pytest.mark.parametrize("consequence", [None, Consequence.STOPS])
def test_what_goes_on_is_not_graded_yet(consequence: Consequence | None) -> None:
    story = rated()

    assert story.hear(a_failure(consequence)) == []
    assert story.rate([(3, Level.SATISFIED)], Milestone.MID_TERM)
