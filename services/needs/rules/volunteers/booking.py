"""A need that is met by something a resident unit shares: booked against its capacity, cancelled, or used."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, World
from schemas.fact import Command, Fact
from schemas.ids import NeedId, PartyId
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.sharing import BookingCancelled, Clock, ResourceBooked, ResourceId, ResourceKind
from schemas.volunteering import Means, NeedMet
from services.needs.rules.need import Need
from services.needs.rules.volunteers.resident_unit import Text
from services.needs.rules.volunteers.resource import MOST_DAYS, Resource
from services.needs.rules.volunteers.task import must_go_to_volunteers

MOST_SLOTS = 1000
"""of one resource, not yet used or cancelled"""


class OfBooking(Command):
    need_id: NeedId
    resource_id: ResourceId


class BookResource(OfBooking):
    day: date
    opens: Clock
    closes: Clock
    places: Annotated[int, Field(ge=1, le=10_000)]


class CancelBooking(OfBooking):
    reason: Text
    """public"""


class UseBooking(OfBooking):
    """The residents were there; the need is met."""

    text: Text
    """public: what came of it"""


def booking_refs(command: OfBooking, cause: UUID) -> tuple[Ref, ...]:
    return ((Need, command.need_id), (Resource, command.resource_id))


def book(world: World, command: BookResource, context: Context) -> list[Fact]:
    need, resource = _own(world, command, context)
    must_go_to_volunteers(need)
    if resource.ended_on is not None:
        raise Refused("resource_ended", resource=resource.told.title, on=resource.ended_on)
    if len(resource.slots) >= MOST_SLOTS:
        raise Refused("bookings_enough", most=MOST_SLOTS)
    _must_be_open(resource, command, context)
    left = resource.told.places - resource.taken(command.day, command.opens, command.closes)
    if command.places > left:
        raise Refused("places_taken", field="places", left=left, places=command.places)
    return [
        ResourceBooked(
            community_id=need.community_id,
            need_id=command.need_id,
            resource_id=command.resource_id,
            title=resource.told.title,
            day=command.day,
            opens=command.opens,
            closes=command.closes,
            places=command.places,
            on=context.today,
            booked_by=PartyId(context.by.person_id),
        )
    ]


def _must_be_open(resource: Resource, command: BookResource, context: Context) -> None:
    told = resource.told
    latest = context.today + timedelta(days=MOST_DAYS)
    if not context.today <= command.day <= latest:
        raise Refused("booking_day", status=422, field="day", latest=latest)
    hours = [one for one in told.hours if one.weekday == command.day.isoweekday()]
    fits = any(one.opens <= command.opens < command.closes <= one.closes for one in hours)
    if not fits or (told.kind is ResourceKind.ACTIVITY and command.day != told.day):
        raise Refused("not_open_then", status=422, field="opens", resource=told.title, day=command.day)


def cancel(world: World, command: CancelBooking, context: Context) -> list[Fact]:
    need, resource = _own(world, command, context)
    resource.slot_of(command.need_id)
    must_be_public(command.reason, "reason")
    return [
        BookingCancelled(
            community_id=need.community_id,
            need_id=command.need_id,
            resource_id=command.resource_id,
            reason=command.reason,
            on=context.today,
            cancelled_by=PartyId(context.by.person_id),
        )
    ]


def use(world: World, command: UseBooking, context: Context) -> list[Fact]:
    need, resource = _own(world, command, context)
    slot = resource.slot_of(command.need_id)
    if context.today < slot.day:
        raise Refused("day_to_come", day=slot.day)
    must_be_public(command.text, "text")
    return [
        NeedMet(
            community_id=need.community_id,
            need_id=command.need_id,
            means=Means.RESOURCE,
            volunteers=0,
            minutes=0,
            resource_id=command.resource_id,
            text=command.text,
            on=context.today,
            confirmed_by=PartyId(context.by.person_id),
        )
    ]


def _own(world: World, command: OfBooking, context: Context) -> tuple[Need, Resource]:
    """Both of the same community."""
    need = world.get(Need, command.need_id)
    context.by.must_be(need.community_id)
    resource = world.get(Resource, command.resource_id)
    context.by.must_be(resource.told.community_id)
    return need, resource
