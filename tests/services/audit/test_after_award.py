"""Objections, another choice and another run in the log: complete without a false finding, and found out otherwise."""

from schemas.awarding import AwardSetAside
from schemas.cancelled import CommitmentCancelled, ContractCancelled
from schemas.contract import ContractDrafted, ContractSigned
from schemas.fact import Fact
from schemas.fund import TrancheReleased
from schemas.objection import SigningResumed
from schemas.tender import TenderVoided
from schemas.termination import ContractTerminated
from services.audit.rules import Names, sources_of, tell
from services.audit.rules.lots import findings_of, lot_line
from services.audit.rules.movements import Kind, MovementState, movements_of
from services.audit.rules.uses import use_of
from tests.services.audit.after_award import answered, assessed, cancelled, complained, objected, passed_on
from tests.services.audit.cancelled import asked, undone
from tests.services.audit.cancelled import cancelled as annulled
from tests.services.audit.entries import arrival, project
from tests.services.audit.found import findings
from tests.services.audit.lives import whole_life
from tests.services.audit.stories import Told
from tests.services.audit.test_story import a_story, without


def before_the_agreement(told: Told, added: list[Fact]) -> list[Fact]:
    place = next(i for i, fact in enumerate(told.facts) if isinstance(fact, ContractDrafted))
    return [*told.facts[:place], *added, *told.facts[place:]]


def test_a_story_with_an_objection_and_another_choice_is_complete() -> None:
    told = Told()

    assert findings(a_story(before_the_agreement(told, [*objected(told), *passed_on(told)]))) == []


def test_a_story_with_a_complaint_is_complete_and_signing_while_it_held_that_up_is_found() -> None:
    told = Told()
    facts = before_the_agreement(told, [*objected(told), *complained(told)])
    last = max(i for i, fact in enumerate(facts) if isinstance(fact, SigningResumed))

    assert findings(a_story(facts)) == []
    assert findings(a_story([*facts[:last], *facts[last + 1 :]])) == [
        "contract.signed while an objection or a complaint had its signing suspended"
    ]


def test_what_was_signed_while_an_objection_was_open_is_found() -> None:
    told = Told()
    facts = without(SigningResumed, before_the_agreement(told, objected(told)))

    assert findings(a_story(facts)) == ["contract.signed while an objection or a complaint had its signing suspended"]


def test_an_agreement_signed_on_an_award_that_was_set_aside_is_found_until_it_is_terminated() -> None:
    told = Told()
    place = next(i for i, fact in enumerate(told.facts) if isinstance(fact, ContractSigned))
    aside = AwardSetAside(project_id=told.project, bid_id=told.bid, provider_id=told.provider, code="winner_defaulted")
    found = ["award.set_aside, and the agreement signed on it still stands"]

    for at in (place, place + 1):
        said = findings(a_story([*told.facts[:at], aside, *told.facts[at:]]))
        assert [line for line in said if "still stands" in line] == found
    ended = [fact for fact in whole_life(told) if isinstance(fact, ContractTerminated)]
    assert ended
    assert not [line for line in findings(a_story([*told.facts, aside, *ended])) if "still stands" in line]
    other = aside.model_copy(update={"provider_id": told.person})
    assert not [line for line in findings(a_story([*told.facts, other])) if "still stands" in line]


def until_the_first_release(told: Told) -> list[Fact]:
    """With a complaint that was decided."""
    facts = before_the_agreement(told, [*objected(told), *complained(told)])
    place = next(i for i, fact in enumerate(facts) if isinstance(fact, TrancheReleased))
    return facts[: place + 1]


def test_an_agreement_that_a_decision_cancelled_leaves_a_complete_story_and_every_fen_back() -> None:
    told = Told()
    facts = until_the_first_release(told)
    aside = AwardSetAside(project_id=told.project, bid_id=told.bid, provider_id=told.provider, code="complaint_upheld")
    void = TenderVoided(project_id=told.project, code="complaint_upheld", source="示例")
    whole = [*facts, asked(told), undone(told), annulled(told), aside, void]

    assert findings(a_story(whole)) == []
    assert all(line.adds_up and not line.paid for line in sources_of(a_story(whole)))
    assert "contract.cancelled without commitment.cancelled before it" in findings(
        a_story(without(CommitmentCancelled, whole))
    )
    assert [line for line in findings(a_story(without(ContractCancelled, whole))) if "still stands" in line]


def test_money_that_a_cancelled_agreement_did_not_give_back_is_found() -> None:
    told = Told()
    void = TenderVoided(project_id=told.project, code="complaint_upheld", source="示例")
    kept = undone(told).model_copy(update={"taken_back": ()})

    found = findings(a_story([*until_the_first_release(told), asked(told), kept, annulled(told), void]))

    assert any("reserved" in line and "returned" in line for line in found)


def test_the_moves_of_a_cancelled_agreements_money_are_told_with_the_ledgers_own_ids() -> None:
    told = Told()
    facts = [*until_the_first_release(told), asked(told), undone(told)]

    moved = [one for one in movements_of(project(told, facts).entries) if one.kind is Kind.CANCELLED]

    states = [MovementState.VOIDED] * 2 + [MovementState.POSTED] * 2
    assert [one.state for one in moved] == states
    assert [one.debit_id for one in moved[2:]] == [told.project] * 2
    of_project = project(told, facts)
    assert use_of(of_project, told.lots[0]).tranches == ()
    line = lot_line(told.lots[0], arrival(told, told.lots[0]), [of_project])
    assert line.adds_up
    assert list(findings_of(line, [of_project])) == []


def test_a_cancellation_by_one_person_alone_is_found() -> None:
    told = Told()
    alone = cancelled(told).model_copy(update={"approved_by": told.person})

    assert findings(a_story([*told.facts, alone])) == ["tender.cancelled by the person who drafted it"]


def test_what_is_told_says_whether_it_may_change_the_result_and_what_came_of_it() -> None:
    told = Told()
    facts = (assessed(told), assessed(told).model_copy(update={"may_change": False}), answered(told))

    said = [one.zh for fact in facts if (one := tell(fact, Names({}))) is not None]

    assert "可能影响成交结果:分差小于所涉分值" in said[0]
    assert "不影响成交结果" in said[1]
    assert "不成立,结果不变。经复核无误" in said[2]
