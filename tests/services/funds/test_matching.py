"""A line finds what it pays, to the fen, and never by a guess."""

from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.fund import ProjectSettled, TranchePaid
from schemas.ids import ProjectId
from schemas.money import Money
from services.funds.rules.choosing import Ambiguous, choose
from services.funds.rules.payment import Payment, payment_of, reference_of
from services.funds.rules.receipts import Receipt, ReceiptLine, WhyOpen, receipt_of
from tests.services.funds.desk import PROVIDER, Desk, a_grade, a_line, a_signing, an_acceptance, an_approval, the


def an_ordered_project(desk: Desk, price: int = 1000) -> ProjectId:
    """Tranches of 500, 400 and 100 of every 1,000, all ordered."""
    approval = an_approval({desk.appropriate(price): price})
    project = approval.project_id
    for fact in (approval, a_signing(project, price), an_acceptance(project), a_grade(project)):
        desk.hear(fact)
    for number in (1, 2, 3):
        desk.order(project, number)
    return project


def a_batch(fen: int, *payments: tuple[ProjectId, int]) -> ReceiptLine:
    """A line whose words name these payments."""
    text = "批量代付 " + "、".join(reference_of(project, number).lower() for project, number in payments)
    return a_line(ProjectId(uuid4()), 1, fen).model_copy(update={"payment_reference": "-", "text": text})


def the_receipt(desk: Desk, line: ReceiptLine) -> Receipt:
    return desk.world.get(Receipt, receipt_of(line))


def paid(desk: Desk, project: ProjectId) -> list[int]:
    """Numbers of the tranches that are."""
    numbers = (1, 2, 3)
    payments = [desk.world.get(Payment, payment_of(reference_of(project, number))) for number in numbers]
    return [payment.number for payment in payments if payment.receipt_digest is not None]


def test_one_line_pays_all_the_payments_it_names() -> None:
    desk = Desk()
    one, other = an_ordered_project(desk), an_ordered_project(desk, 2000)
    line = a_batch(500 + 400 + 1000, (one, 1), (one, 2), (other, 1))

    said = desk.receive(line)

    assert [fact.amount.fen for fact in said if isinstance(fact, TranchePaid)] == [500, 400, 1000]
    assert (paid(desk, one), paid(desk, other)) == ([1, 2], [1])
    assert the_receipt(desk, line).payment_ids == tuple(
        payment_of(reference_of(*each)) for each in ((one, 1), (one, 2), (other, 1))
    )
    assert desk.account(PROVIDER).credits_posted.fen == 1900
    assert desk.receive(line) == []


def test_a_batch_of_part_of_what_it_names_pays_that_part_when_only_one_choice_fits() -> None:
    desk = Desk()
    project = an_ordered_project(desk)

    desk.receive(a_batch(600, (project, 1), (project, 2), (project, 3)))

    assert paid(desk, project) == [1, 3]


def test_between_two_equal_choices_nobody_guesses_and_both_are_named() -> None:
    desk = Desk()
    one, other = an_ordered_project(desk), an_ordered_project(desk)
    line = a_batch(500, (one, 1), (other, 1))

    said = desk.receive(line)

    receipt = the_receipt(desk, line)
    assert [fact for fact in said if isinstance(fact, TranchePaid)] == []
    assert receipt.why_open is WhyOpen.AMBIGUOUS
    assert receipt.candidates == (reference_of(one, 1), reference_of(other, 1))


def test_what_is_paid_already_is_no_candidate_any_more() -> None:
    desk = Desk()
    one, other = an_ordered_project(desk), an_ordered_project(desk)

    desk.receive(a_line(one, 1, 500), a_batch(500, (one, 1), (other, 1)))

    assert (paid(desk, one), paid(desk, other)) == ([1], [1])


def test_lines_that_add_up_pay_one_payment_and_until_then_stay_open_and_say_so() -> None:
    desk = Desk()
    project = an_ordered_project(desk)
    first, second, third = (a_line(project, 1, fen) for fen in (200, 250, 50))
    third = third.model_copy(update={"paid_on": date(2026, 3, 6)})

    early = desk.receive(first, second)
    waiting = [the_receipt(desk, line).why_open for line in (first, second)]
    said = desk.receive(third)

    assert [fact for fact in early if isinstance(fact, TranchePaid)] == []
    assert waiting == [WhyOpen.PART_OF_PAYMENT] * 2
    assert the(said, TranchePaid).amount == Money(500)
    payment = desk.world.get(Payment, payment_of(reference_of(project, 1)))
    assert payment.paid_on == date(2026, 3, 6)
    for line in (first, second, third):
        assert (the_receipt(desk, line).payment_ids, the_receipt(desk, line).why_open) == ((payment.id,), None)
    assert desk.account(PROVIDER).credits_posted.fen == 500


def test_a_wrong_part_does_not_keep_the_right_ones_from_paying_and_stays_open() -> None:
    desk = Desk()
    project = an_ordered_project(desk)
    wrong, right, rest = (a_line(project, 1, fen) for fen in (450, 300, 200))

    desk.receive(wrong, right)
    desk.receive(rest)

    assert paid(desk, project) == [1]
    assert the_receipt(desk, wrong).why_open is WhyOpen.ALREADY_PAID
    assert the_receipt(desk, right).why_open is the_receipt(desk, rest).why_open is None


def test_parts_of_which_two_choices_add_up_stay_open_until_a_person_decides() -> None:
    desk = Desk()
    project = an_ordered_project(desk)
    lines = [a_line(project, 1, fen, f"L{n}") for n, fen in enumerate((300, 300, 200))]

    desk.receive(*lines)

    assert paid(desk, project) == []
    last = the_receipt(desk, lines[-1])
    assert last.why_open is WhyOpen.AMBIGUOUS
    assert sorted(last.candidates) == ["L0", "L1"]


def test_the_last_part_settles_the_project_like_a_whole_line() -> None:
    desk = Desk()
    project = an_ordered_project(desk)
    desk.receive(a_batch(900, (project, 1), (project, 2)), a_line(project, 3, 60))

    settled = the(desk.receive(a_line(project, 3, 40)), ProjectSettled)

    assert settled.paid == Money(1000)


amounts = st.lists(st.integers(1, 50).map(Money), min_size=1, max_size=6)


@given(amounts, st.integers(1, 300).map(Money))
def test_a_choice_adds_up_and_is_the_only_one(found: list[Money], total: Money) -> None:
    """Counted again by trying every subset as the bits of a number."""
    fitting = [
        bits
        for bits in range(1, 2 ** len(found))
        if sum(amount.fen for place, amount in enumerate(found) if bits >> place & 1) == total.fen
    ]

    if len(fitting) > 1:
        with pytest.raises(Ambiguous):
            choose(found, total)
    else:
        chosen = choose(found, total)
        assert (None if chosen is None else sum(2**place for place in chosen)) == next(iter(fitting), None)


def test_of_very_many_only_all_together_are_tried() -> None:
    many = [Money(1)] * 40

    assert choose(many, Money(40)) == tuple(range(40))
    assert choose(many, Money(39)) is None
