"""Appraisals of a community's workers over HTTP and PostgreSQL: who sees what, and the post that they rest on."""

import io
from datetime import date
from typing import Any
from uuid import UUID

from openpyxl import load_workbook

from schemas import uscc
from schemas.canonical import digest_of
from schemas.ids import PartyId
from schemas.role import Role
from services import registry
from services.registry.rules.appraisal_score import APPRAISAL
from tests.journey.recorded import FIGURES_OF_A_YEAR
from tests.services.registry.records import PAPER
from tests.services.registry.test_communities_at_doors import SUZHOU, Clerks
from tests.services.registry.test_through_doors import issue
from tests.support.fixtures import Running
from tests.support.system import Person, Reply, System

WORSE = FIGURES_OF_A_YEAR | {"scores": {"duties": 10, "visits": 10, "learning": 10}}


class Year(Clerks):
    """A community of the registrars' county, with its key, and another one."""

    community_id: str
    staff: Person
    others: Person

    @classmethod
    async def begun(cls, system: System) -> "Year":
        year = await cls.opened(system, SUZHOU[:6])
        year.staff = await year.with_key(SUZHOU)
        year.community_id = str(year.staff.party_id)
        year.others = await year.with_key("320508017004")
        return year

    @classmethod
    async def opened(cls, system: System, division: str = "411502") -> "Year":
        clerks = await Clerks.opened(system, division)
        return cls(system, clerks.one, clerks.other, clerks.auditor)

    async def with_key(self, division: str) -> Person:
        code = uscc.make("55", division[:6], f"0000{division[-4:]}")
        body = {"kind": "community", "name": "示例社区", "uscc": code, "division": division}
        id = (await self.system.post("/v1/parties", body, self.one)).json["id"]
        await self.system.post(f"/v1/parties/{id}/verifications", {}, self.other)
        reply, secret = await issue(self.system, self.one, id, "community", person_name="示例社工")
        assert reply.status == 201, reply.json
        return Person(PartyId(UUID(id)), PartyId(UUID(int=0)), Role.COMMUNITY, secret)

    @property
    def path(self) -> str:
        return f"/v1/communities/{self.community_id}/appraisals"

    async def appraise(self, worker: int, **changes: Any) -> Reply:
        body = {"registrar_id": str(self.one.party_id), "worker_id": str(UUID(int=worker)), "year": self.today.year}
        body |= {"figures": FIGURES_OF_A_YEAR, "ground": "示例考核表 1 号", "document": PAPER}
        return await self.system.post(self.path, body | changes, self.one)

    async def settle(self, id: str, noun: str = "confirmations", **said: Any) -> Reply:
        body = {"registrar_id": str(self.other.party_id)} | said
        return await self.system.post(f"{self.path}/{id}/{noun}", body, self.other)

    async def reply(self, id: str, words: str = "没有意见", by: Person | None = None) -> Reply:
        return await self.system.post(f"{self.path}/{id}/replies", {"words": words}, by or self.staff)

    async def final(self, worker: int, **changes: Any) -> str:
        await self.works(self.community_id, worker)
        entered = await self.appraise(worker, **changes)
        assert entered.status == 201, entered.json
        assert (await self.reply(entered.json["id"])).status == 201
        assert (await self.settle(entered.json["id"])).status == 201
        return str(entered.json["id"])

    async def shown(self, by: Person | None, query: str = "") -> Any:
        return (await self.system.get(self.path + query, by)).json


async def test_the_community_registrars_and_auditors_see_each_by_id_and_others_only_how_many(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        year = await Year.begun(system)
        ids = [await year.final(worker) for worker in (1, 2, 3)]
        ids.append(await year.final(4, figures=WORSE))
        await year.works(year.community_id, 5)
        ids.append((await year.appraise(5)).json["id"])

        whole = [await year.shown(by) for by in (year.staff, year.one, year.auditor)]
        public = [await year.shown(by) for by in (None, year.others)]

        grades = {one["grade"]: one["count"] for one in public[0]["grades"]}
        assert grades == {"优秀": None, "称职": 3, "基本称职": None, "不称职": None}
        for page in whole:
            assert {one["id"] for one in page["appraisals"]} == set(ids)
        assert [page["appraisals"] for page in public] == [[], []]
        assert all(page["grades"] == public[0]["grades"] for page in (*whole, *public))
        [one] = [one for one in whole[0]["appraisals"] if one["id"] == ids[0]]
        assert (one["phase"], one["result"]["grade"], one["reply"]) == ("confirmed", "称职", "没有意见")
        assert one["result"]["how"].endswith(f"→ {one['result']['score']}")
        assert one["digest"] == digest_of(one["result"])
        assert "示例人员" not in str(whole)


async def test_a_workbook_has_a_row_for_each_appraisal_and_for_the_public_only_the_grades(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        year = await Year.begun(system)
        ids = {await year.final(worker) for worker in (1, 2)}

        replies = [await system.get(f"{year.path}?format=xlsx", by) for by in (year.auditor, None)]
        whole, public = (load_workbook(io.BytesIO(reply.json)) for reply in replies)

        header, *rows = whole["appraisals"].iter_rows(values_only=True)
        assert {dict(zip(header, row, strict=True))["id"] for row in rows} == ids
        assert list(public["grades"].iter_rows(values_only=True))[1:] == [
            (grade, None) for grade in ("优秀", "称职", "基本称职", "不称职")
        ]
        assert not ids & {cell for leaf in public for row in leaf.iter_rows(values_only=True) for cell in row}


async def test_a_page_begins_after_the_last_one_seen_and_another_year_is_empty(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        year = await Year.begun(system)
        ids = [await year.final(worker) for worker in (1, 2)]

        first = await year.shown(year.one, "?limit=1")
        second = await year.shown(year.one, f"?limit=1&cursor={first['next']}")
        before = await year.shown(year.one, f"?year={year.today.year - 1}")
        wrong = [
            await system.get(f"{year.path}?year={said}", year.one)
            for said in (str(year.today.year + 1), "26", "二〇二六")
        ]

        assert sorted(ids) == [page["appraisals"][0]["id"] for page in (first, second)]
        assert (before["appraisals"], {one["count"] for one in before["grades"]}) == ([], {None})
        assert {(reply.status, reply.json["title"], reply.json["field"]) for reply in wrong} == {
            (422, "year_wrong", "year")
        }


async def test_the_rule_is_shown_with_every_source(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        year = await Year.begun(system)

        rule = (await year.shown(None))["rule"]

        assert rule["rulebook"] == "example/community@2026.3"
        assert {one["path"] for one in rule["values"]} == set(APPRAISAL)
        assert all(one["source"] for one in rule["values"])


async def test_only_who_held_a_post_there_in_the_year_is_appraised_and_nothing_else_is_written(
    running: Running,
) -> None:
    async with running(registry.SERVICE) as system:
        year = await Year.begun(system)
        last = year.today.year - 1
        replaced = date(last, 1, 1).isoformat()
        await year.works(year.community_id, 1)
        gone = await year.works(year.community_id, 2)
        await year.works(str(year.others.party_id), 3)
        held = f"/v1/communities/{year.community_id}/records/{gone}/endings"
        left = {"on": replaced, "cause": "withdrawn", "reason": "离任"}
        assert (await system.post(held, left, year.one)).status == 201

        now = [(await year.appraise(worker)).status for worker in (1, 2, 3, 4)]
        before = [(await year.appraise(2, year=of)).status for of in (last - 1, last)]
        refused = (await year.appraise(2)).json

        assert (now, before) == ([201, 422, 422, 422], [201, 422])
        assert (refused["title"], refused["field"]) == ("no_post_in_year", "worker_id")
        rows = await system.fetch("SELECT count(*) FROM registry.appraisals")
        assert rows[0]["count"] == 2


async def test_a_post_that_a_newer_one_replaced_counts_no_longer(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        year = await Year.begun(system)
        await year.works(year.community_id, 1)
        content = {"kind": "post", "worker_id": str(UUID(int=1)), "post": "workstation_staff", "full_time": True}
        short = {"valid_from": "2021-03-01", "valid_until": "2021-06-30"}
        newer = await year.enter(year.community_id, content | {"employer": "示例街道"}, **short)

        statuses = {of: (await year.appraise(1, year=of)).status for of in (2019, 2020, 2021, 2022)}

        assert newer.status == 201
        assert statuses == {2019: 422, 2020: 201, 2021: 201, 2022: 422}


async def test_too_few_ratings_and_a_missing_score_are_refused_with_the_rule_and_its_source(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        year = await Year.begun(system)
        await year.works(year.community_id, 1)
        few = FIGURES_OF_A_YEAR | {"ratings": dict.fromkeys(FIGURES_OF_A_YEAR["ratings"], 5)}
        part = FIGURES_OF_A_YEAR | {"scores": {"duties": 90}}
        more = FIGURES_OF_A_YEAR | {"scores": FIGURES_OF_A_YEAR["scores"] | {"visits": 101}}

        replies = [(await year.appraise(1, figures=figures)).json for figures in (few, part, more)]

        assert [(reply["title"], reply["field"]) for reply in replies] == [
            ("too_few_ratings", "ratings"),
            ("scores_of_criteria", "scores"),
            ("invalid_field", "figures.scores.visits"),
        ]
        assert "30" in replies[0]["rule"]["source"]
        assert (replies[1]["rule"]["certainty"], "满意度" in replies[1]["rule"]["source"]) == ("S", True)


async def test_only_the_communitys_own_key_replies_and_a_reply_comes_before_confirmation(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        year = await Year.begun(system)
        await year.works(year.community_id, 1)
        id = (await year.appraise(1)).json["id"]

        early = await year.settle(id)
        strange = await year.reply(id, by=year.others)
        elsewhere = await system.post(
            f"/v1/communities/{year.others.party_id}/appraisals/{id}/replies", {"words": "无"}, year.others
        )
        personal = await year.reply(id, "电话 13800138000")
        replied = await year.reply(id, "走访少计一次")
        better = FIGURES_OF_A_YEAR | {"scores": FIGURES_OF_A_YEAR["scores"] | {"visits": 95}}
        confirmed = await year.settle(id, correction={"figures": better, "reason": "补计一次"})
        rejected = await year.settle(id, "rejections", reason="不符")

        assert (early.status, early.json["title"]) == (409, "reply_awaited")
        assert (strange.json["title"], elsewhere.status) == ("not_your_party", 404)
        assert (personal.status, personal.json["field"]) == (422, "words")
        assert (replied.status, replied.json["reply"]) == (201, "走访少计一次")
        assert (confirmed.json["phase"], confirmed.json["correction"]) == ("confirmed", "补计一次")
        assert (rejected.status, rejected.json["title"]) == (409, "appraisal_settled")
        told = [fact for fact in await system.facts("registry") if fact["type"].startswith("appraisal.")]
        assert [fact["type"] for fact in told] == ["appraisal.entered", "appraisal.confirmed"]
        assert "走访" not in str(told)
        assert str(year.community_id) == told[0]["key"]


async def test_an_unknown_community_has_no_appraisals(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        year = await Year.begun(system)
        nobody = f"/v1/communities/{UUID(int=9)}/appraisals"

        asked = await system.get(nobody)
        year.community_id = str(UUID(int=9))
        entered = await year.appraise(1)

        assert (asked.status, entered.status) == (404, 404)


async def test_a_county_adopts_its_own_criteria_and_none_that_put_the_residents_second(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        year = await Year.begun(system)
        await year.works(year.community_id, 1)
        registrar = {"registrar_id": str(year.one.party_id)}

        def document(satisfaction: int, duties: int) -> str:
            return (
                f'id: {SUZHOU[:6]}/community\nversion: "2026.1"\ntitle: 示例\neffective_from: {year.today}\n'
                "parent: example/community@2026.3\nrules:\n  community.appraisal_criteria:\n"
                f"    value: {{satisfaction: {{zh: 居民满意度, en: satisfaction, weight: {satisfaction}}}, "
                f"duties: {{zh: 履职, en: duties, weight: {duties}}}}}\n"
                '    source: 示例区民政局通知\n    certainty: "?"\n'
            )

        second = await system.post("/v1/rulebooks", registrar | {"document": document(50, 50)}, year.one)
        handed = await system.post("/v1/rulebooks", registrar | {"document": document(60, 40)}, year.one)
        path = f"/v1/rulebooks/{handed.json['hash']}/adoption"
        assert (await system.post(path, registrar, year.other)).status == 201
        entered = await year.appraise(1, figures=FIGURES_OF_A_YEAR | {"scores": {"duties": 80}})

        assert (second.status, second.json["title"]) == (422, "rulebook_wrong")
        assert "community.appraisal_criteria" in str(second.json)
        assert "群众满意度占主要权重" in str(second.json)
        assert (entered.status, entered.json["rulebook"]) == (201, handed.json["hash"])
        assert [one["weight"] for one in entered.json["result"]["criteria"]] == [60, 40]
