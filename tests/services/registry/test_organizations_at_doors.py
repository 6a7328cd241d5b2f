"""An organization's records over HTTP and PostgreSQL: as of a day, in order, and told to everybody."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from events.database import Database
from schemas.days import day_of
from services import registry
from services.kit.migrations import role_of
from services.registry.store import records as stored
from tests.services.registry.records import ABNORMAL, GRADE, MEALS, PAPER, SERIOUS, STAFF
from tests.services.registry.test_through_doors import an_organization, begin, issue
from tests.support.fixtures import Running
from tests.support.system import Person, Reply, System

OLD = date(2020, 1, 6)


class Office:
    """Two registrars and one verified organization."""

    def __init__(self, system: System, one: Person, other: Person, party: str) -> None:
        self.system, self.one, self.other, self.party = system, one, other, party

    @classmethod
    async def opened(cls, system: System) -> "Office":
        one, other, *_ = await begin(system)
        party = (await system.post("/v1/parties", an_organization(), one)).json["id"]
        await system.post(f"/v1/parties/{party}/verifications", {}, other)
        return cls(system, one, other, party)

    async def enter(self, content: dict[str, Any], by: Person | None = None, **changes: Any) -> Reply:
        body = {"content": content, "valid_from": OLD.isoformat(), "ground": "示例决定 1 号", "document": PAPER}
        return await self.system.post(f"/v1/organizations/{self.party}/records", body | changes, by or self.one)

    async def confirmed(self, content: dict[str, Any], **changes: Any) -> str:
        record = (await self.enter(content, **changes)).json["id"]
        reply = await self.step(record, "confirmations", self.other)
        assert reply.status == 201, reply.json
        return str(record)

    async def step(self, record: str, noun: str, by: Person, body: Any = None) -> Reply:
        return await self.system.post(f"/v1/organizations/{self.party}/records/{record}/{noun}", body or {}, by)

    async def end(self, record: str, cause: str, on: date) -> Reply:
        body = {"on": on.isoformat(), "cause": cause, "reason": "示例决定 2 号", "document": PAPER}
        return await self.step(record, "endings", self.one, body)

    async def shown(self, query: str = "", by: Person | None = None) -> Any:
        return (await self.system.get(f"/v1/organizations/{self.party}{query}", by)).json

    @property
    def today(self) -> date:
        return day_of(datetime.now(UTC))


async def test_an_organization_shows_what_it_is_and_what_is_on_record_of_it(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        office = await Office.opened(system)
        await office.enter(MEALS)
        await office.confirmed(GRADE, valid_from=office.today.isoformat())

        shown = await office.shown()

        assert shown["type"] == {
            "category": "52",
            "zh": "民办非企业单位（社会服务机构）",
            "en": "social service organization",
        }
        assert (shown["standing"], shown["lists"], shown["bidder_kind"]) == ("verified", [], "social_organization")
        assert [one["content"]["kind"] for one in shown["records"]] == ["capability", "grade", "standing"]
        said = [fact["type"] for fact in await system.facts("registry") if fact["key"] == office.party]
        assert said == ["party.registered", "party.verified", "organization.recorded", "organization.recorded"]


async def test_what_was_not_recorded_yet_is_not_shown_for_a_day_on_which_it_held(running: Running) -> None:
    """Both its days count: a capability of 2020 that is entered today was not on record yesterday."""
    async with running(registry.SERVICE) as system:
        office = await Office.opened(system)
        await office.enter(MEALS)
        yesterday = office.today - timedelta(days=1)

        before, now = await office.shown(f"?as_of={yesterday}"), await office.shown()

        assert (before["records"], before["standing"], before["as_of"]) == ([], None, yesterday.isoformat())
        [meals] = [one for one in now["records"] if one["content"]["kind"] == "capability"]
        assert (meals["valid_from"], meals["recorded_on"]) == (OLD.isoformat(), office.today.isoformat())


async def test_an_entry_on_a_list_is_seen_once_confirmed_and_gone_once_its_removal_is(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        office = await Office.opened(system)
        today = office.today
        waits = (await office.enter(SERIOUS)).json
        hidden = await office.shown()
        own = await office.step(waits["id"], "confirmations", office.one)
        await office.step(waits["id"], "confirmations", office.other)
        listed = await office.shown()
        ended = await office.end(waits["id"], "expired", today)
        still = await office.shown()
        await office.step(waits["id"], "confirmations", office.other)
        free = await office.shown()

        assert (waits["recorded_on"], hidden["lists"], listed["lists"]) == (None, [], ["serious_breach"])
        assert (own.status, own.json["title"]) == (403, "own_record")
        assert (ended.status, still["lists"], still["records"][0]["ending"]) == (201, ["serious_breach"], None)
        assert free["lists"] == []
        said = [fact["type"] for fact in await system.facts("registry") if fact["key"] == office.party][2:]
        assert said == ["party.listed", "party.delisted"]


async def test_a_removal_before_its_time_is_refused_with_the_rule_and_the_day(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        office = await Office.opened(system)
        today = office.today
        record = await office.confirmed(SERIOUS, valid_from=(today - timedelta(days=30)).isoformat())

        early = await office.end(record, "expired", today)

        assert (early.status, early.json["title"], early.json["field"]) == (409, "removed_too_early", "on")
        assert "民政部令第60号" in early.json["rule"]["source"]


async def test_history_is_paged_latest_first_and_shows_registrars_what_waits_and_what_was_turned_down(
    running: Running,
) -> None:
    async with running(registry.SERVICE) as system:
        office = await Office.opened(system)
        for year in (2024, 2025, 2026):
            await office.enter({"kind": "directory", "name": "示例目录", "year": year})
        turned_down = (await office.enter(ABNORMAL)).json["id"]
        await office.step(turned_down, "rejections", office.other, {"reason": "文号不符"})
        await office.enter(GRADE)

        public = await office.shown("/history")
        first = await office.shown("/history?limit=2")
        second = await office.shown(f"/history?limit=2&cursor={first['next']}")
        full = await office.shown("/history", office.one)

        assert [one["number"] for one in public["records"]] == [4, 3, 2, 1]
        assert [one["number"] for one in first["records"] + second["records"]] == [4, 3, 2, 1]
        assert [(one["number"], one["rejected"], one["recorded_on"]) for one in full["records"][:2]] == [
            (6, False, None),
            (5, True, None),
        ]


async def test_registrars_see_what_waits_for_another_of_them(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        office = await Office.opened(system)

        async def waiting() -> list[str]:
            return [one["id"] for one in (await system.get("/v1/records/waiting", office.other)).json["records"]]

        await office.enter(MEALS)
        listed, turned_down = [(await office.enter(one)).json["id"] for one in (SERIOUS, ABNORMAL)]
        entered = await waiting()
        await office.step(turned_down, "rejections", office.other, {"reason": "文号不符"})
        await office.step(listed, "confirmations", office.other)
        settled = await waiting()
        await office.end(listed, "mistaken", office.today)
        ending = await waiting()
        await office.step(listed, "rejections", office.other, {"reason": "并无错误"})

        assert (entered, settled, ending) == (sorted([listed, turned_down]), [], [listed])
        assert await waiting() == []


async def test_how_organizations_stood_before_records_were_kept_is_taken_from_what_was_told(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        office = await Office.opened(system)
        await system.post(f"/v1/parties/{office.party}/suspensions", {"reason": "未年报"}, office.one)
        kept = await office.shown("/history")
        migration = (registry.SERVICE.folder / "migrations" / "0010_organization_records.sql").read_text("utf-8")
        tables = "registry.records, registry.dossiers, registry.incubations"

        await system.fetch(f"DROP TABLE {tables}")
        connection = await asyncpg.connect(system.dsn, server_settings={"search_path": "registry"})
        await connection.execute(migration)
        await connection.execute("GRANT SELECT, INSERT, UPDATE ON records, dossiers, incubations TO sanshe_registry")
        await connection.close()
        again = await office.shown("/history")
        after = await office.enter(MEALS)

        def said(page: Any) -> list[Any]:
            shown = ("number", "content", "valid_from", "recorded_on", "ground", "ending")
            return [{name: one[name] for name in shown} for one in page["records"]]

        assert said(again) == said(kept)
        assert (after.status, after.json["number"]) == (201, 3)


async def test_questions_that_cannot_be_answered_say_why(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        office = await Office.opened(system)
        ahead = office.today + timedelta(days=1)

        for query, code in (("as_of=yesterday", "as_of_no_day"), (f"as_of={ahead}", "as_of_ahead")):
            reply = await system.get(f"/v1/organizations/{office.party}?{query}")
            assert (reply.status, reply.json["title"], reply.json["field"]) == (422, code, "as_of")
        for path in (f"/v1/organizations/{uuid4()}", f"/v1/organizations/{uuid4()}/history"):
            assert (await system.get(path)).status == 404


async def test_a_newer_record_takes_the_place_of_the_older_from_its_first_day_and_a_mistake_gives_it_back(
    running: Running,
) -> None:
    async with running(registry.SERVICE) as system:
        office = await Office.opened(system)
        today = office.today
        await office.enter(STAFF | {"full_time": 3})
        newer = (await office.enter(STAFF, valid_from=today.isoformat())).json["id"]

        def staff(shown: Any) -> list[int]:
            return [one["content"]["full_time"] for one in shown["records"] if one["content"]["kind"] == "capacity"]

        replaced = staff(await office.shown())
        await office.end(newer, "mistaken", today)

        assert (replaced, staff(await office.shown())) == ([12], [3])


@pytest.mark.parametrize(("day", "held"), [(OLD, True), (OLD - timedelta(days=1), False), (date(2025, 1, 6), False)])
async def test_a_grade_is_shown_from_its_first_day_to_its_last(running: Running, day: date, held: bool) -> None:
    """Asked of the store: the door knows nothing older than this installation."""
    async with running(registry.SERVICE) as system:
        office = await Office.opened(system)
        await office.confirmed(GRADE)
        async with Database(system.dsn, "registry", role=role_of("registry")) as database:
            async with database.transaction() as tx:
                await tx.execute("UPDATE records SET state = state || jsonb_build_object('recorded_on', '2019-01-01')")
            async with database.connection() as connection:
                found = await stored.as_of(connection, UUID(office.party), day)

        assert ("grade" in [one.content.kind for one in found]) is held


async def test_a_group_is_registered_and_incubated_by_its_hub_through_the_doors(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        office = await Office.opened(system)
        _, secret = await issue(system, office.one, office.party, "provider", person_name="示例员工")
        hub = Person(office.one.party_id, office.one.person_id, office.one.role, secret)
        body = {"name": "示例互助社", "division": "320508", "hub_id": office.party}
        body |= {"filed_with": "示例街道", "filing_number": "备〔2026〕3号"}
        group = (await system.post("/v1/groups", body, office.one)).json
        await system.post(f"/v1/parties/{group['id']}/verifications", {}, office.other)
        today = office.today.isoformat()
        path = f"/v1/organizations/{group['id']}/incubations"

        entry = {"hub_id": office.party, "entered_on": today, "planned_until": "2099-01-01", "goal": "登记"}
        entered = await system.post(path, entry, hub)
        one = f"{path}/{entered.json['id']}"
        given = {"on": today, "kind": "mentoring", "hours": 2, "note": "督导"}
        await system.post(f"{one}/supports", given, hub)
        graduated = await system.post(f"{one}/graduations", {"on": today, "result": "能够独立运作"}, hub)
        listed = await system.get(f"/v1/organizations/{office.party}/incubations")
        shown = await system.get(one)

        assert (entered.status, graduated.json["phase"], graduated.json["hours"]) == (201, "graduated", 2)
        assert [line["phase"] for line in listed.json["incubations"]] == ["graduated"]
        assert shown.json["supports"][0]["note"] == "督导"
        assert (await system.get(f"/v1/organizations/{group['id']}")).json["type"]["zh"] == "备案的社区社会组织"
        assert (await system.get(f"{path}/{uuid4()}")).status == 404
        assert (await system.get(f"/v1/organizations/{uuid4()}/incubations")).status == 404
