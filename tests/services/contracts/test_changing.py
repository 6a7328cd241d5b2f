"""An agreement is changed by both, within its limits, and takes effect when its money is there."""

from dataclasses import replace
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest

from schemas.canonical import digest_of
from schemas.capitals import in_capitals
from schemas.change import ChangeAgreed, ChangeDeclined, ChangeProposed, ChangeWithdrawn, ContractChanged
from schemas.contract import Milestone
from schemas.fact import Fact
from schemas.model import Model
from schemas.money import Money
from schemas.role import Role
from services.contracts import rules
from services.contracts.rules.life import ChangeStage
from tests.services.contracts.awarded import FUNDER, PRICE, PROJECT, PROVIDER, drafted
from tests.services.contracts.lived import FIRST, FORMER_BOOK, SECOND, THIRD, Lived, a_plan, delivered, in_force
from tests.services.contracts.reading import read
from tests.support.pure import an_actor, refused

TENTH = PRICE.fen // 10


def facts(said: list[Model]) -> list[Fact]:
    return [one for one in said if isinstance(one, Fact)]


def test_a_change_is_the_whole_new_terms_and_what_is_not_named_stays() -> None:
    story = in_force()
    before = story.contract.agreement

    (proposed,) = facts(story.propose(requirements="每周六次送餐"))

    assert isinstance(proposed, ChangeProposed)
    assert proposed.agreement == before.model_copy(update={"requirements": "每周六次送餐"})
    assert proposed.digest == digest_of(proposed.agreement) != story.contract.digest
    assert (proposed.number, proposed.proposed_by, proposed.signed_by) == (1, PROVIDER.party_id, PROVIDER.person_id)
    assert story.contract.agreement == before


def test_without_money_it_is_in_force_with_the_second_signature_and_on_paper() -> None:
    story = in_force()
    story.propose(requirements="每周六次送餐")

    agreed, changed = facts(story.agree())

    assert isinstance(agreed, ChangeAgreed)
    assert isinstance(changed, ContractChanged)
    assert story.contract.agreement.requirements == "每周六次送餐"
    assert story.contract.digest == digest_of(story.contract.agreement) == changed.digest
    paper = story.world.get(rules.Paper, rules.change_paper_id(PROJECT, 1))
    assert changed.paper_digest == sha256(paper.body).hexdigest() == story.change.paper_digest
    found = read(paper.body)
    assert found.rows("requirements")["变更后服务要求"] == ["每周六次送餐"]
    assert [row[1] for row in found.tables["signatures"]] == [str(PROVIDER.person_id), str(FUNDER.person_id)]
    assert story.change.digest in found.footer


def test_with_money_it_waits_for_funds_and_then_reads_back_from_its_paper() -> None:
    story = in_force()
    story.supplement(TENTH)

    said = facts(story.agree())
    assert [type(one) for one in said] == [ChangeAgreed]
    assert (story.contract.agreement.price, story.change.stage) == (PRICE, ChangeStage.AGREED)
    (changed,) = facts(story.funded())

    assert isinstance(changed, ContractChanged)
    price = Money(PRICE.fen + TENTH)
    assert (changed.price_before, changed.price, story.contract.agreement.price) == (PRICE, price, price)
    found = read(story.world.get(rules.Paper, rules.change_paper_id(PROJECT, 1)).body)
    assert found.tables["price"][1][2] == in_capitals(price)
    assert [row[0] for row in found.tables["tranches"]] == ["1", "2", "3"]
    assert story.funded() == []


def test_what_funds_refuses_leaves_the_agreement_as_it_was() -> None:
    story = in_force()
    before = (story.contract.agreement, story.contract.digest)
    story.supplement(TENTH)
    story.agree()

    story.unfunded()

    assert (story.contract.agreement, story.contract.digest) == before
    assert (story.change.stage, story.change.why) == (ChangeStage.REFUSED, "余额不足")
    assert story.funded() == []
    assert facts(story.supplement(1))


def test_supplements_of_more_than_a_tenth_are_refused_with_the_article() -> None:
    story = in_force()

    with refused("supplement_too_large", source="政府采购法第四十九条", status=422):
        story.supplement(TENTH + 1)
    story.supplement(TENTH)


def test_all_supplements_count_together_and_what_was_taken_off_between_does_not_make_room() -> None:
    story = in_force()
    for fen in (TENTH - 100, -50_000):
        story.supplement(fen)
        story.agree()
        story.funded()

    with refused("supplement_too_large"):
        story.supplement(101)
    story.supplement(100)


def test_under_an_edition_without_a_limit_the_price_cannot_be_raised_but_terms_can_be_changed() -> None:
    story = in_force()
    story.rulebook = FORMER_BOOK

    with refused("no_limit_of_supplements"):
        story.supplement(1)
    story.supplement(-100)


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({}, "change_says_nothing"),
        ({"price": Money(PRICE.fen - 1)}, "tranches_miss_price"),
        ({"tranches": a_plan(SECOND + 1, THIRD)}, "tranches_miss_price"),
        (
            {"tranches": [{"number": 1, "amount": Money(FIRST + SECOND + THIRD), "gate": "final_graded"}]},
            "tranche_released_already",
        ),
        ({"tranches": [a_plan(SECOND, THIRD)[1]], "price": Money(FIRST + THIRD)}, "tranches_not_numbered"),
        ({"tranches": a_plan(SECOND, THIRD, gate_2="signed")}, "gate_open_already"),
        ({"tranches": a_plan(SECOND + 1, THIRD - 1)}, "last_tranche_below"),
    ],
)
def test_what_changed_terms_may_not_say(terms: dict[str, Any], code: str) -> None:
    story = in_force()

    with refused(code, status=422):
        story.propose(**terms)
    assert story.contract.changes == ()


def test_an_accepted_mid_term_is_no_gate_for_new_money_even_when_it_was_accepted_while_they_signed() -> None:
    story = in_force()
    story.propose(tranches=a_plan(SECOND - 100, THIRD + 100))
    story.submit(Milestone.MID_TERM)
    story.confirm(Milestone.MID_TERM)
    story.accept(Milestone.MID_TERM)

    with refused("gate_open_already"):
        story.agree()
    story.released(2)
    with refused("tranche_released_already"):
        story.agree()


def test_only_the_other_party_signs_by_another_person_and_the_digest_it_read() -> None:
    story = in_force()
    story.propose(requirements="每周六次送餐")

    with refused("already_endorsed"):
        story.agree(replace(PROVIDER, person_id=uuid4()))
    with refused("digest_differs"):
        story.agree(digest=story.contract.digest)
    with refused("same_person_took_earlier_step", status=403):
        story.agree(replace(FUNDER, person_id=PROVIDER.person_id))
    for stranger in (an_actor(Role.FUNDER), an_actor(Role.PROVIDER)):
        with refused("not_your_party", status=403):
            story.agree(stranger)
    with refused("not_found"):
        story.agree(id=uuid4())


def test_a_second_consent_finds_it_closed() -> None:
    story = in_force()
    story.supplement(TENTH)
    story.agree()

    with refused("change_not_open"):
        story.agree()
    with refused("change_not_open"):
        story.close_change(PROVIDER)
    with refused("change_under_way"):
        story.propose(requirements="另一项")


def test_the_other_party_declines_and_the_proposer_withdraws() -> None:
    story = in_force()
    story.propose(requirements="每周六次送餐")
    assert [type(said) for said in story.close_change(FUNDER)] == [ChangeDeclined]
    story.propose(requirements="每周六次送餐")
    assert [type(said) for said in story.close_change(PROVIDER)] == [ChangeWithdrawn]

    assert [one.stage for one in story.contract.changes] == [ChangeStage.DECLINED, ChangeStage.WITHDRAWN]
    assert story.contract.agreement.requirements == "每周五次送餐,六个月"


def test_before_signing_and_after_the_final_acceptance_nothing_is_changed() -> None:
    early = Lived()
    early.world.put(drafted().contract)
    with refused("contract_not_in_force"):
        early.propose(requirements="每周六次送餐")

    with refused("delivery_is_over"):
        delivered(Milestone.MID_TERM, Milestone.FINAL).propose(requirements="每周六次送餐")
