"""At the doors: the provider sees until when the mid-term is to be judged, and then that nobody judged it."""

from datetime import timedelta
from typing import Any

import pytest

from services.contracts import SERVICE
from tests.services.contracts.awarded import EVIDENCE
from tests.services.contracts.test_service import a_project
from tests.services.contracts.test_unjudged import the_award
from tests.support.fixtures import Running
from tests.support.waiting import eventually

FAILED = {"result": "failed", "score": "40", "reasons": "材料缺失(示例)"}


@pytest.mark.timeout(90)
async def test_a_durable_timer_deems_it_passed_and_the_provider_sees_that_nobody_judged(
    running: Running,
) -> None:
    async with running(SERVICE, virtual=True) as system:
        project = await a_project(system)
        project.award = project.award.model_copy(update={"terms": the_award().terms})
        await project.signed()
        assert await project.step("mid_term", "submissions", project.provider, {"evidence": EVIDENCE}) == 201
        assert await project.step("mid_term", "confirmations", project.community) == 201

        async def judgement() -> Any:
            return (await system.get(f"{project.at}/contract", project.provider)).json["mid_term_judgement"]

        before = await judgement()
        assert await project.step("mid_term", "acceptances", project.funder) == 201
        waits = await judgement()
        await system.advance(timedelta(days=14))
        (still,) = await system.facts("contracts", "midterm.awaited")
        await system.advance(timedelta(days=1))

        async def deemed() -> bool:
            return bool((await judgement())["deemed"])

        await eventually(deemed, "the days to judge to end")
        late = await system.post(f"{project.at}/midterm/judgements", FAILED, project.funder)
        (told,) = await system.facts("contracts", "midterm.deemed_passed")

        assert before is None
        assert (waits["deemed"], waits["last_day"]) == (False, "2026-03-16")
        assert "视为中期评估合格" in (await judgement())["zh"]
        assert told["data"]["judgement_due"] == still["data"]["judgement_due"] == waits["judgement_due"]
        assert (late.status, late.json["title"]) == (409, "mid_term_passed_already")
