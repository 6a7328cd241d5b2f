"""How a community is governed (社区治理): the street and the residents' committee rate each other, and the grade."""

from typing import Annotated, ClassVar

from pydantic import Field

from schemas.evaluation import Score
from schemas.fact import PARTIES, Fact
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.project import ProjectFact

ReasonCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class Reason(Model):
    """A code of the rulebook's list, as praise or as complaint."""

    code: ReasonCode
    good: bool


class StreetPairRated(ProjectFact):
    """The funder rated the community, or the community the funder, for their part in one project (双向评估).

    It does not enter the provider's grade.
    """

    type: ClassVar[str] = "street_pair.rated"

    rater_id: PartyId
    rated_id: PartyId
    score: Score
    reasons: tuple[Reason, ...]
    rated_by: PartyId
    """the person"""


class GovernanceMeasure(Model):
    """One measure of a community's governance, 0 to 100, with its weight; `working` says how it came about."""

    name: str
    score: Score
    weight: int
    working: str


class CountedProject(Model):
    """What residents said of one project, as far as it counts."""

    project_id: ProjectId
    counted: int
    satisfied: int


class CommunityGraded(Fact):
    """A community's governance (社区治理评价) in one period, published. Too few ratings make no score and no grade."""

    type: ClassVar[str] = "community.graded"
    stream: ClassVar[str] = PARTIES
    key_field: ClassVar[str] = "community_id"

    community_id: PartyId
    period: str
    """a year (2026) or half of one (2026-H1)"""
    projects: tuple[CountedProject, ...]
    measures: tuple[GovernanceMeasure, ...]
    score: Score | None
    grade: str | None
    too_few_below: int
    """how many ratings must count before there is a grade"""
    arithmetic: str
    rulebook: str
    published_by: PartyId
