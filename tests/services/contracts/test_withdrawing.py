"""A commission is taken back before both have signed it, by either side; what is signed is terminated instead."""

import pytest

from schemas.clauses import Instrument
from schemas.commission import ContractRetracted
from schemas.fund import ReservationReleased
from schemas.role import Actor
from services.contracts.rules import withdrawing
from services.contracts.rules.life import ContractState
from tests.services.contracts.arranged import an_arrangement
from tests.services.contracts.awarded import COMMUNITY, FUNDER, PROJECT, PROVIDER, Awarded
from tests.services.contracts.test_community_performs import Performing
from tests.support.pure import refused


class Unsigned(Awarded):
    """Drafted from a direct arrangement."""

    def __init__(self, instrument: Instrument = Instrument.COMMISSION) -> None:
        super().__init__()
        self.hear(an_arrangement(instrument))


def withdraw(story: Awarded, by: Actor, reason: str = "人手不足") -> ContractRetracted:
    command = withdrawing.WithdrawContract(project_id=PROJECT, reason=reason)
    [fact] = story.do(withdrawing.withdraw, command, by)
    assert isinstance(fact, ContractRetracted)
    return fact


@pytest.mark.parametrize(("by", "other"), [(COMMUNITY, FUNDER), (FUNDER, COMMUNITY)], ids=["community", "funder"])
def test_either_side_takes_it_back_also_after_its_own_signature_and_nobody_signs_any_more(
    by: Actor, other: Actor
) -> None:
    story = Unsigned()
    story.endorse(by)

    fact = withdraw(story, by)

    assert (fact.party_id, fact.withdrawn_by, fact.reason) == (by.party_id, by.person_id, "人手不足")
    assert story.contract.state is ContractState.WITHDRAWN
    with refused("contract_is_over"):
        story.endorse(other)
    with refused("contract_is_over"):
        withdraw(story, other)


def test_the_money_that_goes_back_for_it_does_not_end_it_a_second_time() -> None:
    story = Unsigned()
    withdraw(story, COMMUNITY)

    assert story.hear(ReservationReleased(project_id=PROJECT, shares=())) == []
    assert story.contract.state is ContractState.WITHDRAWN


def test_what_both_have_signed_is_not_withdrawn() -> None:
    story = Performing()

    for by in (COMMUNITY, FUNDER):
        with refused("signed_before_withdrawal", source="民法典 第四百九十条"):
            withdraw(story, by)


def test_another_instrument_is_not_withdrawn_and_nobody_else_withdraws() -> None:
    with refused("only_commissions_withdrawn"):
        withdraw(Unsigned(Instrument.SUBSIDY), FUNDER)
    with refused("not_your_party", status=403):
        withdraw(Unsigned(), PROVIDER)


def test_the_reason_is_public_and_holds_nobodys_number() -> None:
    with refused("personal_data") as caught:
        withdraw(Unsigned(), COMMUNITY, "找 13812345678")

    assert caught.value.field == "reason"
