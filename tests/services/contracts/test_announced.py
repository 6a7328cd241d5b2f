"""The result of an acceptance is announced to everyone (政府采购法实施条例 第四十五条): through the public door."""

from datetime import timedelta
from typing import Any

import pytest

from services.contracts import SERVICE
from tests.services.contracts.awarded import BOOK, CONSULTED, EVIDENCE
from tests.services.contracts.seated import SIGNED
from tests.services.contracts.test_service import Project, a_project
from tests.services.contracts.test_witnesses import a_committee
from tests.support.fixtures import Running
from tests.support.waiting import eventually

WINDOW = timedelta(days=BOOK.integer("contracts.acceptance_days"))


async def announced(project: Project) -> tuple[Any, Any]:
    """As somebody without an account reads it."""
    reply = await project.system.get(f"{project.at}/acceptances")
    assert reply.status == 200, reply.json
    mid_term, final = reply.json["acceptances"]
    return mid_term, final


async def delivered(project: Project, milestone: str = "mid_term") -> None:
    assert await project.step(milestone, "submissions", project.provider, {"evidence": EVIDENCE}) == 201
    assert await project.step(milestone, "confirmations", project.community) == 201


@pytest.mark.timeout(90)
async def test_anyone_reads_what_was_accepted_by_which_party_and_when(running: Running) -> None:
    async with running(SERVICE, virtual=True) as system:
        project = await a_project(system)
        await project.drafted()
        assert (await system.get(f"{project.at}/acceptances")).status == 404  # of a draft nothing can be accepted
        await project.signed()
        committee = await a_committee(system)
        await delivered(project)
        opinion: dict[str, Any] = {
            "kind": "concern",
            "milestone": "mid_term",
            "addressed_to": "provider",
            "text": "签到表不全",
        }
        opinion |= {"tokens": SIGNED}
        filed = await system.post(f"{project.at}/opinions", opinion, committee)
        assert filed.status == 201, filed.json
        before, awaited = await announced(project)
        answer = f"{project.at}/opinions/{filed.json['id']}/answers"
        assert (await system.post(answer, {"text": "已补齐"}, project.provider)).status == 201
        consulted = CONSULTED | {"invited": 20, "commented": 9}
        assert await project.step("mid_term", "consultations", project.community, consulted) == 201
        assert await project.step("mid_term", "acceptances", project.funder) == 201

        after, _ = await announced(project)

        assert (before["code"], before["accepted_by"], before["zh"]) == (
            "confirmed",
            None,
            "社区已确认,待购买方验收",
        )
        assert [(one["text"], one["answer"]) for one in before["opinions"]] == [(None, None)]
        assert (awaited["code"], awaited["delivered_by"], awaited["submitted_at"]) == ("awaited", None, None)
        assert (after["code"], after["accepted_by"]["id"]) == ("accepted", str(project.funder.party_id))
        assert after["confirmed_by"]["id"] == str(project.community.party_id)
        assert after["delivered_by"]["id"] == str(project.provider.party_id)
        assert after["accepted_by"]["name"]
        private = (await system.get(f"{project.at}/milestones", project.funder)).json["milestones"][0]
        assert [after[name] for name in ("accepted_at", "report_digest")] == [
            private["accepted_at"],
            private["report_digest"],
        ]
        assert after["heard"] == {"invited": 20, "commented": 9, "silent": 11, "suppressed": False}
        assert [(one["kind"], one["text"], one["answer"]) for one in after["opinions"]] == [
            ("concern", "签到表不全", "已补齐")
        ]
        for person in (project.funder, project.community, project.provider, committee):
            assert str(person.person_id) not in str(after)
        assert "饭菜" not in str(after)


@pytest.mark.timeout(90)
@pytest.mark.parametrize(
    ("invited", "commented", "shown"),
    [
        (4, 0, None),
        (20, 4, None),
        (20, 16, None),
        (20, 5, {"invited": 20, "commented": 5, "silent": 15, "suppressed": False}),
        (20, 0, {"invited": 20, "commented": 0, "silent": 20, "suppressed": False}),
    ],
)
async def test_a_number_that_points_at_few_people_is_shown_to_nobody(
    running: Running, invited: int, commented: int, shown: Any
) -> None:
    """Nor one from which it could be worked out."""
    async with running(SERVICE) as system:
        project = await a_project(system)
        await project.signed()
        await delivered(project)
        body = {"invitation": "张贴通知", "invited": invited, "commented": commented}
        assert await project.step("mid_term", "consultations", project.community, body) == 201

        heard = (await announced(project))[0]["heard"]

        assert heard == (shown or {"invited": None, "commented": None, "silent": None, "suppressed": True})


@pytest.mark.timeout(90)
async def test_what_was_sent_back_says_why_and_what_nobody_answered_is_deemed_accepted(running: Running) -> None:
    async with running(SERVICE, virtual=True) as system:
        project = await a_project(system)
        await project.signed()
        await delivered(project)
        assert await project.step("mid_term", "returns", project.funder, {"reason": "缺三月签到表"}) == 201
        back, _ = await announced(project)
        await delivered(project)
        again, _ = await announced(project)

        async def is_deemed() -> Any:
            mid_term, _ = await announced(project)
            return mid_term if mid_term["code"] == "deemed" else None

        await system.advance(WINDOW + timedelta(hours=1))

        deemed = await eventually(is_deemed, "the window to end")

        assert (back["code"], back["returned"], back["submitted_at"]) == ("returned", "缺三月签到表", None)
        assert back["returned_at"] is not None
        assert (again["code"], again["returned"], again["returned_at"]) == ("confirmed", None, None)
        assert again["acceptance_due"] is not None
        assert deemed["accepted_by"]["id"] == str(project.funder.party_id)
        assert deemed["report_digest"]
        assert "视为验收" in deemed["zh"]
