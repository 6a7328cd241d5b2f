"""The signed agreement is announced by the buyer, once, in the rulebook's working days."""

from dataclasses import replace

import pytest

from schemas.announced import ContractAnnounced
from schemas.days import end_of
from schemas.obligation import Duty
from schemas.role import Role
from schemas.rulebook import Certainty, Rule, Source
from schemas.workdays import count_workdays
from services.contracts.rules.publicity import AnnounceContract, announce
from tests.services.contracts.awarded import FUNDER, PROJECT, PROVIDER, Awarded, drafted, signed
from tests.support.pure import an_actor, refused

TERM = Rule(
    {"days": 2, "unit": "wd", "from": "contract signed"},
    Source("政府采购法实施条例第五十条", Certainty.LAW),
)


def signed_with_a_term() -> Awarded:
    story = drafted()
    story.rulebook = replace(story.rulebook, rules={**story.rulebook.rules, "deadline.contract_published": TERM})
    story.endorse(PROVIDER)
    story.endorse(FUNDER)
    return story


def told(story: Awarded) -> ContractAnnounced:
    said, _ = story.do(announce, AnnounceContract(project_id=PROJECT), FUNDER)
    assert isinstance(said, ContractAnnounced)
    return said


def test_what_was_signed_is_owed_to_society_in_two_working_days_until_it_is_announced() -> None:
    story = signed_with_a_term()

    (owed,) = [one for one in story.contract.owed() if one.duty is Duty.PUBLISH_CONTRACT]
    said = told(story)

    assert (owed.party_id, owed.role) == (FUNDER.party_id, Role.FUNDER)
    assert owed.until == end_of(count_workdays(story.at.date(), 2).last)
    assert (said.price, said.digest) == (story.contract.agreement.price, story.contract.digest)
    assert not [one for one in story.contract.owed() if one.duty is Duty.PUBLISH_CONTRACT]
    with refused("contract_announced_already"):
        told(story)


def test_where_no_rulebook_asks_it_may_be_announced_and_is_not_owed() -> None:
    story = signed()

    assert not [one for one in story.contract.owed() if one.duty is Duty.PUBLISH_CONTRACT]
    assert told(story).announced_by == FUNDER.person_id


@pytest.mark.parametrize("role", [Role.FUNDER, Role.PROVIDER])
def test_only_the_buyer_announces_and_only_what_both_signed(role: Role) -> None:
    with refused("contract_unsigned"):
        told(drafted())
    story = signed()
    with refused("not_your_party", status=403):
        story.do(announce, AnnounceContract(project_id=PROJECT), an_actor(role))
