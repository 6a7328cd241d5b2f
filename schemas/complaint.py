"""A complaint (投诉) to the finance department about how an objection was answered, and what comes of it.

Who complains, its words and the answers of those it asked are in no fact: they are between the parties and the
finance department. What it decides is published.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from schemas.ids import PartyId
from schemas.objection import Remedy
from schemas.project import ProjectFact


class RejectionGround(StrEnum):
    """Why a complaint is not accepted."""

    WRONG_VENUE = "wrong_venue"
    """不属于本部门管辖: the right one is named"""
    LATE = "late"
    """超过投诉有效期限"""
    NOT_OBJECTED = "not_objected"
    """未经质疑,或者超出质疑事项的范围"""
    INCOMPLETE = "incomplete"
    """投诉书内容或材料不符合规定"""


class ComplaintFact(ProjectFact):
    complaint_id: UUID


class ComplaintFiled(ComplaintFact):
    """By whoever made the objection, in its time. Moments are exclusive."""

    type: ClassVar[str] = "complaint.filed"

    objection_id: UUID
    authority_id: PartyId
    """the finance department"""
    filed_at: datetime
    review_due: datetime
    decision_due: datetime
    rulebook: str


class ComplaintAccepted(ComplaintFact):
    """The respondent, and `others` of the bidders, are asked to answer by `answers_due`, exclusive."""

    type: ClassVar[str] = "complaint.accepted"

    others: int
    answers_due: datetime
    accepted_by: PartyId


class ComplaintRejected(ComplaintFact):
    """不予受理: it may be filed anew while its time runs."""

    type: ClassVar[str] = "complaint.rejected"

    ground: RejectionGround
    competent_id: PartyId | None
    """the finance department that is competent, where this one is not"""
    text: str
    rejected_at: datetime
    rejected_by: PartyId


class ComplaintAnswered(ComplaintFact):
    """One of those who were asked has answered; who, when it is not the buyer, is in no fact."""

    type: ClassVar[str] = "complaint.answered"

    by_buyer: bool
    answered_at: datetime


class PurchaseSuspended(ComplaintFact):
    """By written notice of the finance department nothing is chosen or signed until then, at the latest; exclusive."""

    type: ClassVar[str] = "purchase.suspended"

    reason: str
    suspended_at: datetime
    until: datetime
    rulebook: str
    suspended_by: PartyId


class PurchaseResumed(ComplaintFact):
    """Its days are over, or the finance department ended it sooner. A decision or a withdrawal ends it as well."""

    type: ClassVar[str] = "purchase.resumed"

    sooner: bool
    resumed_at: datetime


class ComplaintDecided(ComplaintFact):
    """投诉处理决定, published. Upheld with no remedy: without effect on the result."""

    type: ClassVar[str] = "complaint.decided"

    upheld: bool
    remedy: Remedy
    text: str
    source: str
    decided_by: PartyId
    decided_at: datetime


class ComplaintWithdrawn(ComplaintFact):
    """Before the decision, by whoever filed it; it is not filed again."""

    type: ClassVar[str] = "complaint.withdrawn"

    withdrawn_at: datetime
