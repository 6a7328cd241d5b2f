"""A community's records and its staffing over HTTP and PostgreSQL."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from openpyxl import load_workbook

from schemas import uscc
from schemas.days import day_of
from schemas.ids import PartyId
from schemas.role import Role
from services import registry
from services.registry.api import staffing
from tests.services.registry.records import PAPER
from tests.services.registry.stories import USCC
from tests.services.registry.test_communities import BODY, FIGURES, POST
from tests.services.registry.test_through_doors import an_organization, begin, issue
from tests.support.fixtures import Running
from tests.support.system import Person, Reply, System

OLD = date(2020, 1, 6)
ONE, OTHER, ELSEWHERE = "411502001001", "411502001003", "411502002001"
SUZHOU = "320508017003"


class Clerks:
    """Two registrars and an auditor."""

    def __init__(self, system: System, one: Person, other: Person, auditor: Person) -> None:
        self.system, self.one, self.other, self.auditor = system, one, other, auditor

    @classmethod
    async def opened(cls, system: System, division: str = "411502") -> "Clerks":
        one, other, _, auditor = await begin(system, division)
        return cls(system, one, other, auditor)

    async def community(self, division: str = ONE) -> str:
        code = USCC["community"] if division == ONE else uscc.make("55", division[:6], f"0000{division[-4:]}")
        body = {"kind": "community", "name": f"示例社区{division[-4:]}", "uscc": code, "division": division}
        reply = await self.system.post("/v1/parties", body, self.one)
        assert reply.status == 201, reply.json
        await self.system.post(f"/v1/parties/{reply.json['id']}/verifications", {}, self.other)
        return str(reply.json["id"])

    async def enter(self, community: str, content: dict[str, Any], **changes: Any) -> Reply:
        body = {"content": content, "valid_from": OLD.isoformat(), "ground": "示例统计表 1 号", "document": PAPER}
        return await self.system.post(f"/v1/communities/{community}/records", body | changes, self.one)

    async def confirmed(self, community: str, content: dict[str, Any] = FIGURES, **changes: Any) -> None:
        record = (await self.enter(community, content, **changes)).json["id"]
        path = f"/v1/communities/{community}/records/{record}/confirmations"
        assert (await self.system.post(path, {}, self.other)).status == 201

    async def works(self, community: str, worker: int, new: bool = True, **changes: Any) -> str:
        content = POST | {"worker_id": str(UUID(int=worker))} | changes
        named = {"worker_name": f"示例人员{worker}"} if new else {}
        reply = await self.enter(community, content, **named)
        assert reply.status == 201, reply.json
        return str(reply.json["id"])

    async def staffing(self, division: str, query: str = "") -> Any:
        return (await self.system.get(f"/v1/communities/{division}/staffing{query}")).json

    @property
    def today(self) -> date:
        return day_of(datetime.now(UTC))


async def test_figures_are_shown_once_confirmed_and_for_no_day_before_they_were_recorded(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        clerks = await Clerks.opened(system)
        community = await clerks.community()
        entered = (await clerks.enter(community, FIGURES)).json
        path = f"/v1/communities/{community}/records"
        waits = (await system.get(path)).json
        await system.post(f"{path}/{entered['id']}/confirmations", {}, clerks.other)
        shown = (await system.get(path)).json
        before = (await system.get(f"{path}?as_of={clerks.today - timedelta(days=1)}")).json

        assert (waits["records"], before["records"]) == ([], [])
        [figures] = shown["records"]
        assert figures["content"] == FIGURES | {"area_m2": None}
        assert (figures["valid_from"], figures["recorded_on"]) == (OLD.isoformat(), clerks.today.isoformat())
        said = [fact["type"] for fact in await system.facts("registry") if fact["key"] == community]
        assert said == ["party.registered", "party.verified", "community.recorded"]


async def test_staffing_of_a_community_shows_the_arithmetic_what_it_has_and_every_source(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        clerks = await Clerks.opened(system)
        community = await clerks.community()
        await clerks.confirmed(community)
        for worker in range(1, 4):
            await clerks.works(community, worker)
        await clerks.works(community, 4, full_time=False)
        await clerks.works(community, 5, post="grid_worker", grids=1)

        told = await clerks.staffing(ONE)

        [line] = told["communities"]
        assert (line["community_id"], line["has"]) == (community, 3)
        assert (line["staffing"]["least"], line["staffing"]["most"]) == (9, 13)
        assert (line["staffing"]["short"], line["staffing"]["over"]) == (6, 0)
        assert [one["more"] for one in line["staffing"]["steps"]] == [2, 2]
        assert told["rule"]["rulebook"] == "example/community@2026.3"
        assert all(one["source"] for one in told["rule"]["values"])


async def test_a_street_and_a_county_are_summed_over_their_communities_and_say_which_have_no_figures(
    running: Running,
) -> None:
    async with running(registry.SERVICE) as system:
        clerks = await Clerks.opened(system)
        ids = {division: await clerks.community(division) for division in (ONE, OTHER, ELSEWHERE)}
        await clerks.confirmed(ids[ONE])
        await clerks.confirmed(ids[ELSEWHERE], FIGURES | {"households": 100, "floating": 0})
        await clerks.works(ids[OTHER], 1)

        street, county = await clerks.staffing(ONE[:9]), await clerks.staffing(ONE[:6])
        first = await clerks.staffing(ONE[:6], "?limit=2")
        second = await clerks.staffing(ONE[:6], f"?limit=2&cursor={first['next']}")

        assert {line["division"] for line in street["communities"]} == {ONE, OTHER}
        total = {"communities": 2, "without_figures": 1, "households": 3650, "floating": 2100, "has": 1}
        assert street["total"] == total | {"least": 9, "most": 13, "short": 9, "over": 0}
        total = {"communities": 3, "without_figures": 1, "households": 3750, "floating": 2100, "has": 1}
        assert county["total"] == total | {"least": 14, "most": 22, "short": 14, "over": 0}
        assert first["communities"] + second["communities"] == county["communities"]
        assert (first["total"], second["next"], county["next"]) == (county["total"], None, None)
        [none] = [line for line in county["communities"] if line["division"] == OTHER]
        assert (none["figures"], none["staffing"], none["has"]) == (None, None, 1)


async def test_staffing_as_a_workbook_has_a_row_for_each_community(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        clerks = await Clerks.opened(system)
        for division in (ONE, OTHER):
            await clerks.confirmed(await clerks.community(division))

        content = (await system.get(f"/v1/communities/{ONE[:6]}/staffing?format=xlsx")).json

        sheet = load_workbook(io.BytesIO(content))["communities"]
        header, *rows = sheet.iter_rows(values_only=True)
        assert [dict(zip(header, row, strict=True))["staffing.least"] for row in rows] == [9, 9]


async def test_staff_are_shown_by_id_to_the_community_itself_and_auditors_with_posts_held_elsewhere(
    running: Running,
) -> None:
    async with running(registry.SERVICE) as system:
        clerks = await Clerks.opened(system)
        here, there = await clerks.community(), await clerks.community(OTHER)
        await clerks.works(here, 1)
        await clerks.works(there, 1, new=False)
        left = await clerks.works(here, 2)
        await clerks.works(there, 3)
        reply, secret = await issue(system, clerks.one, here, "community", person_name="示例主任")
        assert reply.status == 201, reply.json
        own = Person(PartyId(UUID(int=0)), PartyId(UUID(here)), Role.COMMUNITY, secret)
        end = {"on": clerks.today.isoformat(), "cause": "withdrawn", "reason": "示例离任 2 号"}
        await system.post(f"/v1/communities/{here}/records/{left}/endings", end, clerks.one)

        shown = await system.get(f"/v1/communities/{here}/staff", own)
        audited = await system.get(f"/v1/communities/{here}/staff", clerks.auditor)
        others = await system.get(f"/v1/communities/{there}/staff", own)
        public = await system.get(f"/v1/communities/{here}/records")
        full = await system.get(f"/v1/communities/{here}/records", clerks.one)

        [line] = shown.json["staff"]
        assert (line["worker_id"], line["full_time_elsewhere"]) == (str(UUID(int=1)), [there])
        assert audited.json == shown.json
        assert (others.status, others.json["title"]) == (404, "not_found")
        assert (public.json["records"], len(full.json["records"])) == ([], 1)
        assert "示例人员" not in str(shown.json) + str(full.json) + str(await system.facts("registry"))


async def test_signatories_say_which_body_signs_and_whether_the_community_has_it(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        clerks = await Clerks.opened(system)
        community = await clerks.community()
        assert (await clerks.enter(community, BODY)).json["recorded_on"] == clerks.today.isoformat()

        told = (await system.get(f"/v1/communities/{ONE}/signatories")).json

        signs = {one["document"]: (one["body"], one["on_record"]) for one in told["documents"]}
        assert signs["agreement"] == ("committee", False)
        assert signs["service_receipt"] == ("workstation", True)
        assert [(one["path"], one["certainty"]) for one in told["rule"]["values"]] == [("community.signatories", "?")]
        assert (await system.get(f"/v1/communities/{ONE[:9]}/signatories")).status == 404


async def test_questions_that_cannot_be_answered_say_why(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(registry.SERVICE) as system:
        clerks = await Clerks.opened(system)
        community = await clerks.community()
        organization = (await system.post("/v1/parties", an_organization(), clerks.one)).json["id"]
        ahead = clerks.today + timedelta(days=1)

        for path, status, code in (
            (f"{ONE}/staffing?as_of={ahead}", 422, "as_of_ahead"),
            (f"{ONE}/staffing?as_of=2019-01-01", 422, "no_rule_of_communities"),
            (f"{OTHER}/staffing", 404, "not_found"),
            ("12/staffing", 404, "not_found"),
            (f"{organization}/records", 404, "not_found"),
            (f"{uuid4()}/records", 404, "not_found"),
        ):
            reply = await system.get(f"/v1/communities/{path}")
            assert (reply.status, reply.json["title"]) == (status, code), path
        monkeypatch.setattr(staffing, "MOST_COMMUNITIES", 0)
        reply = await system.get(f"/v1/communities/{ONE}/staffing")
        assert (reply.status, reply.json["title"]) == (422, "too_many_communities")
        assert (await system.get(f"/v1/communities/{community}/records")).status == 200


async def test_grid_allowances_are_listed_by_id_with_their_sum_for_auditors_and_the_community(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        clerks = await Clerks.opened(system)
        community = await clerks.community()
        for worker, full_time in ((1, True), (2, False)):
            await clerks.works(community, worker, post="grid_worker", grids=2, full_time=full_time)
        path = f"/v1/communities/{community}/grid-allowances"
        month = (clerks.today.replace(day=1) - timedelta(days=1)).isoformat()[:7]

        told = await system.get(f"{path}?month={month}", clerks.auditor)
        sheet = await system.get(f"{path}?month={month}&format=xlsx", clerks.auditor)
        wrong = await system.get(f"{path}?month=soon", clerks.auditor)
        unknown = await system.get(f"/v1/communities/{uuid4()}/grid-allowances", clerks.auditor)

        lines = [(UUID(one["worker_id"]).int, one["amount"]) for one in told.json["allowances"]]
        assert lines == [(1, {"fen": 60000}), (2, {"fen": 20000})]
        assert (told.json["month"], told.json["total"]) == (month, {"fen": 80000})
        assert told.json["amounts"] == {"full_time": {"fen": 30000}, "part_time": {"fen": 10000}}
        assert load_workbook(io.BytesIO(sheet.json))["allowances"].max_row == 3
        assert (wrong.status, wrong.json["title"], unknown.status) == (422, "month_wrong", 404)
        assert (await system.get(path)).status == 401


async def test_what_the_county_adopted_goes_before_the_example_from_its_first_day(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        clerks = await Clerks.opened(system, SUZHOU[:6])
        await clerks.confirmed(await clerks.community(SUZHOU))
        text = (
            f'id: {SUZHOU[:6]}/community\nversion: "2026.1"\ntitle: 示例\neffective_from: {clerks.today}\n'
            "parent: example/community@2026.3\nrules:\n  community.staff_households_base:\n"
            '    {value: 2000, source: 示例区民政局通知, certainty: "?"}\n'
        )
        before = await clerks.staffing(SUZHOU)
        registrar = {"registrar_id": str(clerks.one.party_id)}
        handed = await system.post("/v1/rulebooks", registrar | {"document": text}, clerks.one)
        assert handed.status == 201, handed.json
        path = f"/v1/rulebooks/{handed.json['hash']}/adoption"
        assert (await system.post(path, registrar, clerks.other)).status == 201

        after = await clerks.staffing(SUZHOU)

        assert (before["rule"]["rulebook"], before["total"]["least"]) == ("example/community@2026.3", 9)
        assert (after["rule"]["rulebook"], after["total"]["least"]) == (f"{SUZHOU[:6]}/community@2026.1", 12)
        base = next(one for one in after["rule"]["values"] if one["path"] == "community.staff_households_base")
        assert (base["value"], base["source"]) == (2000, "示例区民政局通知")
