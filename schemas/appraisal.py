"""How a community's workers did in a year: the whole arithmetic, which stays in registry, and what is told of it.

Facts name worker and persons by id only, and the outcome by its digest: a grade is nobody's business but theirs.
"""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from schemas.ids import PartyId
from schemas.model import Model
from schemas.organization import Digest, Words
from schemas.party import PartyFact

Year = Annotated[int, Field(ge=2000, le=2100)]


class RatedLevel(Model):
    """`count` residents were satisfied to this degree, which counts for `points` each."""

    level: str
    count: int
    points: int


class CriterionScore(Model):
    criterion: str
    zh: str
    en: str
    weight: int
    """percent; all together 100"""
    score: str
    """0 to 100; the residents' as it is, a fraction where it is no whole number"""


class AppraisalResult(Model):
    """`exact` = Σ weight × score ÷ 100; `score` is that, rounded half up once, to whole points."""

    community_id: PartyId
    worker_id: PartyId
    year: Year
    levels: tuple[RatedLevel, ...]
    rated: int
    """Σ count"""
    criteria: tuple[CriterionScore, ...]
    exact: str
    """a whole number, or a fraction in lowest terms"""
    score: int
    grade: str
    grade_from: int
    """the least whole points of the grade"""
    how: str
    """the sum as one line"""


class AppraisalEntered(PartyFact):
    """A registrar handed in the figures of a worker of the community (`party_id`).

    The worker may reply, and another registrar looks at them.
    """

    type: ClassVar[str] = "appraisal.entered"

    appraisal_id: UUID
    worker_id: PartyId
    year: Year
    entered_by: PartyId
    rulebook: Digest
    """hash of the one it is reckoned by"""
    digest: Digest
    """SHA-256 of the canonical JSON of the `AppraisalResult`"""
    ground: Words
    document: Digest


class AppraisalConfirmed(PartyFact):
    """It is final. Another digest than was entered: the second person corrected it."""

    type: ClassVar[str] = "appraisal.confirmed"

    appraisal_id: UUID
    worker_id: PartyId
    year: Year
    entered_by: PartyId
    digest: Digest
    correction: Words | None
    """why it was corrected"""
    replied: bool
    confirmed_by: PartyId


class AppraisalRejected(PartyFact):
    """The second person did not agree; it may be entered anew."""

    type: ClassVar[str] = "appraisal.rejected"

    appraisal_id: UUID
    worker_id: PartyId
    year: Year
    entered_by: PartyId
    reason: Words
    rejected_by: PartyId
