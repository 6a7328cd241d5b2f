"""A payment of the stories that two persons let leave: drawn up, once sent back, approved."""

from collections.abc import Sequence
from uuid import uuid5

from schemas.fact import Fact
from schemas.fund import PaymentOrdered
from schemas.ids import PaymentId
from schemas.money import Money
from schemas.payment import ApplicationDrawnUp, PaymentApproved, PaymentDeclined
from tests.services.audit.stories import BOOK, Told


def the_order(told: Told, number: int = 1) -> PaymentOrdered:
    return next(fact for fact in told.facts if isinstance(fact, PaymentOrdered) and fact.number == number)


def drawn_up(told: Told, order: PaymentOrdered) -> ApplicationDrawnUp:
    return ApplicationDrawnUp(
        project_id=told.project,
        payment_id=order.payment_id,
        number=order.number,
        amount=order.amount,
        payee_id=order.payee_id,
        limit=Money(30_000),
        source="示例:超过限额",
        drawn_up_by=told.person,
        rulebook=BOOK,
    )


def sent_back(told: Told, order: PaymentOrdered) -> PaymentDeclined:
    return PaymentDeclined(
        project_id=told.project,
        payment_id=order.payment_id,
        number=order.number,
        amount=order.amount,
        payee_id=order.payee_id,
        drawn_up_by=told.person,
        declined_by=told.other,
        reason="经济科目有误",
    )


def approved(told: Told, order: PaymentOrdered) -> PaymentApproved:
    return PaymentApproved(
        project_id=told.project,
        payment_id=order.payment_id,
        number=order.number,
        amount=order.amount,
        payee_id=order.payee_id,
        drawn_up_by=told.person,
        approved_by=told.other,
    )


def second_person(told: Told) -> list[Fact]:
    """In the order in which funds tells it; the first attempt had a number of its own."""
    order = the_order(told)
    earlier = order.model_copy(update={"payment_id": PaymentId(uuid5(told.project, "sent back"))})
    return [drawn_up(told, earlier), sent_back(told, earlier), drawn_up(told, order), approved(told, order)]


def before_the_order(told: Told, said: Sequence[Fact], number: int = 1) -> list[Fact]:
    """The whole story, with this told just before the payment left."""
    place = told.facts.index(the_order(told, number))
    return [*told.facts[:place], *said, *told.facts[place:]]
