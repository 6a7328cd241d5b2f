"""The service as others meet it: HTTP doors and events, on real PostgreSQL and Kafka."""

import re
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest

from schemas.canonical import digest_of
from schemas.docx_parts import MEDIA_TYPE
from schemas.ids import ProjectId
from schemas.party import PartyKind
from schemas.role import Role
from services.contracts import SERVICE
from tests.services.contracts.awarded import BOOK, CONSULTED, EVIDENCE, an_award
from tests.services.contracts.reading import read
from tests.services.contracts.test_publishing import GRADED, SETTLED
from tests.support.fixtures import Running
from tests.support.system import Person, System
from tests.support.waiting import eventually


class Project:
    """An awarded project in a running installation, and its three parties' people."""

    def __init__(self, system: System, funder: Person, community: Person, provider: Person) -> None:
        self.system = system
        self.funder, self.community, self.provider = funder, community, provider
        self.id = ProjectId(uuid4())
        self.at = f"/v1/projects/{self.id}"
        self.award = an_award(
            project_id=self.id,
            funder_id=funder.party_id,
            community_id=community.party_id,
            provider_id=provider.party_id,
        )

    async def drafted(self) -> str:
        """The digest to sign, once the award was heard."""
        await self.system.seen(await self.system.teller.tell(self.award, "tenders"))
        return str((await self.system.get(f"{self.at}/contract", self.funder)).json["digest"])

    async def signed(self) -> None:
        digest = await self.drafted()
        for signer in (self.provider, self.funder):
            reply = await self.system.post(f"{self.at}/contract/endorsements", {"digest": digest}, signer)
            assert reply.status == 201, reply.json

    async def step(self, milestone: str, noun: str, by: Person, body: Any = None) -> int:
        return (await self.system.post(f"{self.at}/milestones/{milestone}/{noun}", body or {}, by)).status


async def a_project(system: System) -> Project:
    return Project(
        system,
        funder=await system.person(PartyKind.FUNDER, Role.FUNDER),
        community=await system.person(PartyKind.COMMUNITY, Role.COMMUNITY),
        provider=await system.person(PartyKind.ORGANIZATION, Role.PROVIDER),
    )


@pytest.mark.timeout(90)
async def test_from_the_award_to_the_published_result(running: Running) -> None:
    async with running(SERVICE) as system:
        project = await a_project(system)
        auditor = await system.person(PartyKind.AUDITOR, Role.AUDITOR)
        await project.signed()
        for milestone in ("mid_term", "final"):
            assert await project.step(milestone, "submissions", project.provider, {"evidence": EVIDENCE}) == 201
            assert await project.step(milestone, "confirmations", project.community) == 201
            if milestone == "final":
                assert await project.step(milestone, "consultations", project.community, CONSULTED) == 201
            assert await project.step(milestone, "acceptances", project.funder) == 201

        stages = (await system.get(f"{project.at}/milestones", auditor)).json["milestones"]
        assert [(m["milestone"], m["stage"]) for m in stages] == [("mid_term", "accepted"), ("final", "accepted")]
        assert all(m["submitted_at"] and m["confirmed_at"] and m["accepted_at"] for m in stages)
        for hidden in ("contract", "milestones/final/report"):
            assert (await system.get(f"{project.at}/{hidden}")).status == 404

        await system.teller.tell(GRADED.model_copy(update={"project_id": project.id}), "evaluation")
        await system.seen(await system.teller.tell(SETTLED.model_copy(update={"project_id": project.id}), "funds"))

        for milestone in stages:
            report = await system.get(f"{project.at}/milestones/{milestone['milestone']}/report")
            assert report.headers["ETag"] == f'"{milestone["report_digest"]}"'
            assert sha256(report.json).hexdigest() == milestone["report_digest"]
            assert [row[1] for row in read(report.json).tables["steps"]] == [
                str(project.provider.person_id),
                str(project.community.person_id),
                str(project.funder.person_id),
            ]
        public = (await system.get(f"{project.at}/contract")).json
        assert (public["grade"], public["published"]) == ("优秀", True)
        assert public["digest"] == digest_of(public["agreement"])
        told = [fact["type"] for fact in await system.facts("contracts")]
        delivery = ["milestone.submitted", "milestone.confirmed", "milestone.accepted", "milestone.report_made"]
        assert told == [
            "contract.drafted",
            "contract.endorsed",
            "contract.endorsed",
            "contract.signed",
            "contract.paper_made",
            *delivery,
            *delivery[:2],
            "users.consulted",
            *delivery[2:],
            "project.published",
        ]


@pytest.mark.timeout(90)
async def test_who_may_do_what_at_which_door(running: Running) -> None:
    """Role × object: the wrong role is 403 at the door, the right role of another party 403 in the decision."""
    async with running(SERVICE) as system:
        project, other = await a_project(system), await a_project(system)
        digest = await project.drafted()
        sign = f"{project.at}/contract/endorsements"

        assert (await system.post(sign, {"digest": digest})).status == 401
        assert (await system.post(sign, {"digest": digest}, project.community)).json["title"] == "not_your_party"
        for stranger in (other.funder, other.provider):
            reply = await system.post(sign, {"digest": digest}, stranger)
            assert (reply.status, reply.json["title"]) == (403, "not_your_party")
            assert (await system.get(f"{project.at}/contract", stranger)).status == 404
        for party in (project.funder, project.community, project.provider):
            assert (await system.get(f"{project.at}/contract", party)).status == 200

        changed = await system.post(sign, {"digest": "0" * 64}, project.provider)
        assert (changed.status, "差一分钱" in changed.json["detail"]) == (409, True)

        for signer in (project.provider, project.funder):
            assert (await system.post(sign, {"digest": digest}, signer)).status == 201
        roles = {"submissions": project.provider, "confirmations": project.community, "acceptances": project.funder}
        strangers = {"submissions": other.provider, "confirmations": other.community, "acceptances": other.funder}
        for noun, right in roles.items():
            body = {"evidence": EVIDENCE} if noun == "submissions" else {}
            for wrong in [p for p in roles.values() if p is not right] + [strangers[noun]]:
                assert await project.step("mid_term", noun, wrong, body) == 403
            assert await project.step("mid_term", noun, right, body) == 201
        assert await project.step("midterm", "submissions", project.provider, {"evidence": EVIDENCE}) == 422


@pytest.mark.timeout(90)
async def test_repeating_a_request_or_an_event_changes_nothing(running: Running) -> None:
    async with running(SERVICE) as system:
        project = await a_project(system)
        digest = await project.drafted()
        await system.seen(await system.teller.tell(project.award, "tenders", sequence=1))  # the broker told it twice
        await system.seen(await system.teller.tell(project.award, "tenders"))  # and tenders said it twice
        sign = f"{project.at}/contract/endorsements"

        first = await system.post(sign, {"digest": digest}, project.funder, Idempotency_Key="sign")
        again = await system.post(sign, {"digest": digest}, project.funder, Idempotency_Key="sign")
        stale = await system.post(sign, {"digest": digest}, project.provider, If_Match='"1"')

        assert (first.status, first.json) == (again.status, again.json)
        assert again.headers["Idempotency-Replayed"] == "true"
        assert (first.headers["ETag"], first.json["version"]) == ('"2"', 2)
        assert stale.status == 412
        assert [f["type"] for f in await system.facts("contracts")] == ["contract.drafted", "contract.endorsed"]


@pytest.mark.timeout(90)
async def test_the_agreement_can_be_had_as_a_document_by_whom_it_concerns(running: Running) -> None:
    async with running(SERVICE) as system:
        project, other = await a_project(system), await a_project(system)
        await project.drafted()
        door = f"{project.at}/contract/document"
        assert (await system.get(door)).status == 404
        assert (await system.get(door, other.provider)).status == 404

        draft = await system.get(door, project.community)
        assert "草案" in read(draft.json).texts[1]
        assert unquote(draft.headers["Content-Disposition"]).endswith("''项目协议书(草案) 独居老人助餐.docx")

        await project.signed()
        paper = await system.get(door, project.provider)
        found = read(paper.json)
        assert paper.headers["Content-Type"] == MEDIA_TYPE
        assert re.fullmatch(r'attachment; filename="[_.a-z]+"; filename\*=.+', paper.headers["Content-Disposition"])
        assert found.texts[1] == "双方已签署 · Signed by both parties"
        assert [row[1] for row in found.tables["signatures"]] == [
            str(project.funder.person_id),
            str(project.provider.person_id),
        ]
        (made,) = await system.facts("contracts", "contract.paper_made")
        digest = sha256(paper.json).hexdigest()
        assert made["data"]["paper_digest"] == digest
        assert paper.headers["ETag"] == f'"{digest}"'
        contract = (await system.get(f"{project.at}/contract", project.funder)).json
        assert (contract["document"], contract["document_digest"]) == (door, digest)


@pytest.mark.timeout(90)
async def test_a_buyer_who_does_not_answer_has_accepted_when_the_window_is_over(running: Running) -> None:
    async with running(SERVICE, virtual=True) as system:
        project = await a_project(system)
        await project.signed()
        assert await project.step("mid_term", "submissions", project.provider, {"evidence": EVIDENCE}) == 201
        assert await project.step("mid_term", "confirmations", project.community) == 201
        report = f"{project.at}/milestones/mid_term/report"
        assert (await system.get(report, project.funder)).json["title"] == "not_found"
        waiting = await milestone(project)
        assert (waiting["stage"], waiting["deemed"]) == ("confirmed", False)
        assert waiting["acceptance_due"] is not None

        await system.advance(timedelta(days=BOOK.integer("contracts.acceptance_days")))

        async def accepted() -> bool:
            return bool((await milestone(project))["stage"] == "accepted")

        await eventually(accepted, "the window to end")
        assert (await milestone(project))["deemed"] is True
        assert "视为验收" in read((await system.get(report, project.funder)).json).texts[1]
        assert (await system.get(f"{project.at}/milestones/midterm/report", project.funder)).status == 404
        told = [fact["type"] for fact in await system.facts("contracts")]
        assert told[-3:] == ["milestone.deemed_accepted", "milestone.accepted", "milestone.report_made"]
        assert await project.step("mid_term", "acceptances", project.funder) == 409
        assert await project.step("final", "submissions", project.provider, {"evidence": EVIDENCE}) == 201


async def milestone(project: Project) -> Any:
    return (await project.system.get(f"{project.at}/milestones", project.funder)).json["milestones"][0]
