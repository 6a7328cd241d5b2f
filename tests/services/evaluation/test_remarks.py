"""Residents' words: never in an event, never with a number in them, and public only as the funder's person decided."""

from datetime import timedelta
from uuid import uuid4

import pytest

from schemas.contract import Milestone
from services.evaluation import SERVICE
from tests.services.evaluation.evaluated import a_token, an_acceptance
from tests.services.evaluation.test_service import a_project, a_rating, rows_written
from tests.support.fixtures import Running


@pytest.mark.timeout(90)
async def test_words_are_public_after_the_grade_and_only_as_moderated(running: Running) -> None:
    async with running(SERVICE, virtual=True) as system:
        project, other = await a_project(system), await a_project(system)
        await project.issue(range(1, 5))
        said = ("饭菜很热", "送餐员姓名写在这里", "与本服务无关")
        await project.rate(*(a_rating(n, "very_satisfied", comment=words) for n, words in enumerate(said, start=1)))
        public = f"{project.at}/milestones/final/remarks"
        assert (await system.get(public)).status == 404
        await project.tell(an_acceptance(Milestone.FINAL, project.id))
        door = f"{project.at}/comments/{uuid4()}/moderation"
        assert (await system.post(door, {}, project.funder)).json["title"] == "comments_before_grade"
        await system.advance(timedelta(days=14))
        await project.accept()
        comments = (await system.get(f"{project.at}/milestones/final/comments", project.funder)).json["comments"]
        ids = {one["comment"]: one["id"] for one in comments}
        waiting = (await system.get(public)).json
        assert (waiting["remarks"], waiting["waiting"]) == ([], 3)

        def of(words: str) -> str:
            return f"{project.at}/comments/{ids[words]}/moderation"

        assert (await system.post(of(said[0]), {}, project.provider)).json["title"] == "wrong_role"
        assert (await system.post(of(said[0]), {}, other.funder)).json["title"] == "not_your_party"
        assert (await system.post(of(said[0]), {"withheld_for": "too_critical"}, project.funder)).status == 422
        assert (await system.post(door, {}, project.funder)).status == 404
        assert (await system.post(of(said[0]), {}, project.funder)).json["published"]
        withheld = await system.post(of(said[1]), {"withheld_for": "names_a_person"}, project.funder)
        assert (withheld.status, withheld.json["published"]) == (201, False)
        assert (await system.post(of(said[2]), {}, project.funder)).status == 201
        assert (await system.post(of(said[2]), {"withheld_for": "not_about_the_service"}, project.funder)).status == 201

        shown = (await system.get(public)).json
        assert [one["words"] for one in shown["remarks"]] == ["饭菜很热"]
        assert shown["remarks"][0].keys() == {"id", "level", "day", "words"}
        assert len(shown["remarks"][0]["day"]) == 10
        assert shown["withheld"] == {"names_a_person": 1, "insults": 0, "not_about_the_service": 1}
        assert (shown["waiting"], a_token(1) in str(shown)) == (0, False)
        told = str(await system.facts("evaluation"))
        assert not any(words in told for words in said)


@pytest.mark.timeout(90)
async def test_words_with_somebodys_number_are_refused_and_nothing_of_the_batch_is_written(running: Running) -> None:
    async with running(SERVICE) as system:
        project = await a_project(system)
        await project.issue(range(1, 3))
        before = await rows_written(system)

        refused = await project.rate(a_rating(1), a_rating(2, comment="请打 13800138000"))

        assert (refused.status, refused.json["title"]) == (422, "personal_data")
        assert refused.json["field"] == "ratings.1.comment"
        assert "13800138000" not in str(refused.json)
        assert await rows_written(system) == before
