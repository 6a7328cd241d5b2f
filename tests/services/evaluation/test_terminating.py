"""What was terminated is neither rated nor graded, and no follow-up of it falls due any more."""

from uuid import UUID, uuid4

from schemas.cancelled import ContractCancelled
from schemas.contract import Milestone
from schemas.ids import ContractId, PartyId
from schemas.money import ZERO
from schemas.objection import Remedy
from schemas.termination import ContractTerminated, TerminationReason
from services.evaluation.rules import Level
from tests.services.evaluation.evaluated import FUNDER, PROJECT, PROVIDER, a_signed_contract, signed, submitted
from tests.support.pure import refused

OVER = ContractTerminated(
    project_id=PROJECT,
    contract_id=ContractId(uuid4()),
    termination_id=UUID(int=1),
    funder_id=PartyId(FUNDER.party_id),
    provider_id=PartyId(PROVIDER.party_id),
    reason=TerminationReason.MUTUAL_CONSENT,
    text="同意",
    lines=(),
    due=ZERO,
    by_consent=True,
    signed_by=PartyId(FUNDER.person_id),
    rulebook="0" * 64,
)


def test_nothing_is_rated_and_no_deadline_runs_after_it() -> None:
    story = submitted()
    story.rate([(number, Level.VERY_DISSATISFIED) for number in (1, 2, 3)], Milestone.MID_TERM)
    assert story.evaluation.due()

    assert story.hear(OVER) == []

    assert story.evaluation.due() == {}
    with refused("evaluation_without_grade"):
        story.rate([(4, Level.SATISFIED)], Milestone.MID_TERM)
    with refused("evaluation_without_grade"):
        story.issue(21)
    with refused("evaluation_without_grade"):
        story.draw(Milestone.MID_TERM)


def test_what_was_rated_before_it_stays() -> None:
    story = submitted()
    story.rate([(1, Level.SATISFIED)], Milestone.MID_TERM)

    story.hear(OVER)

    assert story.evaluation.tally(Milestone.MID_TERM).ratings == 1
    assert signed().evaluation.terminated is False


def test_what_a_decision_cancelled_is_not_rated_and_the_next_agreement_begins_anew() -> None:
    story = submitted()
    cancelled = ContractCancelled(
        project_id=PROJECT,
        contract_id=OVER.contract_id,
        complaint_id=UUID(int=2),
        provider_id=PartyId(PROVIDER.party_id),
        remedy=Remedy.NEXT,
        reserved=True,
        source="示例",
        rulebook="0" * 64,
    )

    story.hear(cancelled)
    with refused("evaluation_without_grade"):
        story.rate([(1, Level.SATISFIED)], Milestone.MID_TERM)
    other = uuid4()
    story.hear(a_signed_contract(provider_id=other))

    assert (story.evaluation.provider_id, story.evaluation.terminated) == (other, False)
    assert not story.evaluation.tally(Milestone.MID_TERM).ratings
