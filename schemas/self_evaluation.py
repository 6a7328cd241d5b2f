"""The fiscal self-evaluation (绩效自评): what was planned, what was reached, and the points it makes.

Separate from the residents' grade: it never sets the factor of a payment.
"""

from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from schemas.clauses import Indicator
from schemas.evaluation import Score
from schemas.ids import PartyId
from schemas.model import Model
from schemas.project import ProjectFact


class IndicatorGroup(StrEnum):
    """The four groups of 财预〔2020〕10号, the ministry's notice on evaluating project spending."""

    DECISION = "decision"
    """决策"""
    PROCESS = "process"
    """过程"""
    OUTPUT = "output"
    """产出"""
    BENEFIT = "benefit"
    """效益"""


class PlannedIndicator(Indicator):
    """How much of what is planned, and the points it brings when it is reached."""

    group: IndicatorGroup = IndicatorGroup.OUTPUT


class IndicatorsPlanned(ProjectFact):
    """The funder stated the project's indicators; a later statement replaces an earlier one as a whole."""

    type: ClassVar[str] = "indicators.planned"

    indicators: tuple[PlannedIndicator, ...]
    planned_by: PartyId


class IndicatorMeasured(ProjectFact):
    """What was reached of one indicator, as one of the parties states it; the latest statement stands."""

    type: ClassVar[str] = "indicator.measured"

    indicator_id: str
    actual: int
    evidence_digest: str
    """SHA-256 of the paper that shows it"""
    party_id: PartyId
    """provider or funder"""
    measured_by: PartyId
    """the person"""


class ScoredIndicator(Model):
    """One line of the table: score = points × what the scale gives for actual ÷ planned, half up to two decimals.

    `planned` and `actual` are whole numbers of `unit`; of percentages with two decimals; of money in yuan.
    """

    id: str
    group: IndicatorGroup
    name: str
    unit: str
    planned: Decimal
    actual: Decimal | None
    """none where nobody rated"""
    points: Score
    score: Score
    working: str


class ProjectSelfEvaluated(ProjectFact):
    """The self-evaluation table (绩效自评表) was drawn up, once."""

    type: ClassVar[str] = "project.self_evaluated"

    lines: tuple[ScoredIndicator, ...]
    total: Score
    score: Score
    """`total` rounded as the rulebook says, so that no score falls between two bands"""
    grade: str
    file_digest: str
    """SHA-256 of the file's bytes (xlsx)"""
    rulebook: str
    drawn_by: PartyId
