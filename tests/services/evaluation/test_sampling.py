"""Whom a rating is asked of is drawn by lot, once, and anyone with the list can draw it again."""

from collections import Counter
from decimal import Decimal
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.canonical import digest_of
from schemas.contract import Milestone
from schemas.evaluation import RatingsAssessed, SampleDrawn
from schemas.grade import GradeAnnounced
from schemas.role import Actor, Role
from services.evaluation import rules
from services.evaluation.rules import Level, sampling
from services.evaluation.rules.certainty import Interval, wilson
from services.evaluation.rules.sampling import SampleListed
from tests.services.evaluation.evaluated import (
    BOOK,
    COMMUNITY,
    FIRST_BOOK,
    PROJECT,
    PROVIDER,
    Evaluated,
    a_submission,
    a_token,
    an_acceptance,
    signed,
    submitted,
)
from tests.support.pure import an_actor, refused

FINAL, MID_TERM = Milestone.FINAL, Milestone.MID_TERM
BY = BOOK.value("evaluation.sampling")


@pytest.mark.parametrize(
    ("population", "size"),
    [(1, 1), (100, 100), (101, 81), (500, 218), (1_000, 278), (5_000, 357), (10_000, 370), (100_000, 383)],
)
def test_the_sample_has_the_size_of_the_finite_population_formula_and_small_ones_are_asked_whole(
    population: int, size: int
) -> None:
    assert sampling.size_for(population, BY) == size


def test_the_size_is_exact_where_the_formula_is_whole_and_rounded_up_beyond() -> None:
    by = {"z": "2", "share": "50%", "margin": "10%", "whole_up_to": 0}  # n0 = 100

    assert sampling.size_for(99, by) == 50  # 100 ÷ (1 + 99 ÷ 99)
    assert sampling.size_for(100, by) == 51  # 50.25…


def drawn(tokens: int = 300) -> tuple[Evaluated, SampleDrawn, SampleListed]:
    story = submitted(tokens)
    fact, note = story.draw()
    assert isinstance(fact, SampleDrawn)
    assert isinstance(note, SampleListed)
    return story, fact, note


def test_anyone_with_the_list_draws_the_same_lot_again() -> None:
    story, fact, note = drawn()

    tokens = sorted(rules.token_digest(a_token(number)) for number in range(1, 301))
    assert fact.list_digest == digest_of(tokens)
    named = {"drawn_in": fact.drawn_in, "list_digest": fact.list_digest, "milestone": "final"}
    assert fact.seed == digest_of(named | {"project_id": str(PROJECT)})
    again = sorted(tokens, key=lambda token: sha256((fact.seed + token).encode()).digest())
    asked = [one.token for one in sorted(story.world.each(rules.Listed), key=lambda one: one.place) if one.asked]
    assert asked == again[: fact.size] == list(note.tokens[: fact.size])
    assert (fact.population, fact.size) == (300, 169)


def test_the_seed_holds_the_message_that_drew_and_the_list_so_that_another_list_is_another_lot() -> None:
    _, first, _ = drawn()
    _, second, _ = drawn()

    assert first.list_digest == second.list_digest
    assert first.drawn_in != second.drawn_in
    assert first.seed != second.seed


@given(st.permutations([rules.token_digest(a_token(number)) for number in range(20)]))
def test_the_order_in_which_tokens_were_registered_does_not_matter(tokens: list[str]) -> None:
    assert sampling.in_order_of_lot("s", tokens) == sampling.in_order_of_lot("s", sorted(tokens))


def test_over_many_seeds_every_token_is_asked_about_as_often() -> None:
    """Of 20 tokens 5 are asked, 2,000 times: 500 each, and 6 standard deviations are 116."""
    tokens = [rules.token_digest(a_token(number)) for number in range(20)]
    asked = Counter(token for seed in range(2000) for token in sampling.in_order_of_lot(str(seed), tokens)[:5])

    assert all(384 <= asked[token] <= 616 for token in tokens)


def test_a_lot_is_drawn_once() -> None:
    story, _, _ = drawn(5)

    with refused("sample_already_drawn"):
        story.draw()
    assert isinstance(story.draw(MID_TERM)[0], SampleDrawn)


@pytest.mark.parametrize("who", [PROVIDER, COMMUNITY, an_actor(Role.FUNDER)], ids=["provider", "community", "another"])
def test_only_the_projects_funder_draws(who: Actor) -> None:
    with refused("not_your_party", status=403):
        submitted().draw(by=who)


def test_no_lot_before_the_milestone_without_tokens_or_under_a_rulebook_that_knows_none() -> None:
    early = signed()
    early.issue(1)
    with refused("milestone_not_ratable"):
        early.draw()
    none = signed()
    none.hear(a_submission(FINAL))
    with refused("nobody_to_ask"):
        none.draw()
    with refused("sampling_not_in_rulebook"):
        submitted(book=FIRST_BOOK).draw()


def test_what_was_not_asked_is_counted_apart_and_both_means_are_shown() -> None:
    story, fact, note = drawn(300)
    number_of = {rules.token_digest(a_token(number)): number for number in range(1, 301)}
    asked = [number_of[token] for token in note.tokens[: fact.size]]
    others = [number_of[token] for token in note.tokens[fact.size :]]
    story.issue(301)
    story.rate([(number, Level.SATISFIED) for number in asked[:40]])
    story.rate([(others[0], Level.VERY_DISSATISFIED), (301, Level.VERY_DISSATISFIED)])
    story.hear(an_acceptance(FINAL))

    _, assessed, _, grade = story.after(days=14).ring()

    assert isinstance(assessed, RatingsAssessed)
    assert (assessed.population, assessed.asked, assessed.answered) == (300, 169, 40)
    assert (assessed.unasked, assessed.counted) == (2, 40)
    assert assessed.response_percent == Decimal("23.67")
    assert (assessed.mean, assessed.mean_of_all) == (Decimal("80.00"), Decimal("77.14"))
    assert isinstance(grade, GradeAnnounced)
    assert grade.score == Decimal("80.00")
    assert story.evaluation.of_all == rules.OfAll(score=Decimal("77.14"), grade="合格")
    assert "抽签询问 169 个,回应 40 个(回应率 23.67%)" in grade.arithmetic
    assert "未抽中而自行评价 2 份,另列不计" in grade.arithmetic
    assert "若全部评价一并计入,为 77.14 分、合格,只作对照" in grade.arithmetic


def test_where_only_those_not_asked_spoke_the_grade_is_the_one_for_no_rating_and_says_why() -> None:
    story, fact, note = drawn(300)
    number_of = {rules.token_digest(a_token(number)): number for number in range(1, 301)}
    story.rate([(number_of[note.tokens[fact.size]], Level.VERY_SATISFIED)])
    story.hear(an_acceptance(FINAL))
    story.after(days=14).ring()

    grade = story.after(days=14).ring()[-1]

    assert isinstance(grade, GradeAnnounced)
    assert (grade.score, grade.grade) == (Decimal("60.00"), "合格")
    assert "延长一次后仍无可计入的评分" in grade.arithmetic
    assert "未抽中而自行评价 1 份,另列不计" in grade.arithmetic
    assert story.evaluation.of_all == rules.OfAll(score=Decimal("100.00"), grade="优秀")


def test_without_a_lot_everybody_with_a_token_was_asked() -> None:
    story = submitted(40)
    story.rate([(number, Level.SATISFIED) for number in range(1, 31)])
    story.hear(an_acceptance(FINAL))

    _, assessed, _ = story.after(days=14).ring()

    assert isinstance(assessed, RatingsAssessed)
    assert (assessed.asked, assessed.population, assessed.unasked, assessed.too_few) == (40, 40, 0, False)
    assert story.evaluation.of_all is None


Z = Decimal("1.96")


@pytest.mark.parametrize(
    ("of", "n", "lower", "upper"),
    [
        # R 4.3: prop.test(x, n, correct = FALSE)$conf.int has z = 1.959964; with 1.96 the outward second place agrees
        (8, 10, "49.01", "94.34"),
        (0, 10, "0.00", "27.76"),
        (10, 10, "72.24", "100.00"),
        (81, 263, "25.52", "36.63"),  # Newcombe, Statistics in Medicine 17 (1998) 857–872, table I: .2553 to .3662
    ],
)
def test_the_wilson_interval_is_the_published_one_rounded_outward(of: int, n: int, lower: str, upper: str) -> None:
    assert wilson(of, n, Z) == Interval(Decimal(lower), Decimal(upper))


@given(st.integers(1, 60), st.integers(0, 60), st.integers(0, 200))
def test_the_interval_holds_the_share_and_shrinks_to_it_when_all_were_asked(n: int, of: int, more: int) -> None:
    of = min(of, n)
    endless, finite, whole = wilson(of, n, Z), wilson(of, n, Z, n + more), wilson(of, n, Z, n)
    share = Decimal(100 * of) / n

    assert endless.lower <= finite.lower <= share <= finite.upper <= endless.upper
    assert whole.upper - whole.lower <= Decimal("0.01")


@given(st.integers(1, 100))
def test_few_voices_promise_less_than_many_of_the_same_share(n: int) -> None:
    assert wilson(9 * n, 10 * n, Z).lower < wilson(90 * n, 100 * n, Z).lower
