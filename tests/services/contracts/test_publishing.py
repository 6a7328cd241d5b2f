"""The result is public once the money is settled and the grade is known; and evolving never fails."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from schemas.contract import Milestone, ProjectPublished
from schemas.evaluation import ProjectGraded
from schemas.fund import ProjectSettled
from schemas.model import Model
from schemas.money import Money
from services.contracts import rules
from tests.services.contracts.awarded import FUNDER, PROJECT, PROVIDER, Awarded, accepted, an_award, drafted

GRADED = ProjectGraded(
    project_id=PROJECT, score=Decimal("91.50"), grade="优秀", factor_percent=100, arithmetic="…", rulebook="…"
)
SETTLED = ProjectSettled(project_id=PROJECT, paid=Money(98_765_43), returned=Money(0), shares_returned=())


def test_the_result_is_published_when_the_money_is_settled_after_the_grade() -> None:
    story = accepted(Milestone.MID_TERM, Milestone.FINAL)

    assert story.hear(GRADED) == []
    (said,) = story.hear(SETTLED)

    assert isinstance(said, ProjectPublished)
    assert (said.grade, said.paid, said.returned) == ("优秀", SETTLED.paid, SETTLED.returned)
    assert said.price == story.contract.agreement.price
    assert story.contract.published


def test_it_is_published_too_when_the_grade_comes_last_and_only_once() -> None:
    story = accepted(Milestone.MID_TERM, Milestone.FINAL)

    assert story.hear(SETTLED) == []
    assert [type(said) for said in story.hear(GRADED)] == [ProjectPublished]
    assert story.hear(SETTLED) == []


def test_a_project_that_ended_without_an_agreement_publishes_nothing() -> None:
    assert Awarded().hear(SETTLED) == []


def _whole_story() -> list[Model]:
    told: list[Model] = []

    class Listening(Awarded):
        def _put(self, said: Model) -> None:
            told.append(said)
            super()._put(said)

    story = Listening()
    story.hear(an_award())
    story.endorse(PROVIDER)
    story.endorse(FUNDER)
    for milestone in Milestone:
        story.submit(milestone)
        story.confirm(milestone)
        story.consult(milestone)
        filed = story.opine(milestone=milestone)[0]
        story.ring(timedelta(days=40))
        story.answer(filed.opinion_id)  # type: ignore[attr-defined]  # the fact comes first
        story.accept(milestone)
    story.hear(GRADED)
    story.hear(SETTLED)
    return told


STORY = _whole_story()


@given(st.lists(st.sampled_from(STORY), max_size=30))
def test_evolving_never_fails_in_any_order_of_facts(told: list[Any]) -> None:
    story = Awarded()
    for fact in told:
        for state in rules.evolve(story.world, fact):
            story.world.put(state)


def test_facts_of_another_project_change_nothing_here() -> None:
    story = drafted()
    stranger = GRADED.model_copy(update={"project_id": uuid4()})
    story.world.ask([(rules.Contract, stranger.project_id)])

    assert rules.evolve(story.world, stranger) == ()
