"""What registrars put on record of organizations, and a hub's incubation, through the public doors."""

from datetime import date
from typing import Any
from uuid import uuid4

from deploy.demo.client import Person
from deploy.demo.story.registering import known, verify
from schemas.days import day_of
from schemas.ids import PartyId
from services.registry.api.appraisals import AppraisalAnswer
from services.registry.api.employments import EmploymentAnswer, EmploymentsPage
from services.registry.api.incubations import IncubationAnswer
from services.registry.api.organizations import RecordAnswer
from services.registry.api.parties import PartyAnswer
from services.registry.api.vacancies import SearchAnswer, VacancyAnswer
from services.registry.rules.vacancy import VacancyPhase
from tests.journey.town import COUNTY, Town

PAPER = "d" * 64
SERIOUS = {"kind": "credit_list", "list": "serious_breach"}

FIGURES_OF_A_YEAR: dict[str, Any] = {
    "ratings": {
        "very_satisfied": 20,
        "satisfied": 15,
        "basically_satisfied": 4,
        "dissatisfied": 1,
        "very_dissatisfied": 0,
    },
    "scores": {"duties": 88, "visits": 90, "learning": 75},
}


async def enter(town: Town, party_id: PartyId, content: dict[str, Any]) -> RecordAnswer:
    today = day_of(await town.now()).isoformat()
    body = {"content": content, "valid_from": today, "ground": "示例决定 2026 年第 1 号", "document": PAPER}
    path = f"/v1/organizations/{party_id}/records"
    return await town.api.post(path, RecordAnswer, body, town.registry.enters)


async def settle(town: Town, record: RecordAnswer, noun: str = "confirmations", body: Any = None) -> None:
    path = f"/v1/organizations/{record.party_id}/records/{record.id}/{noun}"
    await town.api.post(path, RecordAnswer, body, town.registry.verifies)


async def list_as_breaching(town: Town, organization: Person) -> RecordAnswer:
    """By two registrars; every service has heard of it then."""
    record = await enter(town, organization.party_id, SERIOUS)
    await settle(town, record)
    await known(town.api, organization)
    await town.clock.quiet()
    return record


async def take_off_as_mistaken(town: Town, record: RecordAnswer) -> None:
    today = day_of(await town.now()).isoformat()
    body = {"on": today, "cause": "mistaken", "reason": "示例复议决定撤销列入", "document": PAPER}
    path = f"/v1/organizations/{record.party_id}/records/{record.id}/endings"
    await town.api.post(path, RecordAnswer, body, town.registry.enters)
    await settle(town, record)


async def register_group(town: Town, hub: Person, number: str) -> PartyId:
    body = {"name": "示例互助社", "division": COUNTY, "hub_id": hub.party_id}
    body |= {"filed_with": "示例街道", "filing_number": number}
    group = await town.api.post("/v1/groups", PartyAnswer, body, town.registry.enters)
    await verify(town.api, town.registry, group.id)
    return group.id


async def incubate(town: Town, hub: Person, party_id: PartyId, ending: str, said: dict[str, Any]) -> None:
    """Taken in, supported once, and ended so."""
    today = day_of(await town.now())
    until = today.replace(year=today.year + 1, day=1).isoformat()
    path = f"/v1/organizations/{party_id}/incubations"
    entry = {"hub_id": hub.party_id, "entered_on": today.isoformat(), "planned_until": until, "goal": "登记为法人"}
    entered = await town.api.post(path, IncubationAnswer, entry, hub)
    support = {"on": today.isoformat(), "kind": "training", "hours": 3, "note": "财务制度培训"}
    await town.api.post(f"{path}/{entered.id}/supports", IncubationAnswer, support, hub)
    await town.api.post(f"{path}/{entered.id}/{ending}", IncubationAnswer, {"on": today.isoformat()} | said, hub)


async def keep_records(town: Town) -> None:
    """Every command on an organization's records, and an incubation with each of its ends."""
    hub = await town.organization()
    await enter(town, hub.party_id, {"kind": "capability", "category": "health_elderly"})
    await settle(town, await enter(town, hub.party_id, {"kind": "grade", "grade": "4A"}))
    refused = await enter(town, hub.party_id, {"kind": "credit_list", "list": "abnormal_activities"})
    await settle(town, refused, "rejections", {"reason": "文号不符"})
    record = await list_as_breaching(town, hub)
    await take_off_as_mistaken(town, record)
    group = await register_group(town, hub, "备〔2026〕1号")
    await incubate(town, hub, group, "exits", {"reason": "成员解散"})
    await incubate(town, hub, group, "graduations", {"result": "能够独立运作"})


async def keep_community_records(town: Town, community_id: PartyId) -> None:
    """Figures confirmed and turned down, a body, somebody new in a post who leaves it."""
    path, clerks = f"/v1/communities/{community_id}/records", town.registry
    today = day_of(await town.now()).isoformat()
    figures = {"kind": "figures", "households": 3650, "residents": 9800, "floating": 2100, "grids": 8}
    post = {"kind": "post", "worker_id": str(uuid4()), "post": "grid_worker", "grids": 2, "full_time": True}
    post |= {"employer": "示例街道"}
    body = {"valid_from": today, "ground": "示例统计表 2026 年第 1 号", "document": PAPER}

    async def entered(content: dict[str, Any], **more: Any) -> str:
        record = await town.api.post(path, RecordAnswer, body | {"content": content} | more, clerks.enters)
        return f"{path}/{record.id}"

    confirmed = await entered(figures)
    await town.api.post(f"{confirmed}/confirmations", RecordAnswer, None, clerks.verifies)
    refused = await entered(figures | {"households": 36500})
    await town.api.post(f"{refused}/rejections", RecordAnswer, {"reason": "与统计表不符"}, clerks.verifies)
    await entered({"kind": "body", "body": "committee", "name": "示例社区居民委员会"})
    held = await entered(post, worker_name="示例网格员")
    left = {"on": today, "cause": "withdrawn", "reason": "示例离任通知 2 号"}
    await town.api.post(f"{held}/endings", RecordAnswer, left, clerks.enters)


async def keep_appraisals(town: Town, community: Person) -> None:
    """A worker's year replied to and corrected; another's turned down."""
    clerks, path = town.registry, f"/v1/communities/{community.party_id}"
    today = day_of(await town.now())

    async def appraised(name: str) -> str:
        post = {"kind": "post", "worker_id": str(uuid4()), "post": "workstation_staff", "full_time": True}
        post |= {"employer": "示例街道"}
        held = {"content": post, "worker_name": name, "valid_from": today.isoformat(), "ground": "示例聘任 3 号"}
        await town.api.post(f"{path}/records", RecordAnswer, held, clerks.enters)
        body = {"registrar_id": clerks.enters.party_id, "worker_id": post["worker_id"], "year": today.year}
        body |= {"figures": FIGURES_OF_A_YEAR, "ground": "示例考核表 2026 年第 1 号", "document": PAPER}
        one = await town.api.post(f"{path}/appraisals", AppraisalAnswer, body, clerks.enters)
        return f"{path}/appraisals/{one.id}"

    settles = {"registrar_id": clerks.verifies.party_id}
    good = await appraised("示例工作人员甲")
    await town.api.post(f"{good}/replies", AppraisalAnswer, {"words": "走访次数少计一次"}, community)
    scores = FIGURES_OF_A_YEAR["scores"] | {"visits": 91}
    correction = {"figures": FIGURES_OF_A_YEAR | {"scores": scores}, "reason": "走访记录补计一次"}
    await town.api.post(f"{good}/confirmations", AppraisalAnswer, settles | {"correction": correction}, clerks.verifies)
    bad = await appraised("示例工作人员乙")
    await town.api.post(f"{bad}/rejections", AppraisalAnswer, settles | {"reason": "评价表不全"}, clerks.verifies)


async def keep_worker_records(town: Town) -> None:
    """Renewals turned down, confirmed and taken back; employments denied, confirmed and ended."""
    worker, employer, clerks = await town.social_worker(), await town.organization(), town.registry
    today = day_of(await town.now())
    renewals, until = f"/v1/parties/{worker.party_id}/certificate-renewals", today.replace(year=today.year + 3, day=1)
    body = {"level": "senior", "registered_until": until.isoformat(), "education_hours": 96, "document": PAPER}
    body |= {"valid_from": today.isoformat(), "ground": "示例登记 2026 年第 7 号"}

    async def renewed() -> str:
        return f"{renewals}/{(await town.api.post(renewals, RecordAnswer, body, clerks.enters)).id}"

    await town.api.post(f"{await renewed()}/rejections", RecordAnswer, {"reason": "学时证明不符"}, clerks.verifies)
    kept = await renewed()
    await town.api.post(f"{kept}/confirmations", RecordAnswer, None, clerks.verifies)
    mistaken = {"on": today.isoformat(), "cause": "mistaken", "reason": "示例更正 2 号", "document": PAPER}
    await town.api.post(f"{kept}/endings", RecordAnswer, mistaken, clerks.enters)
    await town.api.post(f"{kept}/confirmations", RecordAnswer, None, clerks.verifies)

    await _choose_each_other(town, employer, worker, today)
    employments = f"/v1/social-workers/{worker.party_id}/employments"
    said = {"employer_id": employer.party_id, "full_time": True, "first": today.isoformat()}

    async def stated() -> str:
        return f"{employments}/{(await town.api.post(employments, EmploymentAnswer, said, employer)).id}"

    await town.api.post(f"{await stated()}/denials", EmploymentAnswer, None, worker)
    works = await stated()
    await town.api.post(f"{works}/confirmations", EmploymentAnswer, None, worker)
    await town.api.post(f"{works}/endings", EmploymentAnswer, {"on": today.isoformat()}, employer)


async def _choose_each_other(town: Town, employer: Person, worker: Person, today: date) -> None:
    """A post is taken back, one is taken by an applicant who was invited; the employment ends again."""
    home, worker_home = f"/v1/organizations/{employer.party_id}/vacancies", f"/v1/social-workers/{worker.party_id}"
    body = {"level": "assistant", "division": COUNTY, "full_time": True, "first": today.isoformat(), "text": "为老服务"}
    search = {"division": COUNTY, "full_time": True}
    await town.api.post(f"{worker_home}/search", SearchAnswer, search, worker)
    back = await town.api.post(home, VacancyAnswer, body, employer)
    await town.api.post(f"{home}/{back.id}/withdrawal", VacancyAnswer, None, employer)
    post = await town.api.post(home, VacancyAnswer, body, employer)
    chosen = {"worker_id": str(worker.party_id)}
    await town.api.post(f"{home}/{post.id}/invitations", VacancyAnswer, chosen, employer)
    taken = await town.api.post(f"{home}/{post.id}/applications", VacancyAnswer, chosen, worker)
    assert taken.phase is VacancyPhase.TAKEN
    await town.api.post(f"{worker_home}/search/withdrawal", SearchAnswer, None, worker)
    page = await town.api.get("/v1/employments", EmploymentsPage, worker)
    job = f"{worker_home}/employments/{page.employments[0].id}"
    await town.api.post(f"{job}/endings", EmploymentAnswer, {"on": today.isoformat()}, worker)
