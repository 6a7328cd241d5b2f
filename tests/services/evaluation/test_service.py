"""The service as others meet it: residents without keys, batches, the timer; on real PostgreSQL and Kafka."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from schemas.contract import Milestone
from schemas.ids import ProjectId
from schemas.party import PartyKind
from schemas.role import Role
from services.evaluation import SERVICE
from services.evaluation.rules import token_digest
from tests.services.evaluation.evaluated import a_signed_contract, a_submission, a_token, an_acceptance
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

    async def issue(self, numbers: range, by: Person | None = None) -> Reply:
        digests = [token_digest(a_token(number)) for number in numbers]
        return await self.system.post(f"{self.at}/rating-tokens", {"digests": digests}, by or self.community)

    async def rate(self, *ratings: dict[str, Any], by: Person | None = None, milestone: str = "final") -> Reply:
        return await self.system.post(f"{self.at}/milestones/{milestone}/ratings", {"ratings": list(ratings)}, by)

    async def score(self, by: Person, rated: Person, score: object) -> Reply:
        body = {"rated_id": str(rated.party_id), "score": score}
        return await self.system.post(f"{self.at}/party-ratings", body, by)


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
        await eventually(lambda: system.facts("evaluation", "project.graded"), "the grade")

        public = (await system.get(f"{project.at}/evaluation")).json
        assert public["score"] == "88.11"  # (居民 86.67×50 + 购买方 90.5×30) ÷ 80 = 88.10625
        assert (public["grade"], public["factor_percent"]) == ("良好", 100)
        assert public["milestones"][1]["mean"] == "86.67"
        assert "社区代录 2 份" in public["arithmetic"]
        told = [fact["type"] for fact in await system.facts("evaluation")]
        assert told == ["party.rated", "party.rated", "milestone.rated", "project.graded"]
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
            FROM unnest(ARRAY['tokens', 'ratings']) AS name, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS verb
            """
        )
        assert privileges[0][0] is False
