"""Agreements without a tender: who signs, which milestones there are, and who confirms what the community performs."""

from datetime import timedelta

import pytest

from schemas.canonical import digest_of
from schemas.clauses import NO_CLAUSES, Clauses, CostLimit, Instrument
from schemas.contract import ContractDrafted, ContractSigned, Milestone, MilestoneAccepted
from schemas.tranche import Gate
from services.contracts.rules import Stage
from tests.services.contracts.arranged import COUNTER, STAFF, WORK, Arranged, a_tranche, an_arrangement
from tests.services.contracts.awarded import COMMUNITY, FUNDER, PROVIDER, Awarded, an_award
from tests.support.pure import refused

LIMIT = CostLimit(head="management", name="管理费", most_percent=8)


def test_the_agreement_says_what_was_arranged_and_its_ground_by_digest() -> None:
    arrangement = an_arrangement(clauses=Clauses(cost_limits=(LIMIT,)))
    story = Awarded()

    drafted = next(fact for fact in story.hear(arrangement) if isinstance(fact, ContractDrafted))

    terms = drafted.agreement
    assert (terms.instrument, terms.work, terms.clauses) == (Instrument.COMMISSION, WORK, arrangement.clauses)
    assert (terms.price, terms.tranches, terms.provider_id) == (
        *(arrangement.price, arrangement.tranches),
        arrangement.provider_id,
    )
    assert terms.proposal_digest == digest_of(arrangement.ground)
    assert story.hear(arrangement) == []


def test_signing_tells_instrument_clauses_and_work() -> None:
    story = Arranged(an_arrangement(clauses=Clauses(cost_limits=(LIMIT,))))
    story.endorse(COMMUNITY)

    signed = next(fact for fact in story.endorse(FUNDER) if isinstance(fact, ContractSigned))

    assert (signed.instrument, signed.work, signed.clauses.cost_limits) == (Instrument.COMMISSION, WORK, (LIMIT,))
    assert signed.provider_id == signed.community_id


def test_the_clauses_of_a_tender_reach_the_signed_agreement_too() -> None:
    award = an_award()
    clauses = Clauses(cost_limits=(LIMIT,))
    story = Awarded()
    story.hear(award.model_copy(update={"terms": award.terms.model_copy(update={"clauses": clauses})}))
    story.endorse(PROVIDER)

    signed = next(fact for fact in story.endorse(FUNDER) if isinstance(fact, ContractSigned))

    assert (signed.clauses, signed.instrument, signed.work) == (clauses, Instrument.PURCHASE, None)
    plain = Awarded()
    plain.hear(award)
    assert plain.contract.agreement.clauses == NO_CLAUSES


def test_of_a_commission_the_community_signs_and_no_provider() -> None:
    story = Arranged()

    with refused("not_your_party", status=403):
        story.endorse(PROVIDER)
    story.endorse(COMMUNITY)
    story.endorse(FUNDER)
    assert story.contract.signed


def test_of_any_other_agreement_the_community_does_not_sign() -> None:
    with refused("not_your_party", status=403):
        Arranged(an_arrangement(Instrument.REWARD)).endorse(COMMUNITY)


def test_the_buyer_accepts_what_the_community_submitted_itself() -> None:
    story = Arranged(an_arrangement(Instrument.SUBSIDY, provider_id=COMMUNITY.party_id)).signed()
    story.hand_in()

    for by in (COMMUNITY, STAFF):
        with refused("community_performs", source="执行、监督委员会监督", status=403):
            story.confirm(Milestone.FINAL, by)
        with refused("community_performs", status=403):
            story.send_back(Milestone.FINAL, by)
    [accepted, *_] = story.accept(Milestone.FINAL)
    assert isinstance(accepted, MilestoneAccepted)


def test_nobody_accepts_what_the_same_person_submitted() -> None:
    story = Arranged(an_arrangement(Instrument.SUBSIDY, provider_id=COMMUNITY.party_id)).signed()
    both = STAFF.__class__(person_id=FUNDER.person_id, party_id=COMMUNITY.party_id, role=COMMUNITY.role)
    story.hand_in(both)

    with refused("same_person_took_earlier_step", status=403):
        story.accept(Milestone.FINAL)
    story.accept(Milestone.FINAL, COUNTER)


def test_the_buyer_returns_it_and_the_community_hands_it_in_again() -> None:
    story = Arranged(an_arrangement(Instrument.SUBSIDY, provider_id=COMMUNITY.party_id)).signed()
    with refused("milestone_not_delivered"):
        story.send_back(Milestone.FINAL, FUNDER)
    story.hand_in()
    story.send_back(Milestone.FINAL, FUNDER)
    assert story.timers == {}
    story.hand_in()
    assert story.contract.deliveries[Milestone.FINAL].stage is Stage.SUBMITTED


def test_the_buyers_time_runs_from_the_communitys_own_submission() -> None:
    story = Arranged(an_arrangement(Instrument.SUBSIDY, provider_id=COMMUNITY.party_id)).signed()
    story.hand_in()

    assert story.timers == {"accept.final": story.at + timedelta(days=15)}
    assert [fact.type for fact in story.ring(timedelta(days=15)) if hasattr(fact, "type")] == [
        *("milestone.deemed_accepted", "milestone.accepted"),
        "milestone.report_made",
    ]


def test_where_somebody_else_performs_the_community_confirms_as_ever() -> None:
    story = Arranged(an_arrangement(Instrument.REWARD)).signed()
    story.hand_in(PROVIDER)
    assert story.timers == {}

    with refused("milestone_not_confirmed"):
        story.accept(Milestone.FINAL)
    story.confirm(Milestone.FINAL)
    story.accept(Milestone.FINAL)
    assert story.contract.deliveries[Milestone.FINAL].stage is Stage.ACCEPTED


@pytest.mark.parametrize("instrument", [one for one in Instrument if one is not Instrument.PURCHASE])
def test_a_small_instrument_without_a_mid_term_gate_has_one_milestone(instrument: Instrument) -> None:
    story = Arranged(an_arrangement(instrument))

    assert story.contract.milestones == (Milestone.FINAL,)


def test_a_grant_with_a_mid_term_gate_has_both_in_their_order() -> None:
    plan = (a_tranche(1, 5_000, Gate.MID_TERM_ACCEPTED), a_tranche(2, 7_000, Gate.FINAL_GRADED))
    story = Arranged(an_arrangement(Instrument.PROJECT_GRANT, tranches=plan)).signed()

    assert story.contract.milestones == (Milestone.MID_TERM, Milestone.FINAL)
    with refused("mid_term_not_accepted"):
        story.hand_in(PROVIDER)


def test_a_milestone_that_was_not_agreed_cannot_be_submitted() -> None:
    story = Arranged(an_arrangement(Instrument.REWARD)).signed()

    with refused("milestone_not_agreed"):
        story.submit(Milestone.MID_TERM)
