"""Needs at departments through the doors: the resident sees each step, and an overdue one goes up exactly once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from schemas.party import PartyKind
from schemas.role import Role
from services import needs
from services.kit.due import PATH
from services.needs.store import handling as handlings
from tests.support.fixtures import Running
from tests.support.system import DIVISION, Person, Reply, System
from tests.support.waiting import eventually

STREET = DIVISION[:9]


@dataclass(frozen=True, slots=True)
class Area:
    system: System
    staff: Person
    officer: Person
    housing: Person
    office: Person

    async def post(self, **changes: Any) -> dict[str, Any]:
        body = {
            "origin": "resident",
            "category": "mediation",
            "division": DIVISION,
            "beneficiaries": 1,
            "title": "7号楼电梯困人",
            "description": "一个月坏了三次。",
        }
        reply = await self.system.post(f"/v1/communities/{self.staff.party_id}/needs", body | changes, self.staff)
        assert reply.status == 201, reply.json
        return dict(reply.json)

    async def assign(self, kind: str, party: Person) -> Reply:
        body = {"division": STREET, "kind": kind, "department_id": str(party.party_id)}
        return await self.system.post(f"/v1/registrars/{self.officer.party_id}/departments", body, self.officer)

    async def do(self, need: dict[str, Any], what: str, by: Person, **body: Any) -> Reply:
        return await self.system.post(f"/v1/needs/{need['id']}/{what}", body, by)

    async def escalated(self) -> bool:
        return len(await self.system.facts("needs", "need.escalated")) > 0

    async def without_timers(self) -> bool:
        return await self.system.fetch("SELECT FROM needs.timers WHERE kind = 'Handling'") == []

    async def read(self, need: dict[str, Any]) -> dict[str, Any]:
        reply = await self.system.get(f"/v1/needs/{need['tracking_number']}")
        assert reply.status == 200
        return dict(reply.json)


@pytest.fixture
async def area(running: Running) -> AsyncIterator[Area]:
    async with running(needs.SERVICE, virtual=True) as system:
        one = Area(
            system,
            await system.person(PartyKind.COMMUNITY, Role.COMMUNITY),
            await system.person(PartyKind.REGISTRAR, Role.REGISTRAR, division=STREET[:6]),
            await system.person(PartyKind.FUNDER, Role.FUNDER, division=STREET),
            await system.person(PartyKind.FUNDER, Role.FUNDER, division=STREET),
        )
        assert (await one.assign("housing", one.housing)).status == 201
        assert (await one.assign("street", one.office)).status == 201
        yield one


async def test_the_resident_reads_each_step_with_its_office_by_the_number(area: Area) -> None:
    need = await area.post()

    handed = await area.do(need, "handovers", area.staff)
    await area.do(need, "acceptance", area.housing)
    await area.do(need, "answers", area.housing, text="已约维保单位,三日内大修。")
    closed = await area.do(need, "closure", area.staff, outcome="solved", text="居民满意")
    read = await area.read(need)

    assert (handed.status, handed.json["workdays"], closed.json["phase"]) == (201, 10, "closed")
    assert [step["what"] for step in read["steps"]] == [
        *("posted", "routed", "handed_over", "accepted", "answered", "closed"),
    ]
    answered = read["steps"][4]
    assert (answered["on"], answered["zh"]) == ("2026-03-02", "部门已答复")
    assert answered["text"] == "已约维保单位,三日内大修。"
    assert answered["office"].startswith("funder ")
    assert str(area.housing.person_id) not in str(read)
    assert read["handling"]["outcome"] == "solved"


async def test_it_goes_up_exactly_once_however_often_the_timer_rings(area: Area) -> None:
    need = await area.post()
    handed = await area.do(need, "handovers", area.staff)
    assert handed.json["escalates_on"] == "2026-03-17"
    (owed,) = (await area.system.get(PATH, area.housing)).json["due"]
    assert (owed["duty"], owed["project_id"], owed["on"]) == ("answer_need", None, "2026-03-16")
    assert (owed["subject"], owed["path"]) == (need["tracking_number"], f"/v1/needs/{need['tracking_number']}")
    assert "权责清单" in owed["source"]

    await area.system.advance(timedelta(days=13))
    await area.system.settled()
    assert await area.system.facts("needs", "need.escalated") == []
    await area.system.advance(timedelta(days=3))
    await area.system.settled()
    await eventually(area.escalated, "it to go up")
    again = "INSERT INTO needs.timers VALUES ('Handling', $1, 'escalates', '2026-03-16T16:00Z')"
    await area.system.fetch(again, need["id"])
    await area.system.advance(timedelta(days=30))
    await eventually(area.without_timers, "the timer to be dropped")

    (fact,) = await area.system.facts("needs", "need.escalated")
    assert (fact["data"]["need_id"], fact["data"]["on"]) == (need["id"], "2026-03-17")
    assert fact["data"]["overseer_id"] == str(area.office.party_id)
    (chased,) = (await area.system.get(PATH, area.office)).json["due"]
    assert (chased["duty"], chased["subject"]) == ("chase_need", need["tracking_number"])
    assert [step["what"] for step in (await area.read(need))["steps"]][-1] == "escalated"
    listed = (await area.system.get(f"/v1/handlings/{STREET}?overdue=yes")).json["handlings"]
    assert [one["need_id"] for one in listed] == [need["id"]]


async def test_a_merged_need_answers_by_its_number_with_the_steps_of_the_other(area: Area) -> None:
    one, other = await area.post(), await area.post(title="七号楼电梯老坏", description="关过两次人")

    similar = await area.system.get(f"/v1/needs/{one['id']}/similar", area.staff)
    merged = await area.do(one, "merger", area.staff, into=other["id"], reason="同一部电梯")
    await area.do(other, "handovers", area.staff)
    read = await area.read(one)
    gone = await area.system.get(f"/v1/needs/{other['id']}/similar", area.staff)

    (found,) = similar.json["similar"]
    assert (found["id"], found["places"], found["same_category"]) == (other["id"], ["7"], True)
    assert any("电梯" in word for word in found["words"])
    assert merged.json["merged_into"] == other["id"]
    numbers = [(step["number"], step["what"]) for step in read["steps"]]
    assert (one["tracking_number"], "merged") in numbers
    assert (other["tracking_number"], "handed_over") in numbers
    assert read["handling"]["tracking_number"] == other["tracking_number"]
    assert gone.json["similar"] == []
    parted = await area.do(one, "separation", area.staff, parted_from=other["id"], reason="不是同一部")
    assert parted.json["merged_into"] is None
    assert (await area.read(one))["handling"] is None


async def test_similar_needs_are_shown_to_the_staff_of_the_community_and_are_its_own(area: Area) -> None:
    need = await area.post()
    stranger = await area.system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
    body = {"origin": "resident", "category": "mediation", "division": DIVISION, "beneficiaries": 1}
    elsewhere = body | {"title": need["title"], "description": need["description"]}
    await area.system.post(f"/v1/communities/{stranger.party_id}/needs", elsewhere, stranger)

    own = await area.system.get(f"/v1/needs/{need['id']}/similar", area.staff)
    others = await area.system.get(f"/v1/needs/{need['id']}/similar", stranger)
    unknown = await area.system.get(f"/v1/needs/{uuid4()}/similar", area.staff)

    assert (own.status, own.json["similar"]) == (200, [])
    assert (others.status, others.json["title"]) == (403, "not_your_party")
    assert (unknown.status, unknown.json["title"]) == (404, "not_found")


async def test_an_older_need_is_found_by_its_rarest_words_among_many_newer_ones(
    area: Area, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlings, "MOST_COMPARED", 2)
    old = await area.post(title="河浜黑臭", description="后河浜淤泥发臭")
    drafts = [
        {"origin": "resident", "category": "education", "division": DIVISION, "beneficiaries": 1}
        | {"title": f"社区办班{number}", "description": "希望老师来教书画,臭墨也行"}
        for number in range(20)
    ]
    path = f"/v1/communities/{area.staff.party_id}/needs/batch"
    assert (await area.system.post(path, {"needs": drafts}, area.staff)).status == 201
    asked = await area.post(title="河浜太脏", description="河浜淤泥没人清")

    similar = (await area.system.get(f"/v1/needs/{asked['id']}/similar", area.staff)).json["similar"]

    assert similar[0]["id"] == old["id"]


async def test_a_number_in_a_need_is_stopped_with_what_and_where_and_goes_in_redacted(area: Area) -> None:
    body = {"origin": "resident", "category": "mediation", "division": DIVISION, "beneficiaries": 1}
    body |= {"title": "助餐", "description": "请打 13812345678 找我"}
    path = f"/v1/communities/{area.staff.party_id}/needs"

    refused = await area.system.post(path, body, area.staff)
    needed = await area.post(**body, redact=True)

    assert (refused.status, refused.json["title"], refused.json["field"]) == (422, "personal_data", "description")
    assert "从第 4 个字起含有手机号码" in refused.json["detail"]
    assert "13812345678" not in str(refused.json)
    assert (await area.read(needed))["description"] == "请打 〔电话〕 找我"


async def test_the_matrix_of_a_street_is_public_with_who_is_assigned(area: Area) -> None:
    read = await area.system.get(f"/v1/departments/{STREET}")
    nowhere = await area.system.get("/v1/departments/999999")

    assigned = {one["kind"]: one["department_id"] for one in read.json["departments"]}
    assert assigned["housing"] == str(area.housing.party_id)
    assert assigned["traffic"] is None
    assert read.json["street_id"] == str(area.office.party_id)
    assert nowhere.status == 404
    for query in ("phase=lost", "overdue=perhaps"):
        assert (await area.system.get(f"/v1/handlings/{STREET}?{query}")).status == 422


async def test_a_patrol_is_listed_and_its_need_keeps_the_channel(area: Area) -> None:
    body = {
        **{"category": "disaster_prevention", "division": DIVISION, "beneficiaries": 30, "grid": "03"},
        **{"title": "东门井盖松动", "description": "找0512-65123456报修", "redact": True},
        **{"patrolled_on": "2026-03-02", "photos": ["a" * 64]},
    }
    path = f"/v1/communities/{area.staff.party_id}/grid-reports"

    found = await area.system.post(path, body, area.staff)
    again = await area.system.post(path, body | {"joins": found.json["need_id"]}, area.staff)
    listed = (await area.system.get(path)).json["reports"]

    assert (found.status, found.json["joined"], again.json["joined"]) == (201, False, True)
    assert "〔电话〕" in found.json["finding"]
    assert {one["need_id"] for one in listed} == {found.json["need_id"]}
    (need,) = (await area.system.get(f"/v1/communities/{area.staff.party_id}/needs")).json["needs"]
    assert need["channel"] == "grid_patrol"
