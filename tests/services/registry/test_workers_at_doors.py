"""Social workers over HTTP and PostgreSQL: renewals with both their dates, and employments with their overlaps."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from schemas import uscc
from schemas.days import day_of
from schemas.ids import PartyId
from schemas.role import Role
from services import registry
from tests.services.registry.records import PAPER
from tests.services.registry.test_through_doors import an_organization, begin, issue
from tests.support.fixtures import Running
from tests.support.system import Person, Reply, System
from tests.support.waiting import eventually


class Bureau:
    """Two registrars, a social worker registered for one more year, and two organizations; each with a key."""

    def __init__(self, system: System, one: Person, other: Person, auditor: Person) -> None:
        self.system, self.one, self.other, self.auditor = system, one, other, auditor

    @classmethod
    async def opened(cls, system: System) -> "Bureau":
        one, other, _, auditor = await begin(system)
        bureau = cls(system, one, other, auditor)
        certificate = {"level": "social_worker", "registered_until": bureau.until.isoformat()}
        entry = {"kind": "social_worker", "name": "示例王某", "division": "340111", "certificate": certificate}
        bureau.worker = await bureau.admitted(entry)
        bureau.employer = await bureau.admitted(an_organization())
        code = uscc.make("52", "320508", "00012345")
        bureau.second = await bureau.admitted(an_organization(uscc=code, name="示例第二中心"))
        return bureau

    worker: Person
    employer: Person
    second: Person

    async def admitted(self, entry: dict[str, Any]) -> Person:
        id = (await self.system.post("/v1/parties", entry, self.one)).json["id"]
        assert (await self.system.post(f"/v1/parties/{id}/verifications", {}, self.other)).status == 201
        named = {} if entry["kind"] == "social_worker" else {"person_name": "示例员工"}
        reply, secret = await issue(self.system, self.one, id, "provider", **named)
        assert reply.status == 201, reply.json
        return Person(PartyId(UUID(id)), PartyId(UUID(int=0)), Role.PROVIDER, secret)

    @property
    def today(self) -> date:
        return day_of(datetime.now(UTC))

    @property
    def until(self) -> date:
        return self.today + timedelta(days=300)

    @property
    def renewed_until(self) -> date:
        return self.today + timedelta(days=1000)

    async def renew(self, **changes: Any) -> Reply:
        body = {"level": "senior", "registered_until": self.renewed_until.isoformat(), "education_hours": 96}
        body |= {"valid_from": self.today.isoformat(), "ground": "示例登记 7 号", "document": PAPER}
        return await self.system.post(self.renewals(), body | changes, self.one)

    def renewals(self, record: str = "", noun: str = "") -> str:
        path = f"/v1/parties/{self.worker.party_id}/certificate-renewals"
        return f"{path}/{record}/{noun}" if record else path

    async def shown(self, by: Person | None = None, query: str = "") -> Any:
        return (await self.system.get(f"/v1/social-workers/{self.worker.party_id}{query}", by)).json

    async def state(self, by: Person, **changes: Any) -> Reply:
        body = {"employer_id": str(by.party_id), "full_time": True, "first": self.today.isoformat()}
        return await self.system.post(self.employments(), body | changes, by)

    async def works(self, by: Person, **changes: Any) -> str:
        job = (await self.state(by, **changes)).json["id"]
        reply = await self.system.post(self.employments(job, "confirmations"), {}, self.worker)
        assert reply.status == 201, reply.json
        return str(job)

    def employments(self, job: str = "", noun: str = "") -> str:
        path = f"/v1/social-workers/{self.worker.party_id}/employments"
        return f"{path}/{job}/{noun}" if job else path


async def test_a_renewal_counts_from_its_confirmation_and_everybody_sees_level_and_validity(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        bureau = await Bureau.opened(system)
        renewal = (await bureau.renew()).json
        before = await bureau.shown()
        waiting = (await system.get("/v1/records/waiting", bureau.other)).json["records"]
        confirmed = await system.post(bureau.renewals(renewal["id"], "confirmations"), {}, bureau.other)
        after = await bureau.shown()

        assert (before["level"], before["registered_until"]) == ("social_worker", bureau.until.isoformat())
        assert [one["id"] for one in waiting] == [renewal["id"]]
        assert (confirmed.status, confirmed.json["recorded_on"]) == (201, bureau.today.isoformat())
        assert (after["level"], after["valid"], after["days_left"]) == ("senior", True, 1000)
        assert (before["file"], after["file"]) == (None, None)
        said = [fact["type"] for fact in await system.facts("registry") if fact["key"] == str(bureau.worker.party_id)]
        assert said[-1] == "certificate.renewed"
        party = (await system.get(f"/v1/parties/{bureau.worker.party_id}")).json
        assert party["certificate"] == {"level": "senior", "registered_until": bureau.renewed_until.isoformat()}


async def test_a_day_before_the_renewal_was_recorded_shows_the_certificate_as_it_stood(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        bureau = await Bureau.opened(system)
        early = (bureau.today - timedelta(days=10)).isoformat()
        renewal = (await bureau.renew(valid_from=early)).json
        await system.post(bureau.renewals(renewal["id"], "confirmations"), {}, bureau.other)
        yesterday = await bureau.shown(query=f"?as_of={bureau.today - timedelta(days=1)}")
        taken_back = {"on": bureau.today.isoformat(), "cause": "mistaken", "reason": "示例更正", "document": PAPER}
        await system.post(bureau.renewals(renewal["id"], "endings"), taken_back, bureau.one)
        await system.post(bureau.renewals(renewal["id"], "confirmations"), {}, bureau.other)
        again = await bureau.shown()

        assert (yesterday["level"], yesterday["days_left"]) == ("social_worker", 301)
        assert (again["level"], again["registered_until"]) == ("social_worker", bureau.until.isoformat())
        said = [fact["type"] for fact in await system.facts("registry") if fact["key"] == str(bureau.worker.party_id)]
        assert said[-2:] == ["certificate.renewed", "certificate.renewal_ended"]


async def test_a_registration_that_ended_yesterday_is_shown_as_over(running: Running) -> None:
    """Its last day counts."""
    async with running(registry.SERVICE) as system:
        bureau = await Bureau.opened(system)
        shown = []
        for until in (bureau.today, bureau.today - timedelta(days=1)):
            await system.fetch(
                """
                UPDATE registry.parties
                SET state = jsonb_set(state, '{certificate,registered_until}', to_jsonb($1::text)) WHERE id = $2
                """,
                until.isoformat(),
                bureau.worker.party_id,
            )
            told = await bureau.shown()
            shown.append((told["valid"], told["days_left"]))

        assert shown == [(True, 0), (False, -1)]


async def test_too_few_hours_are_refused_at_the_door_with_the_rule(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        bureau = await Bureau.opened(system)

        reply = await bureau.renew(education_hours=89)

        assert (reply.status, reply.json["title"], reply.json["field"]) == (
            422,
            "too_little_education",
            "education_hours",
        )
        assert "继续教育" in reply.json["rule"]["source"]


async def test_hours_and_employments_are_for_the_worker_its_employer_and_registrars_and_no_name_is_told(
    running: Running,
) -> None:
    async with running(registry.SERVICE) as system:
        bureau = await Bureau.opened(system)
        renewal = (await bureau.renew()).json
        await system.post(bureau.renewals(renewal["id"], "confirmations"), {}, bureau.other)
        waits = (await bureau.state(bureau.second, full_time=False)).json["id"]
        unanswered = await bureau.shown(bureau.second)
        job = await bureau.works(bureau.employer)

        files = [(await bureau.shown(by))["file"] for by in (bureau.worker, bureau.one, bureau.employer)]
        others = [(await bureau.shown(by))["file"] for by in (bureau.second, bureau.auditor, None)]

        assert [one["education_hours"] for one in files] == [96, 96, 96]
        assert [{each["id"] for each in one["employments"]} for one in files] == [{waits, job}, {waits, job}, {job}]
        assert unanswered["file"] is None
        assert others == [None, None, None]
        told = str(files) + str(await system.facts("registry"))
        assert "示例王某" not in told
        assert "education" not in str(await system.facts("registry"))


async def test_part_times_that_overlap_are_shown_to_both_employers_the_worker_and_registrars(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        bureau = await Bureau.opened(system)
        full = await bureau.works(bureau.employer)
        part = await bureau.works(bureau.second, full_time=False)

        def overlaps(employments: Any) -> dict[str, list[str]]:
            return {one["id"]: [each["employment_id"] for each in one["overlaps"]] for one in employments}

        own = [
            (await system.get("/v1/employments", by)).json["employments"]
            for by in (bureau.employer, bureau.second, bureau.worker)
        ]
        filed = (await bureau.shown(bureau.one))["file"]["employments"]

        assert [overlaps(one) for one in own] == [{full: [part]}, {part: [full]}, {full: [part], part: [full]}]
        assert overlaps(filed) == {full: [part], part: [full]}


async def test_a_second_full_time_is_refused_and_what_is_denied_says_so(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        bureau = await Bureau.opened(system)
        job = await bureau.works(bureau.employer)

        second = await bureau.state(bureau.second)
        part = (await bureau.state(bureau.second, full_time=False)).json["id"]
        denied = await system.post(bureau.employments(part, "denials"), {}, bureau.worker)
        ended = await system.post(bureau.employments(job, "endings"), {"on": bureau.today.isoformat()}, bureau.worker)

        assert (second.status, second.json["title"], second.json["field"]) == (409, "full_time_already", "full_time")
        assert (denied.status, denied.json["phase"], denied.json["overlaps"]) == (201, "denied", [])
        assert (ended.json["phase"], ended.json["last"]) == ("over", (bureau.today - timedelta(days=1)).isoformat())
        said = [fact["type"] for fact in await system.facts("registry") if fact["type"].startswith("employment.")]
        assert said == ["employment.confirmed", "employment.ended"]


async def test_an_employment_with_a_last_day_is_over_by_itself(running: Running) -> None:
    """The timer changes the worker's standing, and everybody hears of it."""
    async with running(registry.SERVICE) as system:
        bureau = await Bureau.opened(system)
        days = {"first": bureau.today - timedelta(days=9), "last": bureau.today - timedelta(days=1)}
        job = await bureau.works(bureau.employer, **{name: day.isoformat() for name, day in days.items()})

        async def over() -> bool:
            [one] = (await system.get("/v1/employments", bureau.worker)).json["employments"]
            return bool(one["phase"] == "over")

        await eventually(over, "the employment to be over")
        told = [fact for fact in await system.facts("registry") if fact["type"] == "employment.ended"]
        employers = await system.fetch(
            "SELECT state -> 'employers' AS by FROM registry.parties WHERE id = $1", bureau.worker.party_id
        )

        assert [(one["data"]["employment_id"], one["data"]["on"]) for one in told] == [(job, bureau.today.isoformat())]
        assert employers[0]["by"] == "[]"


async def test_renewals_are_paged_for_the_worker_and_registrars_and_nobody_else(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        bureau = await Bureau.opened(system)
        path = f"/v1/social-workers/{bureau.worker.party_id}/renewals"
        turned_down = (await bureau.renew()).json["id"]
        await system.post(bureau.renewals(turned_down, "rejections"), {"reason": "证明不符"}, bureau.other)
        kept = (await bureau.renew()).json["id"]
        await system.post(bureau.renewals(kept, "confirmations"), {}, bureau.other)

        own, full = [(await system.get(path, by)).json["records"] for by in (bureau.worker, bureau.one)]
        first = (await system.get(f"{path}?limit=1", bureau.one)).json
        second = (await system.get(f"{path}?limit=1&cursor={first['next']}", bureau.one)).json
        strange = await system.get(path, bureau.employer)

        assert [one["id"] for one in own] == [kept]
        assert [one["id"] for one in full] == [kept, turned_down]
        assert first["records"] + second["records"] == full
        assert (strange.status, strange.json["title"]) == (403, "not_your_party")


async def test_employments_of_an_organization_are_paged_by_worker(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        bureau = await Bureau.opened(system)
        certificate = {"level": "assistant", "registered_until": bureau.until.isoformat()}
        entry = {"kind": "social_worker", "name": "示例李某", "division": "340111", "certificate": certificate}
        second = await bureau.admitted(entry)
        await bureau.state(bureau.employer)
        body = {"employer_id": str(bureau.employer.party_id), "full_time": False, "first": bureau.today.isoformat()}
        await system.post(f"/v1/social-workers/{second.party_id}/employments", body, bureau.employer)

        first = (await system.get("/v1/employments?limit=1", bureau.employer)).json
        rest = (await system.get(f"/v1/employments?limit=1&cursor={first['next']}", bureau.employer)).json
        none = (await system.get("/v1/employments", bureau.second)).json

        workers = {one["worker_id"] for page in (first, rest) for one in page["employments"]}
        assert workers == {str(bureau.worker.party_id), str(second.party_id)}
        assert (none["employments"], none["next"]) == ([], None)


async def test_who_is_unknown_or_no_social_worker_is_not_found(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        bureau = await Bureau.opened(system)

        for id in (uuid4(), bureau.employer.party_id):
            assert (await system.get(f"/v1/social-workers/{id}")).status == 404
            assert (await system.get(f"/v1/social-workers/{id}/renewals", bureau.one)).status == 404
        gone = await system.post(bureau.employments(str(uuid4()), "confirmations"), {}, bureau.worker)
        ahead = await system.get(
            f"/v1/social-workers/{bureau.worker.party_id}?as_of={bureau.today + timedelta(days=1)}"
        )
        assert (gone.status, gone.json["title"]) == (404, "not_found")
        assert (ahead.status, ahead.json["title"]) == (422, "as_of_ahead")
