"""The ledger's transfers, told again from the log: what each event about money moved, from where to where.

Funds derives the id of a transfer from the message that caused it, and the log names that message; so the auditor
knows the ledger's own ids, states and accounts without asking it, and a difference between the two is a finding.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any, TypedDict
from uuid import UUID, uuid5

from schemas.cancelled import CommitmentCancelled
from schemas.change import CommitmentChanged
from schemas.dated import LotRecorded, TransferDates, TransfersDated
from schemas.fact import Fact
from schemas.fund import (
    FundAppropriated,
    FundCorrected,
    FundsCommitted,
    PaymentOrdered,
    PaymentRefunded,
    ProjectSettled,
    ReservationReleased,
    TranchePaid,
    TrancheReleased,
)
from schemas.ids import EventId, PaymentId
from schemas.model import Model
from schemas.money import Money
from schemas.payment import ApplicationDrawnUp, PaymentApproved, PaymentDeclined, PaymentReturned
from schemas.project import BudgetRefused, BudgetReserved, FundShare, LotShare, ProjectApproved
from schemas.refund import RefundCorrected


class Kind(StrEnum):
    """What a movement did with the money."""

    ARRIVED = "arrived"
    CORRECTED = "corrected"
    """had never arrived"""
    RESERVED = "reserved"
    REDUCED = "reduced"
    """went back at signing: the price was below the reservation"""
    GIVEN_BACK = "given_back"
    """went back because no agreement came of it"""
    RELEASED = "released"
    CHANGED = "changed"
    """an agreement's price changed: what was set aside was freed, and set aside anew"""
    CANCELLED = "cancelled"
    """an agreement was cancelled: its money went back, and was set aside anew where another may follow"""
    SETTLED = "settled"
    """went back at the end: never released"""
    ORDERED = "ordered"
    PAID = "paid"
    REFUNDED = "refunded"
    REFUND_CORRECTED = "refund_corrected"
    """had never come back"""
    SENT_BACK = "sent_back"
    """the bank refused the payment, or sent it back after it was paid; what was released is payable again"""


class MovementState(StrEnum):
    """As in the ledger: pending, and then posted or voided by another transfer that names it."""

    PENDING = "pending"
    POSTED = "posted"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One archived event, as far as money goes."""

    event_id: EventId
    cause: UUID
    """the message that funds answered; the ledger keeps it as `correlation`"""
    at: datetime
    fact: Fact


class Movement(Model):
    """One transfer of the ledger, as the log tells it."""

    transfer_id: UUID
    event_id: EventId
    kind: Kind
    debit_id: UUID
    credit_id: UUID
    amount: Money
    state: MovementState
    resolves: UUID | None = None
    """the pending transfer it posts or voids, whole or in part; none for the others"""
    corrects: UUID | None = None
    """the posted transfer whose mirror it is"""
    lots: tuple[LotShare, ...]
    """whose money; adds up to the amount"""
    number: int | None = None
    """the tranche"""
    payment_id: PaymentId | None = None
    effective_date: date | None = None
    """that it counts for; none where the archive does not say: the day of its event"""
    booked_on: date | None = None


class _Days(TypedDict):
    effective_date: date
    booked_on: date


@dataclass(slots=True)
class _Story:
    """What of a project's earlier lines its later ones refer to."""

    attempts: int = 0
    """how often funds answered an approval; the ids of reservations count them"""
    orders: dict[PaymentId, PaymentOrdered] = field(default_factory=dict)
    paid: dict[PaymentId, UUID] = field(default_factory=dict)
    """the transfer that posted each order"""


def movements_of(entries: Iterable[Entry]) -> list[Movement]:
    """All of one story (a project's, or an account's arrivals), in the order of its log."""
    story, told = _Story(), list(entries)
    days = _days(told)
    return [
        movement.model_copy(update=dict(days.get(movement.transfer_id, {})))
        for entry in told
        for movement in _movements(entry, story)
    ]


def _days(entries: Iterable[Entry]) -> dict[UUID, _Days]:
    """By transfer, as far as they were told."""
    found: dict[UUID, _Days] = {}
    for entry in entries:
        match entry.fact:
            case TransfersDated():
                for one in entry.fact.transfers:
                    found[one.transfer_id] = _both(one)
            case LotRecorded():
                found[entry.fact.transfer_id] = _both(entry.fact)
    return found


def _both(fact: TransferDates | LotRecorded | FundCorrected | RefundCorrected) -> _Days:
    return _Days(effective_date=fact.effective_date, booked_on=fact.booked_on)


def unaccounted(entries: Iterable[Entry]) -> list[Entry]:
    """Events that carry somebody's money and of which this page does not know what they did with it.

    Money is carried by shares of lots, or by an amount beside a payment. Prices, ceilings and holds are not.
    """
    return [entry for entry in entries if type(entry.fact) not in _ACCOUNTED and _carries_money(entry.fact)]


def _movements(entry: Entry, story: _Story) -> Iterable[Movement]:
    match entry.fact:
        case BudgetReserved() | BudgetRefused():
            story.attempts += 1
        case PaymentOrdered():
            story.orders[entry.fact.payment_id] = entry.fact
        case TranchePaid():
            story.paid[entry.fact.payment_id] = uuid5(entry.cause, f"paid/{entry.fact.payment_id}")
    tell = _MOVES.get(type(entry.fact))
    return () if tell is None else tell(entry, entry.fact, story)


def _arrival(entry: Entry, fact: FundAppropriated, story: _Story) -> Iterable[Movement]:
    yield Movement(
        transfer_id=uuid5(entry.cause, "arrival"),
        event_id=entry.event_id,
        kind=Kind.ARRIVED,
        debit_id=uuid5(fact.account_id, "source"),
        credit_id=fact.account_id,
        amount=fact.amount,
        state=MovementState.POSTED,
        lots=(LotShare(lot_id=fact.lot_id, amount=fact.amount),),
    )


def _correction(entry: Entry, fact: FundCorrected, story: _Story) -> Iterable[Movement]:
    yield Movement(
        transfer_id=fact.transfer_id,
        event_id=entry.event_id,
        kind=Kind.CORRECTED,
        debit_id=fact.account_id,
        credit_id=uuid5(fact.account_id, "source"),
        amount=fact.amount,
        state=MovementState.POSTED,
        corrects=fact.corrects,
        lots=(LotShare(lot_id=fact.lot_id, amount=fact.amount),),
        **_both(fact),
    )


def _reservation(entry: Entry, fact: BudgetReserved, story: _Story) -> Iterable[Movement]:
    for share in fact.shares:
        yield Movement(
            transfer_id=_pending(fact.project_id, share.account_id, story),
            event_id=entry.event_id,
            kind=Kind.RESERVED,
            debit_id=share.account_id,
            credit_id=fact.project_id,
            amount=share.amount,
            state=MovementState.PENDING,
            lots=share.lots,
        )


def _change(entry: Entry, fact: CommitmentChanged, story: _Story) -> Iterable[Movement]:
    """All that was pending is voided, and set aside again under new ids."""
    voided = list(_VOID_BEFORE_CHANGE(entry, fact, story))
    story.attempts += bool(fact.before)
    anew = [
        Movement(
            transfer_id=_pending(fact.project_id, share.account_id, story),
            event_id=entry.event_id,
            kind=Kind.CHANGED,
            debit_id=share.account_id,
            credit_id=fact.project_id,
            amount=share.amount,
            state=MovementState.PENDING,
            lots=share.lots,
        )
        for share in fact.after
    ]
    return [*voided, *anew]


def _cancelled(entry: Entry, fact: CommitmentCancelled, story: _Story) -> Iterable[Movement]:
    """What was pending is voided, what was released goes back, and the ceiling is pending again under new ids."""
    yield from _VOID_CANCELLED(entry, fact, story)
    for share in fact.taken_back:
        yield Movement(
            transfer_id=uuid5(entry.cause, f"released and taken back/{fact.project_id}/{share.account_id}"),
            event_id=entry.event_id,
            kind=Kind.CANCELLED,
            debit_id=fact.project_id,
            credit_id=share.account_id,
            amount=share.amount,
            state=MovementState.POSTED,
            lots=share.lots,
        )
    story.attempts += bool(fact.set_aside)
    for share in fact.set_aside:
        yield Movement(
            transfer_id=_pending(fact.project_id, share.account_id, story),
            event_id=entry.event_id,
            kind=Kind.CANCELLED,
            debit_id=share.account_id,
            credit_id=fact.project_id,
            amount=share.amount,
            state=MovementState.PENDING,
            lots=share.lots,
        )


def _pending(project_id: UUID, account_id: UUID, story: _Story) -> UUID:
    names = project_id.bytes + account_id.bytes + story.attempts.to_bytes(4)
    return UUID(bytes=blake2b(names, digest_size=16).digest())


def _resolving(
    kind: Kind, state: MovementState, shares: str, reason: str
) -> Callable[[Entry, Any, _Story], Iterable[Movement]]:
    """A part of what each account has pending for the project is posted to it, or voided.

    `shares` is the fact's field that names the parts; `reason` is the ledger's, with the number of the tranche.
    """

    def tell(entry: Entry, fact: Any, story: _Story) -> Iterable[Movement]:
        number = fact.number if isinstance(fact, TrancheReleased) else None
        why = reason.format(number=number)
        parts: tuple[FundShare, ...] = getattr(fact, shares)
        for share in parts:
            yield Movement(
                transfer_id=uuid5(entry.cause, f"{why}/{fact.project_id}/{share.account_id}"),
                event_id=entry.event_id,
                kind=kind,
                debit_id=share.account_id,
                credit_id=fact.project_id,
                amount=share.amount,
                state=state,
                resolves=_pending(fact.project_id, share.account_id, story),
                lots=share.lots,
                number=number,
            )

    return tell


def _order(entry: Entry, fact: PaymentOrdered, story: _Story) -> Iterable[Movement]:
    yield Movement(
        transfer_id=fact.payment_id,
        event_id=entry.event_id,
        kind=Kind.ORDERED,
        debit_id=fact.project_id,
        credit_id=fact.payee_id,
        amount=fact.amount,
        state=MovementState.PENDING,
        lots=_lots(fact.shares),
        number=fact.number,
        payment_id=fact.payment_id,
    )


def _answering(kind: Kind, state: MovementState, what: str) -> Callable[[Entry, Any, _Story], Iterable[Movement]]:
    """What became of an order. Nothing when the archive lacks it: whom it paid with whose money is unknown then."""

    def tell(entry: Entry, fact: Any, story: _Story) -> Iterable[Movement]:
        order = story.orders.get(fact.payment_id)
        if order is None:
            return
        yield Movement(
            transfer_id=uuid5(entry.cause, f"{what}/{fact.payment_id}"),
            event_id=entry.event_id,
            kind=kind,
            debit_id=fact.project_id,
            credit_id=order.payee_id,
            amount=fact.amount,
            state=state,
            resolves=fact.payment_id,
            lots=_lots(order.shares),
            number=fact.number,
            payment_id=fact.payment_id,
        )

    return tell


def _sent_back(entry: Entry, fact: PaymentReturned, story: _Story) -> Iterable[Movement]:
    """Voids the order; of one that was paid, the mirror of the posting goes back to the project."""
    order, paid = story.orders.get(fact.payment_id), story.paid.get(fact.payment_id)
    if paid is None:
        yield from _answering(Kind.SENT_BACK, MovementState.VOIDED, "returned")(entry, fact, story)
    elif order is not None:
        yield Movement(
            transfer_id=uuid5(entry.cause, f"returned/{fact.payment_id}"),
            event_id=entry.event_id,
            kind=Kind.SENT_BACK,
            debit_id=order.payee_id,
            credit_id=fact.project_id,
            amount=fact.amount,
            state=MovementState.POSTED,
            corrects=paid,
            lots=_lots(order.shares),
            number=fact.number,
            payment_id=fact.payment_id,
        )


def _refund(entry: Entry, fact: PaymentRefunded, story: _Story) -> Iterable[Movement]:
    for share in fact.shares:
        yield Movement(
            transfer_id=uuid5(entry.cause, f"refund/{share.account_id}"),
            event_id=entry.event_id,
            kind=Kind.REFUNDED,
            debit_id=fact.payee_id,
            credit_id=share.account_id,
            amount=share.amount,
            state=MovementState.POSTED,
            lots=share.lots,
        )


def _refund_correction(entry: Entry, fact: RefundCorrected, story: _Story) -> Iterable[Movement]:
    for share in fact.shares:
        yield Movement(
            transfer_id=uuid5(entry.cause, f"refund corrected/{share.account_id}"),
            event_id=entry.event_id,
            kind=Kind.REFUND_CORRECTED,
            debit_id=share.account_id,
            credit_id=fact.payee_id,
            amount=share.amount,
            state=MovementState.POSTED,
            lots=share.lots,
            **_both(fact),
        )


def _lots(shares: Iterable[FundShare]) -> tuple[LotShare, ...]:
    return tuple(part for share in shares for part in share.lots)


_VOID_BEFORE_CHANGE = _resolving(Kind.CHANGED, MovementState.VOIDED, "before", "agreement changed")
_VOID_CANCELLED = _resolving(Kind.CANCELLED, MovementState.VOIDED, "freed", "agreement cancelled")
_MOVES: Mapping[type[Fact], Callable[[Entry, Any, _Story], Iterable[Movement]]] = {
    FundAppropriated: _arrival,
    FundCorrected: _correction,
    BudgetReserved: _reservation,
    FundsCommitted: _resolving(Kind.REDUCED, MovementState.VOIDED, "released", "price below reservation"),
    ReservationReleased: _resolving(Kind.GIVEN_BACK, MovementState.VOIDED, "shares", "no agreement"),
    CommitmentChanged: _change,
    CommitmentCancelled: _cancelled,
    TrancheReleased: _resolving(Kind.RELEASED, MovementState.POSTED, "shares", "tranche {number} released"),
    ProjectSettled: _resolving(Kind.SETTLED, MovementState.VOIDED, "shares_returned", "never released"),
    PaymentOrdered: _order,
    TranchePaid: _answering(Kind.PAID, MovementState.POSTED, "paid"),
    PaymentRefunded: _refund,
    RefundCorrected: _refund_correction,
    PaymentReturned: _sent_back,
}
_ANSWERS: tuple[type[Fact], ...] = (*_MOVES, BudgetRefused)
MOVING = frozenset(fact.type for fact in _ANSWERS)
"""types of the facts that the ids and amounts of transfers follow from"""
_ACCOUNTED = frozenset((*_MOVES, ProjectApproved, ApplicationDrawnUp, PaymentApproved, PaymentDeclined))
"""an approval, of a project or a payment, names what is asked for, and moves nothing"""


def _carries_money(model: Model) -> bool:
    if isinstance(model, LotShare):
        return bool(model.amount)
    values = [getattr(model, name) for name in type(model).model_fields]
    if hasattr(model, "payment_id") and any(isinstance(value, Money) and value for value in values):
        return True
    parts = [part for value in values for part in (value if isinstance(value, tuple) else (value,))]
    return any(_carries_money(part) for part in parts if isinstance(part, Model))
