"""Satisfaction and grades. Single ratings are rows of `evaluation`, never facts on a stream."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from schemas.contract import Milestone
from schemas.ids import PartyId
from schemas.model import Model, up_to
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


class SampleDrawn(ProjectFact):
    """Who of a milestone's beneficiaries is asked, drawn by lot; anyone with the list can draw it again.

    Rank every token on the list by SHA-256(seed ‖ token digest), both in lower-case hex; the first `size` are asked.
    """

    type: ClassVar[str] = "sample.drawn"

    milestone: Milestone
    population: int
    """tokens on the list"""
    size: int
    list_digest: str
    """SHA-256 of the canonical JSON of the sorted token digests: fixed before there was a seed"""
    drawn_in: str
    """the id of the message that drew, made after the list was fixed; it is the `causationid` of this event"""
    seed: str
    """SHA-256 of the canonical JSON of {drawn_in, list_digest, milestone, project_id}"""
    confidence: str
    margin: str


class SetApart(Model):
    """A group of ratings that the rulebook's test set apart: no longer counted, still shown."""

    by_community: bool
    first: int
    last: int
    """numbers of the first and the last row of the group"""
    ratings: int
    level: str
    of_level: int
    """how many of the group said `level`"""


class RatingsAssessed(ProjectFact):
    """Whose ratings of a milestone count, how many were asked, and how sure one can be; percents of 0 to 100."""

    type: ClassVar[str] = "ratings.assessed"

    milestone: Milestone
    population: int
    asked: int
    answered: int
    """of those asked"""
    response_percent: Score
    unasked: int
    """ratings of tokens outside the sample: shown, not counted"""
    set_apart: tuple[SetApart, ...]
    counted: int
    mean: Score | None
    """of what counts"""
    mean_of_all: Score
    satisfied: int
    """of what counts"""
    lower_percent: Score | None
    upper_percent: Score | None
    """Wilson score interval of the satisfied share, with the finite-population correction"""
    confidence: str
    z: str
    """the quantile of the normal distribution that stands for this confidence"""
    too_few: bool
    too_few_below: int
    """how many must count before providers may be compared by them"""


class Grievance(StrEnum):
    """What kind of bad ratings a follow-up (整改) answers to."""

    DISSATISFIED = "dissatisfied"
    VERY_DISSATISFIED = "very_dissatisfied"


class FollowUpFact(ProjectFact):
    milestone: Milestone
    grievance: Grievance


class FollowUpOpened(FollowUpFact):
    """So many bad ratings came that the provider has to put things right, and say what it did."""

    type: ClassVar[str] = "followup.opened"

    ratings: int
    working_days: int
    due_at: datetime
    """exclusive"""
    holidays_known: bool
    """false when the year's holidays are not published yet, so that Mondays to Fridays were counted"""


class FollowUpAnswered(FollowUpFact):
    """The provider said what it did; the words stay with evaluation, here is their SHA-256."""

    type: ClassVar[str] = "followup.answered"

    answered_by: PartyId
    digest: str


class FollowUpClosed(FollowUpFact):
    """The community saw that it is put right."""

    type: ClassVar[str] = "followup.closed"

    closed_by: PartyId


class FollowUpOverdue(FollowUpFact):
    """The deadline passed without an answer."""

    type: ClassVar[str] = "followup.overdue"
