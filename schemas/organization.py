"""What is on record of an organization: graded, listed, able to, equipped, recommended, documented; and its 孵化.

A record is dated twice: from when it holds, and when it was recorded. Nothing is changed afterwards; a newer record of
the same subject takes the place of the older one from its first day on, and one that ends says when and why.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from schemas.ids import PartyId
from schemas.model import Model
from schemas.party import DivisionCode, PartyFact

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of a document, lower-case hex; the document itself lies in the files."""
Words = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
"""public"""
Short = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^\S(.*\S)?$")]


class CreditList(StrEnum):
    """The two lists of 社会组织信用信息管理办法(民政部令第60号)."""

    ABNORMAL = "abnormal_activities"
    """活动异常名录"""
    SERIOUS = "serious_breach"
    """严重违法失信名单"""


class EvaluationGrade(StrEnum):
    """社会组织评估等级, 民发〔2021〕96号."""

    A1 = "1A"
    A2 = "2A"
    A3 = "3A"
    A4 = "4A"
    A5 = "5A"


class DocumentType(StrEnum):
    CHARTER = "charter"
    """章程"""
    CERTIFICATE = "certificate"
    """登记证书"""
    ANNUAL_REPORT = "annual_report"
    """年度工作报告"""
    AUDIT_REPORT = "audit_report"
    """审计报告"""


class GradeRecord(Model):
    """评估等级."""

    kind: Literal["grade"]
    grade: EvaluationGrade

    @property
    def subject(self) -> str:
        return self.kind


class ListRecord(Model):
    """Stands on a credit list."""

    kind: Literal["credit_list"]
    list: CreditList

    @property
    def subject(self) -> str:
        return f"{self.kind}/{self.list}"


class CapabilityRecord(Model):
    """Performs services of this category of needs."""

    kind: Literal["capability"]
    category: Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$")]
    """its id in the rulebook"""

    @property
    def subject(self) -> str:
        return f"{self.kind}/{self.category}"


class CapacityRecord(Model):
    """With whom it works, as it declared."""

    kind: Literal["capacity"]
    full_time: Annotated[int, Field(ge=0, le=100_000)]
    """staff"""
    social_workers: Annotated[int, Field(ge=0, le=100_000)]
    """certified, full time or not"""

    @property
    def subject(self) -> str:
        return self.kind


class DirectoryRecord(Model):
    """Stands in a 承接社会组织推荐目录 of a year: advice to buyers, and no gate."""

    kind: Literal["directory"]
    name: Short
    year: Annotated[int, Field(ge=2000, le=2100)]

    @property
    def subject(self) -> str:
        return f"{self.kind}/{self.year}/{self.name}"


class DocumentRecord(Model):
    """A document, by its digest."""

    kind: Literal["document"]
    type: DocumentType
    year: Annotated[int, Field(ge=1949, le=2100)] | None = None
    """of which it reports; none for one that is no report"""

    @property
    def subject(self) -> str:
        return f"{self.kind}/{self.type}" if self.year is None else f"{self.kind}/{self.type}/{self.year}"


Recorded = GradeRecord | CapabilityRecord | CapacityRecord | DirectoryRecord | DocumentRecord
"""all but a credit list, which has facts of its own"""
Content = Annotated[
    GradeRecord | ListRecord | CapabilityRecord | CapacityRecord | DirectoryRecord | DocumentRecord,
    Field(discriminator="kind"),
]


class EndCause(StrEnum):
    EXPIRED = "expired"
    """期满"""
    REMEDIED = "remedied"
    """已改正"""
    WITHDRAWN = "withdrawn"
    """取消、撤销, or no longer so"""
    MISTAKEN = "mistaken"
    """记录有误 or the decision was set aside: it never held, and what stood before holds on"""


class Listing(Model):
    """One entry on a credit list that stands."""

    record_id: UUID
    list: CreditList
    since: date


class OrganizationRecorded(PartyFact):
    """Entered by one registrar; where it helps, confirmed by another."""

    type: ClassVar[str] = "organization.recorded"

    record_id: UUID
    content: Annotated[Recorded, Field(discriminator="kind")]
    valid_from: date
    valid_until: date | None
    """inclusive; none: until it is replaced or ends"""
    ground: Words
    document: Digest | None
    entered_by: PartyId
    confirmed_by: PartyId | None


class OrganizationRecordEnded(PartyFact):
    """A record holds no longer from this day on."""

    type: ClassVar[str] = "organization.record_ended"

    record_id: UUID
    on: date
    cause: EndCause
    reason: Words
    entered_by: PartyId
    confirmed_by: PartyId | None


class PartyListed(PartyFact):
    """The organization stands on a credit list, as one registrar entered and another confirmed."""

    type: ClassVar[str] = "party.listed"

    listing: Listing
    ground: Words
    document: Digest
    removable_from: date
    """the earliest day on which it comes off without having been remedied"""
    entered_by: PartyId
    confirmed_by: PartyId


class PartyDelisted(PartyFact):
    """It comes off the list; an entry of its own, by two people again."""

    type: ClassVar[str] = "party.delisted"

    record_id: UUID
    list: CreditList
    on: date
    cause: EndCause
    reason: Words
    entered_by: PartyId
    confirmed_by: PartyId


class GroupRegistered(PartyFact):
    """A community organization on record (备案): no legal personality, acts through its hub, which signs."""

    type: ClassVar[str] = "group.registered"

    name: Short
    division: DivisionCode
    hub_id: PartyId
    filed_with: Short
    filing_number: Short
