"""Needs over HTTP, PostgreSQL and Kafka: from a need to a count, by timer."""

import asyncio
import threading
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import uuid4

import asyncpg
import orjson
import pytest

from schemas.party import PartyKind
from schemas.role import Role
from services import needs
from services.needs.rules import count
from services.needs.tally import Election, Outcome, tally
from tests.services.needs.stories import token
from tests.support.fixtures import Running
from tests.support.system import BEGINNING, DIVISION, Person, Reply, System
from tests.support.waiting import eventually

CLOSES_AT = BEGINNING + timedelta(days=7)
WAITING = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def a_need(**changes: Any) -> dict[str, Any]:
    return {
        "origin": "resident",
        "category": "health_elderly",
        "division": DIVISION,
        "beneficiaries": 60,
        "title": "独居老人助餐",
        "description": "希望每周送餐五次。",
    } | changes


async def some_needs(system: System, staff: Person, count: int) -> list[str]:
    body = {"needs": [a_need(title=f"需求 {n}") for n in range(count)]}
    reply = await system.post(f"/v1/communities/{staff.party_id}/needs/batch", body, staff)
    assert reply.status == 201, reply.json
    return [need["id"] for need in reply.json["needs"]]


async def a_ballot(system: System, staff: Person, funder: Person, ids: list[str], **changes: Any) -> Reply:
    body = {
        "funder_id": str(funder.party_id),
        "items": [{"need_id": id, "cost": {"fen": 40_000_00 + n}} for n, id in enumerate(ids)],
        "budget": {"fen": 100_000_00},
        "vote_type": "approval",
        "tally_rule": "greedy",
        "max_choices": min(3, len(ids)),
        "closes_at": CLOSES_AT.isoformat(),
    }
    return await system.post(f"/v1/communities/{staff.party_id}/ballots", body | changes, staff)


def a_vote(voter: str, *choices: str) -> dict[str, Any]:
    return {"token": token(voter), "choices": choices}


async def cast(system: System, ballot: str, votes: list[dict[str, Any]], by: Person, **headers: str) -> Reply:
    """A large body, as a stream."""
    key = headers.get("Idempotency_Key", uuid4().hex)
    sent = {"Authorization": f"Bearer {by.secret}", "Idempotency-Key": key}
    body = BytesIO(orjson.dumps({"votes": votes}))
    async with system.http.post(f"/v1/ballots/{ballot}/votes", data=body, headers=sent) as answer:
        return Reply(answer.status, await answer.json(content_type=None), answer.headers)


async def closed(system: System, ballot: str) -> Any:
    async def result() -> Any:
        return (await system.get(f"/v1/ballots/{ballot}")).json["result"]

    return await eventually(result, "the ballot to be counted")


async def test_a_need_is_posted_voted_on_counted_by_its_timer_and_proven_by_an_auditor(running: Running) -> None:
    async with running(needs.SERVICE, virtual=True) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        funder = await system.person(PartyKind.FUNDER, Role.FUNDER)
        auditor = await system.person(PartyKind.AUDITOR, Role.AUDITOR)
        ids = await some_needs(system, staff, 3)
        ballot = (await a_ballot(system, staff, funder, ids)).json["id"]
        votes = f"/v1/ballots/{ballot}/votes"

        await system.post(votes, {"votes": [a_vote("甲", ids[1]), a_vote("乙", ids[0], ids[2])]}, staff)
        await system.post(votes, {"votes": [a_vote("甲", ids[2], ids[0]), a_vote("丙", ids[2])]}, staff)
        await system.post(votes, {"votes": [a_vote("丁", ids[0]), a_vote("戊", ids[2])]}, staff)
        open_still = await system.get(votes, auditor)
        await system.advance(timedelta(days=7))
        result = await closed(system, ballot)
        late = await system.post(votes, {"votes": [a_vote("丁", ids[1])]}, staff)
        first = (await system.get(votes + "?limit=3", auditor)).json
        second = (await system.get(f"{votes}?cursor={first['next']}", auditor)).json
        page = (await system.get(f"/v1/communities/{staff.party_id}/needs?limit=2")).json
        tracked = await system.get(f"/v1/needs/{page['needs'][0]['tracking_number'].lower()}")

        assert (open_still.status, open_still.json["title"]) == (409, "ballot_still_open")
        assert (result["votes"], result["chosen"]) == (5, [ids[2], ids[0]])
        assert [item["votes"] for item in result["counted"]] == [3, 0, 4]
        assert (late.status, late.json["title"]) == (409, "ballot_closed")
        rows = sorted([f"{v['token']};{','.join(v['choices'])};\n" for v in first["votes"] + second["votes"]])
        assert len(rows) == 5
        assert result["digest"] == sha256("".join(rows).encode()).hexdigest()
        chosen = await system.facts("needs", "need.chosen")
        assert [fact["data"]["need_id"] for fact in chosen] == result["chosen"]
        assert [need["id"] for need in page["needs"]] == sorted(ids)[:2]
        assert tracked.json["id"] == sorted(ids)[0]
        assert await system.fetch("SELECT FROM needs.timers") == []
        assert "token" not in str(await system.facts("needs"))


async def test_who_may_not_is_refused_by_role_and_by_community(running: Running) -> None:
    async with running(needs.SERVICE, virtual=True) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        stranger = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        funder = await system.person(PartyKind.FUNDER, Role.FUNDER)
        new = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY, verified=False)
        id = (await some_needs(system, staff, 1))[0]
        ballot = (await a_ballot(system, staff, funder, [id])).json["id"]
        home = f"/v1/communities/{staff.party_id}"
        doors: dict[str, Any] = {
            f"{home}/needs": a_need(),
            f"{home}/needs/batch": {"needs": [a_need()]},
            f"/v1/needs/{id}/routings": {"route": "market", "reason": "市场已有服务"},
            f"/v1/ballots/{ballot}/votes": {"votes": [a_vote("甲", id)]},
        }

        for path, body in doors.items():
            other, role, nobody = [await system.post(path, body, by) for by in (stranger, funder, None)]
            assert (other.status, other.json["title"]) == (403, "not_your_party"), path
            assert (role.status, role.json["title"]) == (403, "wrong_role"), path
            assert (nobody.status, nobody.json["title"]) == (401, "unauthenticated"), path
        unverified = await system.post(f"/v1/communities/{new.party_id}/needs", a_need(), new)
        votes = await system.get(f"/v1/ballots/{ballot}/votes", staff)
        assert (unverified.status, unverified.json["title"]) == (403, "party_not_verified")
        assert (votes.status, votes.json["title"]) == (403, "wrong_role")


async def test_five_thousand_votes_go_in_one_request_and_one_bad_one_keeps_all_out(running: Running) -> None:
    async with running(needs.SERVICE, virtual=True) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        funder = await system.person(PartyKind.FUNDER, Role.FUNDER)
        ids = await some_needs(system, staff, 40)
        ballot = (await a_ballot(system, staff, funder, ids)).json["id"]
        many = [a_vote(str(n), *(ids[n % 40 - step] for step in range(3))) for n in range(5000)]

        bad = await cast(system, ballot, [*many[:-1], a_vote("x", ids[0], ids[0])], staff)
        after_bad = await system.fetch("SELECT count(*) FROM needs.votes")
        good = await cast(system, ballot, many, staff, Idempotency_Key="all")
        again = await cast(system, ballot, many, staff, Idempotency_Key="all")
        too_many = await cast(system, ballot, [*many, many[0]], staff)
        after = await system.fetch("SELECT count(*) FROM needs.votes")

        assert (bad.status, bad.json["field"]) == (422, "votes.4999.choices")
        assert after_bad[0]["count"] == 0
        assert (good.status, good.json["taken"]) == (201, 5000)
        assert again.headers["Idempotency-Replayed"] == "true"
        assert too_many.status == 422
        assert after[0]["count"] == 5000


@pytest.mark.parametrize(
    ("changes", "title", "certainty"),
    [
        ({"description": "请打13812345678"}, "personal_data", "L"),
        ({"origin": "department", "title": "协助拆违"}, "on_negative_list", "S"),
        ({"category": "parking"}, "unknown_category", "S"),
    ],
)
async def test_a_refused_need_names_its_rule_in_both_languages_and_writes_nothing(
    running: Running, changes: dict[str, Any], title: str, certainty: str
) -> None:
    async with running(needs.SERVICE, virtual=True) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        path = f"/v1/communities/{staff.party_id}/needs"

        chinese = await system.post(path, a_need(**changes), staff)
        english = await system.post(path, a_need(**changes), staff, Accept_Language="en")

        assert (chinese.status, chinese.json["title"], chinese.json["rule"]["certainty"]) == (422, title, certainty)
        assert chinese.json["detail"] != english.json["detail"]
        assert "13812345678" not in str(chinese.json)
        assert await system.fetch("SELECT FROM needs.needs") == []


async def test_texts_the_database_cannot_hold_and_strange_numbers_are_answered_clearly(running: Running) -> None:
    async with running(needs.SERVICE, virtual=True) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        path = f"/v1/communities/{staff.party_id}/needs"

        nul = await system.post(path, a_need(title="a\x00b"), staff)
        huge = await system.post(path, a_need(beneficiaries=10**30), staff)
        unknown = [await system.get(f"/v1/needs/{number}") for number in ("320508-0000-0000-0000", "x", "%00")]
        page = await system.get(f"/v1/communities/{staff.party_id}/needs?cursor=x")

        assert (nul.json["title"], huge.json["title"]) == ("nul_character", "invalid_field")
        assert [reply.status for reply in unknown] == [404, 404, 422]
        assert page.status == 422


async def test_votes_that_waited_for_the_lock_while_the_time_ran_out_are_late(running: Running) -> None:
    async with running(needs.SERVICE, virtual=True) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        funder = await system.person(PartyKind.FUNDER, Role.FUNDER)
        id = (await some_needs(system, staff, 1))[0]
        ballot = (await a_ballot(system, staff, funder, [id])).json["id"]
        counting = await asyncpg.connect(system.dsn)
        async with counting.transaction():
            await counting.execute("SELECT FROM needs.ballots FOR UPDATE")
            casting = asyncio.create_task(cast(system, ballot, [a_vote("甲", id)], staff))
            await eventually(lambda: system.fetch(WAITING), "the votes to wait for the ballot")
            await system.advance(timedelta(days=7))
        await counting.close()
        reply = await casting

        assert (reply.status, reply.json["title"]) == (409, "ballot_closed")
        assert (await closed(system, ballot))["votes"] == 0


async def test_one_need_put_into_two_ballots_at_the_same_moment_stands_in_one(running: Running) -> None:
    async with running(needs.SERVICE, virtual=True) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        funder = await system.person(PartyKind.FUNDER, Role.FUNDER)
        ids = await some_needs(system, staff, 3)

        replies = await asyncio.gather(
            *(a_ballot(system, staff, funder, chosen) for chosen in (ids[:2], ids[1:], ids[::-1], ids))
        )

        assert sorted(reply.status for reply in replies) == [201, 409, 409, 409]
        assert {reply.json["title"] for reply in replies if reply.status == 409} == {"need_in_ballot"}


async def test_a_long_count_holds_no_transaction_and_nobody_up(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Equal shares of many votes take a minute, and PostgreSQL ends a transaction that idles for twenty seconds."""
    counts: list[str] = []
    may_end = threading.Event()

    def slowly(election: Election, rule: str) -> Outcome:
        counts.append(rule)
        assert may_end.wait(30)
        return tally(election, rule)

    monkeypatch.setattr(count, "tally", slowly)
    idle = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"
    async with running(needs.SERVICE, virtual=True) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        funder = await system.person(PartyKind.FUNDER, Role.FUNDER)
        ids = await some_needs(system, staff, 2)
        ballot = (await a_ballot(system, staff, funder, ids)).json["id"]
        await system.post(f"/v1/ballots/{ballot}/votes", {"votes": [a_vote(uuid4().hex, ids[1])]}, staff)
        await system.advance(timedelta(days=7))

        async def counting() -> bool:
            return bool(counts)

        try:
            await eventually(counting, "the count to begin")
            assert await system.fetch(idle) == []
            assert (await system.get(f"/v1/ballots/{ballot}")).status == 200
        finally:
            may_end.set()

        assert (await closed(system, ballot))["chosen"] == [ids[1]]
        assert counts == ["greedy"]
