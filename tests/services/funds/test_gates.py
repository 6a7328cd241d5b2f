"""A tranche is released when all its gates are open; what may come after the grade has its days."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from schemas.clauses import Clauses, PaymentTerm
from schemas.contract import Milestone
from schemas.days import day_of
from schemas.fund import ProjectSettled, TranchePaid, TrancheRefused, TrancheReleased
from schemas.judging import AuditOpinion, Consequence, MidTermResult
from schemas.model import Model
from schemas.money import Money
from schemas.role import Role
from schemas.tranche import Gate
from services.funds import rules
from services.funds.rules.gates import CLOSE_DAYS, reaches
from services.funds.rules.project import Phase, ProjectMoney
from tests.services.funds.desk import RULEBOOK, Desk, a_grade, a_signing, an_acceptance, the
from tests.services.funds.gated import (
    BEFORE,
    TODAY,
    a_gated_project,
    a_judgement,
    a_report,
    failed,
    graded,
    passed,
    released,
    shown,
    steps,
)
from tests.services.funds.test_releasing import a_reserved_project
from tests.support.pure import Story, refused


def settled(said: list[Model]) -> list[Model]:
    return [fact for fact in said if type(fact) is ProjectSettled]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_tranche_behind_two_gates_is_released_with_the_second_whichever_comes_first(order: tuple[int, int]) -> None:
    desk = Desk()
    project = a_gated_project(desk)
    both = (an_acceptance(project), passed(project))

    first, second = desk.hear(both[order[0]]), desk.hear(both[order[1]])

    assert not [fact for fact in first if type(fact) is TrancheReleased]
    assert the(second, TrancheReleased).number == 2


def test_the_final_acceptance_opens_a_gate_of_its_own() -> None:
    desk = Desk()
    project = a_gated_project(desk)

    desk.hear(an_acceptance(project, Milestone.FINAL))

    assert desk.money(project).is_open(Gate.FINAL_ACCEPTED)


@pytest.mark.parametrize(
    ("grade", "least", "reached"),
    [
        ("优秀", "良好", True),
        ("良好", "良好", True),
        ("合格", "良好", False),
        ("不合格", "合格", False),
        (None, "合格", False),
        ("合格", None, True),
        ("优秀", "特优", False),
        ("特优", "优秀", False),
    ],
)
def test_a_least_grade_is_reached_by_the_order_of_the_bands(
    grade: str | None, least: str | None, reached: bool
) -> None:
    assert reaches(grade, least, RULEBOOK) is reached


def test_a_grade_that_is_too_low_leaves_nothing_due_says_why_and_the_money_returns() -> None:
    desk = Desk()
    project = a_gated_project(desk)
    desk.pay(project, 1)
    desk.hear(an_acceptance(project))
    desk.hear(passed(project))
    desk.pay(project, 2)

    said = desk.hear(graded(project, "合格", 90))

    assert the(said, TrancheReleased).withheld == Money(200)
    assert steps(desk, project) == ["paid", "paid", "nothing_due"]
    assert the(said, ProjectSettled).returned == Money(200)
    missing = shown(desk, project, 3).missing
    assert missing is not None
    assert (missing.code, "合格" in missing.zh, "良好" in missing.zh) == ("grade_too_low", True, True)
    with refused("nothing_due"):
        desk.order(project, 3)


def test_what_an_audit_report_opens_after_the_grade_is_waited_for_and_paid_at_the_grades_factor() -> None:
    desk = Desk()
    project = a_gated_project(desk)
    desk.hear(an_acceptance(project))
    desk.hear(passed(project))
    desk.pay(project, 1)
    desk.pay(project, 2)

    assert not settled(desk.hear(graded(project, "良好", 95)))
    assert the(desk.hear(a_report(project)), TrancheReleased).amount == Money(190)

    said = desk.pay(project, 3)
    assert the(said, TranchePaid).amount == Money(190)
    assert the(said, ProjectSettled).returned == Money(10)


@pytest.mark.parametrize("opinion", [AuditOpinion.ADVERSE, AuditOpinion.DISCLAIMER])
def test_an_opinion_that_is_adverse_or_none_opens_nothing_and_says_so_until_another_comes(
    opinion: AuditOpinion,
) -> None:
    desk = Desk()
    project = a_gated_project(desk)
    desk.hear(graded(project, "优秀"))

    assert desk.hear(a_report(project, opinion)) == []

    missing = shown(desk, project, 3).missing
    assert missing is not None
    assert missing.code.startswith("audit_opinion_")
    assert the(desk.hear(a_report(project, AuditOpinion.QUALIFIED)), TrancheReleased).number == 3


def test_after_the_days_that_follow_the_grade_the_rest_returns_and_a_late_report_is_refused() -> None:
    desk = Desk()
    project = a_gated_project(desk)
    desk.pay(project, 1)
    desk.hear(graded(project, "优秀"))
    last = day_of(desk.story.at) + timedelta(days=RULEBOOK.integer(CLOSE_DAYS))
    missing = shown(desk, project, 3).missing
    assert missing is not None
    assert (missing.code, missing.until) == ("audit_report_missing", last)

    desk.story.at = next(iter(desk.money(project).due().values()))
    said = desk.ring(project)

    assert the(said, ProjectSettled).returned == Money(500)
    assert desk.money(project).phase is Phase.SETTLED
    assert desk.money(project).due() == {}
    assert the(desk.hear(a_report(project)), TrancheRefused).code == "project_settled"


def test_a_report_after_the_last_day_is_too_late_although_a_payment_is_still_under_way() -> None:
    desk = Desk()
    project = a_gated_project(desk)
    desk.hear(graded(project, "优秀"))
    desk.ring(project)

    assert the(desk.hear(a_report(project)), TrancheRefused).code == "gates_closed"

    assert steps(desk, project) == ["released", "waiting", "waiting"]
    assert the(desk.pay(project, 1), ProjectSettled).paid == Money(500)


def test_an_old_timer_of_the_gates_changes_nothing() -> None:
    desk = Desk()
    project = a_gated_project(desk)
    desk.hear(graded(project, "优秀"))
    desk.ring(project)

    assert desk.ring(project) == []


def test_an_edition_that_sets_no_days_settles_with_the_grade_as_before() -> None:
    desk = Desk(Story(evolve=rules.evolve, rulebook=BEFORE))
    project = a_gated_project(desk)
    desk.pay(project, 1)

    assert the(desk.hear(graded(project, "优秀")), ProjectSettled).returned == Money(500)


def test_a_project_from_before_gates_were_remembered_goes_on_with_what_was_open() -> None:
    """Its row knows steps only; a second acceptance releases nothing twice, the grade releases the last."""
    desk = Desk()
    project, _ = a_reserved_project(desk, 1000)
    desk.hear(a_signing(project, 1000))
    desk.hear(an_acceptance(project))
    old: ProjectMoney = replace(desk.money(project), opened={})
    desk.world.put(old)

    assert old.is_open(Gate.SIGNED)
    assert old.is_open(Gate.MID_TERM_ACCEPTED)
    assert not old.is_open(Gate.FINAL_GRADED)
    first = shown(desk, project, 1).gates[0]
    assert (first.open, first.since) == (True, TODAY)
    assert not [fact for fact in desk.hear(an_acceptance(project)) if type(fact) is TrancheReleased]
    assert the(desk.hear(a_grade(project)), TrancheReleased).number == 3


def test_a_failed_mid_term_that_stops_keeps_everything_back_until_one_passes() -> None:
    desk = Desk()
    project = a_gated_project(desk)
    desk.hear(failed(project, Consequence.STOPS))
    desk.hear(an_acceptance(project))
    desk.hear(a_report(project))
    desk.hear(graded(project, "优秀"))

    assert released(desk, project) == [Money(500), Money(0), Money(0)]
    missing = shown(desk, project, 3).missing
    assert missing is not None
    assert missing.code == "mid_term_failed"
    with refused("tranche_not_released"):
        desk.order(project, 3)

    numbers = {fact.number for fact in desk.hear(passed(project)) if isinstance(fact, TrancheReleased)}

    assert numbers == {2, 3}


def test_a_failed_mid_term_that_ends_returns_what_was_never_released_once_nothing_is_under_way() -> None:
    desk = Desk()
    project = a_gated_project(desk)

    assert not settled(desk.hear(failed(project, Consequence.ENDS)))
    missing = shown(desk, project, 2).missing
    assert missing is not None
    assert missing.code == "agreement_ended"

    said = desk.pay(project, 1)
    assert (the(said, ProjectSettled).paid, the(said, ProjectSettled).returned) == (Money(500), Money(500))
    assert desk.hear(graded(project, "不合格", 0)) == []
    assert desk.money(project).phase is Phase.SETTLED


def test_a_failed_mid_term_that_ends_settles_at_once_when_all_else_is_paid() -> None:
    desk = Desk()
    project = a_gated_project(desk)
    desk.pay(project, 1)

    assert the(desk.hear(failed(project, Consequence.ENDS)), ProjectSettled).returned == Money(500)


def test_a_mid_term_to_be_rectified_opens_nothing_and_stops_nothing() -> None:
    desk = Desk()
    project = a_gated_project(desk)
    desk.hear(an_acceptance(project))

    assert desk.hear(a_judgement(project, MidTermResult.RECTIFY)) == []

    missing = shown(desk, project, 2).missing
    assert missing is not None
    assert (missing.code, Role.PROVIDER in missing.who) == ("mid_term_to_be_rectified", True)
    assert the(desk.hear(passed(project)), TrancheReleased).number == 2


def test_every_gate_of_a_tranche_is_shown_open_since_a_day_or_closed_with_its_reason() -> None:
    desk = Desk()
    project = a_gated_project(desk)
    desk.hear(an_acceptance(project))

    accepted, judged = shown(desk, project, 2).gates
    missing = shown(desk, project, 2).missing

    assert (accepted.gate, accepted.open, accepted.since) == (Gate.MID_TERM_ACCEPTED, True, TODAY)
    assert (judged.gate, judged.open, judged.since) == (Gate.MID_TERM_PASSED, False, None)
    assert judged.zh
    assert judged.en
    assert missing is not None
    assert (missing.code, missing.who, missing.until) == ("mid_term_not_passed", (Role.FUNDER,), None)
    due = shown(desk, project, 1).missing
    assert due is not None
    assert (due.who, due.until) == ((Role.FINANCE,), date(2026, 4, 1))


def test_the_agreements_own_term_sets_the_clock_and_the_source_says_so() -> None:
    desk = Desk()
    project, _ = a_reserved_project(desk, 1000)
    clauses = Clauses(payment=PaymentTerm(days=45, late_permyriad=4))
    desk.hear(a_signing(project, 1000).model_copy(update={"clauses": clauses}))

    clock = desk.money(project).instalments[0].clock

    assert clock is not None
    assert (clock.due_on, clock.late_permyriad) == (date(2026, 4, 16), 4)
    assert "协议约定" in clock.source
    assert clock.interest(Money(10_000), date(2026, 4, 26)) == Money(40)
