"""共驻共建: what resident units (驻区单位) share with residents, free of charge, and what needs use it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, NewType
from uuid import UUID

from pydantic import Field

from schemas.ids import NeedId, PartyId
from schemas.model import Model
from schemas.need import NeedFact
from schemas.party import DivisionCode

ResidentUnitId = NewType("ResidentUnitId", UUID)
ResourceId = NewType("ResourceId", UUID)
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""of a day in China, 09:30; earlier is smaller"""


class ResidentUnitKind(StrEnum):
    OFFICE = "office"
    """机关"""
    INSTITUTION = "institution"
    """事业单位: schools, clinics"""
    ENTERPRISE = "enterprise"
    GROUP = "group"
    """社会组织"""
    GARRISON = "garrison"
    """驻军"""


class ResourceKind(StrEnum):
    FACILITY = "facility"
    ACTIVITY = "activity"


class Hours(Model):
    """From `opens` up to, not including, `closes`."""

    weekday: Annotated[int, Field(ge=1, le=7)]
    """ISO 8601: Monday is 1"""
    opens: Clock
    closes: Clock


class ResidentUnitRegistered(NeedFact):
    type: ClassVar[str] = "resident_unit.registered"

    unit_id: ResidentUnitId
    kind: ResidentUnitKind
    name: str
    division: DivisionCode
    on: date
    registered_by: PartyId


class ResidentUnitEnded(NeedFact):
    """It takes part no longer; nothing it shared was left."""

    type: ClassVar[str] = "resident_unit.ended"

    unit_id: ResidentUnitId
    reason: str
    on: date
    ended_by: PartyId


class ResourceShared(NeedFact):
    """A unit opens a facility every week, or invites to an activity on one day."""

    type: ClassVar[str] = "resource.shared"

    unit_id: ResidentUnitId
    resource_id: ResourceId
    kind: ResourceKind
    title: str
    conditions: str
    hours: tuple[Hours, ...]
    day: date | None
    """of an activity, which has one line of hours"""
    places: int
    """people: at one time in a facility, in all at an activity"""
    on: date
    shared_by: PartyId


class ResourceEnded(NeedFact):
    """No new bookings; what was booked stays."""

    type: ClassVar[str] = "resource.ended"

    unit_id: ResidentUnitId
    resource_id: ResourceId
    reason: str
    on: date
    ended_by: PartyId


class ResourceBooked(NeedFact):
    """For a need; one need has one booking at a time."""

    type: ClassVar[str] = "resource.booked"

    need_id: NeedId
    resource_id: ResourceId
    title: str
    day: date
    opens: Clock
    closes: Clock
    places: int
    on: date
    booked_by: PartyId


class BookingCancelled(NeedFact):
    type: ClassVar[str] = "booking.cancelled"

    need_id: NeedId
    resource_id: ResourceId
    reason: str
    on: date
    cancelled_by: PartyId
