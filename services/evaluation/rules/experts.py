"""Experts in the residents' scheme: an evaluator measures the planned indicators; actual ÷ plan makes the score.

Their weight is the rulebook's, below the residents': 以社区居民满意度为主要衡量标准 (信阳市民政局 信民函〔2020〕41号).
"""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, State, World
from schemas.expert import ExpertRated, MeasuredIndicator
from schemas.fact import Command, Fact
from schemas.ids import PartyId, ProjectId
from schemas.refused import Refused
from schemas.rulebook import Certainty, Rulebook, Source
from schemas.self_evaluation import PlannedIndicator
from schemas.standing import Party, party
from services.evaluation.rules.evaluation import Evaluation
from services.evaluation.rules.scheme import rounded
from services.evaluation.rules.self_evaluation import SelfEvaluation
from services.evaluation.rules.self_scoring import reached

WEIGHTS = "evaluation.weights"
SCALE = "evaluation.expert_scale"
RECUSAL = Source("示例:有利害关系的评审专家回避,与承接方有任职、控制、亲属等关系的不参加评价", Certainty.COMMON)


class RateAsExpert(Command):
    """What an expert found of every planned indicator of the project."""

    project_id: ProjectId
    evaluator_id: PartyId
    """the caller's own party"""
    measured: Annotated[tuple[MeasuredIndicator, ...], Field(min_length=1, max_length=30)]


def expert_refs(command: RateAsExpert, cause: UUID) -> tuple[Ref, ...]:
    id = command.project_id
    return (Evaluation, id), (SelfEvaluation, id), (Party, command.evaluator_id)


def rate_as_expert(world: World, command: RateAsExpert, context: Context) -> list[Fact]:
    """Once, after the final acceptance and until the window closes; who is tied to the provider recuses."""
    context.by.must_be(command.evaluator_id)
    evaluation = world.get(Evaluation, command.project_id)
    rulebook = context.rulebooks.by_hash(evaluation.rulebook)
    _must_have_a_voice(rulebook)
    source = rulebook.source(WEIGHTS)
    selves = {context.by.person_id, command.evaluator_id}
    if evaluation.parties & (party(world, command.evaluator_id).ties | selves):
        raise Refused("expert_tied", RECUSAL, status=403, project=str(evaluation.id))
    if evaluation.closes_at is None:
        raise Refused("final_not_accepted", source, project=str(evaluation.id))
    evaluation.must_be_open(context.at)
    if command.evaluator_id in evaluation.expert_scores:
        raise Refused("expert_already_rated", source, project=str(evaluation.id))
    planned = world.find(SelfEvaluation, command.project_id)
    if planned is None or not planned.indicators:
        raise Refused("nothing_planned", source, project=str(evaluation.id))
    found = {measured.indicator_id: measured.actual for measured in command.measured}
    ids = [indicator.id for indicator in planned.indicators]
    if len(found) != len(command.measured) or found.keys() != set(ids):
        raise Refused("indicators_incomplete", source, status=422, field="measured", indicators="、".join(ids))
    score, working = scored(planned.indicators, found, rulebook.value(SCALE))
    rated = ExpertRated(
        project_id=command.project_id,
        evaluator_id=command.evaluator_id,
        measured=command.measured,
        score=score,
        working=working,
    )
    return [rated]


def _must_have_a_voice(rulebook: Rulebook) -> None:
    """Experts have a weight, and the residents' stays the largest single one."""
    weights, named = rulebook.value(WEIGHTS), f"{rulebook.id} {rulebook.version}"
    if "experts" not in weights:
        raise Refused("experts_not_in_rulebook", rulebook=named)
    if weights["residents"] <= max(weight for name, weight in weights.items() if name != "residents"):
        raise Refused("residents_not_largest", rulebook.source(WEIGHTS), rulebook=named)


def scored(indicators: tuple[PlannedIndicator, ...], found: dict[str, int], scale: Any) -> tuple[Decimal, str]:
    """Σ(share reached × points) ÷ Σ points × 100, half up to two decimals, and how."""
    shares = {i.id: reached(Fraction(found[i.id]), Fraction(i.planned), scale) for i in indicators}
    total = sum((shares[i.id] * Fraction(i.points) for i in indicators), Fraction())
    most = sum((i.points for i in indicators), Decimal(0))
    score = rounded(100 * total / Fraction(most))
    terms = " + ".join(f"{i.name} {found[i.id]} ÷ {i.planned} → {shares[i.id]}×{i.points}" for i in indicators)
    return score, f"({terms}) ÷ {most} × 100 = {score}"


def expert_score(evaluation: Evaluation) -> Decimal | None:
    """The mean of all experts; none where none rated."""
    scores = evaluation.expert_scores.values()
    return rounded(sum(map(Fraction, scores), Fraction()) / len(scores)) if scores else None


def evolve(world: World, fact: ExpertRated) -> tuple[State, ...]:
    evaluation = world.find(Evaluation, fact.project_id)
    if evaluation is None:
        return ()
    return (replace(evaluation, expert_scores={**evaluation.expert_scores, fact.evaluator_id: fact.score}),)
