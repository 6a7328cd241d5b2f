"""Doors of resident units: what they share is public; a need books it."""

from datetime import date
from uuid import UUID

from events.database import Connection
from schemas.deciding import World, new_id
from schemas.ids import NeedId, PartyId
from schemas.refused import Refused
from schemas.role import Role
from schemas.sharing import Clock, Hours, ResidentUnitId, ResidentUnitKind, ResourceId, ResourceKind
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.needs.rules.need import Need
from services.needs.rules.volunteers import booking, resident_unit, resource
from services.needs.rules.volunteers.resident_unit import ResidentUnit
from services.needs.rules.volunteers.resource import Resource
from services.needs.store import volunteers as store

COMMUNITY = frozenset({Role.COMMUNITY})
PUBLIC: frozenset[Role] = frozenset()
PAGES = {
    "cursor": "上一页的 `next` · the `next` of the page before",
    "limit": "1 至 200,默认 50 · 1 to 200, 50 unless said otherwise",
}


class ResidentUnitAnswer(Answer):
    """Public."""

    id: ResidentUnitId
    community_id: PartyId
    kind: ResidentUnitKind
    name: str
    division: str
    shares: int
    """how much, just now"""
    ended_on: date | None


class ResidentUnitsPage(Answer):
    units: tuple[ResidentUnitAnswer, ...]
    next: UUID | None


class Taken(Answer):
    day: date
    opens: Clock
    closes: Clock
    places: int


class ResourceAnswer(Answer):
    """Public. Free of charge, always. `taken` is what is booked, and not for whom."""

    id: ResourceId
    unit_id: ResidentUnitId
    unit: str | None
    """its name, in lists"""
    kind: ResourceKind
    title: str
    conditions: str
    hours: tuple[Hours, ...]
    day: date | None
    places: int
    taken: tuple[Taken, ...]
    used: int
    """needs it met"""
    ended_on: date | None


class SharingPage(Answer):
    resources: tuple[ResourceAnswer, ...]
    next: UUID | None


class BookedAnswer(Answer):
    need_id: NeedId
    tracking_number: str
    met_on: date | None
    resource: ResourceAnswer


def _unit(one: ResidentUnit) -> ResidentUnitAnswer:
    told = one.told
    return ResidentUnitAnswer(
        id=told.unit_id,
        community_id=told.community_id,
        kind=told.kind,
        name=told.name,
        division=told.division,
        shares=len(one.shares),
        ended_on=one.ended_on,
    )


def _resource(one: Resource, unit: str | None = None) -> ResourceAnswer:
    told = one.told
    slots = sorted(one.slots, key=lambda slot: (slot.day, slot.opens, slot.closes))
    return ResourceAnswer(
        id=told.resource_id,
        unit_id=told.unit_id,
        unit=unit,
        kind=told.kind,
        title=told.title,
        conditions=told.conditions,
        hours=told.hours,
        day=told.day,
        places=told.places,
        taken=tuple(Taken(day=s.day, opens=s.opens, closes=s.closes, places=s.places) for s in slots),
        used=one.used,
        ended_on=one.ended_on,
    )


def _registered(world: World, command: resident_unit.RegisterResidentUnit, cause: UUID) -> ResidentUnitAnswer:
    return _unit(world.get(ResidentUnit, resident_unit.resident_unit_id(command)))


def _unit_ended(world: World, command: resident_unit.EndResidentUnit, cause: UUID) -> ResidentUnitAnswer:
    return _unit(world.get(ResidentUnit, command.unit_id))


def _shared(world: World, command: resource.ShareResource, cause: UUID) -> ResourceAnswer:
    return _resource(world.get(Resource, new_id(cause, "resource")))


def _ended(world: World, command: resource.EndResource, cause: UUID) -> ResourceAnswer:
    return _resource(world.get(Resource, command.resource_id))


def _booked(world: World, command: booking.OfBooking, cause: UUID) -> BookedAnswer:
    need = world.get(Need, command.need_id)
    return BookedAnswer(
        need_id=command.need_id,
        tracking_number=need.tracking_number,
        met_on=need.met_on,
        resource=_resource(world.get(Resource, command.resource_id)),
    )


async def _units(connection: Connection, asked: Asked) -> ResidentUnitsPage:
    found = await store.units_of(connection, asked.id("community_id"), asked.cursor, asked.limit)
    return ResidentUnitsPage(units=tuple(map(_unit, found)), next=found[-1].id if len(found) == asked.limit else None)


async def _sharing(connection: Connection, asked: Asked) -> SharingPage:
    kind, day = asked.query.get("kind"), asked.query.get("day")
    if kind is not None and kind not in set(ResourceKind):
        raise Refused("unknown_resource_kind", status=422, field="kind")
    found = await store.shared_in(
        connection,
        asked.id("community_id"),
        None if kind is None else ResourceKind(kind),
        None if day is None else _day(day),
        asked.cursor,
        asked.limit,
    )
    return SharingPage(
        resources=tuple(_resource(one, unit) for one, unit in found),
        next=found[-1][0].id if len(found) == asked.limit else None,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("not_a_day", status=422, field="day") from None


ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/communities/{community_id}/resident-units",
        command=resident_unit.RegisterResidentUnit,
        roles=COMMUNITY,
        refs=resident_unit.register_refs,
        decide=resident_unit.register,
        subject=lambda command, cause: (ResidentUnit, resident_unit.resident_unit_id(command)),
        answer=_registered,
        summary="登记驻区单位(共驻共建) · Register a resident unit",
    ),
    Post(
        path="/v1/resident-units/{unit_id}/ending",
        command=resident_unit.EndResidentUnit,
        roles=COMMUNITY,
        refs=resident_unit.end_refs,
        decide=resident_unit.end,
        subject=lambda command, cause: (ResidentUnit, command.unit_id),
        answer=_unit_ended,
        summary="驻区单位退出(先结束全部共享) · A resident unit leaves; what it shares ends first",
    ),
    Post(
        path="/v1/resident-units/{unit_id}/resources",
        command=resource.ShareResource,
        roles=COMMUNITY,
        refs=resource.share_refs,
        decide=resource.share,
        subject=lambda command, cause: (Resource, new_id(cause, "resource")),
        answer=_shared,
        summary="登记驻区单位免费开放的设施或活动 · List a facility or an activity a unit shares, free of charge",
    ),
    Post(
        path="/v1/resident-units/{unit_id}/resources/{resource_id}/ending",
        command=resource.EndResource,
        roles=COMMUNITY,
        refs=resource.end_refs,
        decide=resource.end,
        subject=lambda command, cause: (Resource, command.resource_id),
        answer=_ended,
        summary="结束一项共享(已预约的照常) · End what is shared; what was booked stays",
    ),
    Post(
        path="/v1/needs/{need_id}/bookings",
        command=booking.BookResource,
        roles=COMMUNITY,
        refs=booking.booking_refs,
        decide=booking.book,
        subject=lambda command, cause: (Resource, command.resource_id),
        answer=_booked,
        summary="为需求预约共享设施或活动,不超过容量 · Book what is shared for a need, within its capacity",
    ),
    Post(
        path="/v1/needs/{need_id}/bookings/cancellation",
        command=booking.CancelBooking,
        roles=COMMUNITY,
        refs=booking.booking_refs,
        decide=booking.cancel,
        subject=lambda command, cause: (Resource, command.resource_id),
        answer=_booked,
        summary="取消预约 · Cancel a booking",
    ),
    Post(
        path="/v1/needs/{need_id}/bookings/use",
        command=booking.UseBooking,
        roles=COMMUNITY,
        refs=booking.booking_refs,
        decide=booking.use,
        subject=lambda command, cause: (Resource, command.resource_id),
        answer=_booked,
        summary="预约已使用,需求办结 · It was used, and the need is met",
    ),
    Get(
        path="/v1/communities/{community_id}/resident-units",
        roles=PUBLIC,
        handler=_units,
        answer=ResidentUnitsPage,
        summary="社区的驻区单位 · Resident units of a community",
        query=PAGES,
    ),
    Get(
        path="/v1/sharing/{community_id}",
        roles=PUBLIC,
        handler=_sharing,
        answer=SharingPage,
        summary="驻区单位开放的设施和活动 · What resident units share",
        query={
            "kind": "类型 · facility or activity",
            "day": "开放或举办的日期 · a day, 2026-03-02",
            **PAGES,
        },
    ),
)
