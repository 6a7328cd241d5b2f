"""Receipt lines (回单) come back from the treasury or the bank; only they make a payment paid."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import Field, StringConstraints

from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command, Note
from schemas.fund import TranchePaid
from schemas.ids import PartyId, PaymentId
from schemas.model import Model
from schemas.money import Money, Positive
from schemas.refused import Refused
from services.funds.rules.appropriate import PRINTABLE
from services.funds.rules.ledger import Transfer, TransferState
from services.funds.rules.moves import move
from services.funds.rules.payment import Payment, payment_of
from services.funds.rules.periods import Books
from services.funds.rules.project import ProjectMoney
from services.funds.rules.release import Telling, settle_if_done
from services.funds.rules.shares import all_lots

_RECEIPTS = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000011")

Reference = Annotated[
    str, StringConstraints(strip_whitespace=True, to_upper=True, min_length=1, max_length=64, pattern=PRINTABLE)
]


class ReceiptLine(Model):
    line_reference: Reference
    """the bank's or treasury's own number of this line"""
    payment_reference: Reference
    """the number of our application, as it stands on the line"""
    amount: Positive
    paid_on: date

    @property
    def digest(self) -> str:
        """SHA-256; the same line again has the same one."""
        parts = (self.line_reference, self.payment_reference, str(self.amount.fen), self.paid_on.isoformat())
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


class ImportReceipts(Command):
    lines: Annotated[tuple[ReceiptLine, ...], Field(min_length=1, max_length=500)]


class WhyOpen(StrEnum):
    """Why a line matches no payment; it stays open, with its age, until somebody explains it."""

    UNKNOWN_PAYMENT = "unknown_payment"
    AMOUNT_DIFFERS = "amount_differs"
    ALREADY_PAID = "already_paid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(State):
    funder_id: PartyId
    line_reference: str
    payment_reference: str
    amount: Money
    paid_on: date
    digest: str
    imported_at: datetime
    payment_id: UUID | None
    """the payment it matched"""
    why_open: WhyOpen | None


class ReceiptKept(Note):
    receipt: Receipt


def receipt_of(line: ReceiptLine) -> UUID:
    return uuid5(_RECEIPTS, line.digest)


def refs(command: ImportReceipts, cause: UUID) -> list[Ref]:
    """The store adds each payment's project, and its accounts and lots."""
    payments: list[Ref] = [(Payment, payment_of(line.payment_reference)) for line in command.lines]
    return [*payments, *((Receipt, receipt_of(line)) for line in command.lines)]


def import_receipts(world: World, command: ImportReceipts, context: Context) -> Iterable[Model]:
    """Each line pays exactly one order of its reference and amount, or stays open. A known line changes nothing."""
    said: list[Model] = []
    tellings: dict[UUID, Telling] = {}
    seen: set[UUID] = set()
    paid: set[UUID] = set()
    for place, line in enumerate(command.lines):
        payment = world.find(Payment, payment_of(line.payment_reference))
        known = world.find(Receipt, receipt_of(line))
        owner = known or payment
        if owner is not None and owner.funder_id != context.by.party_id:
            raise Refused("not_your_party", status=403, field=f"lines.{place}.payment_reference")
        if known is not None or receipt_of(line) in seen:
            continue
        seen.add(receipt_of(line))
        why_open = _why_open(line, payment, paid)
        said.append(ReceiptKept(receipt=_receipt(line, why_open, context)))
        if payment is not None and why_open is None:
            paid.add(payment.id)
            telling = tellings.setdefault(payment.project_id, Telling(world.get(ProjectMoney, payment.project_id)))
            books = world.find(Books, payment.funder_id) or Books(id=payment.funder_id)
            _pay(telling, payment, line, books, context)
    for telling in tellings.values():
        settle_if_done(telling, context)
        said.extend(telling.said())
    return said


def _why_open(line: ReceiptLine, payment: Payment | None, paid: set[UUID]) -> WhyOpen | None:
    if payment is None:
        return WhyOpen.UNKNOWN_PAYMENT
    if payment.receipt_digest is not None or payment.id in paid:
        return WhyOpen.ALREADY_PAID
    return None if line.amount == payment.amount else WhyOpen.AMOUNT_DIFFERS


def _receipt(line: ReceiptLine, why_open: WhyOpen | None, context: Context) -> Receipt:
    return Receipt(
        id=receipt_of(line),
        funder_id=context.by.party_id,
        line_reference=line.line_reference,
        payment_reference=line.payment_reference,
        amount=line.amount,
        paid_on=line.paid_on,
        digest=line.digest,
        imported_at=context.at,
        payment_id=payment_of(line.payment_reference) if why_open is None else None,
        why_open=why_open,
    )


def _pay(telling: Telling, payment: Payment, line: ReceiptLine, books: Books, context: Context) -> None:
    fact = TranchePaid(
        project_id=payment.project_id,
        payment_id=PaymentId(payment.id),
        number=payment.number,
        amount=payment.amount,
        receipt_digest=line.digest,
    )
    telling.tell(fact, _posted(telling.money, payment, line, books, context))


def _posted(
    money: ProjectMoney, payment: Payment, line: ReceiptLine, books: Books, context: Context
) -> Sequence[Transfer]:
    instalment = money.instalment(payment.number)
    assert instalment is not None  # a payment was ordered for it
    return (
        move(
            context,
            id=context.new_id(f"paid/{payment.id}"),
            funder_id=money.funder_id,
            debit_id=money.id,
            credit_id=payment.payee.id,
            amount=payment.amount,
            state=TransferState.POSTED,
            lots=all_lots(instalment.shares),
            reason=f"tranche {payment.number} paid",
            pending_id=payment.id,
            effective=line.paid_on,
            booked=books.booked_on(line.paid_on),
        ),
    )
