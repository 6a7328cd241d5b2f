"""What an objection to the award, or another choice, does to the agreement."""

from datetime import timedelta
from uuid import uuid4

from schemas.awarding import AwardAnnounced, AwardSetAside, ContractWithdrawn
from schemas.contract import ContractDrafted, Milestone
from schemas.ids import BidId, PartyId
from schemas.objection import SigningResumed, SigningSuspended
from schemas.obligation import Duty
from schemas.party import PartyKind
from schemas.tender import TenderVoided
from services.contracts.rules.life import ContractState
from tests.services.contracts.awarded import (
    BOOK,
    FUNDER,
    PRICE,
    PROJECT,
    PROVIDER,
    Awarded,
    a_party,
    an_award,
    drafted,
    signed,
)
from tests.support.pure import NOON, an_actor, refused

DAY = timedelta(days=1)
DUE = NOON + 30 * DAY
ASIDE = AwardSetAside(
    project_id=PROJECT, bid_id=BidId(uuid4()), provider_id=PartyId(PROVIDER.party_id), code="winner_defaulted"
)


def announced() -> AwardAnnounced:
    return AwardAnnounced(
        project_id=PROJECT,
        bid_id=BidId(uuid4()),
        provider_id=PartyId(PROVIDER.party_id),
        price=PRICE,
        announced_at=NOON,
        last_day=NOON.date(),
        objections_until=NOON + 9 * DAY,
        contract_due=DUE,
        holidays_known=True,
        rulebook=BOOK.hash,
        announced_by=PartyId(FUNDER.person_id),
    )


def suspended(story: Awarded) -> SigningSuspended:
    return SigningSuspended(project_id=PROJECT, objections=(uuid4(),), rulebook=BOOK.hash, suspended_at=story.at)


def test_both_have_their_days_to_sign_from_the_notice_until_it_is_signed() -> None:
    story = drafted()
    story.hear(announced())

    owed = story.contract.owed()
    story.endorse(PROVIDER)
    story.endorse(FUNDER)

    assert {(one.duty, one.party_id, one.until) for one in owed} == {
        (Duty.CONCLUDE, FUNDER.party_id, DUE),
        (Duty.CONCLUDE, PROVIDER.party_id, DUE),
    }
    assert {one.rule for one in owed} == {"deadline.contract"}
    assert Duty.CONCLUDE not in {one.duty for one in story.contract.owed()}


def test_while_signing_is_suspended_nobody_signs_and_the_days_get_longer() -> None:
    story = drafted()
    story.hear(announced())
    story.endorse(PROVIDER)
    story.hear(suspended(story))

    with refused("signing_suspended", source="第五十四条"):
        story.endorse(FUNDER)
    assert story.contract.owed() == ()
    story.at += 3 * DAY
    story.hear(SigningResumed(project_id=PROJECT, contract_due=DUE + 3 * DAY))

    assert {one.until for one in story.contract.owed()} == {DUE + 3 * DAY}
    story.endorse(FUNDER)
    assert story.contract.signed


def test_a_purchase_suspended_for_a_complaint_holds_signing_up_and_names_that_rule() -> None:
    story = drafted()
    story.hear(announced())
    story.hear(suspended(story).model_copy(update={"objections": ()}))

    with refused("signing_suspended", source="第五十七条"):
        story.endorse(PROVIDER)


def test_a_signed_agreement_stands_still_and_its_windows_wait() -> None:
    story = signed()
    story.submit(Milestone.MID_TERM)
    story.confirm(Milestone.MID_TERM)
    due = story.contract.window_ends(Milestone.MID_TERM)
    assert due is not None

    story.hear(suspended(story))
    with refused("signing_suspended"):
        story.accept(Milestone.MID_TERM)
    assert story.contract.window_ends(Milestone.MID_TERM) is None
    assert story.contract.due() == {}
    story.at += 5 * DAY
    story.hear(SigningResumed(project_id=PROJECT, contract_due=None))

    assert story.contract.window_ends(Milestone.MID_TERM) == due + 5 * DAY
    story.accept(Milestone.MID_TERM)


def test_an_award_that_is_set_aside_takes_its_draft_with_it_and_the_next_is_drafted_anew() -> None:
    story = drafted()
    story.endorse(PROVIDER)
    first = story.contract.agreement.contract_id
    (withdrawn,) = story.hear(ASIDE)
    other = an_actor(PROVIDER.role)

    assert isinstance(withdrawn, ContractWithdrawn)
    assert story.contract.state is ContractState.WITHDRAWN
    with refused("contract_is_over"):
        story.endorse(FUNDER)
    story.world.put(a_party(PartyKind.ORGANIZATION, other.party_id, "另一机构", None))
    new, _ = story.hear(an_award(provider_id=other.party_id))
    assert isinstance(new, ContractDrafted)
    assert new.agreement.contract_id != first
    assert (story.contract.provider_id, story.contract.endorsements) == (other.party_id, ())
    story.endorse(other)


def test_a_withdrawn_draft_does_not_lapse_besides_when_the_tender_ends() -> None:
    story = drafted()
    story.hear(ASIDE)

    assert story.hear(TenderVoided(project_id=PROJECT, code="no_candidate_left", source="示例")) == []


def test_what_both_signed_is_not_undone_by_another_choice() -> None:
    story = signed()

    assert story.hear(ASIDE) == []
    assert story.contract.state is ContractState.SIGNED
    assert story.hear(an_award()) == []


def test_without_an_agreement_nothing_is_held_up() -> None:
    story = Awarded()

    for fact in (suspended(story), SigningResumed(project_id=PROJECT, contract_due=None), ASIDE, announced()):
        assert story.hear(fact) == []
