"""The self-evaluation through its doors: planned before delivery, public with its table once it is drawn up."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from schemas import workbook
from schemas.contract import Milestone
from schemas.money import Money
from schemas.party import PartyKind
from schemas.role import Role
from services.evaluation import SERVICE
from tests.services.evaluation.evaluated import a_signed_contract, a_submission, an_acceptance
from tests.services.evaluation.self_evaluated import PLAN, a_draft, a_payment, a_settlement
from tests.services.evaluation.test_self_evaluation import ALL, cells_of
from tests.services.evaluation.test_service import Project, a_rating
from tests.support.fixtures import Running
from tests.support.system import Person, Reply, System
from tests.support.waiting import eventually


async def planned(system: System) -> tuple[Project, str]:
    """Signed, and the funder has stated its indicators over HTTP."""
    project = Project(
        system,
        funder=await system.person(PartyKind.FUNDER, Role.FUNDER),
        community=await system.person(PartyKind.COMMUNITY, Role.COMMUNITY),
        provider=await system.person(PartyKind.ORGANIZATION, Role.PROVIDER),
    )
    parties: dict[str, Any] = {
        "funder_id": project.funder.party_id,
        "community_id": project.community.party_id,
        "provider_id": project.provider.party_id,
    }
    await project.tell(a_draft(project.id, **parties), a_signed_contract(project.id, **parties))
    at = f"{project.at}/self-evaluation"
    body = {"indicators": [indicator.model_dump(mode="json") for indicator in PLAN]}
    assert (await system.post(f"{at}/indicators", body, project.funder)).status == 201
    return project, at


async def graded(system: System, projects: int = 1) -> None:
    """The window is over, and whatever time there is to object to what was counted."""

    async def told(type: str) -> bool:
        return len(await system.facts("evaluation", type)) == projects

    await system.advance(timedelta(days=14))
    await eventually(lambda: told("ratings.assessed"), "the ratings to be assessed")
    await system.advance(timedelta(days=30))
    await eventually(lambda: told("project.graded"), "the grades")


@pytest.mark.timeout(90)
async def test_a_project_is_planned_measured_and_its_table_drawn_up_for_everyone(running: Running) -> None:
    async with running(SERVICE, virtual=True) as system:
        project, at = await planned(system)
        assert (await system.get(at)).status == 404
        await project.issue(range(1, 11))
        await project.tell(a_submission(Milestone.FINAL, project.id))
        for number in range(1, 11):
            await project.rate(a_rating(number, "satisfied" if number <= 9 else "dissatisfied"))

        async def measure(id: str, actual: Any, by: Person) -> Reply:
            body = {"actual": actual, "evidence_digest": "e" * 64}
            return await system.post(f"{at}/indicators/{id}/actuals", body, by)

        for id, actual in ALL.items():
            assert (await measure(id, actual, project.provider)).status == 201
        for wrong in (-1, 10**9 + 1, 1.5, "7"):
            assert (await measure("meals", wrong, project.provider)).json["errors"][0]["field"] == "actual"
        assert (await measure("songs", 1, project.provider)).json["title"] == "no_indicator"
        assert (await system.post(f"{at}/table", None, project.funder)).json["title"] == "project_not_over"
        assert (await system.get(at)).status == 404

        await project.tell(an_acceptance(Milestone.FINAL, project.id))
        await graded(system)
        await project.tell(a_payment(Money(90), project.id), a_settlement(Money(90), project.id))
        drawn = await system.post(f"{at}/table", None, project.funder)

        assert drawn.status == 201
        public = (await system.get(at)).json
        assert (public["total"], public["score"], public["grade"]) == ("99.00", "99", "优")  # 9 of 10 for the money
        file = await system.get(f"{at}/table")
        assert file.headers["Content-Type"].startswith(workbook.MEDIA_TYPE)
        assert sha256(file.json).hexdigest() == public["document_digest"]
        (told,) = await system.facts("evaluation", "project.self_evaluated")
        assert told["data"]["file_digest"] == public["document_digest"]
        assert told["data"]["lines"] == public["lines"]
        rows = cells_of(file.json)
        assert [rows[line["name"]][6] for line in public["lines"]] == [float(line["score"]) for line in public["lines"]]
        assert (await system.post(f"{at}/table", None, project.funder)).json["title"] == "self_evaluation_drawn_up"


@pytest.mark.timeout(60)
async def test_points_that_do_not_make_the_groups_and_an_indicator_named_twice_write_nothing(running: Running) -> None:
    async with running(SERVICE) as system:
        project, at = await planned(system)
        plan = [indicator.model_dump(mode="json") for indicator in PLAN]
        said = len(await system.facts("evaluation"))

        few = await system.post(f"{at}/indicators", {"indicators": plan[:2]}, project.funder)
        twice = await system.post(
            f"{at}/indicators", {"indicators": [plan[0], *plan]}, project.funder, Accept_Language="en"
        )

        assert (few.status, few.json["title"], few.json["field"]) == (422, "group_points", "indicators")
        assert "效益" in few.json["detail"]
        assert "财预〔2020〕10号" in few.json["rule"]["source"]
        assert (twice.status, twice.json["title"]) == (422, "indicator_twice")
        assert twice.json["field"] == "indicators.1.id"
        assert "meals stands there twice" in twice.json["detail"]
        assert len(await system.facts("evaluation")) == said


@pytest.mark.timeout(60)
async def test_a_plan_is_for_the_parties_until_the_table_is_drawn_up(running: Running) -> None:
    async with running(SERVICE) as system:
        project, at = await planned(system)
        auditor = await system.person(PartyKind.AUDITOR, Role.AUDITOR)
        stranger = await system.person(PartyKind.ORGANIZATION, Role.PROVIDER)

        for by in (project.funder, project.community, project.provider, auditor):
            assert len((await system.get(at, by)).json["indicators"]) == len(PLAN)
        assert (await system.get(at, stranger)).status == 404
        assert (await system.get(f"{at}/table", project.funder)).json["title"] == "not_found"
