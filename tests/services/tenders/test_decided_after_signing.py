"""A complaint decided after signing: what the decision says comes once contracts told that the agreement is gone."""

from typing import Any
from uuid import uuid4

import pytest

from schemas.awarding import AwardSetAside
from schemas.cancelled import ContractCancelled, ContractStands, Performance
from schemas.ids import ContractId, PartyId
from schemas.model import Model
from schemas.objection import Remedy
from schemas.tender import TenderVoided
from services.tenders.consumer import HEARS
from services.tenders.rules.complaints.complaint import Effect
from services.tenders.rules.project import Phase
from tests.services.tenders.aftermost import under
from tests.services.tenders.complaining import Complaining, told
from tests.services.tenders.stories import PROJECT
from tests.services.tenders.test_objection import signed
from tests.support.pure import refused


def about(story: Complaining) -> dict[str, Any]:
    known = {"project_id": PROJECT, "contract_id": ContractId(uuid4()), "complaint_id": story.complaint.id}
    return known | {"source": "示例", "rulebook": story.project.agreed.rulebook}


def hear(story: Complaining, fact: Any) -> list[Model]:
    return story.do(HEARS[type(fact)].decide, fact)


def cancelled(story: Complaining, remedy: Remedy, *, reserved: bool = True) -> ContractCancelled:
    provider = PartyId(story.project.ranking[0].bidder_id)
    return ContractCancelled(**about(story), provider_id=provider, remedy=remedy, reserved=reserved)


def decided(remedy: Remedy) -> Complaining:
    story = Complaining().accepted()
    signed(story)
    assert told(story.decide(True, remedy)) == ["complaint.decided"]
    return story


@pytest.mark.parametrize(
    ("remedy", "said", "phase"),
    [
        (Remedy.NEXT, ["award.set_aside"], Phase.RANKED),
        (Remedy.REEVALUATE, ["award.set_aside", "evaluation.reopened"], Phase.SCORING),
        (Remedy.RERUN, ["award.set_aside", "tender.voided"], Phase.VOIDED),
    ],
)
def test_what_the_decision_says_comes_when_the_agreement_was_cancelled(
    remedy: Remedy, said: list[str], phase: Phase
) -> None:
    story = decided(remedy)
    assert (story.phase, story.project.aftermath.contested) == (Phase.AWARDED, story.complaint.id)

    fact = cancelled(story, remedy, reserved=remedy is not Remedy.RERUN)
    assert told(hear(story, fact)) == said

    assert story.phase is phase
    assert (story.project.aftermath.signed, story.project.aftermath.contested) == (False, None)
    assert story.complaint.effect == Effect(cancelled=True, performed=None, source="示例")
    assert hear(story, fact) == []


def test_the_next_in_rank_is_chosen_after_it_as_before_signing() -> None:
    story = decided(Remedy.NEXT)
    hear(story, cancelled(story, Remedy.NEXT))

    assert told(story.choose(1, "按排名顺序")) == ["award.confirmed", "award.passed_on"]


def test_without_money_for_another_agreement_the_tender_is_void_and_says_so() -> None:
    story = decided(Remedy.NEXT)

    aside, voided = hear(story, cancelled(story, Remedy.NEXT, reserved=False))

    assert isinstance(aside, AwardSetAside)
    assert isinstance(voided, TenderVoided)
    assert voided.code == "money_not_set_aside_again"
    assert story.phase is Phase.VOIDED


@pytest.mark.parametrize("performed", Performance)
def test_an_agreement_that_stands_leaves_the_award_and_the_decision_says_why(performed: Performance) -> None:
    story = decided(Remedy.RERUN)

    assert hear(story, ContractStands(**about(story), performed=performed)) == []

    assert (story.phase, story.project.aftermath.signed) == (Phase.AWARDED, True)
    assert story.project.aftermath.contested is None
    assert story.complaint.effect == Effect(cancelled=False, performed=performed, source="示例")


def test_a_decision_that_crossed_the_last_signature_is_not_carried_out_twice() -> None:
    story = Complaining().accepted()
    assert "award.set_aside" in told(story.decide(True, "next"))
    signed(story)
    with refused("agreement_signed"):
        story.choose(1, "按排名顺序")

    assert hear(story, cancelled(story, Remedy.NEXT)) == []

    assert not story.project.aftermath.signed
    assert told(story.choose(1, "按排名顺序")) == ["award.confirmed", "award.passed_on"]


def test_a_decision_without_a_remedy_asks_nothing_of_the_agreement() -> None:
    story = Complaining().accepted()
    signed(story)
    story.decide(True)

    assert story.project.aftermath.contested is None


def test_under_an_edition_that_does_not_say_so_no_decision_undoes_a_signed_agreement() -> None:
    assert "complaint.cancels_agreement" not in under("2026.6").rulebook.rules
    story = Complaining().accepted()
    signed(story)
    story.rulebook = under("2026.6").rulebook

    with refused("agreement_signed"):
        story.decide(True, "next")


def test_an_objection_still_undoes_no_signed_agreement() -> None:
    story = Complaining().objected()
    story.assess(True)
    signed(story)

    with refused("agreement_signed"):
        story.answer(upheld=True, remedy=Remedy.NEXT)
