"""A hold keeps back a part of a tranche: the undisputed part is paid now, the rest after."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schemas.days import day_of
from schemas.fund import PaymentOrdered, PaymentRefunded, ProjectSettled, TranchePaid
from schemas.ids import ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.payment import PaymentReturned
from services import funds
from services.funds.api.tranches import tranche_answers
from services.funds.rules.instalment import Step
from services.funds.rules.ledger import Account
from services.funds.rules.order import OrderPayment, order
from services.funds.rules.payment import Payment, payment_of, reference_of
from services.funds.rules.project import Phase, ProjectMoney
from tests.services.funds.desk import (
    FINANCE,
    PROVIDER,
    Desk,
    a_grade,
    a_line,
    a_refund,
    a_signing,
    an_acceptance,
    an_approval,
    the,
)
from tests.services.funds.test_api import Scene, a_scene
from tests.services.funds.test_sent_back import a_return
from tests.support.fixtures import Running
from tests.support.pure import refused
from tests.support.system import System

TODAY = date(2026, 3, 2)
LATER = TODAY + timedelta(days=30)


def with_the_last_left(desk: Desk) -> ProjectId:
    """1,000 fen of two accounts in 500, 400 and 100; only the last is not paid, and it is released."""
    approval = an_approval({desk.appropriate(600): 600, desk.appropriate(400): 400})
    desk.hear(approval)
    project = approval.project_id
    desk.hear(a_signing(project, 1000))
    desk.pay(project, 1)
    desk.hear(an_acceptance(project))
    desk.pay(project, 2)
    desk.hear(a_grade(project))
    return project


def order_part(desk: Desk, project: ProjectId, number: int = 3) -> PaymentOrdered:
    command = OrderPayment(project_id=project, number=number, undisputed=True)
    refs = [(ProjectMoney, project), (Account, PROVIDER)]
    found: PaymentOrdered = the(desk.story.do(order, command, FINANCE, refs), PaymentOrdered)
    return found


def receive(desk: Desk, project: ProjectId, times: int, fen: int) -> list[Model]:
    named = {"payment_reference": reference_of(project, 3, times), "paid_on": day_of(desk.story.at)}
    return desk.receive(a_line(project, 3, fen).model_copy(update=named))


def test_a_hold_on_a_part_says_what_is_undisputed_and_that_part_is_paid_now_and_the_rest_after() -> None:
    desk = Desk()
    project = with_the_last_left(desk)
    hold = desk.hold(project, 30, LATER)

    with refused("money_on_hold") as caught:
        desk.order(project, 3)
    assert caught.value.details["undisputed"] == Money(70)
    ordered = order_part(desk, project)
    assert (ordered.number, ordered.amount) == (3, Money(70))
    assert [share.amount.fen for share in ordered.shares] == [42, 28]
    with refused("payment_already_ordered"):
        order_part(desk, project)

    paid = receive(desk, project, 0, 70)
    assert not [fact for fact in paid if type(fact) is ProjectSettled]
    instalment = desk.money(project).instalments[2]
    assert (instalment.step, instalment.paid, instalment.left) == (Step.RELEASED, Money(70), Money(30))
    assert (desk.money(project).paid, desk.money(project).not_ordered) == (Money(970), Money(30))
    with refused("money_on_hold"):
        order_part(desk, project)

    desk.lift(project, hold)
    rest = the(desk.order(project, 3), PaymentOrdered)
    assert (rest.amount, rest.payment_id) == (Money(30), payment_of(reference_of(project, 3, 1)))
    assert [share.amount.fen for share in rest.shares] == [18, 12]
    said = receive(desk, project, 1, 30)
    assert the(said, TranchePaid).amount == Money(30)
    assert the(said, ProjectSettled).paid == Money(1000)
    assert desk.money(project).phase is Phase.SETTLED
    assert sum(share.amount.fen for share in desk.money(project).paid_shares) == 1000


def test_the_receipt_of_the_part_does_not_pay_the_rest_and_comes_once() -> None:
    desk = Desk()
    project = with_the_last_left(desk)
    desk.hold(project, 30, LATER)
    order_part(desk, project)
    receive(desk, project, 0, 70)

    assert not [fact for fact in receive(desk, project, 0, 70) if type(fact) is TranchePaid]
    assert desk.money(project).paid == Money(970)


@pytest.mark.parametrize("held", [100, 500])
def test_when_nothing_is_undisputed_nothing_is_ordered(held: int) -> None:
    desk = Desk()
    project = with_the_last_left(desk)
    desk.hold(project, held, LATER)

    with refused("money_on_hold"):
        order_part(desk, project)


def test_after_two_parts_of_the_same_lots_the_rest_is_what_neither_of_them_paid() -> None:
    desk = Desk()
    project = with_the_last_left(desk)
    for times, (held, paid) in enumerate([(70, 30), (20, 50)]):
        hold = desk.hold(project, held, LATER)
        assert order_part(desk, project).amount == Money(paid)
        receive(desk, project, times, paid)
        desk.lift(project, hold)
    assert sum(share.amount.fen for share in desk.money(project).paid_shares) == 980

    rest = the(desk.order(project, 3), PaymentOrdered)

    assert rest.amount == Money(20)
    assert [share.amount.fen for share in rest.shares] == [12, 8]
    assert the(receive(desk, project, 2, 20), ProjectSettled).paid == Money(1000)
    assert sum(share.amount.fen for share in desk.money(project).paid_shares) == 1000


def test_without_a_hold_the_undisputed_part_is_all_of_it() -> None:
    desk = Desk()
    project = with_the_last_left(desk)

    assert order_part(desk, project).amount == Money(100)
    assert the(receive(desk, project, 0, 100), ProjectSettled).paid == Money(1000)


def test_the_rest_of_a_tranche_on_its_way_still_counts_as_held_for_the_others() -> None:
    desk = Desk()
    approval = an_approval({desk.appropriate(1000): 1000})
    desk.hear(approval)
    project = approval.project_id
    desk.hear(a_signing(project, 1000))
    desk.hear(an_acceptance(project))
    desk.hear(a_grade(project))
    desk.hold(project, 530, LATER)

    assert order_part(desk, project, 1).amount == Money(470)

    assert desk.money(project).not_ordered == Money(530)
    with refused("money_on_hold"):
        order_part(desk, project, 2)


def test_interest_runs_on_the_undisputed_part_and_what_was_paid_is_shown() -> None:
    desk = Desk()
    project = with_the_last_left(desk)
    desk.hold(project, 30, date(2026, 12, 31))

    late = date(2026, 4, 1) + timedelta(days=200)
    clock = tranche_answers(desk.money(project), (), late)[2].clock
    assert clock is not None
    assert clock.late_interest == Money(7)  # 70 fen × 0.05 % × 200 days

    order_part(desk, project)
    receive(desk, project, 0, 70)
    answer = tranche_answers(desk.money(project), (), late)[2]
    assert answer.clock is not None
    assert answer.clock.late_interest is None  # all that is left is held
    assert (answer.paid, answer.earlier) == (Money(70), (payment_of(reference_of(project, 3)),))


def test_what_was_paid_in_part_can_be_refunded_before_the_rest_is() -> None:
    desk = Desk()
    project = with_the_last_left(desk)
    desk.hold(project, 30, LATER)
    order_part(desk, project)
    receive(desk, project, 0, 70)
    desk.world.ask([(Payment, payment_of(reference_of(project, number))) for number in (1, 2, 3)])

    with refused("refund_above_paid"):
        desk.refund(a_refund(project, 971))
    desk.refund(a_refund(project, 970))

    assert desk.money(project).paid_shares == ()


async def test_the_undisputed_part_is_ordered_and_paid_through_the_doors_and_the_books_agree(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)  # 10,000 fen, the first tranche of 5,000 released
        at = f"/v1/projects/{scene.project}"
        until = (day_of(datetime.now(UTC)) + timedelta(days=10)).isoformat()
        hold = {"amount": {"fen": 6000}, "basis": "审计报告〔2026〕3 号", "until": until}
        placed = (await system.post(f"{at}/holds", hold, scene.auditor)).json

        whole = await system.post(f"{at}/payments", {"number": 1}, scene.finance)
        part = await system.post(f"{at}/payments", {"number": 1, "undisputed": True}, scene.finance)
        await _pay(system, scene, part.json, "1")
        between = (await system.get(f"{at}/money", scene.provider)).json
        lifted = await system.post(f"{at}/holds/{placed['hold_id']}/lifting", {"reason": "已核实"}, scene.auditor)
        rest = await system.post(f"{at}/payments", {"number": 1}, scene.finance)
        await _pay(system, scene, rest.json, "2")
        after = (await system.get(f"{at}/money", scene.provider)).json

        assert (whole.status, whole.json["title"]) == (409, "money_on_hold")
        assert "4,000" in whole.json["detail"] or "40.00" in whole.json["detail"]
        assert (part.status, part.json["amount"]) == (201, {"fen": 4000})
        assert (between["paid"], between["ordered"], between["released"]) == (
            {"fen": 4000},
            {"fen": 4000},
            {"fen": 5000},
        )
        first = between["tranches"][0]
        assert (first["step"], first["paid"], first["missing"]["code"]) == ("released", {"fen": 4000}, "money_on_hold")
        assert (lifted.status, rest.json["amount"]) == (201, {"fen": 1000})
        assert rest.json["reference"] != part.json["reference"]
        assert (after["paid"], after["tranches"][0]["step"]) == ({"fen": 5000}, "paid")
        assert after["tranches"][0]["earlier"] == [part.json["payment_id"]]
        async with system.running[0].database.connection() as connection:
            assert await funds.store.verify(connection) == []


async def _pay(system: System, scene: Scene, payment: Any, line_reference: str) -> None:
    line = {
        "line_reference": line_reference,
        "payment_reference": payment["reference"],
        "amount": payment["amount"],
        "paid_on": day_of(datetime.now(UTC)).isoformat(),
    }
    assert (await system.post("/v1/receipts", {"lines": [line]}, scene.finance)).json["matched"] == 1


def test_a_part_the_bank_sends_back_is_left_again_and_ordered_under_a_number_of_its_own() -> None:
    desk = Desk()
    project = with_the_last_left(desk)
    hold = desk.hold(project, 30, LATER)
    order_part(desk, project)
    receive(desk, project, 0, 70)
    desk.lift(project, hold)
    the(desk.order(project, 3), PaymentOrdered)  # the rest is under way

    the(desk.receive(a_return(project, 3, 70)), PaymentReturned)

    instalment = desk.money(project).instalments[2]
    assert (instalment.step, instalment.left, instalment.under_way) == (Step.ORDERED, Money(100), Money(30))
    assert not [fact for fact in receive(desk, project, 1, 30) if type(fact) is ProjectSettled]
    again = the(desk.order(project, 3), PaymentOrdered)
    assert (again.amount, again.payment_id) == (Money(70), payment_of(reference_of(project, 3, 2)))
    assert the(receive(desk, project, 2, 70), ProjectSettled).paid == Money(1000)


def test_a_part_sent_back_after_the_end_brings_its_own_lots_back_and_no_others() -> None:
    desk = Desk()
    project = with_the_last_left(desk)
    hold = desk.hold(project, 30, LATER)
    order_part(desk, project)
    receive(desk, project, 0, 70)
    desk.lift(project, hold)
    desk.order(project, 3)
    the(receive(desk, project, 1, 30), ProjectSettled)

    back = the(desk.receive(a_return(project, 3, 70)), PaymentRefunded)

    assert [share.amount.fen for share in back.shares] == [42, 28]
    assert desk.money(project).phase is Phase.SETTLED
    assert sum(share.amount.fen for share in desk.money(project).paid_shares) == 930
