"""A community that performs changes and ends its agreement like another party; what is paid by the result stays so."""

from datetime import date
from typing import Any

import pytest

from schemas.change import ChangeAgreed, ContractChanged
from schemas.clauses import Instrument
from schemas.contract import Milestone
from schemas.fund import TrancheReleased
from schemas.ids import PartyId
from schemas.money import ZERO, Money
from schemas.termination import ContractTerminated
from schemas.tranche import Gate
from services.contracts import rules
from services.contracts.rules.change_terms import LAST
from services.contracts.rules.life import ChangeStage, ContractState
from tests.services.contracts.arranged import Arranged, a_tranche, an_arrangement
from tests.services.contracts.awarded import BOOK, COMMUNITY, FUNDER, PROJECT, PROVIDER
from tests.services.contracts.lived import SECOND_FUNDER, Lived, in_force
from tests.services.contracts.reading import read
from tests.support.pure import refused

LINES = [{"work": "入户 70 户", "amount": Money(5_000_00)}]


def tranche(number: int, yuan: int, gate: str, *also: str) -> dict[str, Any]:
    return {"number": number, "amount": Money(yuan * 100), "gate": gate, "also": also}


class Performing(Arranged, Lived):
    """A commission that is signed, its advance released; what the provider does in other stories the community does."""

    def __init__(self, instrument: Instrument = Instrument.COMMISSION, **changes: Any) -> None:
        super().__init__(an_arrangement(instrument, **changes))
        self.signed()
        if instrument is Instrument.COMMISSION:
            self.hear(
                TrancheReleased(
                    project_id=PROJECT,
                    number=1,
                    amount=Money(3_600_00),
                    withheld=ZERO,
                    payee_id=PartyId(COMMUNITY.party_id),
                    shares=(),
                )
            )


def test_a_change_is_proposed_by_the_community_signed_by_the_funder_and_printed_with_its_two_parties() -> None:
    story = Performing()
    story.propose(COMMUNITY, requirements="逐户核实,并回访一次")
    with refused("already_endorsed"):
        story.agree(COMMUNITY)

    said = story.agree(FUNDER)

    assert [type(fact) for fact in said[:1]] == [ChangeAgreed]
    assert any(isinstance(fact, ContractChanged) for fact in said)
    assert story.contract.agreement.requirements == "逐户核实,并回访一次"
    kept = story.world.get(rules.Paper, rules.change_paper_id(PROJECT, 1))
    paper = read(kept.body)
    assert len(paper.tables["parties"]) == 2
    assert paper.tables["signatures"][0][1] == str(COMMUNITY.person_id)


def test_the_funder_may_propose_and_the_community_sign_or_decline() -> None:
    story = Performing()
    story.propose(FUNDER, ends_on="2026-12-31")
    story.agree(COMMUNITY)
    assert story.contract.agreement.term is not None
    assert story.contract.agreement.term.last_day == date(2026, 12, 31)

    story.propose(FUNDER, ends_on="2027-01-31")
    with refused("not_your_party", status=403):
        story.close_change(PROVIDER)
    story.close_change(COMMUNITY)
    assert story.change.stage is ChangeStage.DECLINED


def test_what_is_left_of_a_commission_may_be_divided_anew_behind_its_result() -> None:
    story = Performing()
    parts = (tranche(2, 5_000, "final_accepted"), tranche(3, 3_400, "final_accepted", "audit_reported"))
    story.propose(COMMUNITY, tranches=parts)
    story.agree(FUNDER)
    story.funded()

    assert [t.amount for t in story.contract.agreement.tranches] == [
        Money(3_600_00),
        Money(5_000_00),
        Money(3_400_00),
    ]
    assert story.contract.milestones == (Milestone.FINAL,)


@pytest.mark.parametrize("gates", [("audit_reported",), ("mid_term_accepted",), ("final_accepted", "mid_term_passed")])
def test_units_that_are_counted_at_the_end_are_not_paid_before_it_by_a_change(gates: tuple[str, ...]) -> None:
    with refused("tranche_before_result", status=422) as caught:
        Performing().propose(COMMUNITY, tranches=(tranche(2, 8_400, *gates),))

    assert caught.value.details["number"] == 2


def test_a_reward_stays_behind_its_result_and_a_purchase_keeps_its_last_tranche() -> None:
    reward = Performing(Instrument.REWARD)
    with refused("tranche_before_result"):
        reward.propose(PROVIDER, tranches=(tranche(1, 12_000, "audit_reported"),))
    reward.propose(PROVIDER, tranches=(tranche(1, 6_000, "final_accepted"), tranche(2, 6_000, "final_graded")))

    with refused("last_tranche_below", source=BOOK.source(LAST).text):
        in_force().propose(tranches=[tranche(2, 1, "mid_term_accepted")], price=Money(49_382_72 + 100))


def test_another_small_instrument_may_change_its_plan_without_money_behind_the_grade() -> None:
    whole = (a_tranche(1, 12_000, Gate.FINAL_ACCEPTED),)
    story = Performing(Instrument.SUBSIDY, tranches=whole)

    story.propose(PROVIDER, tranches=(tranche(1, 4_000, "mid_term_accepted"), tranche(2, 8_000, "final_accepted")))

    assert story.change.stage is ChangeStage.PROPOSED


def test_the_price_of_work_by_the_unit_is_not_changed_by_itself() -> None:
    with refused("price_follows_work", status=422):
        Performing().propose(COMMUNITY, price=Money(12_100_00), tranches=(tranche(2, 8_500, "final_accepted"),))


def test_community_and_funder_end_it_by_consent_with_a_settlement() -> None:
    story = Performing()
    story.to_end("mutual_consent", COMMUNITY, LINES)
    with refused("not_your_party", status=403):
        story.answer_termination(COMMUNITY, consents=True)

    terminated = story.answer_termination(FUNDER, consents=True)[0]

    assert isinstance(terminated, ContractTerminated)
    assert (terminated.due, terminated.provider_id) == (Money(5_000_00), COMMUNITY.party_id)
    assert story.contract.state is ContractState.TERMINATED
    with refused("contract_is_over"):
        story.report(visit=1, talk=1)


def test_a_breach_is_for_the_other_party_to_name() -> None:
    story = Performing()

    with refused("reason_of_the_other_party"):
        story.to_end("breach_by_provider", COMMUNITY, LINES)
    with refused("reason_of_the_other_party"):
        story.to_end("breach_by_funder", FUNDER, LINES)
    story.to_end("breach_by_funder", COMMUNITY, LINES)
    story.answer_termination(FUNDER, consents=False)
    assert isinstance(story.decide(SECOND_FUNDER, lines=LINES)[0], ContractTerminated)


def test_a_notice_to_the_community_is_answered_by_it_and_decided_by_a_second_person_of_the_funder() -> None:
    story = Performing()
    story.to_end("breach_by_provider", FUNDER, LINES)
    with refused("not_your_party", status=403):
        story.answer_termination(PROVIDER, consents=False)
    story.answer_termination(COMMUNITY, consents=False)

    with refused("same_person_took_earlier_step"):
        story.decide(FUNDER, lines=LINES)
    assert isinstance(story.decide(SECOND_FUNDER, lines=LINES)[0], ContractTerminated)


def test_an_organization_that_performs_nothing_here_has_no_say() -> None:
    story = Performing()

    with refused("not_your_party", status=403):
        story.propose(PROVIDER, requirements="…")
    with refused("not_your_party", status=403):
        story.to_end("mutual_consent", PROVIDER, LINES)
