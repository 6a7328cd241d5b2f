"""The archive as others meet it: events in, traces out, on real PostgreSQL and Kafka."""

import asyncpg
import pytest

from events.outbox import Line
from schemas.fact import PARTIES
from schemas.party import PartyKind, PartyRegistered
from schemas.rating_token import RatingTokensReissued
from schemas.role import Role
from services.audit import SERVICE, store
from tests.services.audit.deliberated import deliberated
from tests.services.audit.stories import CEILING, Told
from tests.support.fixtures import Running
from tests.support.system import DIVISION, System


async def tell_all(system: System, told: Told) -> list[Line]:
    """Every fact in the voice of the service that says it, and all of them archived."""
    await tell_whose(system, told)
    lines = [await system.teller.tell(fact, service) for service, fact in told.by]
    for line in {(line.stream, line.source, line.key): line for line in lines}.values():
        await system.seen(line)
    return lines


async def tell_whose(system: System, told: Told) -> None:
    """The parties whose story it is, in the auditors' county."""
    for registered in owners_of(told):
        await system.seen(await system.teller.tell(registered, "registry"))


def owners_of(told: Told) -> list[PartyRegistered]:
    return [
        PartyRegistered(party_id=id, kind=kind, name=f"示例 {kind}", uscc=None, division=DIVISION, certificate=None)
        for kind, id in ((PartyKind.FUNDER, told.funder), (PartyKind.COMMUNITY, told.community))
    ]


async def findings(system: System) -> list[str]:
    async with system.running[0].database.connection() as connection:
        return [finding.en for finding in await store.verify(connection)]


async def test_a_project_is_traced_from_the_need_to_whose_money_it_was(running: Running) -> None:
    async with running(SERVICE) as system:
        auditor = await system.person(PartyKind.AUDITOR, Role.AUDITOR)
        told, other = Told(), Told()
        lines = await tell_all(system, told)
        await tell_all(system, other)

        trace = (await system.get(f"/v1/audit/projects/{told.project}/trace", auditor)).json

        assert [step["event_id"] for step in trace["steps"]] == [str(line.event_id) for line in lines]
        assert [(step["source"], step["sequence"]) for step in trace["steps"][:2]] == [("needs", 1), ("needs", 2)]
        assert (trace["title"], trace["published"], trace["findings"]) == ("楼道扶手", True, [])
        assert trace["money"] == {
            "reserved": {"fen": CEILING.fen},
            "paid": {"fen": 89_100},
            "returned": {"fen": 10_900},
        }
        assert [line["source_type"] for line in trace["sources"]] == ["budget", "lottery"]
        assert await findings(system) == []


async def test_a_reissue_of_rating_tokens_stands_in_the_trace_of_its_project_and_of_no_other(running: Running) -> None:
    async with running(SERVICE) as system:
        auditor = await system.person(PartyKind.AUDITOR, Role.AUDITOR)
        told, other = Told(), Told()
        fact = next(one for one in deliberated(told) if isinstance(one, RatingTokensReissued))
        for each in (told, other):
            await tell_all(system, each)
        await system.seen(await system.teller.tell(fact, "needs"))

        own, others = [
            (await system.get(f"/v1/audit/projects/{each.project}/trace", auditor)).json for each in (told, other)
        ]

        said = "补发居民评价凭证:遗失 1 个、损坏 1 个、被他人看到 1 个;原凭证作废,已作的评价保留"
        assert said in str(own["steps"])
        assert said not in str(others["steps"])
        assert own["findings"] == []


async def test_before_the_result_is_public_only_an_auditor_may_trace(running: Running) -> None:
    async with running(SERVICE) as system:
        auditor = await system.person(PartyKind.AUDITOR, Role.AUDITOR)
        funder = await system.person(PartyKind.FUNDER, Role.FUNDER)
        told = Told()
        published = told.by.pop()
        await tell_all(system, told)
        path = f"/v1/audit/projects/{told.project}/trace"

        assert (await system.get(path, auditor)).status == 200
        for stranger in (None, funder):
            reply = await system.get(path, stranger)
            assert (reply.status, reply.json["title"]) == (403, "trace_not_public")

        await system.seen(await system.teller.tell(published[1], published[0]))
        assert (await system.get(path)).json["published"] is True
        assert (await system.get(f"/v1/audit/projects/{told.need}/trace", auditor)).status == 404


async def test_auditors_page_through_every_event_and_nobody_else_does(running: Running) -> None:
    async with running(SERVICE) as system:
        auditor = await system.person(PartyKind.AUDITOR, Role.AUDITOR)
        funder = await system.person(PartyKind.FUNDER, Role.FUNDER)
        told = Told()
        lines = await tell_all(system, told)

        found: list[str] = []
        cursor = ""
        while True:
            query = f"key={told.project}&limit=20{cursor}"
            page = (await system.get(f"/v1/audit/events?{query}", auditor)).json
            found += [event["event_id"] for event in page["events"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"

        assert found == [str(line.event_id) for line in lines if line.key == str(told.project)]
        registered = (await system.get("/v1/audit/events?type=party.registered", auditor)).json["events"]
        assert {event["stream"] for event in registered} == {PARTIES}
        assert registered[0]["data"]["kind"] == "auditor"
        assert (await system.get("/v1/audit/events", funder)).status == 403
        assert (await system.get("/v1/audit/events")).status == 401


async def test_a_line_told_twice_is_archived_once_and_the_archive_cannot_be_rewritten(running: Running) -> None:
    async with running(SERVICE) as system:
        told = Told()
        service, posted = told.by[0]
        first = await system.teller.tell(posted, service)
        await system.teller.tell(posted, service, sequence=1)
        await system.seen(await system.teller.tell(told.by[1][1], service))

        rows = await system.fetch("SELECT event_id FROM audit.events ORDER BY position")
        assert len(rows) == 2
        assert rows[0]["event_id"] == first.event_id
        async with system.running[0].database.connection() as connection:
            for attempt in ("UPDATE events SET data = '{}'", "DELETE FROM events", "TRUNCATE events"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(attempt)


async def test_a_line_left_out_and_a_step_left_out_are_found(running: Running) -> None:
    async with running(SERVICE) as system:
        told = Told()
        await tell_all(system, told)
        await system.fetch("DELETE FROM audit.events WHERE type = 'bids.qualified'")

        found = await findings(system)

        assert found[0].startswith("audit: tenders said ")
        assert found[1] == f"audit: project {told.project}: scores.entered without bids.qualified before it"
