"""What everybody may read of a provider: each grade with the whole arithmetic, and of its experts' scores."""

from uuid import uuid4

import pytest

from schemas.contract import Milestone
from schemas.party import PartyKind
from schemas.role import Role
from services.evaluation import SERVICE
from tests.services.evaluation.evaluated import a_submission, an_acceptance
from tests.services.evaluation.test_self_evaluation import ALL
from tests.services.evaluation.test_self_evaluation_doors import graded, planned
from tests.services.evaluation.test_service import a_rating
from tests.support.fixtures import Running


@pytest.mark.timeout(90)
async def test_a_grade_enters_the_providers_public_record_with_its_whole_arithmetic(running: Running) -> None:
    async with running(SERVICE, virtual=True) as system:
        project, _ = await planned(system)
        expert = await system.person(PartyKind.EVALUATOR, Role.EVALUATOR)
        await project.issue(range(1, 3))
        await project.tell(a_submission(Milestone.FINAL, project.id), an_acceptance(Milestone.FINAL, project.id))
        await project.rate(a_rating(1))
        found = {
            "evaluator_id": str(expert.party_id),
            "measured": [{"indicator_id": id, "actual": actual} for id, actual in ALL.items()],
        }
        rated = await system.post(f"{project.at}/expert-ratings", found, expert)
        assert (rated.status, rated.json["score"]) == (201, "100.00")
        record = f"/v1/organizations/{project.provider.party_id}/record"
        assert (await system.get(record)).json["projects"] == []
        assert (await system.get(f"{project.at}/expert-ratings")).status == 404
        hidden = (await system.get(f"{project.at}/expert-ratings", project.provider)).json
        assert hidden == {"given": 1, "scores": None}

        await graded(system)

        (entry,) = (await system.get(record)).json["projects"]
        assert (entry["project_id"], entry["score"], entry["grade"]) == (str(project.id), "86.67", "良好")
        assert "得分 = (居民 80.00×50 + 专家 100.00×25) ÷ 75 = 86.67" in entry["arithmetic"]
        assert entry["arithmetic"] == (await system.get(f"{project.at}/evaluation")).json["arithmetic"]
        assert "不作为政府采购的资格条件和评分因素" in (await system.get(record)).json["use"]
        scores = (await system.get(f"{project.at}/expert-ratings")).json["scores"]
        assert scores == [{"evaluator_id": str(expert.party_id), "score": "100.00"}]
        assert (await system.get(f"/v1/organizations/{uuid4()}/record")).json["projects"] == []
