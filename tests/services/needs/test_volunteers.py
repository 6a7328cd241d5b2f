"""Volunteers: sealed names, tasks within the offered time, minutes somebody else confirms, certificates, erasure."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest

from schemas.days import day_of
from schemas.ids import NeedId, PartyId
from schemas.party import PartyKind
from schemas.role import Role
from schemas.volunteering import TaskOffered
from services import needs
from services.needs.rules.volunteers.suggesting import suggestions
from services.needs.rules.volunteers.task import Member, VolunteerTask
from services.needs.rules.volunteers.volunteer import Engagement, Volunteer, levels_apart
from tests.support.fixtures import Running
from tests.support.secrecy import MARKER, everything_stored, everything_told, shows
from tests.support.system import BEGINNING, DIVISION, Person, Reply, System

TODAY = day_of(BEGINNING)
PHONE = "0512-1111 1111"
NAME = f"志愿者{MARKER}"


def on(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


def said(*replies: Reply) -> list[tuple[int, str | None]]:
    return [(reply.status, reply.json.get("title")) for reply in replies]


@dataclass
class Counter:
    """What the staff of one community do."""

    system: System
    staff: Person
    colleague: Person

    async def register(self, **changes: Any) -> Reply:
        body = {
            "person": {"name": NAME, "phone": PHONE},
            "division": DIVISION,
            "skills": ["mutual_help"],
            "minutes_a_week": 120,
        }
        path = f"/v1/communities/{self.staff.party_id}/volunteers"
        return await self.system.post(path, body | changes, self.staff)

    async def need(self, category: str = "mutual_help", **changes: Any) -> Reply:
        body = {
            **{"channel": "counter", "category": category, "division": DIVISION, "beneficiaries": 1},
            **{"title": "楼道照明", "description": "灯不亮。"},
            "applicant": {"name": "示例居民", "phone": "0512-0000 0000"},
        }
        return await self.system.post(f"/v1/communities/{self.staff.party_id}/intakes", body | changes, self.staff)

    async def step(self, need: Reply, what: str = "", by: Person | None = None, **body: Any) -> Reply:
        path = f"/v1/needs/{need.json['id']}/volunteer-task{what}"
        return await self.system.post(path, body, by or self.staff)

    async def offer(self, need: Reply, **changes: Any) -> Reply:
        body: dict[str, Any] = {"day": on(0), "wanted": 1, "minutes": 60}
        return await self.step(need, **body | changes)

    async def at_work(self, volunteer: Reply, need: Reply | None = None) -> Reply:
        """A need on which the volunteer has accepted to work today."""
        need = need or await self.need()
        await self.offer(need)
        for what in ("/assignments", "/acceptances"):
            await self.step(need, what, volunteer_id=volunteer.json["id"])
        return need

    async def serve(self, volunteer: Reply, minutes: int = 50) -> Reply:
        need = await self.at_work(volunteer)
        await self.step(need, "/services", volunteer_id=volunteer.json["id"], minutes=minutes)
        return need

    async def erase(self, volunteer: Reply) -> Reply:
        path = f"/v1/communities/{self.staff.party_id}/applicants/{volunteer.json['id']}/erasure"
        return await self.system.post(path, {}, self.staff)

    async def totals(self) -> tuple[int, int, int]:
        page = await self.system.get(f"/v1/communities/{self.staff.party_id}/volunteers", self.staff)
        return page.json["people"], page.json["services"], page.json["minutes"]


@pytest.fixture
async def counter(running: Running) -> AsyncIterator[Counter]:
    async with running(needs.SERVICE, virtual=True) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        colleague = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY, party_id=staff.party_id)
        yield Counter(system, staff, colleague)


async def test_a_real_name_is_kept_sealed_and_stands_in_no_row_and_no_record(counter: Counter) -> None:
    registered = await counter.register()
    applicant = f"/v1/communities/{counter.staff.party_id}/applicants/{registered.json['id']}"
    read = await counter.system.get(applicant, counter.staff)
    await counter.serve(registered)
    await counter.system.post(f"/v1/volunteers/{registered.json['id']}/certificates", None, counter.staff)

    assert (registered.status, registered.json["minutes_a_week"]) == (201, 120)
    assert read.json["person"] == {"name": NAME, "phone": PHONE}
    for text in (str(registered.json), await everything_stored(counter.system), await everything_told(counter.system)):
        assert not shows(text)
        assert PHONE not in text


async def test_a_child_volunteers_only_with_a_guardians_consent(counter: Counter) -> None:
    alone = await counter.register(under_14=True)
    consented = await counter.register(under_14=True, guardian_consents=True)

    assert said(alone) == [(422, "guardian_consents_first")]
    assert alone.json["rule"] == {"source": "个人信息保护法第三十一条(不满十四周岁的,须经监护人同意)", "certainty": "L"}
    assert consented.status == 201


async def test_skills_are_categories_and_other_words_are_public(counter: Counter) -> None:
    stranger = await counter.system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
    volunteer = await counter.register()
    offers = f"/v1/volunteers/{volunteer.json['id']}/offers"
    new = {"skills": ["education"], "other": ["英语"], "minutes_a_week": 60}

    unknown = await counter.register(skills=["flying"])
    personal = await counter.register(other=["电话 13800138000"])
    theirs = await counter.system.post(offers, new, stranger)
    changed = await counter.system.post(offers, new, counter.staff)

    assert said(unknown, personal, theirs) == [
        (422, "unknown_category"),
        (422, "personal_data"),
        (403, "not_your_party"),
    ]
    assert (changed.json["skills"], changed.json["other"], changed.json["minutes_a_week"]) == (
        ["education"],
        ["英语"],
        60,
    )


async def test_a_need_is_met_by_volunteers_step_by_step_and_nobody_is_named(counter: Counter) -> None:
    volunteer, need = await counter.register(), await counter.need()
    id = volunteer.json["id"]

    await counter.at_work(volunteer, need)
    early = await counter.step(need, "/closure", text="灯已换好")
    recorded = await counter.step(
        need, "/services", volunteer_id=id, minutes=50, applicant_id=need.json["applicant_id"]
    )
    closed = await counter.step(need, "/closure", text="灯已换好")
    tracked = await counter.system.get(f"/v1/needs/{need.json['tracking_number']}")

    assert said(early) == [(409, "hours_missing")]
    assert recorded.json["members"] == [{"volunteer_id": id, "phase": "served", "minutes": 50}]
    assert (closed.json["phase"], closed.json["recorded"]) == ("done", 50)
    steps = [step["what"] for step in tracked.json["steps"]]
    assert steps[-4:] == ["task_offered", "volunteer_found", "served", "met"]
    assert tracked.json["met_on"] == on(0)
    assert id not in str(tracked.json)
    (met,) = await counter.system.facts("needs", "need.met")
    assert (met["data"]["volunteers"], met["data"]["minutes"], met["data"]["means"]) == (1, 50, "volunteers")


async def test_any_amount_is_refused_with_the_rule(counter: Counter) -> None:
    volunteer = await counter.register()
    need = await counter.at_work(volunteer)

    for fen in (0, 1, 500):
        body = {"volunteer_id": volunteer.json["id"], "minutes": 50, "charged": {"fen": fen}}
        refused = await counter.step(need, "/services", **body)

        assert said(refused) == [(422, "volunteers_are_free")]
        assert refused.json["rule"] == {"source": "志愿服务条例第三条(自愿、无偿)", "certainty": "L"}
    assert await counter.system.facts("needs", "service.recorded") == []


async def test_nobody_confirms_the_own_hours(counter: Counter) -> None:
    """Not as staff, and not under the other number that the same person has as an applicant."""
    staff = await counter.register(person_id=str(counter.staff.person_id))
    other = await counter.register()
    asked = await counter.need(applicant={"name": NAME, "phone": PHONE.replace("-", " ")})
    elsewhere = await counter.need()
    at_staff, at_own = await counter.at_work(staff), await counter.at_work(other, asked)
    minutes: dict[str, Any] = {"minutes": 50}

    as_staff = await counter.step(at_staff, "/services", volunteer_id=staff.json["id"], **minutes)
    by_colleague = await counter.step(
        at_staff, "/services", counter.colleague, volunteer_id=staff.json["id"], **minutes
    )
    of_other = {"volunteer_id": other.json["id"], **minutes}
    as_applicant = await counter.step(at_own, "/services", applicant_id=asked.json["applicant_id"], **of_other)
    uninvolved = await counter.step(at_own, "/services", applicant_id=elsewhere.json["applicant_id"], **of_other)

    assert said(as_staff, as_applicant, uninvolved) == [
        (409, "confirms_own_hours"),
        (409, "confirms_own_hours"),
        (422, "did_not_ask"),
    ]
    assert by_colleague.status == 201


async def test_minutes_are_corrected_by_a_second_person_and_the_record_shows_the_last_word(counter: Counter) -> None:
    volunteer = await counter.register()
    need = await counter.serve(volunteer, 50)
    body = {"volunteer_id": volunteer.json["id"], "minutes": 45, "reason": "早退"}

    own = await counter.step(need, "/corrections", **body)
    corrected = await counter.step(need, "/corrections", counter.colleague, **body)
    again = await counter.step(need, "/corrections", counter.staff, **body)
    back = await counter.step(need, "/corrections", counter.colleague, **body | {"minutes": 40})
    record = await counter.system.get(f"/v1/volunteers/{volunteer.json['id']}/record")

    assert said(own, again, back) == [
        (409, "second_person_corrects"),
        (422, "minutes_unchanged"),
        (409, "second_person_corrects"),
    ]
    assert corrected.json["recorded"] == 45
    assert (record.json["minutes"], [one["minutes"] for one in record.json["services"]]) == (45, [45])
    assert await counter.totals() == (1, 1, 45)


async def test_nobody_is_assigned_beyond_the_time_offered_or_twice_or_when_it_is_full(counter: Counter) -> None:
    one, other, third = [await counter.register() for _ in range(3)]
    first, second, last = [await counter.need() for _ in range(3)]
    for need in (first, second):
        await counter.offer(need, wanted=2, minutes=70)
    await counter.offer(last, minutes=60)

    async def assign(need: Reply, volunteer: Reply) -> Reply:
        return await counter.step(need, "/assignments", volunteer_id=volunteer.json["id"])

    taken = await assign(first, one)
    beyond = await assign(second, one)
    twice = await assign(first, one)
    await assign(last, other)
    full = await assign(last, third)
    withdrawn = await counter.system.post(f"/v1/volunteers/{third.json['id']}/withdrawal", None, counter.staff)
    gone = await assign(second, third)
    not_asked = await counter.step(first, "/acceptances", volunteer_id=third.json["id"])
    too_soon = await counter.step(first, "/services", volunteer_id=one.json["id"], minutes=1)

    assert (taken.status, withdrawn.json["withdrawn_on"]) == (201, on(0))
    assert said(beyond, twice, full, gone, not_asked, too_soon) == [
        (409, "no_time_left"),
        (409, "on_the_task"),
        (409, "task_full"),
        (409, "volunteer_withdrawn"),
        (409, "not_on_the_task"),
        (409, "member_elsewhere"),
    ]


async def test_a_released_volunteer_has_the_time_again_and_an_empty_task_is_taken_back(counter: Counter) -> None:
    volunteer, need = await counter.register(minutes_a_week=60), await counter.need()
    of_one = {"volunteer_id": volunteer.json["id"]}
    await counter.offer(need)
    await counter.step(need, "/assignments", **of_one)

    busy = await counter.step(need, "/withdrawal", reason="改期")
    await counter.step(need, "/releases", **of_one, reason="生病")
    withdrawn = await counter.step(need, "/withdrawal", reason="改期")
    after = await counter.step(need, "/assignments", **of_one)
    again = await counter.offer(need)
    assigned = await counter.step(need, "/assignments", **of_one)

    assert said(busy, after) == [(409, "task_has_members"), (409, "task_elsewhere")]
    assert (withdrawn.json["phase"], again.json["phase"]) == ("withdrawn", "offered")
    assert assigned.status == 201


async def test_only_a_need_routed_to_volunteers_is_offered_and_for_a_day_to_come(counter: Counter) -> None:
    stranger = await counter.system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
    need = await counter.need()

    project = await counter.offer(await counter.need("health_elderly"))
    past = await counter.offer(need, day=on(-1))
    skill = await counter.offer(need, skill="flying")
    theirs = await counter.step(need, "", stranger, day=on(0), wanted=1, minutes=60)
    later = await counter.offer(need, day=on(1))
    twice = await counter.offer(need)
    volunteer = await counter.register()
    for what in ("/assignments", "/acceptances"):
        await counter.step(need, what, volunteer_id=volunteer.json["id"])
    early = await counter.step(need, "/services", volunteer_id=volunteer.json["id"], minutes=5)

    assert said(project, past, skill, theirs, twice, early) == [
        (409, "need_not_volunteer"),
        (422, "task_day"),
        (422, "unknown_category"),
        (403, "not_your_party"),
        (409, "need_in_hand"),
        (409, "day_to_come"),
    ]
    assert later.status == 201


async def test_suggestions_say_why_at_the_door(counter: Counter) -> None:
    skilled, other = await counter.register(), await counter.register(skills=[])
    await counter.register(minutes_a_week=30)
    need = await counter.need()
    await counter.offer(need)
    path = f"/v1/needs/{need.json['id']}/volunteer-task"

    found = (await counter.system.get(f"{path}/suggestions", counter.staff)).json["suggestions"]

    assert [one["volunteer_id"] for one in found] == [skilled.json["id"], other.json["id"]]
    assert found[0]["zh"] == "技能相符、当周余 120 分钟、同一社区"
    assert found[1]["en"] == "has not named the skill, 120 minutes left that week, the same community"
    assert (await counter.system.get(path, counter.staff)).json["members"] == []


def a_volunteer(number: int, **changes: Any) -> Volunteer:
    fields: dict[str, Any] = {
        **{"id": UUID(int=number), "community_id": PartyId(UUID(int=1)), "division": DIVISION, "person_id": None},
        **{"registered_on": TODAY, "skills": ("education",), "minutes_a_week": 120},
    }
    return Volunteer(**fields | changes)


def a_task(**changes: Any) -> VolunteerTask:
    told = TaskOffered(
        community_id=PartyId(UUID(int=1)),
        need_id=NeedId(UUID(int=2)),
        tracking_number="320508-0000-0000-0000",
        skill="education",
        division=DIVISION,
        day=TODAY,
        wanted=2,
        minutes=60,
        on=TODAY,
        offered_by=PartyId(UUID(int=3)),
    )
    return VolunteerTask(id=told.need_id, told=told, **changes)


def test_suggestions_are_in_one_order_whatever_the_rows_came_in() -> None:
    best = [
        a_volunteer(5, minutes_a_week=300),
        a_volunteer(3),
        a_volunteer(4),
        a_volunteer(6, division="320508001002", minutes_a_week=900),
        a_volunteer(2, division="110101001001"),
        a_volunteer(1, skills=()),
    ]
    never = [
        a_volunteer(7, minutes_a_week=59),
        a_volunteer(8, withdrawn_on=TODAY),
        a_volunteer(9, erased_on=TODAY),
        a_volunteer(10),
    ]
    task = a_task(members=(Member(volunteer_id=UUID(int=10)),))

    for rows in ([*best, *never], [*never, *reversed(best)]):
        assert [one.volunteer_id for one in suggestions(task, rows)] == [one.id for one in best]


def test_time_left_counts_the_calendar_week_by_what_was_done_and_else_by_what_is_expected() -> None:
    monday = date(2026, 3, 2)

    def at(day: date, minutes: int | None) -> Engagement:
        return Engagement(need_id=NeedId(uuid4()), tracking_number="", day=day, expected=60, minutes=minutes)

    sunday, before = monday + timedelta(days=6), monday - timedelta(days=1)
    one = a_volunteer(1, minutes_a_week=120, engagements=(at(monday, 20), at(sunday, None), at(before, 100)))

    assert one.left_in_week(monday) == one.left_in_week(sunday) == 40
    assert one.left_in_week(before) == 20
    assert one.left_in_week(sunday + timedelta(days=1)) == 120
    assert a_volunteer(1, minutes_a_week=60, engagements=(at(monday, 90),)).left_in_week(monday) == 0


@pytest.mark.parametrize(
    ("division", "apart"),
    [("320508001001", 0), ("320508001002", 1), ("320508001", 1), ("320508002001", 2), ("110101001001", 3)],
)
def test_nearness_goes_by_levels_of_the_division(division: str, apart: int) -> None:
    assert levels_apart(division, "320508001001") == apart


async def test_a_certificate_is_the_same_paper_again_and_is_verified_without_a_name(counter: Counter) -> None:
    volunteer = await counter.register()
    await counter.serve(volunteer, 50)
    await counter.serve(volunteer, 35)
    path = f"/v1/volunteers/{volunteer.json['id']}/certificates"

    issued = await counter.system.post(path, None, counter.staff)
    verified = await counter.system.get(f"/v1/volunteer-certificates/{issued.json['number'].lower()}")
    document = f"{counter.system.url}{path}/{issued.json['id']}/document"
    headers = {"Authorization": f"Bearer {counter.staff.secret}"}
    papers = [await (await counter.system.http.get(document, headers=headers)).read() for _ in range(2)]

    assert papers[0] == papers[1]
    assert sha256(papers[0]).hexdigest() == issued.json["digest"]
    assert NAME.encode() in papers[0]
    assert (verified.json["digest"], verified.json["minutes"], verified.json["services"]) == (
        issued.json["digest"],
        85,
        2,
    )
    assert volunteer.json["id"] not in str(verified.json)
    unknown = await counter.system.get("/v1/volunteer-certificates/V320508-0000-0000-0000")
    assert said(unknown) == [(404, "certificate_unknown")]


async def test_a_certificate_keeps_what_it_said_when_minutes_are_corrected_later(counter: Counter) -> None:
    volunteer = await counter.register()
    need = await counter.serve(volunteer, 50)
    path = f"/v1/volunteers/{volunteer.json['id']}/certificates"
    first = await counter.system.post(path, None, counter.staff)
    body = {"volunteer_id": volunteer.json["id"], "minutes": 45, "reason": "早退"}

    await counter.step(need, "/corrections", counter.colleague, **body)
    second = await counter.system.post(path, None, counter.staff)
    verified = await counter.system.get(f"/v1/volunteer-certificates/{first.json['number']}")

    assert (first.json["minutes"], second.json["minutes"], verified.json["minutes"]) == (50, 45, 50)


async def test_there_is_no_certificate_of_nothing_and_none_for_a_stranger(counter: Counter) -> None:
    stranger = await counter.system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
    volunteer = await counter.register()
    path = f"/v1/volunteers/{volunteer.json['id']}/certificates"

    nothing = await counter.system.post(path, None, counter.staff)
    await counter.serve(volunteer)
    theirs = await counter.system.post(path, None, stranger)
    issued = await counter.system.post(path, None, counter.staff)
    paper = await counter.system.get(f"{path}/{issued.json['id']}/document", stranger)
    listed = await counter.system.get(f"/v1/communities/{counter.staff.party_id}/volunteers", stranger)

    assert said(nothing, theirs, paper, listed) == [
        (409, "nothing_to_certify"),
        (403, "not_your_party"),
        (403, "not_your_party"),
        (403, "not_your_party"),
    ]


async def test_erasing_a_volunteer_forgets_the_name_and_leaves_every_sum(counter: Counter) -> None:
    one, other = await counter.register(), await counter.register()
    need = await counter.serve(one, 50)
    await counter.serve(other, 30)
    path = f"/v1/volunteers/{one.json['id']}"
    issued = await counter.system.post(f"{path}/certificates", None, counter.staff)
    before, record = await counter.totals(), (await counter.system.get(f"{path}/record")).json
    waiting = await counter.need()
    await counter.offer(waiting, minutes=30)

    erased = await counter.erase(one)
    twice = await counter.erase(one)
    paper = await counter.system.get(f"{path}/certificates/{issued.json['id']}/document", counter.staff)
    again = await counter.system.post(f"{path}/certificates", None, counter.staff)
    assigned = await counter.step(waiting, "/assignments", volunteer_id=one.json["id"])
    verified = await counter.system.get(f"/v1/volunteer-certificates/{issued.json['number']}")
    closed = await counter.step(need, "/closure", text="灯已换好")
    (row,) = await counter.system.fetch("SELECT state FROM needs.applicants WHERE id = $1", UUID(one.json["id"]))

    assert erased.status == 201
    assert said(twice, paper, again, assigned) == [(409, "applicant_erased")] * 4
    assert await counter.totals() == before == (2, 2, 80)
    after = (await counter.system.get(f"{path}/record")).json
    assert (after["services"], after["minutes"]) == (record["services"], 50)
    assert verified.json["minutes"] == 50
    assert closed.json["recorded"] == 50
    assert '"key": ""' in row["state"]
