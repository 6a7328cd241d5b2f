"""The story of a granted project has its round's steps, in turn, by two persons, with the amounts that were public."""

from typing import Any

import pytest

from schemas.fact import Fact
from schemas.ids import PartyId
from schemas.money import Money
from schemas.round import RoundCalled, RoundConfirmed, RoundPublicised
from services.audit.rules.story import Story
from services.audit.rules.ventured import STEPS, ventured
from tests.services.audit.rounds import of_a_round
from tests.services.audit.stories import Told


def a_round() -> list[Fact]:
    """Each step once, approved and confirmed by another."""
    told = Told()
    steps = {type(fact): fact for fact in of_a_round(told) if type(fact) in {*STEPS, *STEPS.values()}}
    other = PartyId(told.provider)
    called = steps[RoundCalled].model_copy(update={"approved_by": other})
    confirmed = steps[RoundConfirmed].model_copy(update={"confirmed_by": other})
    return [*(steps | {RoundCalled: called, RoundConfirmed: confirmed}).values()]


def found(facts: list[Fact]) -> list[str]:
    return [finding.en for finding in ventured(Story(needs=tuple(facts), funds=(), project=()))]


def changed(facts: list[Fact], kind: type[Fact], **changes: Any) -> list[Fact]:
    return [fact.model_copy(update=changes) if type(fact) is kind else fact for fact in facts]


def test_a_round_in_turn_by_two_persons_is_complete() -> None:
    assert found(a_round()) == []


@pytest.mark.parametrize("kind", list(dict.fromkeys(STEPS.values())))
def test_a_round_that_lacks_a_step_says_which(kind: type[Fact]) -> None:
    facts = [fact for fact in a_round() if type(fact) is not kind]

    assert any(line.endswith(f"without {kind.type} before it") for line in found(facts))


def test_one_person_alone_and_other_amounts_are_found() -> None:
    facts = a_round()
    called = next(fact for fact in facts if isinstance(fact, RoundCalled))
    publicised = next(fact for fact in facts if isinstance(fact, RoundPublicised))
    confirmed = next(fact for fact in facts if isinstance(fact, RoundConfirmed))
    more = tuple(grant.model_copy(update={"amount": Money(101)}) for grant in confirmed.grants)

    assert found(changed(facts, RoundCalled, approved_by=called.drafted_by)) == ["round.called by one person alone"]
    assert found(changed(facts, RoundConfirmed, confirmed_by=publicised.publicised_by)) == [
        "round.confirmed by the person who publicised it"
    ]
    assert found(changed(facts, RoundConfirmed, grants=more)) == ["round.confirmed grants what was not publicised"]
