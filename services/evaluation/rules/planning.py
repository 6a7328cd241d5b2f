"""Indicators of a project: the funder plans them before anything is delivered, and what was reached is stated after."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from schemas.clauses import MOST_UNITS
from schemas.deciding import Context, World
from schemas.fact import Command, Fact
from schemas.ids import PartyId, ProjectId
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.self_evaluation import (
    IndicatorGroup,
    IndicatorMeasured,
    IndicatorsPlanned,
    PlannedIndicator,
)
from services.evaluation.rules.self_evaluation import SCHEME, for_scheme
from services.evaluation.rules.self_scoring import Scheme

MOST_INDICATORS = 30


class PlanIndicators(Command):
    """All indicators of the project, those stated before included."""

    project_id: ProjectId
    indicators: Annotated[tuple[PlannedIndicator, ...], Field(min_length=1, max_length=MOST_INDICATORS)]


class MeasureIndicator(Command):
    """What was reached, with the SHA-256 of the paper that shows it."""

    project_id: ProjectId
    indicator_id: Annotated[str, Field(min_length=1, max_length=32)]
    actual: Annotated[int, Field(ge=0, le=MOST_UNITS)]
    evidence_digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def plan(world: World, command: PlanIndicators, context: Context) -> list[Fact]:
    """Until the first milestone is submitted; each group's points are the rulebook's, no more and no less."""
    project, rulebook = for_scheme(world, command.project_id, context)
    context.by.must_be(project.funder_id)
    source = rulebook.source(SCHEME)
    if project.submitted:
        raise Refused("plan_stands", source, project=str(project.id))
    ids = [indicator.id for indicator in command.indicators]
    for place, indicator in enumerate(command.indicators):
        if indicator.id in ids[:place]:
            raise Refused("indicator_twice", status=422, field=f"indicators.{place}.id", indicator=indicator.id)
        must_be_public(indicator.name, f"indicators.{place}.name")
    free = Scheme.of(rulebook).free
    for group in IndicatorGroup:
        given = sum((i.points for i in command.indicators if i.group is group), Decimal(0))
        if given != free[group]:
            raise Refused(
                "group_points", source, status=422, field="indicators", group=group, points=free[group], given=given
            )
    planned = IndicatorsPlanned(
        project_id=command.project_id, indicators=command.indicators, planned_by=PartyId(context.by.person_id)
    )
    return [planned]


def measure(world: World, command: MeasureIndicator, context: Context) -> list[Fact]:
    """By the provider or the funder, once something was submitted, until the table is drawn up."""
    project, rulebook = for_scheme(world, command.project_id, context)
    by = context.by
    if by.party_id not in (project.provider_id, project.funder_id):
        raise Refused("not_your_party", status=403)
    project.must_be_open()
    if all(indicator.id != command.indicator_id for indicator in project.indicators):
        raise Refused("no_indicator", rulebook.source(SCHEME), status=404, indicator=command.indicator_id)
    if not project.submitted:
        raise Refused("nothing_to_measure", rulebook.source(SCHEME), project=str(project.id))
    measured = IndicatorMeasured(
        project_id=command.project_id,
        indicator_id=command.indicator_id,
        actual=command.actual,
        evidence_digest=command.evidence_digest,
        party_id=by.party_id,
        measured_by=PartyId(by.person_id),
    )
    return [measured]
