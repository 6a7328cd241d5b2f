"""What is on record of a community: its figures, its bodies and who works there, each with both its dates.

Kept as an organization's records are (schemas.organization). Who works there appears by id only.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from schemas.ids import PartyId
from schemas.model import Model
from schemas.organization import Digest, EndCause, Short, Words
from schemas.party import PartyFact

Count = Annotated[int, Field(ge=0, le=1_000_000)]


class CommunityBody(StrEnum):
    COMMITTEE = "committee"
    """居民委员会"""
    WORKSTATION = "workstation"
    """社区工作站"""


class CommunityPost(StrEnum):
    COMMITTEE_MEMBER = "committee_member"
    """居委会成员"""
    WORKSTATION_STAFF = "workstation_staff"
    """工作站工作人员"""
    GRID_WORKER = "grid_worker"
    """网格员"""


class FiguresRecord(Model):
    """How many live there, and how it is laid out."""

    kind: Literal["figures"]
    households: Count
    residents: Count
    """常住人口"""
    floating: Count
    """流动人口"""
    grids: Annotated[int, Field(ge=0, le=1000)]
    area_m2: Annotated[int, Field(ge=1, le=10**11)] | None = None

    @property
    def subject(self) -> str:
        return self.kind


class BodyRecord(Model):
    """The community has this body."""

    kind: Literal["body"]
    body: CommunityBody
    name: Short

    @property
    def subject(self) -> str:
        return f"{self.kind}/{self.body}"


class PostRecord(Model):
    """Somebody works there; a worker has one post in a community at a time, the newer takes the older one's place."""

    kind: Literal["post"]
    worker_id: PartyId
    post: CommunityPost
    full_time: bool
    employer: Short
    """the body that employs the worker, by its name"""
    grids: Annotated[int, Field(ge=0, le=50)] = 0
    """of a grid worker: how many grids are in the worker's care"""

    @property
    def subject(self) -> str:
        return f"{self.kind}/{self.worker_id}"


CommunityRecord = FiguresRecord | BodyRecord | PostRecord
CommunityContent = Annotated[FiguresRecord | BodyRecord | PostRecord, Field(discriminator="kind")]


class CommunityRecorded(PartyFact):
    """Entered by one registrar; figures confirmed by another."""

    type: ClassVar[str] = "community.recorded"

    record_id: UUID
    content: CommunityContent
    valid_from: date
    valid_until: date | None
    """inclusive; none: until it is replaced or ends"""
    ground: Words
    document: Digest | None
    entered_by: PartyId
    confirmed_by: PartyId | None


class CommunityRecordEnded(PartyFact):
    """A record holds no longer from this day on."""

    type: ClassVar[str] = "community.record_ended"

    record_id: UUID
    on: date
    cause: EndCause
    reason: Words
    entered_by: PartyId
    confirmed_by: PartyId | None
