"""A need met by volunteers and one met by what a resident unit shares, through the public doors."""

from dataclasses import replace
from datetime import date
from typing import Any

from deploy.demo.client import Person
from deploy.demo.story import registering
from schemas.days import day_of
from schemas.role import Role
from services.needs.api.intake import NeedAnswer
from services.needs.api.responsibility import UnitRatingAnswer
from services.needs.api.sharing import BookedAnswer, ResidentUnitAnswer, ResourceAnswer
from services.needs.api.volunteer_tasks import TaskAnswer
from services.needs.api.volunteers import IssuedAnswer, VolunteerAnswer
from services.needs.api.window import TakenInAnswer
from tests.journey.town import COMMUNITY, Players, Town
from tests.journey.windowed import PERSON, take_in


async def register(town: Town, of: Players, name: str) -> VolunteerAnswer:
    body = {
        "person": {"name": name, "phone": "0512-1111 1111"},
        **{"division": COMMUNITY, "skills": ["mutual_help"], "minutes_a_week": 240},
    }
    path = f"/v1/communities/{of.community.party_id}/volunteers"
    return await town.api.post(path, VolunteerAnswer, body, of.community)


async def step(town: Town, of: Players, need: TakenInAnswer, what: str, **body: Any) -> TaskAnswer:
    return await town.api.post(f"/v1/needs/{need.id}/volunteer-task{what}", TaskAnswer, body, of.community)


async def _colleague(town: Town, of: Players) -> Person:
    clerks, id = await town.clerks(), of.community.party_id
    person = await registering.give_key(town.api, clerks, id, Role.COMMUNITY, "示例同事")
    await registering.known(town.api, person)
    return person


async def _by_volunteers(town: Town, of: Players, today: date) -> None:
    need = await take_in(town, of, applicant=PERSON)
    one, other = await register(town, of, "示例志愿者甲"), await register(town, of, "示例志愿者乙")
    offered = {"day": today.isoformat(), "wanted": 1, "minutes": 60}
    await step(town, of, need, "", **offered)
    await step(town, of, need, "/withdrawal", reason="改期")
    await step(town, of, need, "", **offered)
    await step(town, of, need, "/assignments", volunteer_id=str(other.id))
    await step(town, of, need, "/releases", volunteer_id=str(other.id), reason="生病")
    await step(town, of, need, "/assignments", volunteer_id=str(one.id))
    await step(town, of, need, "/acceptances", volunteer_id=str(one.id))
    served = {"volunteer_id": str(one.id), "minutes": 50, "applicant_id": str(need.applicant_id)}
    await step(town, of, need, "/services", **served)
    await step(town, of, need, "/closure", text="灯已换好")
    second = replace(of, community=await _colleague(town, of))
    await step(town, second, need, "/corrections", volunteer_id=str(one.id), minutes=45, reason="早退五分钟")
    path = f"/v1/volunteers/{one.id}"
    await town.api.post(f"{path}/certificates", IssuedAnswer, None, of.community)
    offer = {"skills": ["education"], "minutes_a_week": 60}
    await town.api.post(f"{path}/offers", VolunteerAnswer, offer, of.community)
    await town.api.post(f"/v1/volunteers/{other.id}/withdrawal", VolunteerAnswer, None, of.community)


async def _by_sharing(town: Town, of: Players, today: date) -> None:
    community, staff = of.community.party_id, of.community
    need = await take_in(town, of, title="借会议室", description="楼组想开会。")
    body = {"kind": "institution", "name": "示例小学", "division": COMMUNITY}
    unit = await town.api.post(f"/v1/communities/{community}/resident-units", ResidentUnitAnswer, body, staff)
    hours = [{"weekday": today.isoweekday(), "opens": "09:00", "closes": "17:00"}]
    shared = {"kind": "facility", "title": "会议室", "hours": hours, "places": 20}
    home = f"/v1/resident-units/{unit.id}"
    room = await town.api.post(f"{home}/resources", ResourceAnswer, shared, staff)
    path, of_room = f"/v1/needs/{need.id}/bookings", {"resource_id": str(room.id)}
    slot = of_room | {"day": today.isoformat(), "opens": "09:00", "closes": "10:00", "places": 12}
    await town.api.post(path, BookedAnswer, slot, staff)
    await town.api.post(f"{path}/cancellation", BookedAnswer, of_room | {"reason": "改时间"}, staff)
    await town.api.post(path, BookedAnswer, slot | {"closes": "11:00"}, staff)
    await town.api.post(f"{path}/use", BookedAnswer, of_room | {"text": "会开成了"}, staff)
    await town.api.post(f"{home}/resources/{room.id}/ending", ResourceAnswer, {"reason": "装修"}, staff)
    rated, street = f"{home}/ratings/{today.year}", of.buyer.drafter
    marks = dict.fromkeys(("facilities", "affairs", "welfare", "civility"), 80)
    for by in (staff, street):
        given: dict[str, Any] = {"rater_id": str(by.party_id), "marks": marks, "text": "开放会议室"}
        await town.api.post(rated, UnitRatingAnswer, given, by)
    clerks = await town.clerks()
    second = await registering.give_key(town.api, clerks, community, Role.COMMUNITY, "社区主任")
    await registering.known(town.api, second)
    await town.api.post(f"{rated}/closing", UnitRatingAnswer, {}, second)
    published = await town.api.post(f"{rated}/reply", UnitRatingAnswer, {"text": "明年多开放"}, staff)
    assert (published.score, published.grade, published.published_on) == (8000, "良好", today)
    await town.api.post(f"{home}/ending", ResidentUnitAnswer, {"reason": "搬迁"}, staff)
    assert (await town.api.get(f"/v1/needs/{need.tracking_number}", NeedAnswer)).met_on == today


async def without_money(town: Town, of: Players) -> None:
    """Every door of it once."""
    today = day_of(await town.now())
    await _by_volunteers(town, of, today)
    await _by_sharing(town, of, today)
