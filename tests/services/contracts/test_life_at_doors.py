"""Changes, standstill and end at the doors of the running service, also when two ask at once."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from schemas.days import day_of
from schemas.docx_parts import MEDIA_TYPE
from schemas.fund import ReservationReleased, TrancheReleased
from schemas.ids import PartyId
from schemas.money import ZERO, Money
from services.contracts import SERVICE
from tests.services.contracts.awarded import BOOK, EVIDENCE
from tests.services.contracts.reading import read
from tests.services.contracts.test_service import Project, a_project
from tests.support.fixtures import Running
from tests.support.system import System
from tests.support.waiting import eventually

CHANGE = {"reason": "scope", "text": "改为线上服务", "requirements": "每周五次线上陪伴"}
MUTUAL = {"reason": "mutual_consent", "text": "场地收回", "lines": [{"work": "送餐", "amount": {"fen": 60_000_00}}]}
CONSENT = {"consents": True, "text": "同意"}


async def proposed(project: Project, noun: str, body: Any) -> Any:
    reply = await project.system.post(f"{project.at}/contract/{noun}", body, project.provider)
    assert reply.status == 201, reply.json
    return reply.json


async def contract(project: Project) -> Any:
    return (await project.system.get(f"{project.at}/contract", project.funder)).json


@pytest.mark.timeout(90)
async def test_the_state_of_an_agreement_is_told_in_words_all_the_way(running: Running) -> None:
    async with running(SERVICE) as system:
        project = await a_project(system)
        await project.drafted()
        drafted = (await contract(project))["state"]
        await project.signed()
        signed = (await contract(project))["state"]

        change = await proposed(project, "changes", CHANGE)
        sign = f"{project.at}/contract/changes/{change['change_id']}/endorsements"
        effective = (await system.post(sign, {"digest": change["digest"]}, project.funder)).json
        after = await contract(project)

        assert (drafted["code"], signed["code"], signed["zh"]) == ("drafted", "signed", "已签署,履行中")
        assert (effective["stage"], after["changes"]) == ("effective", 1)
        assert after["digest"] == change["digest"]
        first = read((await system.get(f"{project.at}/contract/document", project.funder)).json).footer
        parties = [str(project.provider.party_id), str(project.funder.party_id)]
        assert [one["party_id"] for one in after["endorsements"]] == [*parties, *parties]
        assert [one["change"] for one in after["endorsements"]] == [None, None, 1, 1]
        before, changed = after["endorsements"][0]["digest"], after["digest"]
        assert before in first
        assert before != changed
        assert [one["digest"] for one in after["endorsements"]] == [before, before, changed, changed]
        paper = await system.get(effective["document"], project.community)
        assert (paper.headers["Content-Type"], paper.headers["ETag"]) == (
            MEDIA_TYPE,
            f'"{effective["document_digest"]}"',
        )
        assert read(paper.json).rows("requirements")["变更后服务要求"] == ["每周五次线上陪伴"]
        for nothing in ("contract/changes/2/document", "contract/changes/x/document"):
            assert (await system.get(f"{project.at}/{nothing}", project.funder)).status == 404
        assert (await system.get(f"{project.at}/contract/changes")).status == 404
        original = await system.get(f"{project.at}/contract/document", project.funder)
        assert "每周五次送餐,六个月" in str(read(original.json).tables["project"])


@pytest.mark.timeout(90)
async def test_two_consents_at_once_are_one(running: Running) -> None:
    async with running(SERVICE) as system:
        project = await a_project(system)
        await project.signed()
        change = await proposed(project, "changes", CHANGE)
        sign = f"{project.at}/contract/changes/{change['change_id']}/endorsements"
        signed = await asyncio.gather(
            *(system.post(sign, {"digest": change["digest"]}, project.funder) for _ in range(2))
        )
        ending = await proposed(project, "terminations", MUTUAL)
        answer = f"{project.at}/contract/terminations/{ending['termination_id']}/answers"
        ended = await asyncio.gather(*(system.post(answer, CONSENT, project.funder) for _ in range(2)))

        assert sorted(reply.status for reply in signed) == [201, 409]
        assert sorted(reply.status for reply in ended) == [201, 409]
        told = [fact["type"] for fact in await system.facts("contracts")]
        assert told.count("contract.changed") == told.count("contract.terminated") == 1
        assert (await contract(project))["state"]["code"] == "terminated"


@pytest.mark.timeout(90)
@pytest.mark.parametrize("milestone", ["mid_term", "final"])
async def test_an_acceptance_and_an_end_at_once_never_contradict_each_other(running: Running, milestone: str) -> None:
    """The final acceptance and the end exclude each other; a mid-term accepted first is part of what was settled."""
    async with running(SERVICE) as system:
        project = await a_project(system)
        await project.signed()
        for one in ("mid_term", "final"):
            assert await project.step(one, "submissions", project.provider, {"evidence": EVIDENCE}) == 201
            assert await project.step(one, "confirmations", project.community) == 201
            if one == milestone:
                break
            assert await project.step(one, "acceptances", project.funder) == 201
        ending = await proposed(project, "terminations", MUTUAL)
        answer = f"{project.at}/contract/terminations/{ending['termination_id']}/answers"

        accepted, ended = await asyncio.gather(
            project.step(milestone, "acceptances", project.funder), system.post(answer, CONSENT, project.funder)
        )

        told = [fact["type"] for fact in await system.facts("contracts")]
        if milestone == "final":
            assert sorted([accepted, ended.status]) == [201, 409]
            assert ("contract.terminated" in told) is (ended.status == 201)
        else:
            assert ended.status == 201
            assert accepted in (201, 409)
            if accepted == 201:
                assert told.index("milestone.accepted") < told.index("contract.terminated")
        assert told.count("milestone.accepted") == (accepted == 201) + (milestone == "final")


@pytest.mark.timeout(90)
async def test_a_reservation_that_ends_while_both_sign_ends_the_agreement_in_every_order(running: Running) -> None:
    async with running(SERVICE) as system:
        unsigned, signed = await a_project(system), await a_project(system)
        digest = await unsigned.drafted()
        await signed.signed()
        for project in (unsigned, signed):
            back = ReservationReleased(project_id=project.id, shares=())
            await system.seen(await system.teller.tell(back, "funds"))
            assert (await contract(project))["state"]["code"] == "lapsed"

        late = await system.post(f"{unsigned.at}/contract/endorsements", {"digest": digest}, unsigned.provider)
        lapsed = await system.facts("contracts", "contract.lapsed")

        assert (late.status, late.json["title"]) == (409, "contract_is_over")
        assert "已失效" in late.json["detail"]
        assert [fact["data"]["was_signed"] for fact in lapsed] == [False, True]
        assert await signed.step("mid_term", "submissions", signed.provider, {"evidence": EVIDENCE}) == 409


@pytest.mark.timeout(90)
async def test_a_released_tranche_is_known_from_funds_and_stays(running: Running) -> None:
    async with running(SERVICE) as system:
        project = await a_project(system)
        await project.signed()
        release = TrancheReleased(
            project_id=project.id,
            number=1,
            amount=Money(49_382_72),
            withheld=ZERO,
            payee_id=PartyId(project.provider.party_id),
            shares=(),
        )
        await system.seen(await system.teller.tell(release, "funds"))
        plan = [{"number": n, "amount": {"fen": f}, "gate": "final_graded"} for n, f in ((1, 1), (2, 98_765_42))]
        body = {"reason": "schedule", "text": "调整付款", "tranches": plan}

        reply = await system.post(f"{project.at}/contract/changes", body, project.provider)

        assert (reply.status, reply.json["title"], reply.json["field"]) == (422, "tranche_released_already", "tranches")


async def at_rest(system: System) -> Project:
    """A confirmed mid-term waits for the buyer, and the agreement stands still."""
    project = await a_project(system)
    await project.signed()
    assert await project.step("mid_term", "submissions", project.provider, {"evidence": EVIDENCE}) == 201
    assert await project.step("mid_term", "confirmations", project.community) == 201
    return project


@pytest.mark.timeout(90)
async def test_a_standstill_ends_by_its_timer_and_nothing_is_deemed_accepted_meanwhile(running: Running) -> None:
    window = timedelta(days=BOOK.integer("contracts.acceptance_days"))
    async with running(SERVICE, virtual=True) as system:
        project = await at_rest(system)
        due = await acceptance_due(project)
        until = day_of(due) + timedelta(days=20)
        still = {"reason": "safety", "text": "暴雪", "until": until.isoformat()}
        reply = await system.post(f"{project.at}/contract/suspensions", still, project.funder)
        assert (reply.status, reply.json["state"]["code"]) == (201, "suspended")
        assert await project.step("mid_term", "acceptances", project.funder) == 409

        await system.advance(window + timedelta(days=22))

        async def goes_on() -> bool:
            return bool((await contract(project))["state"]["code"] == "signed")

        await eventually(goes_on, "the standstill to end")
        assert (await acceptance_due(project)) > due + timedelta(days=20)
        told = [fact["type"] for fact in await system.facts("contracts")]
        assert told[-1] == "contract.resumed"


async def acceptance_due(project: Project) -> Any:
    found = (await project.system.get(f"{project.at}/milestones", project.funder)).json["milestones"][0]
    return datetime.fromisoformat(found["acceptance_due"])
