"""What comes before a statutory purchase opens: published intent, the public's opinions, approvals, the notice of a
single source. And what lets one go on with fewer suppliers than usual."""

from datetime import date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.project import Brief, ProjectFact


class IntentPublished(ProjectFact):
    """采购意向公开: what is going to be bought, for how much and when about."""

    type: ClassVar[str] = "intent.published"

    brief: Brief
    content: str
    budget: Money
    expected_on: date
    """about when the purchase begins"""
    published_on: date
    """in China"""
    published_by: PartyId
    """the person"""


class PublicOpinion(Model):
    """What somebody said, without a name, and what the buyer answers."""

    text: Annotated[str, Field(min_length=1, max_length=1000)]
    answer: Annotated[str, Field(min_length=1, max_length=1000)]


class ConsultationPublished(ProjectFact):
    """政府采购法实施条例 第十五条: the public was asked about the requirements, and what came of it."""

    type: ClassVar[str] = "consultation.published"

    questions: tuple[str, ...]
    asked: int
    """people who were asked and answered"""
    first_day: date
    last_day: date
    opinions: tuple[PublicOpinion, ...]
    published_by: PartyId
    """the person"""


class ApprovalGiven(ProjectFact):
    """One person of several approves a draft; the last approval is `project.approved`."""

    type: ClassVar[str] = "approval.given"

    draft_id: UUID
    number: int
    """of this approval, from 1"""
    needed: int
    approved_by: PartyId
    """the person"""


class SingleSourceNoticed(ProjectFact):
    """单一来源公示: whom alone the buyer wants to buy from and why, for others to object until `ends_at`."""

    type: ClassVar[str] = "single_source.noticed"

    supplier_id: PartyId
    ground: str
    """its id in the rulebook"""
    reasoning: str
    """专业人员论证意见"""
    experts: int
    """how many reasoned so"""
    original_project_id: ProjectId | None
    """whose contract is added to"""
    ends_at: datetime
    """exclusive"""
    answers_due: datetime
    """exclusive"""
    holidays_known: bool
    published_by: PartyId
    """the person"""


class SingleSourceObjected(ProjectFact):
    """Another supplier objects while the notice stands."""

    type: ClassVar[str] = "single_source.objected"

    objection_id: UUID
    objector_id: PartyId
    text: str


class SingleSourceAnswered(ProjectFact):
    """The buyer answers an objection; one that is upheld ends the way of a single source for this draft."""

    type: ClassVar[str] = "single_source.answered"

    objection_id: UUID
    text: str
    upheld: bool
    answered_by: PartyId
    """the person"""


class TenderContinued(ProjectFact):
    """With fewer qualified suppliers than usual the purchase goes on, as the rulebook allows, for a stated reason."""

    type: ClassVar[str] = "tender.continued"

    qualified: int
    usual: int
    reason: str
    source: str
    signed_by: PartyId
    """the person"""
