"""A complaint decided after signing: what nothing was performed of is cancelled once funds agrees, else it stands."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from schemas.cancelled import (
    CancellationAsked,
    CommitmentCancelled,
    CommitmentStands,
    ContractCancelled,
    ContractStands,
    Performance,
)
from schemas.complaint import ComplaintDecided
from schemas.contract import ContractDrafted, Milestone
from schemas.ids import PartyId
from schemas.objection import Remedy
from schemas.party import PartyKind
from schemas.tender import TenderVoided
from services.contracts.rules.life import ChangeStage, ContractState
from services.kit.rulebooks import shipped
from tests.services.contracts.awarded import FUNDER, PROJECT, PROVIDER, Awarded, a_party, an_award, drafted
from tests.services.contracts.lived import Lived, delivered, in_force
from tests.services.contracts.test_holding import ASIDE
from tests.support.pure import NOON, an_actor, refused

COMPLAINT = UUID(int=5)


def decision(remedy: Remedy = Remedy.NEXT, *, upheld: bool = True) -> ComplaintDecided:
    return ComplaintDecided(
        project_id=PROJECT,
        complaint_id=COMPLAINT,
        upheld=upheld,
        remedy=remedy,
        text="经审查",
        source="示例",
        decided_by=PartyId(uuid4()),
        decided_at=NOON,
    )


def about(story: Awarded) -> dict[str, Any]:
    contract_id = story.contract.agreement.contract_id
    return {"project_id": PROJECT, "contract_id": contract_id, "complaint_id": COMPLAINT}


def undone(story: Awarded, *, reserved: bool = True) -> CommitmentCancelled:
    return CommitmentCancelled(**about(story), freed=(), taken_back=(), set_aside=(), reserved=reserved)


def cancelled() -> Lived:
    story = in_force()
    story.hear(decision())
    story.hear(undone(story))
    return story


def test_of_an_agreement_that_nothing_was_accepted_of_funds_is_asked_and_then_it_is_cancelled() -> None:
    story = in_force()
    story.submit(Milestone.MID_TERM)

    [asked] = story.hear(decision())
    [said] = story.hear(undone(story))

    assert isinstance(asked, CancellationAsked)
    assert "财政部令第94号" in asked.source
    assert isinstance(said, ContractCancelled)
    assert (said.remedy, said.reserved, said.source) == (Remedy.NEXT, True, asked.source)
    assert story.contract.state is ContractState.CANCELLED
    assert (story.contract.due(), story.contract.owed()) == ({}, ())


def test_while_funds_is_asked_nothing_goes_on_and_no_time_runs() -> None:
    story = in_force()
    story.submit(Milestone.MID_TERM)
    story.confirm(Milestone.MID_TERM)
    story.hear(decision())

    assert (story.contract.due(), story.contract.owed()) == ({}, ())
    with refused("cancellation_under_way", source="财政部令第94号"):
        story.accept(Milestone.MID_TERM)
    with refused("cancellation_under_way"):
        story.supplement(100)
    with refused("cancellation_under_way"):
        story.to_end("breach_by_provider", FUNDER)


def test_where_a_payment_was_ordered_it_stands_and_goes_on() -> None:
    story = in_force()
    story.submit(Milestone.MID_TERM)
    story.confirm(Milestone.MID_TERM)
    story.hear(decision())

    [said] = story.hear(CommitmentStands(**about(story)))

    assert isinstance(said, ContractStands)
    assert said.performed is Performance.ORDERED
    assert story.contract.contested is not None
    assert story.contract.contested.performed is Performance.ORDERED
    story.accept(Milestone.MID_TERM)


def test_where_work_was_accepted_it_stands_without_asking() -> None:
    story = delivered(Milestone.MID_TERM)

    [said] = story.hear(decision())

    assert isinstance(said, ContractStands)
    assert said.performed is Performance.ACCEPTED
    assert story.contract.state is ContractState.SIGNED


def test_one_that_is_over_stands_as_it_ended() -> None:
    story = in_force()
    story.to_end("mutual_consent", FUNDER, ())
    story.answer_termination(PROVIDER, consents=True)

    [said] = story.hear(decision())

    assert isinstance(said, ContractStands)
    assert (said.performed, story.contract.state) == (Performance.OVER, ContractState.TERMINATED)


@pytest.mark.parametrize("fact", [decision(Remedy.NONE), decision(Remedy.NONE, upheld=False)])
def test_a_decision_without_a_remedy_leaves_it(fact: ComplaintDecided) -> None:
    assert in_force().hear(fact) == []


def test_before_the_last_signature_its_draft_goes_with_the_award_and_nothing_is_asked() -> None:
    story = drafted()
    story.endorse(PROVIDER)

    assert story.hear(decision()) == []
    assert len(story.hear(ASIDE)) == 1
    assert story.contract.state is ContractState.WITHDRAWN
    assert story.hear(decision()) == []


def test_a_decision_that_crossed_the_last_signature_cancels_what_was_signed() -> None:
    story = in_force()

    [asked] = story.hear(decision(Remedy.RERUN))
    assert story.hear(ASIDE) == []
    assert story.hear(TenderVoided(project_id=PROJECT, code="complaint_upheld", source="示例")) == []
    [said] = story.hear(undone(story, reserved=False))

    assert isinstance(asked, CancellationAsked)
    assert isinstance(said, ContractCancelled)


def test_what_comes_twice_says_nothing_the_second_time() -> None:
    story = in_force()
    story.hear(decision())
    assert story.hear(decision()) == []
    story.hear(undone(story))

    for fact in (decision(), undone(story), CommitmentStands(**about(story)), ASIDE):
        assert story.hear(fact) == []
    assert story.hear(TenderVoided(project_id=PROJECT, code="complaint_upheld", source="示例")) == []
    assert story.contract.state is ContractState.CANCELLED


def test_nothing_is_done_with_a_cancelled_agreement_and_its_open_change_is_dropped() -> None:
    story = in_force()
    story.supplement(100)
    story.hear(decision())
    story.hear(undone(story))

    assert story.change.stage is ChangeStage.DROPPED
    with refused("contract_is_over"):
        story.submit(Milestone.MID_TERM)
    with refused("contract_not_in_force"):
        story.supplement(100)
    story.at += timedelta(days=1)
    with refused("contract_not_in_force"):
        story.to_end("breach_by_provider", FUNDER)


def test_another_award_is_drafted_and_signed_after_it() -> None:
    story = cancelled()
    first, other = story.contract.agreement.contract_id, an_actor(PROVIDER.role)
    story.world.put(a_party(PartyKind.ORGANIZATION, other.party_id, "另一机构", None))

    new, _ = story.hear(an_award(provider_id=other.party_id))
    story.endorse(other)
    story.endorse(FUNDER)

    assert isinstance(new, ContractDrafted)
    assert new.agreement.contract_id != first
    assert (story.contract.state, story.contract.provider_id) == (ContractState.SIGNED, other.party_id)
    assert story.contract.contested is None


def test_under_an_edition_that_does_not_say_so_a_signed_agreement_stays() -> None:
    story = in_force()
    story.rulebook = next(book for book in shipped() if book.name == "example/below-limit@2026.6")

    assert story.hear(decision()) == []
    assert story.contract.state is ContractState.SIGNED
