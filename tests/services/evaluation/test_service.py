"""The service as others meet it: residents without keys, batches, the timer; on real PostgreSQL and Kafka."""

import asyncio
import json
from collections import Counter
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest

from schemas.canonical import digest_of
from schemas.contract import Milestone
from schemas.ids import ProjectId
from schemas.party import PartyKind
from schemas.role import Role
from services.evaluation import SERVICE
from services.evaluation.api.rows import RatingRow
from services.evaluation.rules import Level, Row, token_digest
from services.evaluation.rules.bursts import set_apart
from tests.services.evaluation.evaluated import BOOK, a_signed_contract, a_submission, a_token, an_acceptance
from tests.support.fixtures import Running
from tests.support.system import Person, Reply, System
from tests.support.waiting import eventually


class Project:
    """A project under an agreement in a running installation, told by contracts; and its three parties' people."""

    def __init__(self, system: System, funder: Person, community: Person, provider: Person) -> None:
        self.system = system
        self.funder, self.community, self.provider = funder, community, provider
        self.id = ProjectId(uuid4())
        self.at = f"/v1/projects/{self.id}"

    async def tell(self, *facts: Any) -> None:
        for fact in facts:
            line = await self.system.teller.tell(fact, "contracts")
        await self.system.seen(line)

    async def submitted(self) -> None:
        signed = a_signed_contract(
            self.id,
            funder_id=self.funder.party_id,
            community_id=self.community.party_id,
            provider_id=self.provider.party_id,
        )
        await self.tell(signed, a_submission(Milestone.MID_TERM, self.id), a_submission(Milestone.FINAL, self.id))

    async def issue(self, numbers: range, by: Person | None = None, **more: str) -> Reply:
        digests = [token_digest(a_token(number)) for number in numbers]
        return await self.system.post(f"{self.at}/rating-tokens", {"digests": digests, **more}, by or self.community)

    async def rate(self, *ratings: dict[str, Any], by: Person | None = None, milestone: str = "final") -> Reply:
        return await self.system.post(f"{self.at}/milestones/{milestone}/ratings", {"ratings": list(ratings)}, by)

    async def sample(self, by: Person, milestone: str = "final") -> Reply:
        return await self.system.post(f"{self.at}/milestones/{milestone}/sample", {}, by)

    async def score(self, by: Person, rated: Person, score: object) -> Reply:
        body = {"rated_id": str(rated.party_id), "score": score}
        return await self.system.post(f"{self.at}/party-ratings", body, by)

    async def put_right(self) -> None:
        """The provider answers every follow-up, so that the count waits for none."""
        for one in (await self.system.get(f"{self.at}/followups", self.provider)).json["followups"]:
            door = f"{self.at}/milestones/{one['milestone']}/followups/{one['grievance']}/answers"
            assert (await self.system.post(door, {"done": "已上门说明"}, self.provider)).status == 201

    async def accept(self) -> Reply:
        """The provider accepts the grade, once the window's timer has announced it."""
        await eventually(lambda: self.system.facts("evaluation", "grade.announced"), "the announced grade")
        return await self.system.post(f"{self.at}/grade/acceptance", {}, self.provider)


async def a_project(system: System) -> Project:
    project = Project(
        system,
        funder=await system.person(PartyKind.FUNDER, Role.FUNDER),
        community=await system.person(PartyKind.COMMUNITY, Role.COMMUNITY),
        provider=await system.person(PartyKind.ORGANIZATION, Role.PROVIDER),
    )
    await project.submitted()
    return project


def a_rating(number: int, level: str = "satisfied", **more: str) -> dict[str, Any]:
    return {"token": a_token(number), "level": level, **more}


@pytest.mark.timeout(90)
async def test_residents_and_parties_rate_and_the_timer_makes_the_grade(running: Running) -> None:
    async with running(SERVICE, virtual=True) as system:
        project = await a_project(system)
        assert (await project.issue(range(1, 11))).json == {"tokens": 10}
        assert (await project.rate(a_rating(1, "very_satisfied", comment="饭菜很热"))).status == 201
        assert (await project.rate(a_rating(2), a_rating(3), by=project.community)).json["ratings"] == 3
        assert (await project.score(project.funder, project.provider, 90)).json["title"] == "final_not_accepted"
        await project.tell(an_acceptance(Milestone.FINAL, project.id))
        assert (await project.score(project.funder, project.provider, "90.5")).status == 201
        assert (await project.score(project.provider, project.funder, 77)).status == 201
        assert (await system.get(f"{project.at}/evaluation")).status == 404
        before = (await system.get(f"{project.at}/evaluation", project.provider)).json
        assert (before["milestones"][1]["ratings"], before["milestones"][1]["by_level"]) == (3, None)
        assert (before["parties_rated"], before["party_scores"], before["grade"]) == (2, None, None)
        assert (await system.get(f"{project.at}/milestones/final/comments", project.funder)).status == 409

        await system.advance(timedelta(days=14))
        assert (await project.accept()).status == 201

        public = (await system.get(f"{project.at}/evaluation")).json
        assert public["score"] == "88.11"  # (居民 86.67×50 + 购买方 90.5×30) ÷ 80 = 88.10625
        assert (public["grade"], public["factor_percent"]) == ("良好", 100)
        assert public["milestones"][1]["mean"] == "86.67"
        assert "社区代录 2 份" in public["arithmetic"]
        told = [fact["type"] for fact in await system.facts("evaluation")]
        assert told[:4] == ["party.rated", "party.rated", "milestone.rated", "ratings.assessed"]
        assert told[4:] == ["grade.announced", "grade.accepted", "project.graded"]
        assessed = public["milestones"][1]["assessed"]
        assert (assessed["asked"], assessed["answered"], assessed["counted"]) == (10, 3, 3)
        assert assessed["too_few"]
        assert "too few to rank" in assessed["why_few"]
        (standing,) = (await system.get("/v1/provider-standings")).json["providers"]
        assert (standing["ratings_counted"], standing["satisfied_at_least_percent"]) == (3, None)
        assert "样本小" in standing["too_few_to_rank"]
        assert (await project.rate(a_rating(4))).json["title"] == "evaluation_closed"
        comments = (await system.get(f"{project.at}/milestones/final/comments", project.funder)).json["comments"]
        assert [c["comment"] for c in comments] == ["饭菜很热"]
        assert (await system.get(f"{project.at}/milestones/final/comments", project.provider)).status == 403


@pytest.mark.timeout(90)
async def test_one_token_rates_once_even_when_two_requests_come_together(running: Running) -> None:
    async with running(SERVICE) as system:
        project = await a_project(system)
        await project.issue(range(1, 3))

        replies = await asyncio.gather(*(project.rate(a_rating(1, level)) for level in ["satisfied", "dissatisfied"]))

        assert sorted(reply.status for reply in replies) == [201, 409]
        refusal = next(reply.json for reply in replies if reply.status == 409)
        assert refusal["title"] == "already_rated"
        assert refusal["field"] == "ratings.0.token"
        assert len(await system.fetch("SELECT FROM evaluation.ratings")) == 1


@pytest.mark.timeout(90)
async def test_two_thousand_ratings_in_one_request_and_no_token_is_kept(running: Running) -> None:
    async with running(SERVICE) as system:
        project = await a_project(system)
        assert (await project.issue(range(5000))).status == 201
        many = [a_rating(n, "very_satisfied", comment="好") for n in range(2000)]

        assert (await project.rate(*many, a_rating(2000))).status == 422
        assert (await project.rate(*many[:-1], a_rating(9999))).json["title"] == "unknown_rating_token"
        assert (await system.fetch("SELECT count(*) FROM evaluation.ratings"))[0][0] == 0
        assert (await project.rate(*many)).json == {"milestone": "final", "ratings": 2000}

        assert (await system.fetch("SELECT max(number) FROM evaluation.ratings"))[0][0] == 2000
        assert (await project.rate(many[7], a_rating(3000))).json["title"] == "already_rated"
        tables = await system.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'evaluation'")
        for (table,) in tables:
            rows = await system.fetch(f"SELECT count(*) FROM evaluation.{table} t WHERE t::text LIKE '%resident-0%'")
            assert rows[0][0] == 0, table


@pytest.mark.timeout(90)
async def test_who_may_issue_rate_and_score(running: Running) -> None:
    async with running(SERVICE) as system:
        project, other = await a_project(system), await a_project(system)
        await project.tell(an_acceptance(Milestone.FINAL, project.id))
        await project.issue(range(1, 4))

        assert (await project.issue(range(4, 5), by=project.provider)).status == 403
        assert (await project.issue(range(4, 5), by=other.community)).status == 403
        for who in (project.provider, project.funder, other.community):
            assert (await project.rate(a_rating(1), by=who)).json["title"] == "not_a_resident"
        assert (await other.rate(a_rating(1))).json["title"] == "unknown_rating_token"
        assert (await project.score(other.funder, project.provider, 1)).json["title"] == "not_your_party"
        assert (await project.score(project.funder, project.community, 1)).status == 422
        assert (await project.score(project.funder, project.provider, "99.999")).status == 422
        assert (await project.score(project.funder, project.provider, 101)).status == 422
        assert (await system.get(f"{project.at}/evaluation", other.provider)).status == 404
        assert (await system.get(f"/v1/projects/{uuid4()}/evaluation", project.funder)).status == 404


@pytest.mark.timeout(90)
async def test_the_lot_is_published_so_that_anyone_can_draw_it_again(running: Running) -> None:
    async with running(SERVICE, virtual=True) as system:
        project = await a_project(system)
        await project.issue(range(1, 151))
        assert (await project.sample(project.provider)).status == 403
        assert (await project.sample(project.community)).json["title"] == "wrong_role"
        drawn = (await project.sample(project.funder)).json
        assert (await project.sample(project.funder)).json["title"] == "sample_already_drawn"
        assert (drawn["population"], drawn["size"]) == (150, 109)
        await project.issue(range(151, 161))
        place = f"{project.at}/milestones/final/sample"
        for stranger in (None, project.provider):
            assert (await system.get(place, stranger)).status == 404
        before = (await system.get(f"{place}?limit=200", project.community)).json
        listed = {one["token"] for one in before["tokens"]}
        asked = {one["token"] for one in before["tokens"] if one["asked"]}
        by_digest = {token_digest(a_token(number)): number for number in range(1, 161)}
        mine = [number for digest, number in by_digest.items() if digest in asked][:30]
        others = [number for digest, number in by_digest.items() if digest not in listed]
        await project.rate(*(a_rating(number) for number in mine), *(a_rating(n, "dissatisfied") for n in others[:5]))
        await project.tell(an_acceptance(Milestone.FINAL, project.id))
        await project.put_right()
        await system.advance(timedelta(days=14))
        assert (await project.accept()).status == 201

        pages = [(await system.get(f"{place}?limit=100")).json]
        pages.append((await system.get(f"{place}?limit=100&cursor={pages[0]['next']}")).json)
        tokens = [one["token"] for page in pages for one in page["tokens"]]
        (fact,) = await system.facts("evaluation", "sample.drawn")
        assert fact["causationid"] == drawn["drawn_in"] == fact["data"]["drawn_in"]
        assert pages[1]["next"] is None
        assert drawn["list_digest"] == digest_of(sorted(tokens))
        assert tokens == sorted(tokens, key=lambda token: sha256((drawn["seed"] + token).encode()).digest())
        public = (await system.get(f"{project.at}/evaluation")).json
        assert (public["score"], public["score_of_all"], public["grade_of_all"]) == ("80.00", "74.29", "合格")
        assessed = public["milestones"][1]["assessed"]
        assert (assessed["asked"], assessed["answered"], assessed["not_asked"]) == (109, 30, 5)
        (standing,) = (await system.get("/v1/provider-standings")).json["providers"]
        assert standing["too_few_to_rank"] is None
        assert (standing["satisfied_percent"], standing["satisfied_at_least_percent"]) == ("100.00", "88.64")


@pytest.mark.timeout(90)
async def test_an_auditor_works_out_from_the_rows_what_was_set_apart(running: Running) -> None:
    async with running(SERVICE, virtual=True) as system:
        project, auditor = await a_project(system), await system.person(PartyKind.FUNDER, Role.AUDITOR)
        await project.issue(range(1, 101))
        for number in range(1, 46):
            await system.advance(timedelta(hours=1))
            await project.rate(a_rating(number, list(Level)[number % 5]))
        await system.advance(timedelta(hours=1))
        await project.rate(*(a_rating(n, "very_satisfied", comment="好") for n in range(46, 86)), by=project.community)
        rows = f"{project.at}/milestones/final/ratings"
        assert (await system.get(rows, auditor)).json["title"] == "rows_before_grade"
        await project.tell(an_acceptance(Milestone.FINAL, project.id))
        await project.put_right()
        await system.advance(timedelta(days=14))
        assert (await project.accept()).status == 201

        assert (await system.get(rows, project.funder)).status == 403
        assert (await system.get(f"{rows}?after=-1", auditor)).json["title"] == "no_row_number"
        pages = [(await system.get(f"{rows}?limit=50", auditor)).json]
        pages.append((await system.get(f"{rows}?limit=50&after={pages[0]['next']}", auditor)).json)
        shown = [RatingRow.model_validate_json(json.dumps(row)) for page in pages for row in page["rows"]]
        seen = [Row(row.number, row.at, row.level, row.by_community, row.asked) for row in shown]
        (group,) = set_apart(seen, BOOK.value("evaluation.set_apart"))
        (fact,) = await system.facts("evaluation", "ratings.assessed")
        assert (len(seen), pages[1]["next"]) == (85, None)
        assert (group.rows[0].number, group.rows[-1].number, len(group.rows)) == (46, 85, 40)
        (told,) = fact["data"]["set_apart"]
        assert (told["first"], told["last"], told["ratings"], told["by_community"]) == (46, 85, 40, True)
        evaluation = (await system.get(f"{project.at}/evaluation")).json
        assert (evaluation["score"], evaluation["score_of_all"]) == ("60.00", "78.82")


@pytest.mark.timeout(90)
async def test_bad_ratings_open_a_follow_up_and_its_durable_deadline_makes_it_overdue(running: Running) -> None:
    async with running(SERVICE, virtual=True) as system:
        project = await a_project(system)
        await project.issue(range(1, 11))
        bad = [a_rating(number, "very_dissatisfied", comment="饭是冷的") for number in (1, 2, 3)]
        await project.rate(*bad)
        await project.rate(*(a_rating(number, "dissatisfied") for number in range(4, 9)), milestone="mid_term")
        one = f"{project.at}/milestones/final/followups/very_dissatisfied"
        assert (await system.post(f"{one}/closing", {}, project.community)).json["title"] == "followup_not_answered"
        assert (await system.post(f"{one}/answers", {"done": "已换保温箱"}, project.community)).status == 403
        elsewhere = f"{project.at}/milestones/mid_term/followups/very_dissatisfied/answers"
        assert (await system.post(elsewhere, {"done": "已换保温箱"}, project.provider)).status == 404
        assert (await system.post(f"{one}/answers", {"done": "已换保温箱"}, project.provider)).status == 201
        assert (await system.post(f"{one}/closing", {}, project.community)).json["closed"]
        (mid_term, final) = (await system.get(f"{project.at}/followups", project.funder)).json["followups"][::-1]
        assert (final["answer"], final["closed"], mid_term["answer"]) == ("已换保温箱", True, None)
        assert (await system.get(f"{project.at}/followups", (await a_project(system)).provider)).status == 403

        await system.advance(timedelta(days=23))
        await eventually(lambda: system.facts("evaluation", "followup.overdue"), "the deadline")

        told = [fact["type"].removeprefix("followup.") for fact in await system.facts("evaluation")]
        assert told == ["opened", "opened", "answered", "closed", "overdue"]
        assert not any("冷" in str(fact) or "保温" in str(fact) for fact in await system.facts("evaluation"))


@pytest.mark.timeout(90)
async def test_of_five_hundred_ratings_at_once_from_one_token_one_counts(running: Running) -> None:
    async with running(SERVICE) as system:
        project = await a_project(system)
        await project.issue(range(1, 3))

        replies = await asyncio.gather(*(project.rate(a_rating(1, "very_satisfied")) for _ in range(500)))

        assert Counter(reply.status for reply in replies) == {201: 1, 409: 499}
        assert {reply.json["title"] for reply in replies if reply.status == 409} == {"already_rated"}
        assert len(await system.fetch("SELECT FROM evaluation.ratings")) == 1
        assert (await project.rate(a_rating(2))).status == 201


async def rows_written(system: System) -> dict[str, int]:
    """How many rows each table of the service has."""
    tables = await system.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'evaluation'")
    return {name: (await system.fetch(f"SELECT count(*) FROM evaluation.{name}"))[0][0] for (name,) in tables}


@pytest.mark.timeout(90)
async def test_of_ten_thousand_ratings_in_batches_at_once_from_one_token_one_counts(running: Running) -> None:
    async with running(SERVICE) as system:
        project = await a_project(system)
        await project.issue(range(1, 3))
        assert (await project.rate(a_rating(2))).status == 201
        before = await rows_written(system)
        flood = [a_rating(1, "very_satisfied")] * 2_000

        one, *many = await asyncio.gather(project.rate(a_rating(1)), *(project.rate(*flood) for _ in range(5)))

        assert (one.status, {(reply.status, reply.json["title"]) for reply in many}) == (201, {(409, "already_rated")})
        after = await rows_written(system)
        assert {name: after[name] - count for name, count in before.items() if after[name] != count} == {
            "ratings": 1,
            "idempotency": 1,
        }


@pytest.mark.timeout(90)
async def test_a_token_of_the_mid_term_rates_no_final_and_nothing_of_its_batch_is_written(running: Running) -> None:
    async with running(SERVICE) as system:
        project = await a_project(system)
        assert (await project.issue(range(1, 3), milestone="mid_term")).json == {"tokens": 2}
        await project.issue(range(3, 5))
        before = await rows_written(system)

        refused = await project.rate(a_rating(3), a_rating(1))

        assert (refused.status, refused.json["title"]) == (409, "token_of_another_milestone")
        assert refused.json["field"] == "ratings.1.token"
        assert "末期" in refused.json["detail"]
        assert (await project.issue(range(1, 2))).json["title"] == "token_of_one_milestone"
        assert (await project.issue(range(1, 2), milestone="final")).json["title"] == "token_of_one_milestone"
        assert (await project.issue(range(5, 6), milestone="spring")).status == 422
        assert await rows_written(system) == before
        assert (await project.rate(a_rating(1), milestone="mid_term")).status == 201
        assert (await project.rate(a_rating(3), a_rating(4))).json["ratings"] == 2
        drawn = (await project.sample(project.funder)).json
        assert drawn["population"] == 2
        assert (await project.sample(project.funder, "mid_term")).json["population"] == 4


@pytest.mark.timeout(90)
async def test_facts_told_twice_change_nothing(running: Running) -> None:
    async with running(SERVICE) as system:
        project = await a_project(system)
        await project.issue(range(1, 3))
        await project.rate(a_rating(1))
        before = (await system.get(f"{project.at}/evaluation", project.funder)).json

        await project.submitted()

        after = (await system.get(f"{project.at}/evaluation", project.funder)).json
        assert (after["tokens"], after["milestones"]) == (before["tokens"], before["milestones"])


@pytest.mark.timeout(90)
async def test_the_services_own_role_can_neither_change_nor_delete_a_rating(running: Running) -> None:
    async with running(SERVICE) as system:
        privileges = await system.fetch(
            """
            SELECT bool_or(has_table_privilege('sanshe_evaluation', 'evaluation.' || name, verb))
            FROM unnest(ARRAY['tokens', 'ratings', 'listed']) AS name,
                 unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS verb
            """
        )
        assert privileges[0][0] is False
