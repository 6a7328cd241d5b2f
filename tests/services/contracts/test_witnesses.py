"""Visits, opinions and consultations through the real doors: what is kept, who sees it, what the database adds up."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.party import PartyKind, PartyRegistered, PartyVerified, committee_of
from schemas.role import Role
from services.contracts import SERVICE
from tests.services.contracts.awarded import CONSULTED, EVIDENCE
from tests.services.contracts.reading import read
from tests.services.contracts.seated import ROLL, SIGNED
from tests.services.contracts.test_publishing import GRADED, SETTLED
from tests.services.contracts.test_service import Project, a_project
from tests.services.contracts.test_visits import token
from tests.support.fixtures import Running
from tests.support.system import DIVISION, Person, System
from tests.support.waiting import eventually

BEGIN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""an hour after the virtual clock begins"""

RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE")


def a_row(number: int, *, minute: int = 0, worker: int = 1, **changes: Any) -> dict[str, Any]:
    starts_at = BEGIN + timedelta(minutes=minute)
    row = {
        "worker_id": f"00000000-0000-0000-0000-{worker:012}",
        "token": token(number),
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(minutes=20)).isoformat(),
        "division": DIVISION,
        "kind": "home",
    }
    return row | changes


async def record(project: Project, reference: str, *rows: dict[str, Any], milestone: str = "mid_term") -> Any:
    path = f"{project.at}/milestones/{milestone}/visits"
    return await project.system.post(path, {"reference": reference, "visits": rows}, project.provider)


async def signed_project(system: System, provider: Person | None = None) -> Project:
    project = await a_project(system)
    if provider is not None:
        project = Project(system, project.funder, project.community, provider)
    await project.signed()
    return project


async def a_committee(system: System, division: str = DIVISION) -> Person:
    """Told as registry would tell it: its id follows from the division."""
    id, kind = committee_of(division), PartyKind.SUPERVISION_COMMITTEE
    registered = PartyRegistered(
        party_id=id, kind=kind, name="示例监督委员会", uscc=None, division=division, certificate=None
    )
    for fact in (registered, PartyVerified(party_id=id)):
        await system.teller.tell(fact, "registry")
    committee = await system.person(kind, Role.SUPERVISOR, party_id=id)
    registrar = await system.person(PartyKind.REGISTRAR, Role.REGISTRAR)
    listed = await system.post(f"/v1/committees/{id}/roll", {"members": ROLL}, registrar)
    assert listed.status == 201, listed.json
    return committee


@pytest.mark.timeout(90)
async def test_visits_are_recorded_listed_in_pages_added_up_and_voided(running: Running) -> None:
    async with running(SERVICE, virtual=True) as system:
        project = await signed_project(system)
        await system.advance(timedelta(hours=8))
        path = f"{project.at}/milestones/mid_term/visits"

        first = await record(project, "w1", *(a_row(n, minute=30 * n) for n in range(1, 4)))
        second = await record(project, "w2", a_row(1, minute=180), a_row(1, minute=180, worker=2))
        again = await record(project, "w1", *(a_row(n, minute=30 * n) for n in range(1, 4)))

        assert (first.status, second.status, again.status) == (201, 201, 201)
        assert first.json == again.json
        assert (first.json["visits"], first.json["minutes"], first.json["tokens"]) == (3, 60, 3)
        page = (await system.get(f"{path}?limit=3", project.funder)).json
        rest = (await system.get(f"{path}?limit=3&cursor={page['next']}", project.community)).json
        assert page["totals"] == {"visits": 5, "minutes": 100, "tokens": 3, "workers": 2}
        assert [row["token"] for row in page["visits"]] == [token(1), token(2), token(3)]
        assert (len(rest["visits"]), rest["next"]) == (2, None)

        voiding = f"{project.at}/visit-batches/{first.json['batch_id']}/voiding"
        voided = await system.post(voiding, {"reason": "duplicate"}, project.provider)
        assert (voided.status, voided.json["voided"]) == (201, "duplicate")
        left = (await system.get(path, project.provider)).json
        assert left["totals"] == {"visits": 2, "minutes": 40, "tokens": 1, "workers": 2}
        assert len(left["visits"]) == 2
        assert (await record(project, "w3", a_row(5, minute=30))).status == 201  # the worker is free again

        assert await project.step("mid_term", "submissions", project.provider, {"evidence": EVIDENCE}) == 201
        milestones = (await system.get(f"{project.at}/milestones", project.funder)).json["milestones"]
        assert milestones[0]["visits"] == {"visits": 3, "minutes": 60, "tokens": 2, "workers": 2}
        assert milestones[1]["visits"] is None
        told = [fact["type"] for fact in await system.facts("contracts", "visits.recorded", "visits.voided")]
        assert told == ["visits.recorded", "visits.recorded", "visits.voided", "visits.recorded"]


@pytest.mark.timeout(90)
async def test_a_worker_is_not_in_two_projects_of_one_provider_at_once_even_when_both_are_entered_at_once(
    running: Running,
) -> None:
    async with running(SERVICE, virtual=True) as system:
        one = await signed_project(system)
        other = await signed_project(system, one.provider)
        rival = await signed_project(system)
        await system.advance(timedelta(hours=8))

        both = await asyncio.gather(record(one, "a", a_row(1)), record(other, "b", a_row(2, minute=10)))
        assert sorted(reply.status for reply in both) == [201, 409]
        (no,) = [reply.json for reply in both if reply.status == 409]
        assert (no["title"], no["field"]) == ("worker_is_busy", "visits.0.worker_id")
        assert "第 1 行" in no["detail"]
        assert (await record(rival, "c", a_row(3, minute=5))).status == 201  # what another provider does is its own


@pytest.mark.timeout(90)
async def test_a_batch_is_all_or_nothing_and_its_rows_cannot_be_changed(running: Running) -> None:
    async with running(SERVICE, virtual=True) as system:
        project = await signed_project(system)
        await system.advance(timedelta(hours=8))

        for bad in (a_row(2, minute=-120), a_row(2, starts_at="0001-01-01T00:00:00+14:00"), a_row(2, token="王")):
            reply = await record(project, "w1", a_row(1), bad)
            assert reply.status == 422, reply.json
        most = [a_row(n, minute=0, worker=n) for n in range(501)]
        assert (await record(project, "w1", *most)).status == 422
        assert await system.fetch("SELECT FROM contracts.visits") == []
        assert (await record(project, "w1", *most[:500])).status == 201
        assert len(await system.fetch("SELECT FROM contracts.visits")) == 500
        may = "has_table_privilege('sanshe_contracts', 'contracts.visits', $1)"
        rights = {right: (await system.fetch(f"SELECT {may} AS may", right))[0]["may"] for right in RIGHTS}
        assert rights == {"SELECT": True, "INSERT": True, "UPDATE": False, "DELETE": False}


@pytest.mark.timeout(90)
async def test_visits_are_for_the_parties_and_auditors_and_never_public(running: Running) -> None:
    async with running(SERVICE, virtual=True) as system:
        project, other = await signed_project(system), await signed_project(system)
        auditor = await system.person(PartyKind.AUDITOR, Role.AUDITOR)
        committee = await a_committee(system)
        path = f"{project.at}/milestones/mid_term/visits"

        for allowed in (project.funder, project.community, project.provider, auditor):
            assert (await system.get(path, allowed)).status == 200
        assert (await system.get(path, other.provider)).status == 404
        assert (await system.get(path, committee)).status == 403
        assert (await system.get(path)).status == 401
        assert (await system.get(f"{project.at}/milestones/midterm/visits", auditor)).status == 404
        theirs = await record(other, "w1", a_row(1, minute=-30))
        assert theirs.status == 422


@pytest.mark.timeout(90)
async def test_the_committee_sees_its_communitys_projects_inspects_and_is_answered(running: Running) -> None:
    async with running(SERVICE, virtual=True) as system:
        project = await signed_project(system)
        committee = await a_committee(system)
        neighbours = await a_committee(system, "320508001002")
        opinions = f"{project.at}/opinions"
        for hidden in ("contract", "milestones", "contract/document", "opinions"):
            assert (await system.get(f"{project.at}/{hidden}", committee)).status == 200
            assert (await system.get(f"{project.at}/{hidden}", neighbours)).status == 404
        body: dict[str, Any] = {
            "kind": "concern",
            "milestone": "final",
            "addressed_to": "provider",
            "text": "三月没有人来",
        }
        body |= {"tokens": SIGNED}
        assert (await system.post(opinions, body, neighbours)).json["title"] == "not_found"
        assert (await system.post(opinions, body, project.community)).json["title"] == "wrong_role"

        filed = await system.post(opinions, body, committee)
        assert filed.status == 201
        for milestone in ("mid_term", "final"):
            assert await project.step(milestone, "submissions", project.provider, {"evidence": EVIDENCE}) == 201
            assert await project.step(milestone, "confirmations", project.community) == 201
            if milestone == "final":
                missing = await system.post(f"{project.at}/milestones/final/acceptances", {}, project.funder)
                assert missing.json["title"] == "opinion_unanswered"
                assert missing.json["rule"]["certainty"] == "S"
                shown = (await system.get(f"{project.at}/milestones", project.funder)).json["milestones"][1]
                assert (shown["stage"], shown["acceptance_due"]) == ("confirmed", None)
                await system.advance(timedelta(days=40))
                await overdue(system, project)
                answer = {"text": "三月因停电改到四月补做"}
                assert (
                    await system.post(f"{opinions}/{filed.json['id']}/answers", answer, project.provider)
                ).status == 201
                unheard = await system.post(f"{project.at}/milestones/final/acceptances", {}, project.funder)
                assert (unheard.json["title"], unheard.json["rule"]["certainty"]) == ("users_not_consulted", "L")
                assert await project.step("final", "consultations", project.community, CONSULTED) == 201
            assert await project.step(milestone, "acceptances", project.funder) == 201

        assert (await system.get(opinions)).status == 404
        await system.teller.tell(GRADED.model_copy(update={"project_id": project.id}), "evaluation")
        await system.seen(await system.teller.tell(SETTLED.model_copy(update={"project_id": project.id}), "funds"))
        (public,) = (await system.get(opinions)).json["opinions"]
        assert (public["text"], public["answer"], public["overdue"]) == ("三月没有人来", "三月因停电改到四月补做", True)
        report = read((await system.get(f"{project.at}/milestones/final/report")).json)
        assert report.tables["opinions"][0][2] == "三月没有人来"
        assert [row[1] for row in report.tables["comments"]] == CONSULTED["comments"]
        assert all("没有人来" not in str(fact) for fact in await system.facts("contracts"))


async def overdue(system: System, project: Project) -> None:
    async def told() -> bool:
        return bool(await system.facts("contracts", "opinion.overdue"))

    await eventually(told, "the deadline to be told")
    (milestone,) = (await system.get(f"{project.at}/milestones", project.funder)).json["milestones"][1:]
    assert milestone["stage"] == "confirmed"  # forty days of silence, and still it waits for the answer


async def test_a_workers_hours_over_running_projects_are_for_itself_its_provider_and_auditors_of_the_area(
    running: Running,
) -> None:
    async with running(SERVICE, virtual=True) as system:
        project = await signed_project(system)
        other = await signed_project(system)
        await system.advance(timedelta(hours=8))
        worker = await system.person(PartyKind.SOCIAL_WORKER, Role.PROVIDER)
        auditor = await system.person(PartyKind.AUDITOR, Role.AUDITOR)
        neighbour = await system.person(PartyKind.AUDITOR, Role.AUDITOR, division="320509")
        who: dict[str, Any] = {"worker_id": str(worker.party_id)}
        first = await record(project, "r1", a_row(1, **who), a_row(2, minute=30, **who))
        await record(other, "r2", a_row(1, minute=90, **who), a_row(3, minute=200))
        assert first.status == 201, first.json
        path = f"/v1/social-workers/{worker.party_id}/hours"

        own, audited, provided = [(await system.get(path, by)).json for by in (worker, auditor, project.provider)]
        next_door = await system.get(path, neighbour)
        stranger = await system.get(path, await system.person(PartyKind.ORGANIZATION, Role.PROVIDER))
        await system.post(
            f"{project.at}/visit-batches/{first.json['batch_id']}/voiding", {"reason": "mistaken"}, project.provider
        )
        after = (await system.get(path, worker)).json

        assert (own["visits"], own["minutes"], len(own["projects"])) == (3, 60, 2)
        assert audited == own
        assert [one["minutes"] for one in provided["projects"]] == [40]
        assert {one["project_id"]: one["minutes"] for one in own["projects"]}[str(project.id)] == 40
        assert (next_door.status, next_door.json["projects"]) == (200, [])
        assert (stranger.status, stranger.json["title"]) == (403, "not_your_party")
        assert (after["visits"], after["minutes"]) == (1, 20)
