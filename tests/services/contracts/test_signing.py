"""Both parties sign the same terms; one fen changed is another agreement."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.canonical import digest_of
from schemas.contract import Agreement, ContractDrafted, ContractEndorsed, ContractPaperMade, ContractSigned
from schemas.fact import Fact
from schemas.money import Money, sum_of
from schemas.organization import CreditList, Listing
from schemas.party import PartyKind
from schemas.role import Actor, Role
from schemas.standing import Party
from schemas.tranche import Gate
from services.contracts import rules
from tests.services.contracts.awarded import (
    COMMUNITY,
    FIFTY_FORTY_TEN,
    FUNDER,
    PROJECT,
    PROVIDER,
    Awarded,
    an_award,
    drafted,
    signed,
)
from tests.support.pure import an_actor, refused


def test_an_award_is_drafted_into_an_agreement_with_the_awards_terms_and_its_digest() -> None:
    award = an_award()

    said, _ = Awarded().hear(award)

    assert isinstance(said, ContractDrafted)
    assert (said.agreement.price, said.agreement.provider_id) == (award.price, award.provider_id)
    assert [t.gate for t in said.agreement.tranches] == [Gate.SIGNED, Gate.MID_TERM_ACCEPTED, Gate.FINAL_GRADED]
    assert sum_of(t.amount for t in said.agreement.tranches) == award.price
    assert said.digest == digest_of(said.agreement)


def test_a_second_award_of_the_same_project_drafts_nothing() -> None:
    story = drafted()
    before = story.contract

    assert story.hear(an_award(Money(1))) == []
    assert story.contract is before


@pytest.mark.parametrize("order", [(FUNDER, PROVIDER), (PROVIDER, FUNDER)], ids=["funder first", "provider first"])
def test_the_second_signature_concludes_the_contract_whoever_comes_first(order: tuple[Actor, Actor]) -> None:
    story = drafted()

    first = story.endorse(order[0])
    second = story.endorse(order[1])

    assert [type(said) for said in first if isinstance(said, Fact)] == [ContractEndorsed]
    assert [type(said) for said in second if isinstance(said, Fact)] == [
        ContractEndorsed,
        ContractSigned,
        ContractPaperMade,
    ]
    assert story.contract.signed
    assert story.contract.dates["signed"] == story.at
    assert {e.signed_by for e in story.contract.endorsements} == {FUNDER.person_id, PROVIDER.person_id}


def test_another_digest_is_refused_and_the_answer_names_the_current_one() -> None:
    story = drafted()

    with refused("digest_differs", source="民法典 第四百九十条"):
        story.endorse(FUNDER, "0" * 64)
    assert story.contract.endorsements == ()


def test_a_digest_of_terms_one_fen_cheaper_cannot_be_signed() -> None:
    story = drafted()
    cheaper = _at_price(story.contract.agreement, Money(story.contract.agreement.price.fen - 1))

    with refused("digest_differs"):
        story.endorse(PROVIDER, digest_of(cheaper))


@given(st.integers(min_value=1, max_value=10**12), st.integers(min_value=1, max_value=10**12))
def test_two_prices_have_the_same_digest_only_when_they_are_the_same_to_the_fen(one: int, other: int) -> None:
    agreement = drafted().contract.agreement

    same = digest_of(_at_price(agreement, Money(one))) == digest_of(_at_price(agreement, Money(other)))

    assert same == (one == other)


def test_each_party_signs_once() -> None:
    story = drafted()
    story.endorse(FUNDER)

    with refused("already_endorsed"):
        story.endorse(FUNDER)
    with refused("already_endorsed"):
        signed().endorse(PROVIDER)


def test_one_person_cannot_sign_for_both_parties() -> None:
    story = drafted()
    story.endorse(FUNDER)

    with refused("same_person_took_earlier_step", status=403):
        story.endorse(replace(PROVIDER, person_id=FUNDER.person_id))


@pytest.mark.parametrize(
    "stranger",
    [
        an_actor(Role.FUNDER),
        an_actor(Role.PROVIDER),
        an_actor(Role.PROVIDER, party_id=FUNDER.party_id),
        an_actor(Role.FINANCE, party_id=FUNDER.party_id),
    ],
    ids=["another funder", "another provider", "the funder as provider", "the funder's cashier"],
)
def test_only_the_two_parties_sign_each_in_its_own_role(stranger: Actor) -> None:
    with refused("not_your_party", status=403):
        drafted().endorse(stranger)


def test_an_agreement_nobody_drafted_is_not_found() -> None:
    story = Awarded()
    command = rules.EndorseContract(project_id=PROJECT, digest="0" * 64)

    with refused("not_found", status=404):
        story.do(rules.endorse, command, COMMUNITY)


def test_the_contract_id_follows_from_the_cause_so_a_redo_says_the_same() -> None:
    story = Awarded()
    context = story.context(FUNDER)
    award = an_award()

    assert rules.draft(story.world, award, context) == rules.draft(story.world, award, context)
    assert rules.draft(story.world, award, replace(context, cause=uuid4())) != rules.draft(story.world, award, context)


def _at_price(agreement: Agreement, price: Money) -> Agreement:
    terms = dict(agreement) | {"price": price, "tranches": FIFTY_FORTY_TEN.of(price)}
    return Agreement(**terms)


@pytest.mark.parametrize("by", [FUNDER, PROVIDER])
def test_nobody_signs_with_a_provider_that_came_onto_a_credit_list_since_the_award(by: Actor) -> None:
    story = drafted()
    provider = story.contract.provider_id
    sign = rules.EndorseOf(project_id=PROJECT, digest=story.contract.digest, provider_id=provider)
    about: dict[str, Any] = {"name": "示例社工机构", "uscc": None, "division": "320508", "certificate": None}
    standing: dict[str, Any] = {"verified": True, "suspended": False, "ties": frozenset()}
    party = Party(id=provider, kind=PartyKind.ORGANIZATION, **about, **standing)
    listing = Listing(record_id=uuid4(), list=CreditList.SERIOUS, since=date(2026, 3, 2))
    story.world.ask([(Party, provider)])

    story.world.put(replace(party, listings=(listing,)))
    with refused("bidder_listed", source="民政部令第60号", status=403):
        story.do(rules.endorse, sign, by)
    story.world.put(replace(party, listings=(replace_list(listing),)))
    story.do(rules.endorse, sign, by)

    assert [one.party_id for one in story.contract.endorsements] == [by.party_id]


def replace_list(listing: Listing) -> Listing:
    """The list that bars nobody in this rulebook."""
    return listing.model_copy(update={"list": CreditList.ABNORMAL})
