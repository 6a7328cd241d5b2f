"""A commission without a ballot: asked for in writing, begun by the community's consent, and by nothing else."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from pydantic_core import to_json

from schemas.arranging import AwardArranged
from schemas.commission import (
    CommissionAccepted,
    CommissionDeclined,
    CommissionRequested,
    CommissionWithdrawn,
    ContractRetracted,
)
from schemas.deciding import Context
from schemas.ids import ContractId, PartyId
from schemas.model import Model
from schemas.party import PartyKind
from schemas.project import ProjectProposed
from schemas.role import Actor, Role
from services.kit.rulebooks import Shelf, shipped
from services.tenders.rules import commission
from services.tenders.rules.project import Phase
from tests.services.kit.books import a_document, chain
from tests.services.tenders.stories import APPROVER, DRAFTER, PROJECT, Tendered, a_draft, remember
from tests.services.tenders.test_arranging import Arranging
from tests.support.pure import an_actor, refused

COMMUNITY = an_actor(Role.COMMUNITY)
REQUEST = {
    "community_id": COMMUNITY.party_id,
    "title": "独居老人情况核实",
    "request": "请逐户核实,须由熟悉住户的居委会入户。",
    "category": "health_elderly",
    "beneficiaries": 120,
    "cost": {"fen": 800_000},
    "rulebook": "example/below-limit",
}


class Asked(Arranging):
    """Nothing is proposed yet; the community stands, and an organization."""

    def __init__(self) -> None:
        Tendered.__init__(self)
        self.community = COMMUNITY.party_id
        self.knows(self.community, PartyKind.COMMUNITY, None)
        self.organization = self.a_bidder().party_id

    def ask(self, **changes: Any) -> CommissionRequested:
        """Decided, and not yet remembered."""
        command = commission.RequestCommission.model_validate_json(to_json(REQUEST | changes))
        [requested] = commission.request(self.world, command, self.context(DRAFTER))
        assert isinstance(requested, CommissionRequested)
        return requested

    def asked(self) -> "Asked":
        """On the project of these stories."""
        self.do(remember, self.ask().model_copy(update={"project_id": PROJECT}))
        return self

    def accept(self, by: Any = COMMUNITY) -> list[Model]:
        return self.do(commission.accept, commission.AcceptCommission(project_id=PROJECT), by)

    def decline(self, by: Any = COMMUNITY, reason: str = "人手不足") -> list[Model]:
        return self.do(commission.decline, commission.DeclineCommission(project_id=PROJECT, reason=reason), by)

    def take_back(self, by: Any = DRAFTER, reason: str = "另行安排") -> list[Model]:
        return self.do(commission.withdraw, commission.WithdrawCommission(project_id=PROJECT, reason=reason), by)


def test_a_request_names_the_community_its_place_and_no_ballot() -> None:
    requested = Asked().ask()

    assert requested.brief.is_asked_for
    assert (requested.brief.community_id, requested.brief.funder_id) == (COMMUNITY.party_id, DRAFTER.party_id)
    assert requested.brief.division == "320508001001"
    assert requested.requested_by == DRAFTER.person_id
    assert "need_id" not in requested.brief.model_dump()


def test_where_the_area_adopted_a_gate_nobody_asks_past_it() -> None:
    class Area(Asked):
        place = "320508"

        def context(self, by: Actor) -> Context:
            lists = chain(a_document({}, id=f"{self.place}/community", parent="example/community@2026.2"))
            return replace(super().context(by), rulebooks=Shelf([lists], shipped()))

    for place in ("320508", "320500", "320000"):
        Area.place = place
        with refused("asked_past_the_gate", source="三大原则", status=409) as caught:
            Area().ask()
        assert caught.value.field == "community_id"
    Area.place = "320509"
    assert Area().ask().brief.is_asked_for


def test_consent_makes_it_a_proposal_and_decline_ends_it() -> None:
    accepted, declined = Asked().asked(), Asked().asked()
    assert accepted.phase is Phase.REQUESTED

    assert [type(fact) for fact in accepted.accept()] == [CommissionAccepted, ProjectProposed]
    [no] = declined.decline()

    assert isinstance(no, CommissionDeclined)
    assert (accepted.phase, declined.phase, declined.project.setback) == (Phase.PROPOSED, Phase.DECLINED, "人手不足")
    for story in (accepted, declined):
        with refused("wrong_phase"):
            story.accept()
        with refused("wrong_phase"):
            story.decline()


def test_only_the_community_itself_answers_and_nothing_is_drafted_before() -> None:
    story = Asked().asked()

    for stranger in (an_actor(Role.COMMUNITY), DRAFTER):
        with refused("not_your_party", status=403):
            story.accept(stranger)
        with refused("not_your_party", status=403):
            story.decline(stranger)
    with refused("wrong_phase"):
        story.arrange()
    with refused("wrong_phase"):
        story.draft()


def test_what_it_consented_to_is_a_commission_and_goes_the_way_of_one() -> None:
    story = Asked().asked()
    story.accept()

    with refused("consent_to_a_commission", source="009号"):
        story.draft(a_draft())
    with refused("consent_to_a_commission", status=422) as caught:
        story.arrange(story.small("subsidy"))
    assert caught.value.field == "instrument"
    story.arrange()
    story.approve_arranged(APPROVER)
    [arranged] = story.reserve()
    assert story.phase is Phase.AWARDED
    assert isinstance(arranged, AwardArranged)
    assert arranged.brief.is_asked_for


def test_hearing_a_request_again_begins_nothing_anew() -> None:
    story = Asked().asked()
    story.accept()

    story.do(remember, story.ask().model_copy(update={"project_id": PROJECT}))

    assert story.phase is Phase.PROPOSED


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"request": "请协助拆违"}, "on_negative_list", "request"),
        ({"title": "环境整治"}, "on_negative_list", "title"),
        ({"category": "else"}, "unknown_category", "category"),
        ({"request": "致电 13812345678"}, "personal_data", "request"),
        ({"title": "13812345678"}, "personal_data", "title"),
    ],
)
def test_what_may_not_be_asked_is_refused_by_its_field(changes: Any, code: str, field: str) -> None:
    with refused(code, status=422) as caught:
        Asked().ask(**changes)

    assert caught.value.field == field


def test_only_a_community_that_stands_can_be_asked() -> None:
    story = Asked()

    with refused("cannot_be_commissioned", status=422):
        story.ask(community_id=story.organization)
    story.changes(COMMUNITY.party_id, suspended=True)
    with refused("party_suspended"):
        story.ask()


def test_a_reason_to_decline_is_public_and_holds_nobodys_number() -> None:
    with refused("personal_data", source="个人信息保护法") as caught:
        Asked().asked().decline(reason="找 13812345678")

    assert caught.value.field == "reason"


def test_the_funder_takes_back_what_nobody_answered_and_nothing_comes_of_it_any_more() -> None:
    story = Asked().asked()
    for stranger in (an_actor(Role.FUNDER), COMMUNITY):
        with refused("not_your_party", status=403):
            story.take_back(stranger)
    with refused("personal_data") as caught:
        story.take_back(reason="找 13812345678")
    assert caught.value.field == "reason"

    [withdrawn] = story.take_back()

    assert isinstance(withdrawn, CommissionWithdrawn)
    assert withdrawn.withdrawn_by == DRAFTER.person_id
    assert (story.phase, story.project.setback) == (Phase.WITHDRAWN, "另行安排")
    for late in (story.accept, story.decline, story.take_back):
        with refused("wrong_phase"):
            late()


def test_after_the_consent_the_request_is_not_taken_back_any_more() -> None:
    story = Asked().asked()
    story.accept()

    with refused("wrong_phase"):
        story.take_back()
    assert story.phase is Phase.PROPOSED


def test_an_arranged_commission_that_one_side_did_not_sign_is_withdrawn_with_its_words() -> None:
    story = Asked().asked()
    story.accept()
    story.arrange()
    story.approve_arranged(APPROVER)
    story.reserve()
    fact = ContractRetracted(
        project_id=PROJECT,
        contract_id=ContractId(uuid4()),
        party_id=PartyId(COMMUNITY.party_id),
        withdrawn_by=PartyId(COMMUNITY.person_id),
        reason="人手不足",
    )

    story.do(remember, fact)

    assert (story.phase, story.project.setback) == (Phase.WITHDRAWN, "人手不足")
