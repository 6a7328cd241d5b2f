"""An agreement ends early by consent, or by notice, answer and the decision of a second person."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from schemas.contract import Milestone, ProjectPublished
from schemas.deciding import Due
from schemas.fact import Fact
from schemas.fund import ProjectSettled
from schemas.model import Model
from schemas.money import Money
from schemas.role import Role
from schemas.termination import (
    NO_GRADE,
    ClosedAs,
    ContractTerminated,
    TerminationAnswered,
    TerminationClosed,
    TerminationProposed,
)
from services.contracts import rules
from services.contracts.rules.life import ChangeStage, ContractState, ProceedingStage
from services.contracts.rules.terminating import ANSWER_DAYS
from tests.services.contracts.awarded import BOOK, FUNDER, PRICE, PROJECT, PROVIDER
from tests.services.contracts.lived import FORMER_BOOK, SECOND_FUNDER, Lived, delivered, in_force
from tests.support.pure import an_actor, refused

DAYS = timedelta(days=BOOK.integer(ANSWER_DAYS))


def facts(said: list[Model]) -> list[Fact]:
    return [one for one in said if isinstance(one, Fact)]


def ended() -> Lived:
    story = in_force()
    story.to_end("mutual_consent", PROVIDER)
    story.answer_termination(FUNDER, consents=True)
    return story


def test_what_one_party_proposes_ends_the_agreement_when_the_other_consents() -> None:
    story = in_force()
    (proposed,) = facts(story.to_end("mutual_consent", PROVIDER))
    assert isinstance(proposed, TerminationProposed)
    assert proposed.answer_due is None

    (terminated,) = facts(story.answer_termination(FUNDER, consents=True))

    assert isinstance(terminated, ContractTerminated)
    assert (terminated.due, terminated.by_consent) == (Money(60_000_00), True)
    assert (terminated.lines, terminated.signed_by) == (proposed.lines, FUNDER.person_id)
    assert (story.contract.state, story.proceeding.stage) == (ContractState.TERMINATED, ProceedingStage.TERMINATED)


def test_nothing_is_delivered_changed_or_ended_again_once_it_is_over() -> None:
    story = ended()

    with refused("contract_is_over"):
        story.submit(Milestone.MID_TERM)
    with refused("delivery_is_over"):
        story.propose(requirements="每周六次送餐")
    with refused("delivery_is_over"):
        story.to_end("mutual_consent", FUNDER)
    with refused("termination_closed"):
        story.answer_termination(FUNDER, consents=True)
    assert story.timers == {}


def test_an_acceptance_that_comes_after_the_end_is_refused_and_its_window_never_rings() -> None:
    story = in_force()
    story.submit(Milestone.MID_TERM)
    story.confirm(Milestone.MID_TERM)
    due = story.timers
    story.to_end("mutual_consent", PROVIDER)
    story.answer_termination(FUNDER, consents=True)

    with refused("contract_is_over"):
        story.accept(Milestone.MID_TERM)
    story.at += timedelta(days=400)
    rung = [story.do(rules.ring, Due(ref=(rules.Contract, PROJECT), name=name, at=at)) for name, at in due.items()]
    assert rung == [[]]


def test_the_result_is_published_without_a_grade_once_the_money_is_settled() -> None:
    story = ended()

    (published,) = story.hear(
        ProjectSettled(project_id=PROJECT, paid=Money(60_000_00), returned=Money(38_765_43), shares_returned=())
    )

    assert isinstance(published, ProjectPublished)
    assert (published.grade, published.paid) == (NO_GRADE, Money(60_000_00))


def test_where_the_money_had_ended_before_the_result_is_published_with_the_end() -> None:
    story = in_force()
    settled = ProjectSettled(project_id=PROJECT, paid=Money(1), returned=Money(2), shares_returned=())
    assert story.hear(settled) == []
    story.to_end("mid_term_failed", FUNDER)

    said = facts(story.answer_termination(PROVIDER, consents=True))

    assert [type(one) for one in said] == [ContractTerminated, ProjectPublished]


def test_who_does_not_consent_closes_a_proposal_and_who_made_it_may_withdraw_it() -> None:
    story = in_force()
    story.to_end("mutual_consent", PROVIDER)
    (declined,) = story.answer_termination(FUNDER, consents=False)
    story.to_end("mutual_consent", PROVIDER)
    with refused("not_your_party"):
        story.withdraw(FUNDER)
    (withdrawn,) = story.withdraw(PROVIDER)

    assert isinstance(declined, TerminationClosed)
    assert isinstance(withdrawn, TerminationClosed)
    assert (declined.closed_as, withdrawn.closed_as) == (ClosedAs.DECLINED, ClosedAs.WITHDRAWN)
    assert story.contract.state is ContractState.SIGNED


def test_nobody_answers_its_own_proposal_nor_for_a_stranger() -> None:
    story = in_force()
    story.to_end("mutual_consent", PROVIDER)

    with refused("not_your_party"):
        story.answer_termination(replace(PROVIDER, person_id=uuid4()), consents=True)
    with refused("not_your_party"):
        story.answer_termination(an_actor(Role.FUNDER), consents=True)
    with refused("same_person_took_earlier_step"):
        story.answer_termination(replace(FUNDER, person_id=PROVIDER.person_id), consents=True)
    with refused("not_found"):
        story.answer_termination(FUNDER, consents=True, id=uuid4())


def test_what_needs_consent_is_not_decided_by_one_side() -> None:
    story = in_force()
    story.to_end("mutual_consent", FUNDER)
    story.at += timedelta(days=400)

    with refused("termination_needs_consent"):
        story.decide()


def test_a_notice_is_decided_after_the_answer_by_a_person_who_took_no_step_in_it() -> None:
    story = in_force()
    (notice,) = facts(story.to_end("breach_by_provider", FUNDER))
    assert isinstance(notice, TerminationProposed)
    assert notice.answer_due == story.at + DAYS
    with refused("answer_still_due"):
        story.decide()

    (answered,) = facts(story.answer_termination(PROVIDER, consents=False))
    with refused("termination_answered_already"):
        story.answer_termination(PROVIDER, consents=False)
    with refused("same_person_took_earlier_step"):
        story.decide(FUNDER)
    (terminated,) = facts(story.decide(lines=[]))

    assert isinstance(answered, TerminationAnswered)
    assert isinstance(terminated, ContractTerminated)
    assert (terminated.due, terminated.by_consent) == (Money(0), False)
    assert terminated.signed_by == SECOND_FUNDER.person_id


@pytest.mark.parametrize(("early", "after"), [(True, timedelta(microseconds=-1)), (False, timedelta(0))])
def test_an_unanswered_notice_is_decided_when_its_days_are_over_and_not_before(early: bool, after: timedelta) -> None:
    story = in_force()
    story.to_end("force_majeure", PROVIDER)
    story.at += DAYS + after

    if early:
        with refused("answer_still_due"):
            story.decide()
    else:
        assert [type(one) for one in facts(story.decide())] == [ContractTerminated]


def test_a_breach_by_the_funder_is_answered_by_one_of_its_people_and_decided_by_another() -> None:
    story = in_force()
    story.to_end("breach_by_funder", PROVIDER)
    story.answer_termination(FUNDER, consents=False)

    with refused("same_person_took_earlier_step"):
        story.decide(FUNDER, terminates=False)
    (dismissed,) = story.decide(terminates=False)

    assert isinstance(dismissed, TerminationClosed)
    assert dismissed.closed_as is ClosedAs.DISMISSED
    assert story.contract.state is ContractState.SIGNED


def test_who_consents_to_a_notice_ends_it_at_once() -> None:
    story = in_force()
    story.to_end("mid_term_failed", FUNDER)

    assert [type(one) for one in facts(story.answer_termination(PROVIDER, consents=True))] == [ContractTerminated]


@pytest.mark.parametrize(
    ("reason", "by"),
    [
        ("breach_by_provider", PROVIDER),
        ("mid_term_failed", PROVIDER),
        ("standing_lost", PROVIDER),
        ("breach_by_funder", FUNDER),
    ],
)
def test_nobody_gives_notice_of_what_is_for_the_other_to_say(reason: str, by: object) -> None:
    with refused("reason_of_the_other_party", status=422):
        in_force().to_end(reason, by)  # type: ignore[arg-type]  # an actor of either party


def test_a_settlement_is_never_above_the_price_not_even_after_the_price_went_down() -> None:
    story = in_force()
    too_much = [{"work": "全部", "amount": Money(PRICE.fen + 1)}]
    with refused("settlement_above_price", status=422):
        story.to_end("mutual_consent", PROVIDER, too_much)

    story.to_end("mutual_consent", PROVIDER, [{"work": "全部", "amount": Money(PRICE.fen)}])
    story.supplement(-100)
    story.agree()
    story.funded()

    with refused("settlement_above_price"):
        story.answer_termination(FUNDER, consents=True)


def test_while_the_money_of_a_change_is_being_set_aside_nothing_ends() -> None:
    story = in_force()
    story.to_end("mutual_consent", PROVIDER)
    story.supplement(100)
    story.agree()

    with refused("change_awaits_money"):
        story.answer_termination(FUNDER, consents=True)
    story.unfunded()
    story.supplement(100)
    story.answer_termination(FUNDER, consents=True)

    assert story.change.stage is ChangeStage.DROPPED


def test_one_proceeding_at_a_time_and_none_before_signing_or_after_the_final_acceptance() -> None:
    story = in_force()
    story.to_end("mutual_consent", PROVIDER)
    with refused("termination_under_way"):
        story.to_end("breach_by_provider", FUNDER)

    with refused("delivery_is_over"):
        delivered(Milestone.MID_TERM, Milestone.FINAL).to_end("mutual_consent", PROVIDER)


def test_under_an_edition_without_days_to_answer_only_consent_ends_an_agreement() -> None:
    story = in_force()
    story.rulebook = FORMER_BOOK

    with refused("no_days_to_answer"):
        story.to_end("breach_by_provider", FUNDER)
    story.to_end("mutual_consent", PROVIDER)
    assert [type(one) for one in facts(story.answer_termination(FUNDER, consents=True))] == [ContractTerminated]
