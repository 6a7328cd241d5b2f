"""The grade moves the last tranche only where the signed paper of the agreement printed how."""

import pytest

from schemas.contract import Milestone
from schemas.rulebook import Rulebook
from services.evaluation.rules import Level
from tests.services.evaluation.evaluated import BOOK, THIRD_BOOK, Evaluated, a_submission, an_acceptance, signed


def very_bad(book: Rulebook = BOOK, *, on_paper: bool) -> Evaluated:
    story = signed(book, on_paper=on_paper)
    story.issue(1)
    story.hear(a_submission(Milestone.FINAL))
    story.hear(an_acceptance(Milestone.FINAL))
    story.rate([(1, Level.VERY_DISSATISFIED)])
    return story


def test_printed_factors_move_it_and_the_arithmetic_names_the_paper() -> None:
    graded = very_bad(on_paper=True).graded()

    assert (graded.grade, graded.factor_percent) == ("不合格", 0)
    assert f"末期款系数 0%(协议书载明,文件摘要 {'a' * 64})" in graded.arithmetic


def test_of_an_agreement_without_a_paper_the_grade_moves_no_money() -> None:
    graded = very_bad(on_paper=False).graded()

    assert (graded.grade, graded.factor_percent) == ("不合格", 100)
    assert "协议未载明等级系数,末期款按 100% 支付" in graded.arithmetic


@pytest.mark.parametrize("on_paper", [True, False])
def test_a_project_under_the_edition_before_goes_on_by_its_rulebook(on_paper: bool) -> None:
    graded = very_bad(THIRD_BOOK, on_paper=on_paper).graded()

    assert graded.factor_percent == 0
    assert "末期款系数 0%;" in graded.arithmetic
