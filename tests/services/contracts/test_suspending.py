"""An agreement stands still: nothing is delivered, no time runs, and it goes on by itself or before."""

from datetime import timedelta

import pytest

from schemas.contract import Milestone, MilestoneDeemedAccepted
from schemas.days import day_of, end_of
from schemas.deciding import SYSTEM, Due
from schemas.fact import Fact
from schemas.model import Model
from schemas.suspension import ContractResumed, ContractSuspended
from services.contracts import rules
from services.contracts.rules.annex import ACCEPTANCE_DAYS
from services.contracts.rules.life import ContractState
from services.contracts.rules.suspending import MOST_DAYS
from tests.services.contracts.awarded import BOOK, FUNDER, PROJECT, PROVIDER
from tests.services.contracts.lived import FORMER_BOOK, Lived, delivered, in_force
from tests.support.pure import refused

MID_TERM = Milestone.MID_TERM
WINDOW = timedelta(days=BOOK.integer(ACCEPTANCE_DAYS))
DAY = timedelta(days=1)


def facts(said: list[Model]) -> list[Fact]:
    return [one for one in said if isinstance(one, Fact)]


def rung(story: Lived) -> list[Model]:
    """Every timer that is due by now."""
    due = {name: at for name, at in story.timers.items() if at <= story.at}
    return [
        said
        for name, at in due.items()
        for said in story.do(rules.ring, Due(ref=(rules.Contract, PROJECT), name=name, at=at))
    ]


def test_while_it_stands_still_no_step_of_delivery_is_taken() -> None:
    story = in_force()
    story.submit(MID_TERM)

    (suspended,) = facts(story.suspend(day_of(story.at) + 10 * DAY))

    assert isinstance(suspended, ContractSuspended)
    assert story.contract.state is ContractState.SUSPENDED
    with refused("contract_suspended"):
        story.confirm(MID_TERM)
    with refused("contract_suspended"):
        story.submit(Milestone.FINAL)
    with refused("contract_suspended"):
        story.accept(MID_TERM)
    with refused("contract_suspended"):
        story.send_back(MID_TERM, FUNDER)
    with refused("contract_suspended"):
        story.suspend(day_of(story.at))


def test_the_buyers_time_stands_still_and_is_longer_by_what_passed() -> None:
    story = in_force()
    story.submit(MID_TERM)
    story.confirm(MID_TERM)
    began = story.at
    story.at += 5 * DAY
    story.suspend(day_of(story.at) + 20 * DAY)
    assert set(story.timers) == {"resume"}
    story.at += 12 * DAY

    assert rung(story) == []
    (resumed,) = facts(story.resume())

    assert isinstance(resumed, ContractResumed)
    assert resumed.resumed_by == FUNDER.person_id
    assert story.timers == {"accept.mid_term": began + WINDOW + 12 * DAY}
    story.at = began + WINDOW + 12 * DAY - timedelta(microseconds=1)
    assert rung(story) == []
    story.at += timedelta(microseconds=1)
    assert isinstance(rung(story)[0], MilestoneDeemedAccepted)


def test_at_the_end_of_its_last_day_it_goes_on_by_itself_and_once() -> None:
    story = in_force()
    last = day_of(story.at) + 3 * DAY
    story.suspend(last)
    (due,) = story.timers.values()
    assert due == end_of(last)
    story.at = due

    (resumed,) = facts(rung(story))

    assert isinstance(resumed, ContractResumed)
    assert resumed.resumed_by == SYSTEM
    assert story.contract.state is ContractState.SIGNED
    assert story.do(rules.ring, Due(ref=(rules.Contract, PROJECT), name="resume", at=due)) == []
    story.submit(MID_TERM)


@pytest.mark.parametrize("days", [-1, BOOK.integer(MOST_DAYS) + 1])
def test_a_suspension_has_a_limit(days: int) -> None:
    story = in_force()

    with refused("suspension_too_long", status=422):
        story.suspend(day_of(story.at) + days * DAY)
    story.suspend(day_of(story.at) + BOOK.integer(MOST_DAYS) * DAY)


def test_only_the_funder_suspends_and_resumes_and_only_what_runs_or_stands_still() -> None:
    story = in_force()
    with refused("not_your_party"):
        story.suspend(day_of(story.at), PROVIDER)
    with refused("not_suspended"):
        story.resume()
    with refused("delivery_is_over"):
        delivered(MID_TERM, Milestone.FINAL).suspend(day_of(story.at))


def test_a_suspended_agreement_may_be_changed_and_ended() -> None:
    story = in_force()
    story.suspend(day_of(story.at) + 10 * DAY)
    story.propose(requirements="改为线上服务")
    story.agree()

    story.to_end("mutual_consent", PROVIDER)
    story.answer_termination(FUNDER, consents=True)

    assert story.contract.state is ContractState.TERMINATED
    assert story.timers == {}
    with refused("not_suspended"):
        story.resume()


def test_under_an_edition_without_a_limit_nothing_is_suspended() -> None:
    story = in_force()
    story.rulebook = FORMER_BOOK

    with refused("no_rule_for_suspension"):
        story.suspend(day_of(story.at))


def test_nothing_beside_the_delivery_is_recorded_meanwhile_and_an_opinion_has_longer_for_its_answer() -> None:
    story = in_force()
    story.submit(MID_TERM)
    story.opine()
    due = story.contract.opinions[-1].answer_due
    assert due is not None
    story.suspend(day_of(story.at) + 10 * DAY)

    with refused("contract_suspended"):
        story.consult(MID_TERM)
    with refused("contract_suspended"):
        story.opine()
    story.at += 3 * DAY
    story.resume()

    assert story.contract.opinions[-1].answer_due == due + 3 * DAY
