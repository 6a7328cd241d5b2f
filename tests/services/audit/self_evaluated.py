"""The fiscal self-evaluation of a told project, and the street's rating of the committee."""

from decimal import Decimal

from schemas.expert import ExpertRated, MeasuredIndicator
from schemas.fact import Fact
from schemas.governance import Reason, StreetPairRated
from schemas.self_evaluation import (
    IndicatorGroup,
    IndicatorMeasured,
    IndicatorsPlanned,
    PlannedIndicator,
    ProjectSelfEvaluated,
    ScoredIndicator,
)
from tests.services.audit.stories import BOOK, DIGEST, Told


def self_evaluated(told: Told) -> list[Fact]:
    meals = PlannedIndicator(id="meals", name="助餐", unit="人次", planned=10, points=Decimal(100))
    line = ScoredIndicator(
        id="meals",
        group=IndicatorGroup.OUTPUT,
        name="助餐",
        unit="人次",
        planned=Decimal(10),
        actual=Decimal(9),
        points=Decimal(100),
        score=Decimal(90),
        working="min(1, 9 ÷ 10) × 100 = 90.00",
    )
    return [
        IndicatorsPlanned(project_id=told.project, indicators=(meals,), planned_by=told.person),
        IndicatorMeasured(
            project_id=told.project,
            indicator_id="meals",
            actual=9,
            evidence_digest=DIGEST,
            party_id=told.provider,
            measured_by=told.person,
        ),
        ProjectSelfEvaluated(
            project_id=told.project,
            lines=(line,),
            total=Decimal(90),
            score=Decimal(90),
            grade="优",
            file_digest=DIGEST,
            rulebook=BOOK,
            drawn_by=told.person,
        ),
        ExpertRated(
            project_id=told.project,
            evaluator_id=told.evaluator,
            measured=(MeasuredIndicator(indicator_id="meals", actual=9),),
            score=Decimal("66.67"),
            working="…",
        ),
        StreetPairRated(
            project_id=told.project,
            rater_id=told.funder,
            rated_id=told.community,
            score=Decimal(88),
            reasons=(Reason(code="participation", good=True),),
            rated_by=told.person,
        ),
    ]
