"""What resident units share: facilities by the hours of the week, activities on a day; never for money."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, State, World, new_id
from schemas.fact import Command, Fact
from schemas.ids import NeedId, PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.sharing import (
    BookingCancelled,
    Clock,
    Hours,
    ResidentUnitId,
    ResourceBooked,
    ResourceEnded,
    ResourceId,
    ResourceKind,
    ResourceShared,
)
from schemas.volunteering import NeedMet
from services.needs.rules.volunteers.resident_unit import ResidentUnit, Text, own_unit

MOST_SHARED = 100
"""by one unit at a time"""
MOST_DAYS = 366
"""ahead"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A booking that was neither used nor cancelled."""

    need_id: NeedId
    day: date
    opens: Clock
    closes: Clock
    places: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource(State):
    told: ResourceShared
    slots: tuple[Slot, ...] = ()
    used: int = 0
    """how many needs it met"""
    ended_on: date | None = None

    def slot_of(self, need_id: NeedId) -> Slot:
        found = next((slot for slot in self.slots if slot.need_id == need_id), None)
        if found is None:
            raise Refused("not_found", status=404, what="Booking", id=str(need_id))
        return found

    def taken(self, day: date, opens: Clock, closes: Clock) -> int:
        """People already booked: at an activity all of them, in a facility the most at any moment in between."""
        if self.told.kind is ResourceKind.ACTIVITY:
            return sum(slot.places for slot in self.slots)
        meets = [slot for slot in self.slots if slot.day == day and slot.opens < closes and opens < slot.closes]
        starts = {max(opens, slot.opens) for slot in meets}
        return max((sum(one.places for one in meets if one.opens <= at < one.closes) for at in starts), default=0)


class ShareResource(Command):
    unit_id: ResidentUnitId
    kind: ResourceKind
    title: Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
    conditions: Annotated[str, Field(max_length=500)] = ""
    """public"""
    hours: Annotated[tuple[Hours, ...], Field(min_length=1, max_length=28)]
    """of an activity one, on the weekday of its day"""
    day: date | None = None
    """of an activity"""
    places: Annotated[int, Field(ge=1, le=10_000)]
    fee: Money | None = None
    """none, ever"""


class EndResource(Command):
    unit_id: ResidentUnitId
    resource_id: ResourceId
    reason: Text
    """public"""


def share_refs(command: ShareResource, cause: UUID) -> tuple[Ref, ...]:
    return ((ResidentUnit, command.unit_id), (Resource, new_id(cause, "resource")))


def share(world: World, command: ShareResource, context: Context) -> list[Fact]:
    unit = own_unit(world, command.unit_id, context)
    if command.fee is not None:
        raise Refused("sharing_is_free", status=422, field="fee")
    if len(unit.shares) >= MOST_SHARED:
        raise Refused("shares_enough", most=MOST_SHARED)
    _check_hours(command, context)
    must_be_public(command.title, "title")
    must_be_public(command.conditions, "conditions")
    return [
        ResourceShared(
            community_id=unit.told.community_id,
            unit_id=command.unit_id,
            resource_id=ResourceId(context.new_id("resource")),
            kind=command.kind,
            title=command.title,
            conditions=command.conditions,
            hours=command.hours,
            day=command.day,
            places=command.places,
            on=context.today,
            shared_by=PartyId(context.by.person_id),
        )
    ]


def _check_hours(command: ShareResource, context: Context) -> None:
    if any(one.closes <= one.opens for one in command.hours):
        raise Refused("hours_unclear", status=422, field="hours")
    if command.kind is ResourceKind.FACILITY:
        if command.day is not None:
            raise Refused("hours_unclear", status=422, field="day")
        return
    latest = context.today + timedelta(days=MOST_DAYS)
    if command.day is None or not context.today <= command.day <= latest:
        raise Refused("activity_day", status=422, field="day", latest=latest)
    if len(command.hours) != 1 or command.hours[0].weekday != command.day.isoweekday():
        raise Refused("hours_unclear", status=422, field="hours")


def end_refs(command: EndResource, cause: UUID) -> tuple[Ref, ...]:
    return ((ResidentUnit, command.unit_id), (Resource, command.resource_id))


def end(world: World, command: EndResource, context: Context) -> list[Fact]:
    unit = own_unit(world, command.unit_id, context)
    if command.resource_id not in unit.shares:
        raise Refused("not_found", status=404, what="Resource", id=str(command.resource_id))
    must_be_public(command.reason, "reason")
    return [
        ResourceEnded(
            community_id=unit.told.community_id,
            unit_id=command.unit_id,
            resource_id=command.resource_id,
            reason=command.reason,
            on=context.today,
            ended_by=PartyId(context.by.person_id),
        )
    ]


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case ResourceShared():
            return (Resource(id=fact.resource_id, told=fact),)
        case ResourceEnded():
            return (replace(world.get(Resource, fact.resource_id), ended_on=fact.on),)
        case ResourceBooked():
            resource = world.get(Resource, fact.resource_id)
            slot = Slot(need_id=fact.need_id, day=fact.day, opens=fact.opens, closes=fact.closes, places=fact.places)
            return (replace(resource, slots=(*resource.slots, slot)),)
        case BookingCancelled():
            return (_without(world.get(Resource, fact.resource_id), fact.need_id),)
        case NeedMet(resource_id=UUID() as id):
            resource = world.get(Resource, id)
            return (replace(_without(resource, fact.need_id), used=resource.used + 1),)
        case _:
            return ()


def _without(resource: Resource, need_id: NeedId) -> Resource:
    return replace(resource, slots=tuple(slot for slot in resource.slots if slot.need_id != need_id))
