"""Signed → submitted → confirmed → accepted, mid-term before final, three persons."""

from dataclasses import replace

import pytest

from schemas.contract import (
    Milestone,
    MilestoneAccepted,
    MilestoneConfirmed,
    MilestoneReturned,
    MilestoneSubmitted,
)
from schemas.role import Actor, Role
from services.contracts.rules import Stage
from tests.services.contracts.awarded import COMMUNITY, FUNDER, PROVIDER, accepted, drafted, signed
from tests.support.pure import an_actor, refused

MID_TERM, FINAL = Milestone.MID_TERM, Milestone.FINAL


def test_both_milestones_go_from_submitted_to_accepted_in_order() -> None:
    story = signed()
    said = []
    for milestone in (MID_TERM, FINAL):
        said += [story.submit(milestone)[0], story.confirm(milestone)[0]]
        story.consult(milestone)
        said += [story.accept(milestone)[0]]

    assert [type(fact) for fact in said] == [MilestoneSubmitted, MilestoneConfirmed, MilestoneAccepted] * 2
    assert {d.stage for d in story.contract.deliveries.values()} == {Stage.ACCEPTED}
    assert story.contract.dates["final.accepted"] == story.at


def test_nothing_is_submitted_before_both_signed() -> None:
    with refused("contract_not_signed"):
        drafted().submit(MID_TERM)


def test_the_final_milestone_waits_for_the_accepted_mid_term() -> None:
    story = signed()
    story.submit(MID_TERM)
    story.confirm(MID_TERM)

    with refused("mid_term_not_accepted"):
        story.submit(FINAL)


def test_a_milestone_is_submitted_once() -> None:
    story = signed()
    story.submit(MID_TERM)

    with refused("milestone_already_submitted"):
        story.submit(MID_TERM)
    with refused("milestone_already_submitted"):
        accepted(MID_TERM, FINAL).submit(MID_TERM)


def test_the_buyer_cannot_accept_before_the_community_confirmed_and_the_answer_quotes_the_law() -> None:
    story = signed()
    story.submit(MID_TERM)

    with refused("milestone_not_confirmed", source="政府采购法实施条例 第四十五条"):
        story.accept(MID_TERM)


def test_the_community_cannot_confirm_what_is_not_submitted_nor_twice() -> None:
    with refused("milestone_not_submitted"):
        signed().confirm(MID_TERM)
    with refused("milestone_not_submitted"):
        accepted(MID_TERM).confirm(MID_TERM)


def test_whoever_submitted_can_neither_confirm_nor_accept_and_who_confirmed_cannot_accept() -> None:
    story = signed()
    story.submit(MID_TERM)
    with refused("same_person_took_earlier_step", status=403):
        story.confirm(MID_TERM, replace(COMMUNITY, person_id=PROVIDER.person_id))

    story.confirm(MID_TERM)
    for earlier in (PROVIDER, COMMUNITY):
        with refused("same_person_took_earlier_step", status=403):
            story.accept(MID_TERM, replace(FUNDER, person_id=earlier.person_id))


@pytest.mark.parametrize("step", ["submit", "confirm", "accept"])
@pytest.mark.parametrize("role", [Role.PROVIDER, Role.COMMUNITY, Role.FUNDER])
def test_each_step_belongs_to_one_party_of_this_project(step: str, role: Role) -> None:
    story = signed()
    if step != "submit":
        story.submit(MID_TERM)
    if step == "accept":
        story.confirm(MID_TERM)

    with refused("not_your_party", status=403):
        getattr(story, step)(MID_TERM, an_actor(role))


@pytest.mark.parametrize("who", [COMMUNITY, FUNDER], ids=["community", "funder"])
def test_a_returned_milestone_is_mended_and_submitted_again(who: Actor) -> None:
    story = signed()
    story.submit(MID_TERM)
    if who is FUNDER:
        story.confirm(MID_TERM)

    said = story.send_back(MID_TERM, who, "缺三月签到表")

    assert isinstance(said[0], MilestoneReturned)
    assert story.contract.deliveries[MID_TERM].stage is Stage.AWAITED
    assert story.contract.deliveries[MID_TERM].returned == "缺三月签到表"
    story.submit(MID_TERM)
    assert story.contract.deliveries[MID_TERM].stage is Stage.SUBMITTED
    with refused("milestone_not_confirmed"):
        story.accept(MID_TERM)


def test_an_accepted_milestone_is_not_returned_and_each_returns_only_at_its_own_step() -> None:
    for who in (COMMUNITY, FUNDER):
        with refused("milestone_not_submitted" if who is COMMUNITY else "milestone_not_confirmed"):
            accepted(MID_TERM).send_back(MID_TERM, who)
    story = signed()
    story.submit(MID_TERM)
    with refused("milestone_not_confirmed"):
        story.send_back(MID_TERM, FUNDER)
