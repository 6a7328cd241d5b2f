"""An open line leaves the list when a person says what it is; what moves money takes a second one."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from schemas.fund import PaymentOrdered, TranchePaid
from schemas.ids import PartyId, PaymentId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.payment import PaymentReturned
from schemas.role import Actor, Role
from services.funds.rules.explaining import ExplainReceipt, explain, refs
from services.funds.rules.instalment import Step
from services.funds.rules.ledger import Booked, TransferState
from services.funds.rules.payment import Payment, payment_of, reference_of
from services.funds.rules.receipts import Explanation, Receipt, ReceiptLine, WhyOpen, receipt_of
from tests.services.funds.desk import FINANCE as IMPORTER
from tests.services.funds.desk import OTHER_FINANCE, PROVIDER, Desk, a_line, the
from tests.services.funds.test_matching import a_batch, an_ordered_project, the_receipt
from tests.support.pure import an_actor, refused


def say(
    desk: Desk,
    line: ReceiptLine,
    code: Explanation,
    payment: UUID | None = None,
    by: Actor = OTHER_FINANCE,
) -> list[Model]:
    command = ExplainReceipt(
        receipt_id=receipt_of(line),
        code=code,
        text="与银行核对(示例)",
        payment_id=None if payment is None else PaymentId(payment),
    )
    return desk.story.do(explain, command, by, refs(command, uuid4()))


def a_stray(desk: Desk, fen: int = 500, returned: str | None = None) -> ReceiptLine:
    """A line that names nothing of ours."""
    line = a_line(ProjectId(uuid4()), 1, fen).model_copy(update={"payment_reference": "-", "returned": returned})
    desk.receive(line)
    return line


def a_return(project: ProjectId, number: int, fen: int) -> ReceiptLine:
    return a_line(project, number, fen).model_copy(update={"returned": "退票:户名不符"})


def the_payment(project: ProjectId, number: int, returns: int = 0) -> UUID:
    return payment_of(reference_of(project, number, returns))


@pytest.mark.parametrize("code", [Explanation.NOT_OURS, Explanation.BANK_FEE])
def test_a_line_that_is_no_payment_is_closed_with_code_words_and_person(code: Explanation) -> None:
    desk = Desk()
    line = a_stray(desk)

    with refused("who_imported_does_not_explain", status=403):
        say(desk, line, code, by=IMPORTER)
    say(desk, line, code)

    receipt = the_receipt(desk, line)
    assert receipt.explained is not None
    assert (receipt.why_open, receipt.explained.code, receipt.explained.by) == (None, code, OTHER_FINANCE.person_id)
    with refused("line_not_open"):
        say(desk, line, code)


def test_another_person_than_the_importer_assigns_a_line_and_that_pays() -> None:
    desk = Desk()
    project = an_ordered_project(desk)
    line = a_stray(desk)

    with refused("who_imported_does_not_explain", status=403):
        say(desk, line, Explanation.ASSIGNED, the_payment(project, 1), by=IMPORTER)
    said = say(desk, line, Explanation.ASSIGNED, the_payment(project, 1))

    assert the(said, TranchePaid).receipt_digest == line.digest
    assert desk.account(PROVIDER).credits_posted.fen == 500
    assert the_receipt(desk, line).payment_ids == (the_payment(project, 1),)


def test_between_two_equal_candidates_a_person_decides() -> None:
    desk = Desk()
    one, other = an_ordered_project(desk), an_ordered_project(desk)
    line = a_batch(500, (one, 1), (other, 1))
    desk.receive(line)

    said = say(desk, line, Explanation.ASSIGNED, the_payment(other, 1))

    assert the(said, TranchePaid).project_id == other
    assert the_receipt(desk, line).candidates == ()


def test_what_cannot_be_assigned_is_refused_and_the_line_stays_open() -> None:
    desk = Desk()
    project = an_ordered_project(desk)
    line, sent_back = a_stray(desk, 400), a_stray(desk, 400, returned="退票")

    with refused("line_of_another_amount"):
        say(desk, line, Explanation.ASSIGNED, the_payment(project, 1))
    with refused("explanation_needs_payment", status=422):
        say(desk, line, Explanation.ASSIGNED)
    with refused("explanation_without_payment", status=422):
        say(desk, line, Explanation.BANK_FEE, the_payment(project, 1))
    with refused("not_found", status=404):
        say(desk, line, Explanation.ASSIGNED, uuid4())
    with refused("line_sends_back"):
        say(desk, sent_back, Explanation.ASSIGNED, the_payment(project, 2))
    with refused("not_your_party", status=403):
        say(desk, line, Explanation.NOT_OURS, by=an_actor(Role.FINANCE, PartyId(uuid4())))
    desk.receive(a_line(project, 2, 400))
    with refused("payment_not_awaited"):
        say(desk, line, Explanation.ASSIGNED, the_payment(project, 2))

    assert the_receipt(desk, line).why_open is WhyOpen.UNKNOWN_PAYMENT


def test_a_refusal_of_the_bank_voids_the_order_and_opens_the_tranche_again() -> None:
    desk = Desk()
    project = an_ordered_project(desk)

    said = desk.receive(a_return(project, 1, 500))

    returned = the(said, PaymentReturned)
    assert (returned.payment_id, returned.number, returned.reason) == (the_payment(project, 1), 1, "退票:户名不符")
    (transfer,) = the(said, Booked).transfers
    assert (transfer.state, transfer.pending_id) == (TransferState.VOIDED, the_payment(project, 1))
    assert (desk.account(project).debits_pending.fen, desk.account(PROVIDER).credits_pending.fen) == (500, 500)
    instalment = desk.money(project).instalments[0]
    assert (instalment.step, instalment.payment_id) == (Step.RELEASED, None)
    assert desk.world.get(Payment, returned.payment_id).return_reason == "退票:户名不符"


def test_a_tranche_sent_back_is_ordered_again_under_another_number_and_paid_by_that_only() -> None:
    desk = Desk()
    project = an_ordered_project(desk)
    desk.receive(a_return(project, 1, 500))

    again = the(desk.order(project, 1), PaymentOrdered)
    late = a_line(project, 1, 500)
    new = a_line(project, 1, 500).model_copy(update={"payment_reference": reference_of(project, 1, 1)})
    desk.receive(late)
    paid = the(desk.receive(new), TranchePaid)

    assert again.payment_id == paid.payment_id == the_payment(project, 1, 1) != the_payment(project, 1)
    assert the_receipt(desk, late).why_open is WhyOpen.PAYMENT_RETURNED
    assert desk.account(PROVIDER).credits_posted.fen == 500
    assert desk.money(project).instalments[0].step is Step.PAID


def test_a_payment_may_be_sent_back_more_than_once() -> None:
    desk = Desk()
    project = an_ordered_project(desk)
    numbers = [reference_of(project, 1, returns) for returns in range(3)]

    for number in numbers[:2]:
        desk.receive(a_return(project, 1, 500).model_copy(update={"payment_reference": number}))
        desk.order(project, 1)

    assert desk.money(project).instalments[0].payment_id == payment_of(numbers[2])


def test_a_refusal_that_fits_nothing_under_way_stays_open_and_says_why() -> None:
    desk = Desk()
    project = an_ordered_project(desk)
    desk.receive(a_line(project, 1, 500))
    other_amount = a_return(project, 2, 399)
    after_paid = a_return(project, 1, 500).model_copy(update={"paid_on": date(2026, 3, 3)})  # a day before it was paid
    of_nothing = a_return(ProjectId(uuid4()), 1, 5)

    desk.receive(other_amount, after_paid, of_nothing)

    assert [the_receipt(desk, line).why_open for line in (other_amount, after_paid, of_nothing)] == [
        WhyOpen.RETURN_UNMATCHED,
        WhyOpen.RETURNED_AFTER_PAID,
        WhyOpen.RETURN_UNMATCHED,
    ]
    assert desk.money(project).paid == Money(500)


def test_a_refusal_that_names_no_payment_is_assigned_by_a_second_person() -> None:
    desk = Desk()
    project = an_ordered_project(desk)
    line = a_stray(desk, returned="退票:账号已销户")

    said = say(desk, line, Explanation.RETURNED, the_payment(project, 1))

    assert the(said, PaymentReturned).reason == "退票:账号已销户"
    assert the_receipt(desk, line).returns == (the_payment(project, 1),)


def test_somebodys_number_in_the_banks_words_is_not_told() -> None:
    desk = Desk()
    project = an_ordered_project(desk)
    line = a_return(project, 1, 500).model_copy(update={"returned": "退票:联系 13800138000"})

    told = the(desk.receive(line), PaymentReturned)

    assert "13800138000" not in told.reason
    assert desk.world.get(Receipt, receipt_of(line)).returned == "退票:联系 13800138000"


def test_a_line_from_before_the_order_is_not_assigned_to_it() -> None:
    desk = Desk()
    project = an_ordered_project(desk)
    line = a_line(ProjectId(uuid4()), 1, 500).model_copy(update={"payment_reference": "-", "paid_on": date(2026, 3, 1)})
    desk.receive(line)

    with refused("line_before_order") as caught:
        say(desk, line, Explanation.ASSIGNED, the_payment(project, 1))

    assert caught.value.details == {"line": date(2026, 3, 1), "ordered_on": date(2026, 3, 2)}
    assert the_receipt(desk, line).why_open is WhyOpen.UNKNOWN_PAYMENT
