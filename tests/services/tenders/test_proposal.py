"""From the residents' choice to approved terms."""

from decimal import Decimal
from uuid import uuid4

import pytest

from schemas.ids import FundAccountId
from schemas.money import Money
from schemas.project import BudgetRefused, BudgetReserved, FundShare, ProjectApproved, ProjectDeclined, ProjectProposed
from schemas.role import Role
from schemas.tranche import Gate, PlannedTranche, TranchePlan
from services.tenders.rules import proposal
from services.tenders.rules.project import Phase
from tests.services.tenders.stories import (
    APPROVER,
    CEILING,
    DRAFTER,
    GATES,
    PROJECT,
    Tendered,
    a_choice,
    a_draft,
    a_plan,
    remember,
    some_terms,
)
from tests.support.pure import an_actor, refused


def test_a_chosen_need_is_proposed_to_its_funder_once() -> None:
    story = Tendered()
    choice = a_choice()

    [proposed] = story.do(proposal.propose, choice)

    assert isinstance(proposed, ProjectProposed)
    assert (proposed.project_id, proposed.brief.need_id) == (choice.project_id, choice.need_id)
    assert story.do(proposal.propose, choice) == []


def test_one_person_drafts_and_another_approves_all_of_it() -> None:
    story = Tendered().proposed()
    story.draft()

    [approved] = story.approve()

    assert isinstance(approved, ProjectApproved)
    assert (approved.drafted_by, approved.approved_by) == (DRAFTER.person_id, APPROVER.person_id)
    assert approved.ceiling == CEILING
    assert story.phase is Phase.APPROVED


def test_who_drafted_cannot_approve() -> None:
    story = Tendered().proposed()
    story.draft()

    with refused("drafter_cannot_approve", source="不相容岗位", status=403):
        story.approve(by=DRAFTER)


def test_a_draft_replaced_while_it_was_read_is_not_approved_unseen() -> None:
    story = Tendered().proposed()
    story.draft()
    read = story.project.agreed.id
    story.draft(a_draft(terms=some_terms(10, plan=a_plan(50, 30, 20), plan_quality=90)))

    with refused("draft_replaced"):
        story.approve(draft_id=read)


def test_another_funder_can_neither_draft_nor_approve_nor_decline() -> None:
    story = Tendered().proposed()
    stranger = an_actor(Role.FUNDER)

    with refused("not_your_party", status=403):
        story.draft(by=stranger)
    story.draft()
    with refused("not_your_party", status=403):
        story.approve(by=stranger)
    with refused("not_your_party", status=403):
        story.do(proposal.decline_project, proposal.DeclineProject(project_id=PROJECT, reason="不需要"), stranger)


def test_a_proposal_is_declined_with_its_reason_and_is_then_over() -> None:
    story = Tendered().proposed()

    [declined] = story.do(proposal.decline_project, proposal.DeclineProject(project_id=PROJECT, reason="重复"), DRAFTER)

    assert isinstance(declined, ProjectDeclined)
    assert declined.reason == "重复"
    with refused("wrong_phase"):
        story.draft()


def test_an_approved_project_cannot_be_drafted_again_or_declined() -> None:
    story = Tendered().reserved()

    with refused("wrong_phase"):
        story.draft()
    with refused("wrong_phase"):
        story.do(proposal.decline_project, proposal.DeclineProject(project_id=PROJECT, reason="迟了"), DRAFTER)


def test_after_a_refused_budget_the_draft_can_be_approved_again() -> None:
    story = Tendered().proposed()
    story.draft()
    story.approve()
    refusal = BudgetRefused(project_id=PROJECT, code="too_little", source="…", reason_zh="余额不足", reason_en="…")

    story.do(remember, refusal)

    assert (story.phase, story.project.setback, story.project.approved_by) == (Phase.DRAFTED, "余额不足", None)
    [approved] = story.approve()
    assert isinstance(approved, ProjectApproved)


def test_a_reservation_nobody_waits_for_changes_nothing() -> None:
    story = Tendered().proposed()

    story.do(remember, BudgetReserved(project_id=PROJECT, ceiling=CEILING, shares=()))

    assert story.phase is Phase.PROPOSED


def gated(first: int, gates: tuple[Gate, ...], last: int, least: str | None = None) -> TranchePlan:
    """Two tranches: one behind these gates, the other behind an audit report and a grade."""
    gate, *also = gates
    return TranchePlan(
        tranches=(
            PlannedTranche(share_percent=Decimal(first), gate=gate, also=tuple(also)),
            PlannedTranche(
                share_percent=Decimal(last), gate=Gate.AUDIT_REPORTED, also=(Gate.FINAL_GRADED,), grade_at_least=least
            ),
        )
    )


def backwards(plan: TranchePlan) -> TranchePlan:
    return TranchePlan(tranches=plan.tranches[::-1])


@pytest.mark.parametrize("least", [None, "优秀", "良好", "合格"])
def test_a_plan_with_several_gates_is_within_the_bounds_when_its_last_gate_is(least: str | None) -> None:
    """What waits for more than the signature is not paid upfront; what waits for the grade is paid last."""
    story = Tendered().proposed()

    story.draft(a_draft(terms=some_terms(plan=gated(90, (Gate.SIGNED, Gate.MID_TERM_PASSED), 10, least))))

    assert story.phase is Phase.DRAFTED


@pytest.mark.parametrize(
    ("changes", "code", "source"),
    [
        ({"ceiling": Money(1_000_000_00)}, "ceiling_not_below_limit", "100 万元"),
        ({"ceiling": Money(120_000_01)}, "shares_miss_ceiling", None),
        ({"shares": (FundShare(account_id=FundAccountId(uuid4()), amount=CEILING),) * 2}, "shares_unclear", None),
        ({"bid_days": 2}, "bid_days_out_of_bounds", "至少 3 日"),
        ({"bid_days": 61}, "bid_days_out_of_bounds", "最长 60 日"),
        ({"terms": some_terms(9, plan=None, a=91)}, "price_points_out_of_bounds", "不低于 10 分"),
        ({"terms": some_terms(31, plan=None, a=69)}, "price_points_out_of_bounds", "214号"),
        ({"terms": some_terms(30, plan=None, a=69)}, "points_miss_full_marks", "第五十五条"),
        ({"terms": some_terms(plan=a_plan(51, 39, 10))}, "upfront_too_large", "50/40/10"),
        ({"terms": some_terms(plan=a_plan(50, 41, 9))}, "last_tranche_too_small", "50/40/10"),
        ({"terms": some_terms(plan=a_plan(10, 50, 40, gates=tuple(reversed(GATES))))}, "tranches_out_of_order", None),
        (
            {"terms": some_terms(plan=backwards(gated(90, (Gate.SIGNED, Gate.MID_TERM_PASSED), 10)))},
            "tranches_out_of_order",
            None,
        ),
        ({"terms": some_terms(plan=gated(91, (Gate.SIGNED, Gate.MID_TERM_PASSED), 9))}, "last_tranche_too_small", None),
        ({"terms": some_terms(plan=gated(90, (Gate.SIGNED, Gate.MID_TERM_PASSED), 10, "特优"))}, "no_such_grade", "90"),
    ],
)
def test_terms_outside_the_rulebook_are_refused_with_the_rule(
    changes: dict[str, object], code: str, source: str | None
) -> None:
    story = Tendered().proposed()

    with refused(code, source=source, status=422):
        story.draft(a_draft(**changes))
