"""Satisfaction and grades. Single ratings are rows of `evaluation`, never facts on a stream."""

from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field

from schemas.contract import Milestone
from schemas.ids import PartyId
from schemas.model import up_to
from schemas.project import ProjectFact

Score = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2), up_to(100)]
"""0 to 100, two decimals, exact."""


class MilestoneRated(ProjectFact):
    """What verified beneficiaries said about one milestone: how many, and the mean of the five levels as 0–100."""

    type: ClassVar[str] = "milestone.rated"

    milestone: Milestone
    ratings: int
    mean: Score
    digest: str
    """a chain over the salted rating rows in order of arrival: SHA-256(digest so far ‖ canonical row), from 64 zeros"""


class PartyRated(ProjectFact):
    """One party to the agreement rated the other (双向评估)."""

    type: ClassVar[str] = "party.rated"

    rater_id: PartyId
    rated_id: PartyId
    score: Score


class ProjectGraded(ProjectFact):
    """The grade by the rulebook's bands, and the factor it puts on the last tranche."""

    type: ClassVar[str] = "project.graded"

    score: Score
    grade: str
    factor_percent: int
    arithmetic: str
    rulebook: str
