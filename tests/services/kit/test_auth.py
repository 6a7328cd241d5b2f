"""Who is let in: a living key, in the right role, for a party that may act (DESIGN section 8)."""

import hashlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from schemas.ids import KeyId, PartyId
from schemas.party import KeyIssued, KeyRevoked, PartyKind, PartySuspended, PartyVerified
from schemas.role import Role
from tests.support import jars
from tests.support.jars import CATALOGUE
from tests.support.system import Person, Reply, System, system

WHERE = f"/v1/jars/{uuid4()}/coins"


@pytest.fixture(scope="module")
async def door(postgres_dsn: str, kafka_bootstrap: str) -> AsyncIterator[System]:
    async with system(postgres_dsn, kafka_bootstrap, [jars.SERVICE], catalogue=CATALOGUE) as one:
        yield one


@pytest.fixture
async def staff(door: System) -> Person:
    return await door.person(PartyKind.COMMUNITY, Role.COMMUNITY)


async def knock(door: System, by: Person | None, **headers: str) -> Reply:
    return await door.post(WHERE, {"fen": 1}, by, **headers)


async def another_key(door: System, person: Person, *, expires_at: datetime, key_id: KeyId | None = None) -> Person:
    secret = secrets.token_urlsafe(32)
    issued = KeyIssued(
        party_id=person.party_id,
        key_id=key_id or KeyId(uuid4()),
        person_id=person.person_id,
        role=person.role,
        digest=hashlib.sha256(secret.encode()).hexdigest(),
        expires_at=expires_at,
    )
    await door.seen(await door.teller.tell(issued, "registry"))
    return replace(person, secret=secret)


async def test_a_verified_party_with_a_living_key_is_let_in(door: System, staff: Person) -> None:
    assert (await knock(door, staff)).status == 201


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Bearer nobody", "Basic abc", "Bearer " + "x" * 300, "bearer\tx"]
)
async def test_who_shows_no_known_key_is_not_let_in(door: System, header: str | None) -> None:
    reply = await knock(door, None, **({"Authorization": header} if header is not None else {}))

    assert (reply.status, reply.json["title"]) == (401, "unauthenticated")
    assert reply.headers["WWW-Authenticate"] == "Bearer"


async def test_an_expired_key_opens_nothing(door: System, staff: Person) -> None:
    late = await another_key(door, staff, expires_at=datetime.now(UTC) - timedelta(seconds=1))

    assert (await knock(door, late)).status == 401


async def test_a_revoked_key_opens_nothing_and_the_persons_other_key_still_does(door: System, staff: Person) -> None:
    key_id = KeyId(uuid4())
    spare = await another_key(door, staff, expires_at=datetime.now(UTC) + timedelta(days=1), key_id=key_id)
    assert (await knock(door, spare)).status == 201

    await door.seen(await door.teller.tell(KeyRevoked(party_id=staff.party_id, key_id=key_id), "registry"))

    assert (await knock(door, spare)).status == 401
    assert (await knock(door, staff)).status == 201


async def test_the_wrong_role_is_told_which_one_is_needed(door: System) -> None:
    funder = await door.person(PartyKind.FUNDER, Role.FUNDER)

    reply = await knock(door, funder, Accept_Language="en")

    assert (reply.status, reply.json["title"]) == (403, "wrong_role")
    assert reply.json["detail"] == "This needs the role community; your key acts as funder."


async def test_an_unverified_party_may_not_act_until_it_is_verified(door: System) -> None:
    new = await door.person(PartyKind.COMMUNITY, Role.COMMUNITY, verified=False)
    reply = await knock(door, new)
    assert (reply.status, reply.json["title"]) == (403, "party_not_verified")

    await door.seen(await door.teller.tell(PartyVerified(party_id=new.party_id), "registry"))

    assert (await knock(door, new)).status == 201


async def test_a_suspended_party_may_not_act(door: System, staff: Person) -> None:
    suspended = PartySuspended(party_id=staff.party_id, reason="示例")
    await door.seen(await door.teller.tell(suspended, "registry"))

    reply = await knock(door, staff)

    assert (reply.status, reply.json["title"]) == (403, "party_suspended")


async def test_a_key_whose_party_is_still_on_the_way_is_asked_to_try_again(door: System) -> None:
    nobody = Person(PartyId(uuid4()), PartyId(uuid4()), Role.COMMUNITY, "")
    early = await another_key(door, nobody, expires_at=datetime.now(UTC) + timedelta(days=1))

    reply = await knock(door, early)

    assert (reply.status, reply.json["title"]) == (409, "not_here_yet")


async def test_who_is_not_let_in_leaves_no_trace(door: System) -> None:
    funder = await door.person(PartyKind.FUNDER, Role.FUNDER)
    kept = await door.fetch("SELECT * FROM jars.idempotency")

    await knock(door, funder)
    await knock(door, None)

    assert await door.fetch("SELECT * FROM jars.idempotency") == kept
