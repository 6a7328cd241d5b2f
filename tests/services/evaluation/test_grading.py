"""The grade comes of the rulebook's arithmetic, shows all of it, and money is never stuck for want of a rating."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.contract import Milestone
from schemas.evaluation import FollowUpOverdue, Grievance, MilestoneRated, ProjectGraded, RatingsAssessed
from schemas.grade import GradeAnnounced, ReevaluationDecided
from schemas.model import Model
from schemas.rulebook import Rule
from schemas.standing import Party
from services.evaluation import rules
from services.evaluation.rules import Level, scheme
from services.evaluation.rules.followups import FollowUpKept
from services.evaluation.rules.grading import GradeCompared, WindowSet
from services.evaluation.rules.party_rating import RaterNoted
from services.evaluation.rules.replying import WordsKept
from services.evaluation.rules.scheme import Part
from services.kit.rulebooks import shipped
from tests.services.evaluation.evaluated import (
    BOOK,
    COMMUNITY,
    FIRST_BOOK,
    FUNDER,
    PROJECT,
    PROVIDER,
    Evaluated,
    a_paper,
    a_signed_contract,
    a_submission,
    an_acceptance,
    window_open,
)
from tests.support.pure import an_actor

MID_TERM, FINAL = Milestone.MID_TERM, Milestone.FINAL


def test_the_window_opens_with_the_final_acceptance_and_sets_the_timer() -> None:
    story = window_open()

    assert story.find((rules.RatingBox, PROJECT)).due() == {"grade": story.evaluation.closes_at}
    assert story.evaluation.closes_at is not None
    assert (story.evaluation.closes_at - story.at).days == BOOK.integer("evaluation.rating_window_days")


def test_the_mid_terms_acceptance_and_a_repeated_final_one_open_no_window() -> None:
    story = window_open()

    assert story.hear(an_acceptance(MID_TERM)) == []
    assert story.hear(an_acceptance(FINAL)) == []


def test_under_a_rulebook_without_sampling_the_grade_is_what_it_always_was_with_the_whole_arithmetic() -> None:
    story = window_open(tokens=20, book=FIRST_BOOK)
    story.rate([(1, Level.VERY_SATISFIED)], MID_TERM)
    story.rate([(1, Level.VERY_SATISFIED), (2, Level.SATISFIED), (3, Level.DISSATISFIED)])
    story.score(FUNDER, PROVIDER, "90")
    story.score(COMMUNITY, PROVIDER, "85.5")
    story.score(PROVIDER, FUNDER, "10")

    said = story.after(days=14).ring()

    mid_term, final, grade = said
    assert isinstance(mid_term, MilestoneRated)
    assert isinstance(final, MilestoneRated)
    assert isinstance(grade, ProjectGraded)
    assert (mid_term.ratings, mid_term.mean) == (1, Decimal("100.00"))
    assert (final.ratings, final.mean) == (3, Decimal("73.33"))
    assert grade.score == Decimal("84.10")  # (80×50 + 90×30 + 85.5×20) ÷ 100
    assert (grade.grade, grade.factor_percent) == ("良好", 100)
    assert grade.arithmetic == (
        "居民满意度 = (2×100 + 1×80 + 1×40) ÷ 4 = 80.00;"
        "发放评价凭证 20 个,收回中期 1 份(回收率 5.00%)、末期 3 份(回收率 15.00%),其中社区代录 0 份;"
        "评价不足 30 份,样本小,不宜用于排名;"
        "得分 = (居民 80.00×50 + 购买方 90×30 + 社区 85.5×20) ÷ 100 = 84.10;"
        "等级 良好,末期款系数 100%"
    )
    assert story.evaluation.tally(FINAL).mean == Decimal("73.33")
    assert story.find((rules.RatingBox, PROJECT)).due() == {}


def test_a_grade_is_made_once_and_not_before_the_window_is_over() -> None:
    story = window_open()
    story.rate([(1, Level.SATISFIED)])

    assert story.after(days=13).ring() == []
    assert len(story.after(days=1).ring()) == 3
    assert story.ring() == []


def test_without_any_resident_the_weight_is_spread_over_the_others_and_that_is_said() -> None:
    story = window_open()
    story.score(FUNDER, PROVIDER, "90")
    story.score(COMMUNITY, PROVIDER, "70")

    grade = story.graded()

    assert grade.score == Decimal("82.00")  # (90×30 + 70×20) ÷ 50
    assert "没有居民评价" in grade.arithmetic
    assert "未评分的 居民 的权重由其余各方按比例分摊" in grade.arithmetic


def test_with_nothing_at_all_the_window_is_extended_once_and_then_the_stated_grade_opens_the_money() -> None:
    story = window_open()

    (extension,) = story.after(days=14).ring()
    assert isinstance(extension, WindowSet)
    assert extension.extended
    assert story.find((rules.RatingBox, PROJECT)).due() == {"grade": extension.closes_at}
    assert story.ring() == []

    grade = story.graded()
    assert (grade.score, grade.grade, grade.factor_percent) == (Decimal("60.00"), "合格", 90)
    assert "延长一次后仍无任何评分" in grade.arithmetic


def test_a_rating_in_the_extended_window_counts() -> None:
    story = window_open()
    story.after(days=14).ring()
    story.rate([(1, Level.VERY_DISSATISFIED)])

    grade = story.graded()

    assert (grade.score, grade.grade, grade.factor_percent) == (Decimal("20.00"), "不合格", 0)


@pytest.mark.parametrize(
    ("score", "grade"),
    [
        ("100", "优秀"),
        ("90.00", "优秀"),
        ("89.99", "良好"),
        ("79.99", "合格"),
        ("60.00", "合格"),
        ("89.50", "良好"),
        ("80", "良好"),
        ("79.5", "合格"),
        ("60", "合格"),
        ("59.99", "不合格"),
        ("0", "不合格"),
    ],
)
def test_no_score_falls_between_two_bands(score: str, grade: str) -> None:
    assert scheme.band(Decimal(score), BOOK) == grade


@pytest.mark.parametrize(
    ("exact", "score", "grade"),
    [
        ("89.995", "90.00", "优秀"),
        ("89.9949", "89.99", "良好"),
        ("79.995", "80.00", "良好"),
        ("79.9949", "79.99", "合格"),
        ("59.995", "60.00", "合格"),
        ("59.9949", "59.99", "不合格"),
    ],
)
def test_between_two_bands_one_rounding_half_up_decides(exact: str, score: str, grade: str) -> None:
    parts = [Part("甲", Decimal(exact), 1)]

    assert scheme.weighted(parts, BOOK.integer("evaluation.score_decimals")) == Decimal(score)
    assert scheme.band(Decimal(score), BOOK) == grade


def test_a_rulebook_of_whole_points_rounds_half_up_before_the_band_is_found() -> None:
    story = window_open()
    whole = Rule(value=0, source=BOOK.source("evaluation.score_decimals"))
    story.rulebook = replace(BOOK, rules={**BOOK.rules, "evaluation.score_decimals": whole})
    story.score(FUNDER, PROVIDER, "89.5")

    assert (grade := story.graded()).score == Decimal(90)
    assert grade.grade == "优秀"


def test_residents_satisfaction_is_the_largest_single_weight_in_every_shipped_rulebook() -> None:
    for book in (book for book in shipped() if "evaluation.weights" in book.rules):
        weights = book.value("evaluation.weights")
        assert weights["residents"] > max(weight for name, weight in weights.items() if name != "residents")


def test_every_band_of_a_shipped_rulebook_has_a_factor_and_the_lowest_begins_at_nothing() -> None:
    for book in (book for book in shipped() if "evaluation.factors" in book.rules):
        bands = book.value("evaluation.bands")
        assert {b["grade"] for b in bands} == set(book.value("evaluation.factors"))
        assert min(b["from"] for b in bands) == 0
        assert set(book.value("evaluation.level_points")) == set(Level)
        assert book.value("evaluation.unrated")["grade"] in book.value("evaluation.factors")


SCORES = st.decimals(min_value=0, max_value=100, places=2)
PARTS = st.lists(st.builds(Part, st.just("甲"), SCORES, st.integers(1, 100)), min_size=1, max_size=3)


@given(PARTS)
def test_the_score_lies_between_the_lowest_and_the_highest_part(parts: list[Part]) -> None:
    score = scheme.weighted(parts, 2)

    assert min(p.score for p in parts) <= score <= max(p.score for p in parts)


@given(PARTS, st.integers(1, 50))
def test_only_the_proportion_of_the_weights_counts(parts: list[Part], times: int) -> None:
    heavier = [Part(p.name, p.score, p.weight * times) for p in parts]

    assert scheme.weighted(heavier, 2) == scheme.weighted(parts, 2)


@given(st.fractions(min_value=0, max_value=100))
def test_rounding_is_half_up_and_off_by_at_most_half_a_hundredth(value: Fraction) -> None:
    off = Fraction(scheme.rounded(value)) - value

    assert Fraction(-1, 200) < off <= Fraction(1, 200)


class TestEvolving:
    """Never fails: every fact and note, in any order, with or without an evaluation."""

    story: ClassVar[list[Model]] = []

    @classmethod
    def setup_class(cls) -> None:
        class Listening(Evaluated):
            def _put(self, said: Model) -> None:
                cls.story.append(said)
                super()._put(said)

        story = Listening()
        story.hear(a_signed_contract())
        story.hear(a_paper())
        story.issue(*range(1, 9))
        story.hear(a_submission(FINAL))
        story.draw()
        story.rate([(number, Level.VERY_DISSATISFIED) for number in range(1, 7)])
        story.issue(9)
        story.rate([(9, Level.SATISFIED)])
        story.hear(an_acceptance(FINAL))
        story.answer(Grievance.VERY_DISSATISFIED)
        story.close(Grievance.VERY_DISSATISFIED)
        story.score(FUNDER, PROVIDER, "90")
        story.after(days=14).ring()
        story.reply()
        story.request()
        story.decide(True, an_actor(FUNDER.role, FUNDER.party_id))
        story.score(FUNDER, PROVIDER, "95")
        story.after(days=7).ring()
        cls.story.append(FollowUpOverdue(project_id=PROJECT, milestone=FINAL, grievance=Grievance.DISSATISFIED))
        assert {
            RatingsAssessed,
            FollowUpKept,
            GradeCompared,
            GradeAnnounced,
            ReevaluationDecided,
            WordsKept,
            RaterNoted,
        } <= {type(said) for said in cls.story}

    @given(st.data())
    def test_in_any_order(self, data: Any) -> None:
        told = data.draw(st.lists(st.sampled_from(self.story), max_size=20))
        story = Evaluated()
        story.world.ask((Party, who.party_id) for who in (FUNDER, COMMUNITY))
        for fact in told:
            for state in rules.evolve(story.world, fact):
                story.world.put(state)
