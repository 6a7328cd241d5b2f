"""A reservation that ended takes the agreement with it, signed or not, and that is said."""

from schemas.contract import Milestone
from schemas.fund import ReservationReleased
from schemas.tender import TenderVoided
from schemas.termination import ContractLapsed
from services.contracts.rules.life import ContractState
from tests.services.contracts.awarded import FUNDER, PROJECT, PROVIDER, Awarded, an_award, drafted, signed
from tests.support.pure import refused

BACK = ReservationReleased(project_id=PROJECT, shares=())


def test_an_unsigned_agreement_lapses_and_cannot_be_signed_any_more() -> None:
    story = drafted()
    story.endorse(PROVIDER)

    (lapsed,) = story.hear(BACK)

    assert isinstance(lapsed, ContractLapsed)
    assert not lapsed.was_signed
    assert story.contract.state is ContractState.LAPSED
    with refused("contract_is_over"):
        story.endorse(FUNDER)
    assert story.hear(BACK) == []


def test_one_that_was_signed_while_the_reservation_ended_lapses_too() -> None:
    story = signed()

    (lapsed,) = story.hear(BACK)

    assert isinstance(lapsed, ContractLapsed)
    assert lapsed.was_signed
    assert story.contract.state is ContractState.LAPSED
    with refused("contract_is_over"):
        story.submit(Milestone.MID_TERM)


def test_an_award_that_was_voided_after_all_lapses_whoever_is_heard_first() -> None:
    story = Awarded()
    assert story.hear(BACK) == []
    story.hear(an_award())

    (lapsed,) = story.hear(TenderVoided(project_id=PROJECT, code="reservation_lapsed", source="示例"))

    assert isinstance(lapsed, ContractLapsed)
    assert story.contract.state is ContractState.LAPSED
    assert story.hear(BACK) == []


def test_without_an_agreement_there_is_none_to_lapse() -> None:
    assert Awarded().hear(BACK) == []
