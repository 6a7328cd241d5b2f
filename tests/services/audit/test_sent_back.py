"""What the bank sends back, as the auditor follows it."""

from uuid import UUID

from schemas.fact import Fact
from schemas.fund import PaymentOrdered, TranchePaid
from schemas.ids import PaymentId
from schemas.money import Money
from schemas.payment import PaymentReturned
from services.audit.rules import Step, findings_in, lot_line, use_of
from services.audit.rules.completeness import findings
from services.audit.rules.movements import Kind, MovementState, movements_of, unaccounted
from services.audit.rules.standing import Columns
from tests.services.audit.entries import arrival, entries, project
from tests.services.audit.stories import Told
from tests.services.audit.test_story import a_story


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


def sent_back_after_paid(told: Told, *, again: bool) -> list[Fact]:
    """The first tranche was paid, and the bank sent it back; `again`: then ordered and paid under another number."""
    facts = list(told.facts)
    place = next(place for place, fact in enumerate(facts) if isinstance(fact, TranchePaid))
    paid = facts[place]
    order = next(fact for fact in facts if isinstance(fact, PaymentOrdered))
    assert isinstance(paid, TranchePaid)
    back = PaymentReturned(
        project_id=told.project,
        payment_id=paid.payment_id,
        number=paid.number,
        amount=paid.amount,
        reason="账号已销户",
        line_digest="0" * 64,
    )
    other = PaymentId(UUID(int=77))
    anew = [order.model_copy(update={"payment_id": other}), paid.model_copy(update={"payment_id": other})]
    return [*facts[: place + 1], back, *(anew + facts[place + 1 :] if again else ())]


def test_after_it_was_paid_the_mirror_of_the_posting_is_told_and_names_it() -> None:
    told = Told()
    archived = entries(told, sent_back_after_paid(told, again=False))

    ordered, paid, back = [
        one for one in movements_of(archived) if one.kind in (Kind.ORDERED, Kind.PAID, Kind.SENT_BACK)
    ]

    assert (back.state, back.corrects, back.resolves) == (MovementState.POSTED, paid.transfer_id, None)
    assert (back.debit_id, back.credit_id) == (paid.credit_id, paid.debit_id)
    assert (back.amount, back.lots, back.payment_id) == (paid.amount, paid.lots, ordered.payment_id)
    assert unaccounted(archived) == []


def test_the_lot_stands_as_released_again_and_adds_up() -> None:
    told = Told()
    facts = sent_back_after_paid(told, again=False)
    now = project(told, facts)

    line = lot_line(told.lots[0], arrival(told, told.lots[0]), [now])
    use = use_of(now, told.lots[0])

    assert (line.columns.paid.fen, line.columns.ordered.fen, line.columns.released.fen) == (0, 0, 27_000)
    assert line.adds_up
    assert (use.tranches[0].step, use.tranches[0].payment_id) == (Step.RELEASED, None)
    assert list(findings_in(now)) == []


def test_paid_anew_the_story_is_complete_and_pays_each_fen_once() -> None:
    told = Told()
    whole = sent_back_after_paid(told, again=True)

    assert findings(a_story(whole)) == findings(a_story(told.facts)) == []
    line = lot_line(told.lots[0], arrival(told, told.lots[0]), [project(told, whole)])
    assert (line.columns, line.adds_up) == (Columns(paid=Money(53_460), returned=Money(6_540)), True)
