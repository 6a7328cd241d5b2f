"""Experts measure what was planned: actual ÷ plan by the rulebook's steps, their weight below the residents'."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from schemas.contract import Milestone
from schemas.expert import ExpertRated, MeasuredIndicator
from schemas.ids import PartyId
from schemas.party import PartyKind
from schemas.role import Actor, Role
from schemas.rulebook import Rule, Rulebook
from schemas.standing import Party
from services.evaluation.rules import Level, scheme
from services.evaluation.rules.experts import WEIGHTS, RateAsExpert, expert_refs, expert_score, rate_as_expert
from services.evaluation.rules.grading import _parts
from services.kit.rulebooks import shipped
from tests.services.evaluation.evaluated import (
    BOOK,
    COMMUNITY,
    FUNDER,
    PROJECT,
    PROVIDER,
    a_signed_contract,
    an_acceptance,
)
from tests.services.evaluation.self_evaluated import SelfEvaluated, delivered
from tests.support.pure import an_actor, refused

EXPERT = an_actor(Role.EVALUATOR)
FOUND = {"meals": 2000, "visits": 240, "safe_at_home": 20}


def an_evaluator(by: Actor = EXPERT, *ties: UUID) -> Party:
    return Party(
        id=by.party_id,
        kind=PartyKind.EVALUATOR,
        name=None,
        uscc=None,
        division="320508001001",
        certificate=None,
        verified=True,
        suspended=False,
        ties=frozenset(ties),
    )


def awaiting(book: Rulebook = BOOK) -> SelfEvaluated:
    story = delivered(book)
    story.hear(an_acceptance(Milestone.FINAL))
    return story


def rate(
    story: SelfEvaluated,
    found: dict[str, int] = FOUND,
    by: Actor = EXPERT,
    *ties: UUID,
    as_party: PartyId | None = None,
) -> ExpertRated:
    measured = tuple(MeasuredIndicator(indicator_id=id, actual=actual) for id, actual in found.items())
    command = RateAsExpert(project_id=PROJECT, evaluator_id=as_party or by.party_id, measured=measured)
    story.world.ask(expert_refs(command, PROJECT))
    story.world.put(an_evaluator(by, *ties))
    (said,) = story.do(rate_as_expert, command, by)
    assert isinstance(said, ExpertRated)
    return said


def test_an_experts_score_is_actual_by_plan_in_the_rulebooks_steps() -> None:
    said = rate(awaiting())

    # meals 100 % → 1 × 30, visits 80 % → 2/3 × 20, safe_at_home 50 % → 0 × 30, of 80 points
    assert said.score == Decimal("54.17")
    assert said.working == (
        "(指标 meals 2000 ÷ 2000 → 1×30 + 指标 visits 240 ÷ 300 → 2/3×20 + 指标 safe_at_home 20 ÷ 40 → 0×30) "
        "÷ 80 × 100 = 54.17"
    )


def test_the_experts_mean_is_a_voice_of_the_grade_with_the_rulebooks_weight() -> None:
    story = awaiting()
    story.rate([(1, Level.VERY_SATISFIED)])
    rate(story)
    rate(story, {"meals": 2000, "visits": 300, "safe_at_home": 40}, an_actor(Role.EVALUATOR))

    parts = _parts(story.evaluation, {Level.VERY_SATISFIED: 1}, BOOK)

    assert expert_score(story.evaluation) == Decimal("77.09")  # (54.17 + 100) ÷ 2, half up
    assert [(part.name, part.weight) for part in parts] == [("居民", 50), ("专家", 25)]
    assert scheme.weighted(parts, 2) == Decimal("92.36")  # (100×50 + 77.09×25) ÷ 75: the missing share their weight


def test_without_experts_the_grade_is_what_it_was() -> None:
    story = awaiting()

    assert [part.name for part in _parts(story.evaluation, {Level.SATISFIED: 1}, BOOK)] == ["居民"]


@pytest.mark.parametrize("tied_to", [PROVIDER, FUNDER, COMMUNITY])
def test_who_has_a_tie_to_a_party_of_the_project_recuses(tied_to: Actor) -> None:
    with refused("expert_tied", source="回避", status=403):
        rate(awaiting(), FOUND, EXPERT, tied_to.party_id)


def test_nobody_rates_as_another_expert_and_each_rates_once() -> None:
    story = awaiting()
    with refused("not_your_party", status=403):
        rate(story, as_party=an_actor(Role.EVALUATOR).party_id)
    rate(story)
    with refused("expert_already_rated"):
        rate(story)


@pytest.mark.parametrize(
    "found", [{"meals": 1, "visits": 1}, {**FOUND, "songs": 1}, {"meals": 1, "visits": 1, "songs": 1}]
)
def test_every_planned_indicator_is_measured_and_no_other(found: dict[str, int]) -> None:
    with refused("indicators_incomplete", status=422):
        rate(awaiting(), found)


def test_experts_rate_between_the_final_acceptance_and_the_end_of_the_window() -> None:
    with refused("final_not_accepted"):
        rate(delivered())
    with refused("evaluation_closed"):
        story = awaiting()
        story.after(days=14)
        rate(story)


def test_without_a_plan_there_is_nothing_to_measure() -> None:
    story = SelfEvaluated()
    story.hear(a_signed_contract())
    story.hear(an_acceptance(Milestone.FINAL))

    with refused("nothing_planned"):
        rate(story)


@pytest.mark.parametrize("residents", [24, 25, 30])
def test_a_rulebook_where_the_residents_are_not_the_largest_voice_is_refused(residents: int) -> None:
    weights: dict[str, Any] = {"residents": residents, "funder": 30, "community": 20, "experts": 25}
    story = awaiting()
    story.rulebook = replace(BOOK, rules={**BOOK.rules, WEIGHTS: Rule(weights, BOOK.source(WEIGHTS))})

    with refused("residents_not_largest", source="居民满意度"):
        rate(story)


def test_a_project_under_an_earlier_rulebook_has_no_experts_voice() -> None:
    story = awaiting()
    story.rulebook = next(book for book in shipped() if book.version == "2026.2")

    with refused("experts_not_in_rulebook"):
        rate(story)
