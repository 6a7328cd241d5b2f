"""The service as others meet it: HTTP doors and events, on real PostgreSQL and Kafka."""

from typing import Any
from uuid import uuid4

import pytest

from schemas.canonical import digest_of
from schemas.ids import ProjectId
from schemas.party import PartyKind
from schemas.role import Role
from services.contracts import SERVICE
from tests.services.contracts.awarded import EVIDENCE, an_award
from tests.services.contracts.test_publishing import GRADED, SETTLED
from tests.support.fixtures import Running
from tests.support.system import Person, System


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
            assert await project.step(milestone, "acceptances", project.funder) == 201

        stages = (await system.get(f"{project.at}/milestones", auditor)).json["milestones"]
        assert [(m["milestone"], m["stage"]) for m in stages] == [("mid_term", "accepted"), ("final", "accepted")]
        assert all(m["submitted_at"] and m["confirmed_at"] and m["accepted_at"] for m in stages)
        assert (await system.get(f"{project.at}/contract")).status == 404

        await system.teller.tell(GRADED.model_copy(update={"project_id": project.id}), "evaluation")
        await system.seen(await system.teller.tell(SETTLED.model_copy(update={"project_id": project.id}), "funds"))

        public = (await system.get(f"{project.at}/contract")).json
        assert (public["grade"], public["published"]) == ("优秀", True)
        assert public["digest"] == digest_of(public["agreement"])
        told = [fact["type"] for fact in await system.facts("contracts")]
        delivery = ["milestone.submitted", "milestone.confirmed", "milestone.accepted"]
        assert told == [
            "contract.drafted",
            "contract.endorsed",
            "contract.endorsed",
            "contract.signed",
            *delivery,
            *delivery,
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
        assert (await system.post(sign, {"digest": digest}, project.community)).json["title"] == "wrong_role"
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
