"""Every transfer of the ledger is told again by the log, and what the log cannot account for is said."""

from typing import ClassVar

from hypothesis import given
from hypothesis import strategies as st

from schemas.fund import PaymentOrdered, ReservationReleased
from schemas.ids import PaymentId
from schemas.money import Money, sum_of
from schemas.project import BudgetRefused, BudgetReserved, FundShare, ProjectFact
from services.audit.rules import Kind, MovementState, movements_of, unaccounted
from tests.services.audit.entries import entries
from tests.services.audit.stories import Told


class PaymentBounced(ProjectFact):
    """A fact of a later day: it carries money beside a payment."""

    type: ClassVar[str] = "test.bounced"

    payment_id: PaymentId
    amount: Money


class SharesCorrected(ProjectFact):
    """A fact of a later day: it carries lots."""

    type: ClassVar[str] = "test.corrected"

    shares: tuple[FundShare, ...]


class PriceDiscussed(ProjectFact):
    """A fact of a later day: a price, and nobody's money moves."""

    type: ClassVar[str] = "test.discussed"

    price: Money


def test_each_account_has_a_movement_of_its_own_and_every_id_is_another() -> None:
    movements = movements_of(entries(Told()))

    kinds = [movement.kind for movement in movements]
    assert kinds == [
        *([Kind.ARRIVED] * 2),
        *([Kind.RESERVED] * 2),
        *([Kind.REDUCED] * 2),
        *([Kind.RELEASED] * 2 + [Kind.ORDERED, Kind.PAID]) * 3,
        *([Kind.SETTLED] * 2),
    ]
    assert len({movement.transfer_id for movement in movements}) == len(movements)
    for movement in movements:
        assert sum_of(part.amount for part in movement.lots) == movement.amount


def test_what_was_set_aside_is_resolved_to_the_fen_and_never_beyond() -> None:
    movements = movements_of(entries(Told()))
    pending = {one.transfer_id: one.amount for one in movements if one.state is MovementState.PENDING}

    resolved = {id: sum_of(one.amount for one in movements if one.resolves == id) for id in pending}

    assert resolved == pending
    assert {one.resolves for one in movements if one.resolves is not None} == set(pending)


@given(st.lists(st.booleans(), max_size=6))
def test_each_answer_to_an_approval_counts_for_the_ids_of_the_next_reservation(refused: list[bool]) -> None:
    told = Told()
    said = next(fact for fact in told.facts if isinstance(fact, BudgetReserved))
    back = ReservationReleased(project_id=told.project, shares=said.shares)
    no = BudgetRefused(project_id=told.project, code="x", source="s", reason_zh="不行", reason_en="no")
    facts = [fact for one in refused for fact in ((no,) if one else (said, back))]

    movements = movements_of(entries(told, [*facts, said]))

    reserved = [one.transfer_id for one in movements if one.kind is Kind.RESERVED]
    assert len(set(reserved)) == len(reserved) == 2 * (refused.count(False) + 1)
    assert {one.resolves for one in movements if one.kind is Kind.GIVEN_BACK} <= set(reserved[:-2])


def test_a_payment_without_its_order_moves_nothing_that_could_be_named() -> None:
    told = Told()
    facts = [fact for fact in told.facts if not isinstance(fact, PaymentOrdered)]

    assert Kind.PAID not in {one.kind for one in movements_of(entries(told, facts))}


def test_only_what_carries_somebodys_money_must_be_accounted_for() -> None:
    told = Told()
    p = told.project
    bounced = PaymentBounced(project_id=p, payment_id=PaymentId(p), amount=Money(1))
    corrected = SharesCorrected(project_id=p, shares=told.shares(1, 2))
    harmless = [
        PriceDiscussed(project_id=p, price=Money(5)),
        PaymentBounced(project_id=p, payment_id=PaymentId(p), amount=Money(0)),
        SharesCorrected(project_id=p, shares=()),
    ]

    assert unaccounted(entries(told, [*told.facts, *harmless])) == []
    found = unaccounted(entries(told, [*told.facts, bounced, corrected]))
    assert [entry.fact for entry in found] == [bounced, corrected]
