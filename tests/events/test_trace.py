"""One request can be followed through every service it sets in motion."""

from schemas.fact import PROJECTS
from schemas.party import PartyKind
from schemas.role import Role
from tests.events import tally
from tests.events.jar import a_jar, log_of
from tests.support import jars
from tests.support.fixtures import Running

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


async def test_trace_and_cause_travel_from_the_request_to_the_last_follow_on(running: Running) -> None:
    jar = a_jar()
    async with running(jars.SERVICE, tally.SERVICE, catalogue=tally.CATALOGUE) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)

        await system.post(f"/v1/jars/{jar}/coins", {"fen": 5}, staff, traceparent=TRACE)
        await system.settled()

        (counted,) = await system.facts("jars", "coin.counted")
        (moved,) = await system.facts("tally", "tally.moved")
        log = await log_of(system, PROJECTS)
    assert [fact["traceparent"] for fact in (counted, moved)] == [TRACE, TRACE]
    assert {(record.type, record.traceparent) for record in log} == {("coin.counted", TRACE), ("tally.moved", TRACE)}
    assert counted["correlationid"] == counted["causationid"]
    assert moved["causationid"] == counted["id"]
    assert moved["correlationid"] == counted["correlationid"]


async def test_without_a_valid_trace_a_request_gets_its_own(running: Running) -> None:
    async with running(jars.SERVICE, catalogue=jars.CATALOGUE) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        for sent in ({}, {"traceparent": "00-xyz"}, {"traceparent": f"00-{'0' * 32}-{'0' * 16}-01"}):
            await system.post(f"/v1/jars/{a_jar()}/coins", {"fen": 5}, staff, **sent)

        traces = [fact["traceparent"] for fact in await system.facts("jars")]

    assert len({trace.split("-")[1] for trace in traces}) == 3
    assert all(set(trace.split("-")[1]) != {"0"} for trace in traces)
