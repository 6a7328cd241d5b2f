"""One number shows a need's whole way: talked over, chosen, bid for, delivered, graded."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from schemas.contract import Milestone, MilestoneAccepted, ProjectPublished
from schemas.ids import BallotId, ContractId, NeedId, PartyId, ProjectId
from schemas.money import Money
from schemas.party import PartyKind
from schemas.project import Brief, ProjectDeclined, ProjectFact, ProjectProposed
from schemas.role import Role
from schemas.tender import TenderClosed, TenderVoided
from services import needs
from services.needs.rules.course import STEPS, Course, CourseStep, course_refs, follow
from tests.services.needs.stories import DIVISION, FUNDER, STAFF, Asked
from tests.services.needs.test_through_doors import a_ballot, a_vote, cast, closed, some_needs
from tests.support.fixtures import Running

PROJECT = ProjectId(uuid4())


def proposed(need_id: NeedId | None, project_id: ProjectId = PROJECT) -> ProjectProposed:
    brief = Brief(
        need_id=need_id,
        ballot_id=BallotId(uuid4()),
        community_id=STAFF.party_id,
        funder_id=FUNDER.party_id,
        title="独居老人助餐",
        category="health_elderly",
        division=DIVISION,
        beneficiaries=60,
        cost=Money(1_000_00),
    )
    return ProjectProposed(project_id=project_id, brief=brief)


def published() -> ProjectPublished:
    nothing = Money(0)
    return ProjectPublished(
        project_id=PROJECT,
        contract_id=ContractId(uuid4()),
        provider_id=PartyId(uuid4()),
        price=nothing,
        paid=nothing,
        returned=nothing,
        grade="良好",
    )


class Followed(Asked):
    def hear(self, fact: ProjectFact) -> Course | None:
        self.do(follow, fact, refs=course_refs(fact, uuid4()))
        return self.world.find(Course, PROJECT)


def test_a_projects_public_steps_are_kept_with_their_days_in_order() -> None:
    story = Followed()
    need = NeedId(story.post().id)

    story.hear(proposed(need))
    story.hear(TenderClosed(project_id=PROJECT, bids=3))
    story.hear(MilestoneAccepted(project_id=PROJECT, milestone=Milestone.FINAL, accepted_by=FUNDER.party_id))
    course = story.hear(published())

    assert course is not None
    assert (course.need_id, course.bids, course.grade) == (need, 3, "良好")
    steps = [CourseStep.PROPOSED, CourseStep.CLOSED, CourseStep.ACCEPTED, CourseStep.PUBLISHED]
    assert [(one.step, one.on) for one in course.happened] == [(step, date(2026, 3, 2)) for step in steps]
    assert course.happened[2].milestone is Milestone.FINAL


def test_what_came_of_no_need_is_not_followed() -> None:
    story = Followed()

    assert story.hear(proposed(None)) is None
    assert story.hear(proposed(NeedId(uuid4()))) is None
    assert story.hear(TenderVoided(project_id=PROJECT, code="too_few_bids", source="示例")) is None


@pytest.mark.parametrize("fact", STEPS)
def test_what_is_heard_is_a_projects_own_fact(fact: type[ProjectFact]) -> None:
    assert issubclass(fact, ProjectFact)


async def test_the_tracking_number_shows_the_whole_page(running: Running) -> None:
    async with running(needs.SERVICE, virtual=True) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        funder = await system.person(PartyKind.FUNDER, Role.FUNDER)
        chosen, other = await some_needs(system, staff, 2)
        home = f"/v1/communities/{staff.party_id}"
        talk = {"procedure": "forum", "title": "助餐", "words": "怎样送。", "need_id": chosen}
        await system.post(f"{home}/deliberations", talk, staff)
        ballot = (await a_ballot(system, staff, funder, [chosen, other])).json["id"]
        numbers = {need["id"]: need["tracking_number"] for need in (await system.get(f"{home}/needs")).json["needs"]}
        before = (await system.get(f"/v1/needs/{numbers[chosen]}")).json
        await cast(system, ballot, [a_vote(str(n), chosen) for n in range(6)], staff)
        await system.advance(timedelta(days=7))
        await closed(system, ballot)
        project = (await system.facts("needs", "need.chosen"))[0]["data"]["project_id"]
        told = proposed(NeedId(UUID(chosen)), project)
        for fact in (told, TenderClosed(project_id=project, bids=4), ProjectDeclined(project_id=project, reason="无")):
            await system.seen(await system.teller.tell(fact, "tenders"))
        page = (await system.get(f"/v1/needs/{numbers[chosen]}")).json

        assert [(one["name"], one["walking"]) for one in before["deliberations"]] == [("社区论坛", "open")]
        assert [(one["id"], one["chosen"], one["votes"]) for one in before["ballots"]] == [(ballot, None, None)]
        assert before["project"] is None
        assert [(one["chosen"], one["votes"]) for one in page["ballots"]] == [(True, 6)]
        assert (page["project"]["id"], page["project"]["bids"], page["project"]["grade"]) == (project, 4, None)
        assert [one["step"] for one in page["project"]["happened"]] == ["proposed", "closed", "declined"]
