"""A command is done once, however often it is sent (law 11); and nobody overwrites what they have not seen."""

import asyncio

from schemas.party import PartyKind
from schemas.role import Role
from tests.events.jar import a_jar, coins
from tests.support import jars
from tests.support.fixtures import Running
from tests.support.jars import CATALOGUE


async def test_the_same_request_many_times_at_once_is_done_once_and_answered_alike(running: Running) -> None:
    jar = a_jar()
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)

        replies = await asyncio.gather(
            *(system.post(f"/v1/jars/{jar}/coins", {"fen": 5}, staff, Idempotency_Key="same") for _ in range(6))
        )

        assert {(reply.status, reply.json["total"], reply.headers["ETag"]) for reply in replies} == {(201, 5, '"1"')}
        assert len({reply.headers["Sanshe-Line"] for reply in replies}) == 1
        assert sum("Idempotency-Replayed" in reply.headers for reply in replies) == 5
        assert await coins(system, jar) == [5]
        assert len(await system.facts("jars")) == 1


async def test_a_used_key_with_another_body_or_for_another_thing_is_refused(running: Running) -> None:
    jar, other = a_jar(), a_jar()
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        await system.post(f"/v1/jars/{jar}/coins", {"fen": 5}, staff, Idempotency_Key="one")

        another_body = await system.post(f"/v1/jars/{jar}/coins", {"fen": 6}, staff, Idempotency_Key="one")
        another_thing = await system.post(f"/v1/jars/{other}/coins", {"fen": 5}, staff, Idempotency_Key="one")

        for reply in (another_body, another_thing):
            assert (reply.status, reply.json["title"]) == (422, "idempotency_key_reused")
        assert (await coins(system, jar), await coins(system, other)) == ([5], [])


async def test_two_people_may_use_the_same_key(running: Running) -> None:
    jar = a_jar()
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        one = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        two = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY, party_id=one.party_id)

        for person in (one, two):
            await system.post(f"/v1/jars/{jar}/coins", {"fen": 5}, person, Idempotency_Key="one")

        assert await coins(system, jar) == [5, 5]


async def test_a_refusal_is_not_remembered(running: Running) -> None:
    jar = a_jar()
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        where, body = f"/v1/jars/{jar}/coins", {"fen": 5}

        refused = await system.post(where, body, staff, Idempotency_Key="one", If_Match='"7"')
        accepted = await system.post(where, body, staff, Idempotency_Key="one", If_Match='"0"')

        assert (refused.status, accepted.status) == (412, 201)
        assert "Idempotency-Replayed" not in accepted.headers
        assert await coins(system, jar) == [5]


async def test_a_repetition_is_answered_before_its_if_match_is_looked_at(running: Running) -> None:
    jar = a_jar()
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        where, body = f"/v1/jars/{jar}/coins", {"fen": 5}

        first = await system.post(where, body, staff, Idempotency_Key="one", If_Match='"0"')
        again = await system.post(where, body, staff, Idempotency_Key="one", If_Match='"0"')

        assert (first.status, again.status) == (201, 201)
        assert again.headers["Idempotency-Replayed"] == "true"
        assert again.headers["ETag"] == first.headers["ETag"] == '"1"'


async def test_who_has_not_seen_the_newest_version_changes_nothing(running: Running) -> None:
    jar = a_jar()
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        where = f"/v1/jars/{jar}/coins"
        first = await system.post(where, {"fen": 1}, staff, If_Match='"0"')
        second = await system.post(where, {"fen": 2}, staff, If_Match=first.headers["ETag"])

        stale = await system.post(where, {"fen": 3}, staff, If_Match=first.headers["ETag"])
        wrong = await system.post(where, {"fen": 3}, staff, If_Match="W/yesterday")
        any_version = await system.post(where, {"fen": 4}, staff, If_Match="*")

        assert second.headers["ETag"] == '"2"'
        assert (stale.status, stale.json["title"]) == (412, "changed_meanwhile")
        assert (wrong.status, wrong.json["title"]) == (400, "bad_if_match")
        assert any_version.status == 201
        assert await coins(system, jar) == [1, 2, 4]


async def test_two_who_make_the_same_thing_at_once_are_both_heard(running: Running) -> None:
    jar = a_jar()
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)

        replies = await asyncio.gather(
            *(system.post(f"/v1/jars/{jar}/coins", {"fen": fen}, staff) for fen in (1, 2, 4))
        )

        assert [reply.status for reply in replies] == [201, 201, 201]
        assert sorted(await coins(system, jar)) == [1, 2, 4]
