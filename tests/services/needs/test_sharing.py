"""Resident units share facilities and activities, free of charge, and never more places than there are."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from schemas.days import day_of
from schemas.party import PartyKind
from schemas.role import Role
from services import needs
from tests.support.fixtures import Running
from tests.support.system import BEGINNING, DIVISION, Person, Reply, System

TODAY = day_of(BEGINNING)
HOURS = {"weekday": TODAY.isoweekday(), "opens": "09:00", "closes": "17:00"}


def on(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


@pytest.fixture
async def shared(running: Running) -> AsyncIterator[tuple[System, Person]]:
    async with running(needs.SERVICE, virtual=True) as system:
        yield system, await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)


async def a_unit(system: System, staff: Person, name: str = "示例小学", **changes: Any) -> Reply:
    body = {"kind": "institution", "name": name, "division": DIVISION}
    return await system.post(f"/v1/communities/{staff.party_id}/resident-units", body | changes, staff)


async def share(system: System, staff: Person, unit: Reply, **changes: Any) -> Reply:
    body = {"kind": "facility", "title": "会议室", "hours": [HOURS], "places": 20}
    return await system.post(f"/v1/resident-units/{unit.json['id']}/resources", body | changes, staff)


async def a_need(system: System, staff: Person, category: str = "mutual_help") -> Reply:
    body = {"category": category, "division": DIVISION, "beneficiaries": 1, "origin": "resident"}
    said = {"title": "借会议室", "description": "楼组想开会。"}
    return await system.post(f"/v1/communities/{staff.party_id}/needs", body | said, staff)


async def book(system: System, staff: Person, room: Reply, **changes: Any) -> Reply:
    need = changes.pop("need", None) or await a_need(system, staff)
    body = {"resource_id": room.json["id"], "day": on(0), "opens": "09:00", "closes": "11:00", "places": 12}
    return await system.post(f"/v1/needs/{need.json['id']}/bookings", body | changes, staff)


def said(*replies: Reply) -> list[tuple[int, str | None]]:
    return [(reply.status, reply.json.get("title")) for reply in replies]


async def test_what_is_shared_is_listed_in_public_by_kind_and_day(shared: tuple[System, Person]) -> None:
    system, staff = shared
    unit = await a_unit(system, staff)
    room = await share(system, staff, unit, conditions="请自带水杯")
    talk = await share(system, staff, unit, kind="activity", title="科普讲座", day=on(7))
    path = f"/v1/sharing/{staff.party_id}"

    async def listed(query: str = "") -> set[str]:
        reply = await system.get(f"{path}{query}")
        return {one["id"] for one in reply.json["resources"]}

    both = {room.json["id"], talk.json["id"]}
    assert await listed() == both
    assert await listed("?kind=facility") == {room.json["id"]}
    assert await listed("?kind=activity") == {talk.json["id"]}
    assert await listed(f"?day={on(7)}") == both
    assert await listed(f"?day={on(0)}") == {room.json["id"]}
    assert await listed(f"?day={on(1)}") == set()
    wrong = [await system.get(f"{path}?kind=car"), await system.get(f"{path}?day=monday")]
    assert said(*wrong) == [(422, "unknown_resource_kind"), (422, "not_a_day")]
    named = await system.get(path)
    assert {one["unit"] for one in named.json["resources"]} == {"示例小学"}


async def test_a_unit_is_registered_once_and_ends_after_what_it_shares(shared: tuple[System, Person]) -> None:
    system, staff = shared
    stranger = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
    unit = await a_unit(system, staff)
    room = await share(system, staff, unit)
    home = f"/v1/resident-units/{unit.json['id']}"
    ending = f"{home}/resources/{room.json['id']}/ending"

    again = await a_unit(system, staff)
    elsewhere = await a_unit(system, staff, "别处", division="110101001001")
    public = await a_unit(system, staff, "王老师 13800138000")
    too_early = await system.post(f"{home}/ending", {"reason": "搬迁"}, staff)
    not_theirs = await system.post(ending, {"reason": "搬迁"}, stranger)
    await system.post(ending, {"reason": "装修"}, staff)
    twice = await system.post(ending, {"reason": "装修"}, staff)
    ended = await system.post(f"{home}/ending", {"reason": "搬迁"}, staff)
    after = await share(system, staff, unit)
    back = await a_unit(system, staff)

    assert said(again, elsewhere, public) == [
        (409, "resident_unit_known"),
        (422, "division_elsewhere"),
        (422, "personal_data"),
    ]
    assert said(too_early, not_theirs, twice) == [
        (409, "still_shares"),
        (403, "not_your_party"),
        (404, "not_found"),
    ]
    assert (ended.status, ended.json["ended_on"]) == (201, on(0))
    assert said(after) == [(409, "resident_unit_ended")]
    assert (back.json["id"], back.json["ended_on"]) == (unit.json["id"], None)
    assert (await system.get(f"/v1/sharing/{staff.party_id}")).json["resources"] == []


async def test_hours_that_do_not_fit_and_any_fee_are_refused(shared: tuple[System, Person]) -> None:
    system, staff = shared
    unit = await a_unit(system, staff)
    backwards = HOURS | {"opens": "17:00", "closes": "09:00"}

    refused = [
        await share(system, staff, unit, hours=[backwards]),
        await share(system, staff, unit, day=on(0)),
        await share(system, staff, unit, kind="activity"),
        await share(system, staff, unit, kind="activity", day=on(-7)),
        await share(system, staff, unit, kind="activity", day=on(1)),
        await share(system, staff, unit, fee={"fen": 0}),
        await share(system, staff, unit, fee={"fen": 100}),
        await share(system, staff, unit, hours=[HOURS | {"opens": "9:00"}]),
    ]

    assert [(reply.json["title"], reply.json["field"]) for reply in refused[:7]] == [
        ("hours_unclear", "hours"),
        ("hours_unclear", "day"),
        ("activity_day", "day"),
        ("activity_day", "day"),
        ("hours_unclear", "hours"),
        ("sharing_is_free", "fee"),
        ("sharing_is_free", "fee"),
    ]
    assert said(refused[7]) == [(422, "invalid_field")]
    assert await system.facts("needs", "resource.shared") == []


async def test_two_bookings_at_once_cannot_exceed_the_places(shared: tuple[System, Person]) -> None:
    system, staff = shared
    room = await share(system, staff, await a_unit(system, staff))
    wanting = [await a_need(system, staff) for _ in range(4)]

    replies = await asyncio.gather(*(book(system, staff, room, need=need) for need in wanting))

    assert sorted(reply.status for reply in replies) == [201, 409, 409, 409]
    assert {reply.json["title"] for reply in replies if reply.status == 409} == {"places_taken"}
    assert len(await system.facts("needs", "resource.booked")) == 1


async def test_places_count_at_the_fullest_moment(shared: tuple[System, Person]) -> None:
    system, staff = shared
    room = await share(system, staff, await a_unit(system, staff))
    await book(system, staff, room, opens="09:00", closes="11:00", places=12)
    await book(system, staff, room, opens="11:00", closes="13:00", places=15)

    across = await book(system, staff, room, opens="10:00", closes="12:00", places=6)
    fits = await book(system, staff, room, opens="10:00", closes="12:00", places=5)
    full = await book(system, staff, room, opens="12:00", closes="14:00", places=6)
    later = await book(system, staff, room, opens="13:00", closes="14:00", places=20)

    assert said(across, full) == [(409, "places_taken")] * 2
    assert (fits.status, later.status) == (201, 201)


async def test_an_activity_takes_its_places_in_all(shared: tuple[System, Person]) -> None:
    system, staff = shared
    unit = await a_unit(system, staff)
    talk = await share(system, staff, unit, kind="activity", day=on(7), places=20)
    first = await book(system, staff, talk, day=on(7), opens="09:00", closes="10:00", places=12)

    too_many = await book(system, staff, talk, day=on(7), opens="16:00", closes="17:00", places=9)
    another_day = await book(system, staff, talk, day=on(14))

    assert first.status == 201
    assert said(too_many, another_day) == [(409, "places_taken"), (422, "not_open_then")]


async def test_a_need_that_is_used_is_met_and_a_cancelled_one_goes_on(shared: tuple[System, Person]) -> None:
    system, staff = shared
    room = await share(system, staff, await a_unit(system, staff))
    need = await a_need(system, staff)
    path, of_room = f"/v1/needs/{need.json['id']}/bookings", {"resource_id": room.json["id"]}

    async def tracked() -> Any:
        return (await system.get(f"/v1/needs/{need.json['tracking_number']}")).json

    await book(system, staff, room, need=need, day=on(7))
    twice = await book(system, staff, room, need=need)
    routed = {"route": "market", "reason": "改由市场"}
    elsewhere = await system.post(f"/v1/needs/{need.json['id']}/routings", routed, staff)
    early = await system.post(f"{path}/use", of_room | {"text": "会开成了"}, staff)
    cancelled = await system.post(f"{path}/cancellation", of_room | {"reason": "改时间"}, staff)
    nothing = await system.post(f"{path}/cancellation", of_room | {"reason": "改时间"}, staff)
    await book(system, staff, room, need=need)
    used = await system.post(f"{path}/use", of_room | {"text": "会开成了"}, staff)
    after = await book(system, staff, room, need=need)

    assert said(twice, elsewhere, early, nothing, after) == [
        (409, "need_in_hand"),
        (409, "need_in_hand"),
        (409, "day_to_come"),
        (404, "not_found"),
        (409, "need_met"),
    ]
    assert (cancelled.json["met_on"], used.json["met_on"]) == (None, on(0))
    assert (used.json["resource"]["used"], used.json["resource"]["taken"]) == (1, [])
    steps = [step["what"] for step in (await tracked())["steps"]]
    assert steps[-4:] == ["booked", "booking_cancelled", "booked", "met"]
    assert (await tracked())["met_on"] == on(0)


async def test_what_does_not_fit_a_booking_is_refused(shared: tuple[System, Person]) -> None:
    system, staff = shared
    stranger = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
    unit = await a_unit(system, staff)
    room = await share(system, staff, unit)
    theirs = await share(system, stranger, await a_unit(system, stranger))
    project = await a_need(system, staff, "health_elderly")

    refused = [
        await book(system, staff, room, need=project),
        await book(system, staff, room, opens="08:00"),
        await book(system, staff, room, day=on(1)),
        await book(system, staff, room, day=on(-7)),
        await book(system, staff, room, places=21),
        await book(system, staff, theirs),
        await book(system, staff, room, resource_id=str(uuid4())),
    ]
    await system.post(
        f"/v1/resident-units/{unit.json['id']}/resources/{room.json['id']}/ending", {"reason": "装修"}, staff
    )
    refused.append(await book(system, staff, room))

    assert said(*refused) == [
        (409, "need_not_volunteer"),
        (422, "not_open_then"),
        (422, "not_open_then"),
        (422, "booking_day"),
        (409, "places_taken"),
        (403, "not_your_party"),
        (404, "not_found"),
        (409, "resource_ended"),
    ]
    assert await system.facts("needs", "resource.booked") == []
