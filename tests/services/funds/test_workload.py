"""Work paid by the unit: what lies behind the final acceptance is released up to the fee, and the rest goes back."""

import pytest

from schemas.clauses import Work, WorkItem
from schemas.contract import ContractSigned, Milestone
from schemas.fund import ProjectSettled, TrancheReleased
from schemas.ids import ContractId, PartyId, ProjectId
from schemas.money import Money
from schemas.tranche import Gate, Tranche
from schemas.work import WorkAccepted
from services.funds.rules.instalment import Step
from tests.services.funds.desk import Desk, a_grade, a_signing, an_acceptance, an_approval, fen, the

PRICE = 10_000
WORK = Work(items=(WorkItem(id="visit", name="入户", unit="户", unit_price=Money(7), most_units=2_000),))


def a_plan(*tranches: tuple[int, Gate]) -> tuple[Tranche, ...]:
    return tuple(Tranche(number=i, amount=Money(amount), gate=gate) for i, (amount, gate) in enumerate(tranches, 1))


ADVANCE_AND_REST = a_plan((3_000, Gate.SIGNED), (7_000, Gate.FINAL_ACCEPTED))


def a_commission(desk: Desk, tranches: tuple[Tranche, ...] = ADVANCE_AND_REST) -> ProjectId:
    accounts = [desk.appropriate(6_000), desk.appropriate(4_000)]
    approval = an_approval(dict(zip(accounts, (6_000, 4_000), strict=True)))
    desk.hear(approval)
    signed = a_signing(approval.project_id, PRICE)
    desk.hear(ContractSigned(**{**dict(signed), "tranches": tranches, "work": WORK}))
    return approval.project_id


def counted(project_id: ProjectId, fee: int) -> WorkAccepted:
    return WorkAccepted(
        project_id=project_id,
        contract_id=ContractId(project_id),
        units=(),
        fee=Money(fee),
        arithmetic="…",
        accepted_by=PartyId(project_id),
    )


@pytest.mark.parametrize(
    ("fee", "released", "withheld"),
    [(9_999, 6_999, 1), (10_000, 7_000, 0), (3_001, 1, 6_999), (3_000, 0, 7_000), (2_999, 0, 7_000)],
)
def test_the_last_tranche_is_the_fee_less_what_was_released_before(fee: int, released: int, withheld: int) -> None:
    desk = Desk()
    project = a_commission(desk)
    assert desk.hear(counted(project, fee)) == []

    told = the(desk.hear(an_acceptance(project, Milestone.FINAL)), TrancheReleased)

    assert (told.number, told.amount, told.withheld) == (2, Money(released), Money(withheld))
    assert sum(fen(told.shares)) == released
    assert desk.money(project).instalments[1].step is (Step.RELEASED if released else Step.NOTHING_DUE)


def test_what_the_fee_leaves_over_goes_back_to_its_sources_at_settlement() -> None:
    desk = Desk()
    project = a_commission(desk)
    desk.pay(project, 1)
    desk.hear(counted(project, 8_000))
    desk.hear(an_acceptance(project, Milestone.FINAL))
    desk.pay(project, 2)

    settled = the(desk.hear(a_grade(project)), ProjectSettled)

    assert (settled.paid, settled.returned) == (Money(8_000), Money(2_000))
    assert fen(settled.shares_returned) == [1_200, 800]


def test_two_tranches_behind_the_result_share_the_fee_in_their_order() -> None:
    desk = Desk()
    project = a_commission(desk, a_plan((6_000, Gate.FINAL_ACCEPTED), (4_000, Gate.FINAL_GRADED)))
    desk.hear(counted(project, 7_500))

    first = the(desk.hear(an_acceptance(project, Milestone.FINAL)), TrancheReleased)
    second = the(desk.hear(a_grade(project, 90)), TrancheReleased)

    assert (first.amount, second.amount, second.withheld) == (Money(6_000), Money(1_500), Money(2_500))


def test_the_last_count_before_the_acceptance_holds() -> None:
    desk = Desk()
    project = a_commission(desk)
    desk.hear(counted(project, 9_000))
    desk.hear(counted(project, 5_000))

    assert the(desk.hear(an_acceptance(project, Milestone.FINAL)), TrancheReleased).amount == Money(2_000)


def test_without_work_by_the_unit_a_tranche_is_released_as_planned() -> None:
    desk = Desk()
    project = a_commission(desk)

    assert the(desk.hear(an_acceptance(project, Milestone.FINAL)), TrancheReleased).amount == Money(7_000)
