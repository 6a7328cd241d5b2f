"""From the announced grade to the final one: the provider's reply, and one re-evaluation. Words are kept elsewhere."""

from datetime import datetime
from typing import ClassVar

from schemas.evaluation import Score
from schemas.ids import PartyId
from schemas.project import ProjectFact


class GradeAnnounced(ProjectFact):
    """What the ratings came to, with the whole arithmetic. It moves no money before it is `project.graded`."""

    type: ClassVar[str] = "grade.announced"

    score: Score
    grade: str
    factor_percent: int
    arithmetic: str
    rulebook: str
    working_days: int
    """within which the provider may accept, reply, or ask once for a re-evaluation"""
    reply_until: datetime
    """exclusive; then the grade becomes final"""
    holidays_known: bool
    """false when the year's holidays are not published yet, so that Mondays to Fridays were counted"""


class GradeReplied(ProjectFact):
    """The provider said what it thinks of the grade; here is the SHA-256 of the words."""

    type: ClassVar[str] = "grade.replied"

    replied_by: PartyId
    digest: str


class GradeAccepted(ProjectFact):
    """The provider waits no longer: the announced grade becomes final at once."""

    type: ClassVar[str] = "grade.accepted"

    accepted_by: PartyId


class ReevaluationRequested(ProjectFact):
    """The provider asked, once, to be evaluated again; here is the SHA-256 of its reasons."""

    type: ClassVar[str] = "reevaluation.requested"

    requested_by: PartyId
    digest: str
    working_days: int
    decide_until: datetime
    """exclusive; a request nobody decided on by then is granted"""
    holidays_known: bool


class ReevaluationDecided(ProjectFact):
    """Granted: the window opens once more. Not granted: the announced grade is final."""

    type: ClassVar[str] = "reevaluation.decided"

    granted: bool
    decided_by: PartyId
    """another person than who rated the provider for the funder; the program, when the deadline passed"""
    digest: str | None
    """SHA-256 of the reasons; none when the deadline decided"""
    closes_at: datetime | None
    """until when ratings are taken once more, exclusive"""
