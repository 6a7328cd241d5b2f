"""The announced grade through the doors: who sees it, who answers it, and that its timers ring by themselves."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from schemas.contract import Milestone
from schemas.party import PartyKind
from schemas.role import Role
from services.evaluation import SERVICE
from tests.services.evaluation.evaluated import an_acceptance
from tests.services.evaluation.test_service import Project, a_project, a_rating
from tests.support.fixtures import Running
from tests.support.system import Person, Reply, System
from tests.support.waiting import eventually


@dataclass
class Announced:
    system: System
    project: Project

    async def post(self, door: str, body: Any, by: Person) -> Reply:
        return await self.system.post(f"{self.project.at}/grade/{door}", body, by)

    async def grade(self, by: Person | None = None) -> Reply:
        return await self.system.get(f"{self.project.at}/grade", by)

    async def graded(self) -> dict[str, Any]:
        (fact,) = await eventually(lambda: self.system.facts("evaluation", "project.graded"), "the final grade")
        data: dict[str, Any] = fact["data"]
        return data


async def announced(system: System) -> Announced:
    """Two residents and the funder were not pleased."""
    project = await a_project(system)
    await project.issue(range(1, 11))
    await project.rate(a_rating(1, "dissatisfied"), a_rating(2, "dissatisfied"))
    await project.tell(an_acceptance(Milestone.FINAL, project.id))
    await project.score(project.funder, project.provider, 50)
    await system.advance(timedelta(days=14))
    await eventually(lambda: system.facts("evaluation", "grade.announced"), "the announced grade")
    return Announced(system, project)


@pytest.mark.timeout(90)
async def test_the_parties_see_the_announced_grade_and_unanswered_it_becomes_final_by_itself(running: Running) -> None:
    async with running(SERVICE, virtual=True) as system:
        one = await announced(system)
        assert (await one.grade()).status == 404
        assert (await one.grade((await a_project(system)).provider)).status == 404
        seen = (await one.grade(one.project.provider)).json
        assert (seen["phase"], seen["announced"]["score"], seen["final"]) == ("reply", "43.75", None)
        assert "居民满意度" in seen["announced"]["arithmetic"]
        assert (await system.get(f"{one.project.at}/evaluation")).status == 404
        assert (await one.post("replies", {"reply": "饭盒已换"}, one.project.provider)).status == 201
        assert (await one.post("replies", {"reply": "电话 13800138000"}, one.project.provider)).status == 409
        told = await system.facts("evaluation")
        assert not [fact for fact in told if fact["type"] == "project.graded" or "饭盒" in str(fact)]

        await system.advance(timedelta(days=10))

        assert (await one.graded())["score"] == "43.75"
        public = (await one.grade()).json
        assert (public["phase"], public["reply"], public["final"]["grade"]) == ("final", "饭盒已换", "不合格")


@pytest.mark.timeout(90)
async def test_a_re_evaluation_from_request_to_final_grade(running: Running) -> None:
    async with running(SERVICE, virtual=True) as system:
        one = await announced(system)
        project = one.project
        another = await system.person(PartyKind.FUNDER, Role.FUNDER, party_id=project.funder.party_id)
        asked = await one.post("reevaluation-requests", {"reasons": "停水一周"}, project.provider)
        assert (asked.status, asked.json["phase"], asked.json["request"]) == (201, "decision", "停水一周")
        decision = {"granted": True, "reasons": "情况属实"}
        assert (await one.post("reevaluation-decisions", decision, project.provider)).json["title"] == "wrong_role"
        refused = await one.post("reevaluation-decisions", decision, project.funder)
        assert (refused.status, refused.json["title"]) == (403, "rater_decides_nothing")
        assert (await project.rate(a_rating(3, "very_satisfied"))).json["title"] == "evaluation_closed"

        decided = await one.post("reevaluation-decisions", decision, another)

        assert (decided.status, decided.json["phase"], decided.json["granted"]) == (201, "reevaluation", True)
        assert (await project.issue(range(11, 12))).json["title"] == "list_settled"
        assert (await project.sample(project.funder)).json["title"] == "list_settled"
        assert (await project.rate(a_rating(1, "very_satisfied"))).json["title"] == "already_rated"
        assert (await project.rate(*(a_rating(n, "very_satisfied") for n in range(3, 9)))).status == 201
        assert (await project.score(another, project.provider, 80)).status == 201
        await system.advance(timedelta(days=7))
        graded = await one.graded()
        assert (graded["score"], graded["factor_percent"]) == ("83.13", 100)
        assert graded["arithmetic"].startswith("预评为 43.75 分、不合格,申请后重新评价;")
        told = [fact["type"] for fact in await system.facts("evaluation")]
        assert told == [
            *("party.rated", "milestone.rated", "ratings.assessed", "grade.announced"),
            *("reevaluation.requested", "reevaluation.decided"),
            *("party.rated", "milestone.rated", "ratings.assessed", "project.graded"),
        ]


@pytest.mark.timeout(90)
async def test_a_request_nobody_decides_on_opens_the_window_and_its_end_is_final(running: Running) -> None:
    async with running(SERVICE, virtual=True) as system:
        one = await announced(system)
        await one.post("reevaluation-requests", {"reasons": "停水一周"}, one.project.provider)

        await system.advance(timedelta(days=10))
        (decided,) = await eventually(lambda: system.facts("evaluation", "reevaluation.decided"), "the deadline")
        assert (decided["data"]["granted"], decided["data"]["digest"]) == (True, None)
        await system.advance(timedelta(days=7))

        assert (await one.graded())["score"] == "43.75"
