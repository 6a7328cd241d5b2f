"""责任评价: how a resident unit (驻区单位) did its part in one year, said by those who may say it, and published."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from schemas.ids import PartyId
from schemas.model import Model
from schemas.need import NeedFact
from schemas.sharing import ResidentUnitId

Year = Annotated[str, Field(pattern=r"^20[0-9]{2}$")]
Hundredths = Annotated[int, Field(ge=0, le=10_000)]
"""of a point: 7925 is 79.25 of 100"""


class UnitRater(StrEnum):
    COMMUNITY = "community"
    """the residents' committee's staff"""
    RESIDENTS = "residents"
    """the residents' assembly, by its minutes"""
    STREET = "street"
    """the street the community lies in"""


class UnitMark(Model):
    criterion: str
    weight: int
    """of 100"""
    mark: Annotated[int, Field(ge=0, le=100)]


class UnitFact(NeedFact):
    unit_id: ResidentUnitId
    year: Year
    on: date


class ResidentUnitRated(UnitFact):
    """One rater's marks; entered again before the closing, the later ones count."""

    type: ClassVar[str] = "resident_unit.rated"

    rater: UnitRater
    marks: tuple[UnitMark, ...]
    score: Hundredths
    """the sum of weight × mark"""
    text: str
    minutes: str | None
    """SHA-256 of the assembly's minutes"""
    rulebook: str
    rated_by: PartyId


class UnitRatingClosed(UnitFact):
    """By another person than those who entered marks. The unit may reply until `reply_until`, that day included."""

    type: ClassVar[str] = "unit_rating.closed"

    raters: tuple[UnitRater, ...]
    score: Hundredths
    """the mean over the raters, cut off and never rounded up"""
    grade: str
    reply_until: date
    rulebook: str
    closed_by: PartyId


class UnitReplied(UnitFact):
    type: ClassVar[str] = "unit.replied"

    text: str
    entered_by: PartyId


class UnitRatingPublished(UnitFact):
    """After the reply, or once the days for it were over."""

    type: ClassVar[str] = "unit_rating.published"
