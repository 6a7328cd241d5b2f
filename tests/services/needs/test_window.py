"""One window: a channel, a number, and a person who is kept apart and can be erased."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import orjson
import pytest

from schemas.intake import Channel
from schemas.party import PartyKind
from schemas.role import Role
from services import needs
from tests.support.fixtures import Running
from tests.support.secrecy import MARKER, everything_stored, everything_told, shows
from tests.support.system import DIVISION, Person, Reply, System

PHONE = "0512-0000 0000"
APPLICANT = {"name": f"居民{MARKER}", "phone": PHONE}


@pytest.fixture
async def window(running: Running) -> AsyncIterator[tuple[System, Person]]:
    async with running(needs.SERVICE, virtual=True) as system:
        yield system, await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)


async def take_in(system: System, staff: Person, **changes: Any) -> Reply:
    body = {
        "channel": "counter",
        "category": "health_elderly",
        "division": DIVISION,
        "beneficiaries": 1,
        "title": "独居老人助餐",
        "description": "希望每周送餐五次。",
    }
    return await system.post(f"/v1/communities/{staff.party_id}/intakes", body | changes, staff)


def of(staff: Person, reply: Reply) -> str:
    return f"/v1/communities/{staff.party_id}/applicants/{reply.json['applicant_id']}"


async def numbers(system: System) -> list[Any]:
    """Everything the public can count."""
    rows = await system.fetch("SELECT state FROM needs.needs ORDER BY id")
    return [row["state"] for row in rows]


@pytest.mark.parametrize("channel", Channel)
async def test_a_need_keeps_its_channel_and_its_number_answers_without_an_account(
    window: tuple[System, Person], channel: Channel
) -> None:
    system, staff = window

    taken = await take_in(system, staff, channel=channel.value)
    tracked = await system.get(f"/v1/needs/{taken.json['tracking_number']}")

    assert (taken.status, taken.json["applicant_id"]) == (201, None)
    assert (tracked.json["channel"], tracked.json["taken_in_on"]) == (channel.value, "2026-03-02")
    assert tracked.json["route"] is not None
    assert tracked.json["route_reason"]
    (fact,) = await system.facts("needs", "need.taken_in")
    assert (fact["data"]["need_id"], fact["data"]["channel"]) == (taken.json["id"], channel.value)


async def test_a_person_asks_twice_under_one_id_and_only_the_community_reads_it(
    window: tuple[System, Person],
) -> None:
    system, staff = window
    stranger = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)

    first = await take_in(system, staff, applicant=APPLICANT, words=f"原话{MARKER}")
    again = await take_in(system, staff, applicant_id=first.json["applicant_id"], words="又来一次", channel="phone")
    read = await system.get(of(staff, first), staff)
    others = await system.get(of(staff, first), stranger)
    elsewhere = await system.get(of(stranger, first), stranger)

    assert again.json["applicant_id"] == first.json["applicant_id"]
    assert read.json["person"] == APPLICANT
    assert [one["words"] for one in read.json["asked"]] == [f"原话{MARKER}", "又来一次"]
    assert (others.status, others.json["title"]) == (403, "not_your_party")
    assert (elsewhere.status, elsewhere.json["title"]) == (404, "not_found")
    borrowed = await take_in(system, stranger, applicant_id=first.json["applicant_id"], words="冒用")
    assert (borrowed.status, borrowed.json["title"]) == (404, "applicant_unknown")


async def test_nobody_is_named_in_any_row_or_record(window: tuple[System, Person]) -> None:
    system, staff = window

    first = await take_in(system, staff, applicant=APPLICANT, words=MARKER)
    await take_in(system, staff, applicant_id=first.json["applicant_id"], words=MARKER)
    await system.get(of(staff, first), staff)
    refused = await take_in(system, staff, applicant=APPLICANT, words=MARKER, category="none")
    stored = await everything_stored(system)

    assert MARKER not in str(first.json)
    assert refused.status == 422
    assert MARKER not in str(refused.json)
    assert first.json["id"] in stored
    assert not shows(stored)
    assert PHONE not in stored
    told = await everything_told(system)
    assert not shows(told)
    assert PHONE not in told


async def test_erasing_forgets_key_and_words_and_leaves_every_count_and_number(
    window: tuple[System, Person],
) -> None:
    system, staff = window
    first = await take_in(system, staff, applicant=APPLICANT, words=MARKER)
    again = await take_in(system, staff, applicant_id=first.json["applicant_id"], words=MARKER)
    before = await numbers(system)

    erased = await system.post(of(staff, first) + "/erasure", {}, staff)
    read = await system.get(of(staff, first), staff)
    (row,) = await system.fetch("SELECT state FROM needs.applicants")

    assert (erased.status, erased.json["needs"]) == (201, 2)
    assert (read.json["person"], [one["words"] for one in read.json["asked"]]) == (None, [None, None])
    left = orjson.loads(row["state"])
    assert [left["key"], left["sealed"], *(one["words"] for one in left["asked"])] == ["", "", "", ""]
    assert await numbers(system) == before
    for taken in (first, again):
        assert (await system.get(f"/v1/needs/{taken.json['tracking_number']}")).status == 200
    twice = await system.post(of(staff, first) + "/erasure", {}, staff)
    later = await take_in(system, staff, applicant_id=first.json["applicant_id"], words="再来")
    assert {(twice.status, twice.json["title"]), (later.status, later.json["title"])} == {(409, "applicant_erased")}
    assert len(await system.facts("needs", "applicant.erased")) == 1


async def test_what_does_not_fit_is_refused_with_its_field_and_nothing_is_written(
    window: tuple[System, Person],
) -> None:
    system, staff = window
    stranger = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
    known = await take_in(system, staff, applicant=APPLICANT)
    id, before = known.json["applicant_id"], await numbers(system)

    replies = [
        await take_in(system, staff, applicant=APPLICANT, applicant_id=id),
        await take_in(system, staff, words="没有人"),
        await take_in(system, staff, applicant_id=str(uuid4())),
        await take_in(system, staff, channel="rumour"),
        await take_in(system, staff, origin="department"),
        await take_in(system, staff, description="请打 13800138000"),
    ]
    not_theirs = await system.post(of(staff, known) + "/erasure", {}, stranger)

    assert [(reply.status, reply.json["title"]) for reply in replies] == [
        (422, "applicant_twice"),
        (422, "words_of_nobody"),
        (404, "applicant_unknown"),
        (422, "invalid_field"),
        (422, "invalid_field"),
        (422, "personal_data"),
    ]
    assert not_theirs.status == 403
    assert await numbers(system) == before
