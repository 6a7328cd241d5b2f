"""A deliberation over HTTP: its publication ends by its timer, and everybody may follow it."""

from datetime import timedelta
from typing import Any

from schemas.days import day_of
from schemas.party import PartyKind, PartyRegistered, PartyVerified, committee_of
from schemas.role import Role
from services import needs
from tests.support.fixtures import Running
from tests.support.system import BEGINNING, DIVISION, Person, Reply, System
from tests.support.waiting import eventually

MINUTES = "c" * 64


def on(days: int) -> str:
    return (day_of(BEGINNING) + timedelta(days=days)).isoformat()


async def the_committee(system: System) -> Person:
    kind, id = PartyKind.SUPERVISION_COMMITTEE, committee_of(DIVISION)
    registered = PartyRegistered(
        party_id=id, kind=kind, name="示例监督委员会", uscc=None, division=DIVISION, certificate=None
    )
    await system.teller.tell(registered, "registry")
    await system.teller.tell(PartyVerified(party_id=id), "registry")
    return await system.person(kind, Role.SUPERVISOR, party_id=id)


async def propose(system: System, staff: Person, procedure: str, **changes: Any) -> Reply:
    body = {"procedure": procedure, "title": "楼道扶手", "words": "每层楼梯旁装扶手。"}
    return await system.post(f"/v1/communities/{staff.party_id}/deliberations", body | changes, staff)


def a_step(step: str, days: int, due: int, present: int, favour: int) -> dict[str, Any]:
    counts = {"due": due, "present": present, "in_favour": favour, "against": 0}
    return {"step": step, "held_on": on(days), "minutes": MINUTES} | counts


async def test_an_appraisal_of_a_building_is_walked_to_its_end_in_public(running: Running) -> None:
    async with running(needs.SERVICE, virtual=True) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        committee = await the_committee(system)
        home = f"/v1/communities/{staff.party_id}"
        unit = {"kind": "stairwell", "name": "3 栋 2 门", "division": DIVISION, "number": "3-2"}
        registered = await system.post(f"{home}/units", unit, staff)
        again = await system.post(f"{home}/units", unit, staff)
        proposed = await propose(system, staff, "appraisal", unit_id=registered.json["id"])
        one = f"/v1/deliberations/{proposed.json['id']}"
        await system.post(f"{one}/notices", {"step": "appraise", "meets_on": on(3)}, staff)
        await system.advance(timedelta(days=3))
        await system.post(f"{one}/steps", a_step("appraise", 3, 30, 20, 15), staff)
        opined = await system.post(f"{one}/opinions", {"step": "appraise", "text": "请公开票数"}, committee)
        publication = {"step": "published", "document": MINUTES}
        waiting = await system.post(f"{one}/publications", publication, staff)
        opinion = opined.json["opinions"][0]["opinion_id"]
        await system.post(f"{one}/opinions/{opinion}/answers", {"text": "已公开"}, staff)
        published = await system.post(f"{one}/publications", publication, staff)
        await system.advance(timedelta(days=7, hours=23))

        async def finished() -> Any:
            return (await system.get(one)).json["finished_on"]

        last_day = await eventually(finished, "the publication to end")
        public = (await system.get(one)).json
        listed = (await system.get(f"{home}/deliberations")).json
        units = (await system.get(f"{home}/units")).json

        assert (again.status, again.json["title"]) == (409, "unit_known")
        assert (waiting.status, waiting.json["title"]) == (409, "opinion_first")
        assert (published.status, last_day) == (201, on(10))
        assert (public["walking"], public["next_step"]) == ("finished", None)
        assert [step["rule"]["id"] for step in public["steps"]] == ["appraise", "published"]
        assert public["opinions"][0]["answer"] == "已公开"
        assert [walk["id"] for walk in listed["deliberations"]] == [public["id"]]
        assert [each["number"] for each in units["units"]] == ["3-2"]
        told = [fact["type"] for fact in await system.facts("needs") if fact["type"] != "unit.registered"]
        assert told == [
            "deliberation.proposed",
            "meeting.noticed",
            "step.held",
            "supervision.opined",
            "supervision.answered",
            "step.published",
            "publication.ended",
            "deliberation.finished",
        ]


async def test_a_failed_quorum_stops_it_and_the_reason_is_public(running: Running) -> None:
    async with running(needs.SERVICE, virtual=True) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        proposed = await propose(system, staff, "appraisal")
        one = f"/v1/deliberations/{proposed.json['id']}"
        await system.post(f"{one}/notices", {"step": "appraise", "meets_on": on(3)}, staff)
        await system.advance(timedelta(days=3))

        stopped = await system.post(f"{one}/steps", a_step("appraise", 3, 30, 14, 14), staff)
        after = await system.post(f"{one}/steps", a_step("appraise", 3, 30, 30, 30), staff)
        public = (await system.get(one)).json
        unknown = await propose(system, staff, "by_lot")

        assert stopped.status == 201
        assert public["walking"] == "stopped"
        assert {name: public["stopped"][name] for name in ("step", "shortfall", "needed", "had")} == {
            "step": "appraise",
            "shortfall": "quorum",
            "needed": 15,
            "had": 14,
        }
        assert (after.status, after.json["title"]) == (409, "deliberation_over")
        assert (unknown.status, unknown.json["field"]) == (422, "procedure")
        assert unknown.json["rule"]["certainty"] == "?"
