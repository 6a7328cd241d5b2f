"""What an expert found of a project's indicators, in the residents' scheme."""

from typing import Annotated, ClassVar

from pydantic import Field

from schemas.clauses import MOST_UNITS, Code
from schemas.evaluation import Score
from schemas.ids import PartyId
from schemas.model import Model
from schemas.project import ProjectFact


class MeasuredIndicator(Model):
    """So many units of a planned indicator were reached."""

    indicator_id: Code
    actual: Annotated[int, Field(ge=0, le=MOST_UNITS)]


class ExpertRated(ProjectFact):
    """An expert without a tie to the provider measured the planned indicators; `score` is the rulebook's arithmetic."""

    type: ClassVar[str] = "expert.rated"

    evaluator_id: PartyId
    measured: tuple[MeasuredIndicator, ...]
    score: Score
    working: str
