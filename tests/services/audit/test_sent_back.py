"""What the bank sends back, as the auditor follows it."""

from schemas.fund import PaymentOrdered, TranchePaid
from schemas.payment import PaymentReturned
from services.audit.rules.movements import Kind, MovementState, movements_of, unaccounted
from tests.services.audit.entries import entries
from tests.services.audit.stories import Told


def test_a_payment_that_was_sent_back_voids_its_order_and_carries_the_same_lots() -> None:
    told = Told()
    facts = [fact for fact in told.facts if not isinstance(fact, TranchePaid)]
    place = next(place for place, fact in enumerate(facts) if isinstance(fact, PaymentOrdered))
    order = facts[place]
    assert isinstance(order, PaymentOrdered)
    back = PaymentReturned(
        project_id=told.project,
        payment_id=order.payment_id,
        number=order.number,
        amount=order.amount,
        reason="户名不符",
        line_digest="0" * 64,
    )

    archived = entries(told, [*facts[: place + 1], back])
    ordered, returned = [one for one in movements_of(archived) if one.kind in (Kind.ORDERED, Kind.SENT_BACK)]

    assert (returned.state, returned.resolves, returned.lots) == (MovementState.VOIDED, order.payment_id, ordered.lots)
    assert unaccounted(archived) == []
