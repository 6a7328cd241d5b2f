"""A line finds what it pays: one payment, several named on it, or a part of one. Never by a guess."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from schemas.deciding import Context, World
from schemas.fact import Fact
from schemas.fund import TranchePaid
from schemas.ids import PaymentId
from schemas.model import Model
from schemas.personal import personal_data
from schemas.receipt import ReceiptsMatched
from schemas.refused import Refused
from services.funds.rules.choosing import Ambiguous, choose
from services.funds.rules.ledger import TransferState
from services.funds.rules.moves import move
from services.funds.rules.payment import Payment
from services.funds.rules.periods import Books
from services.funds.rules.project import ProjectMoney
from services.funds.rules.receipts import (
    InFile,
    Receipt,
    ReceiptKept,
    ReceiptLine,
    WhyOpen,
    digest_over,
    matched,
    receipt_of,
)
from services.funds.rules.release import Telling, settle_if_done
from services.funds.rules.sent_back import return_of, returned, take_back, why_not
from services.funds.rules.shares import all_lots

NOT_TOLD = "(含个人信息,不公开 · withheld: personal data)"


class Matching:
    """The lines of one command, each seen after the ones before it; `said` is what came of all."""

    def __init__(self, world: World, context: Context) -> None:
        self._world = world
        self._context = context
        self._payments: dict[UUID, Payment] = {}
        self._loaded = {receipt.id: receipt for receipt in world.each(Receipt) if receipt.why_open is not None}
        self._receipts: dict[UUID, Receipt] = {}
        self._tellings: dict[UUID, Telling] = {}

    def said(self) -> list[Model]:
        said: list[Model] = []
        for place, receipt in enumerate(self._receipts.values()):
            payments = tuple(self._payments.values()) if place == 0 else ()
            said.append(ReceiptKept(receipt=receipt, payments=payments))
        for telling in self._tellings.values():
            settle_if_done(telling, self._context)
            said.extend(telling.said())
        return said

    def receipt(self, id: UUID) -> Receipt | None:
        return self._receipts.get(id) or self._world.find(Receipt, id)

    def payment(self, id: UUID) -> Payment | None:
        return self._payments.get(id) or self._world.find(Payment, id)

    def take(self, line: ReceiptLine, field: str, where: InFile | None = None) -> bool:
        """Find what the line is for; False when it was known before. Nobody else's payments or lines are touched."""
        payments = [payment for id in line.payments if (payment := self.payment(id)) is not None and payment.has_left]
        known = self.receipt(receipt_of(line))
        for owned in (known, *payments):
            if owned is not None and owned.funder_id != self._context.by.party_id:
                raise Refused("not_your_party", status=403, field=field)
        if known is not None:
            return False
        receipt = self._new(line, payments, where)
        if line.returned is not None:
            self._send_back_what_is_named(receipt, payments, line.returned)
        elif not payments:
            self.keep(replace(receipt, why_open=WhyOpen.UNKNOWN_PAYMENT))
        else:
            self._match(receipt, payments)
        return True

    def keep(self, receipt: Receipt) -> None:
        self._receipts[receipt.id] = receipt

    def pay(self, payment: Payment, receipts: Sequence[Receipt]) -> None:
        """All of it, on the day of the last line; the lines are kept as paid."""
        paid_on = max(receipt.paid_on for receipt in receipts)
        digest = digest_over(receipts)
        self._payments[payment.id] = replace(payment, paid_on=paid_on, receipt_digest=digest)
        for receipt in receipts:
            paid = (*(self.receipt(receipt.id) or receipt).payment_ids, payment.id)
            self.keep(replace(receipt, payment_ids=paid, why_open=None, candidates=()))
        fact = TranchePaid(
            project_id=payment.project_id,
            payment_id=PaymentId(payment.id),
            number=payment.number,
            amount=payment.amount,
            receipt_digest=digest,
        )
        self._tell(payment, fact, TransferState.POSTED, "paid", paid_on)
        shown_by = ReceiptsMatched(
            project_id=payment.project_id,
            payment_id=PaymentId(payment.id),
            number=payment.number,
            receipt_digest=digest,
            lines=matched(receipts),
        )
        self._telling_of(payment).tell(shown_by)

    def send_back(self, payment: Payment, receipt: Receipt, reason: str) -> None:
        """The order is void and its tranche payable again; the line is kept as what sent it back."""
        told = self._used_to_return(payment, receipt, reason)
        fact = return_of(payment, receipt, told)
        self._tell(payment, fact, TransferState.VOIDED, "returned", receipt.paid_on)

    def take_back(self, payment: Payment, receipt: Receipt, reason: str) -> None:
        """Of what was booked as paid. Refused where the line and the payment, or an earlier refund, do not fit."""
        telling = self._telling_of(payment)
        if refused := why_not(self._world, telling.money, payment, receipt):
            raise refused
        told = self._used_to_return(payment, receipt, reason)
        take_back(self._world, telling, payment, receipt, told, self._context)

    def _used_to_return(self, payment: Payment, receipt: Receipt, reason: str) -> str:
        """The payment and the line as they are then, and the bank's words as far as they are told."""
        told = NOT_TOLD if personal_data(reason) is not None else reason
        self._payments[payment.id] = returned(payment, receipt, told)
        returns = (*(self.receipt(receipt.id) or receipt).returns, payment.id)
        self.keep(replace(receipt, returns=returns, why_open=None, candidates=()))
        return told

    def _telling_of(self, payment: Payment) -> Telling:
        id = payment.project_id
        return self._tellings.setdefault(id, Telling(self._world.get(ProjectMoney, id)))

    def _match(self, receipt: Receipt, named: Sequence[Payment]) -> None:
        awaited = [payment for payment in named if payment.is_awaited]
        if not awaited:
            paid = any(payment.paid_on is not None for payment in named)
            self.keep(replace(receipt, why_open=WhyOpen.ALREADY_PAID if paid else WhyOpen.PAYMENT_RETURNED))
            return
        awaited = [payment for payment in awaited if payment.ordered_on <= receipt.paid_on]
        if not awaited:
            self.keep(replace(receipt, why_open=WhyOpen.BEFORE_ORDER))
            return
        try:
            chosen = choose([payment.amount for payment in awaited], receipt.amount)
        except Ambiguous:
            numbers = tuple(payment.reference for payment in awaited)
            self.keep(replace(receipt, why_open=WhyOpen.AMBIGUOUS, candidates=numbers))
            return
        if chosen is not None:
            for place in chosen:
                self.pay(awaited[place], (receipt,))
        elif len(awaited) == 1 and receipt.amount < awaited[0].amount:
            self._take_part(receipt, awaited[0])
        else:
            self.keep(replace(receipt, why_open=WhyOpen.AMOUNT_DIFFERS))

    def _take_part(self, receipt: Receipt, payment: Payment) -> None:
        """With the open lines that name the same payment and no other; until they make it whole it stays open."""
        parts = [*self._parts_of(payment), receipt]
        try:
            chosen = choose([part.amount for part in parts], payment.amount)
        except Ambiguous:
            others = tuple(part.line_reference for part in parts[:-1])
            self.keep(replace(receipt, why_open=WhyOpen.AMBIGUOUS, candidates=others))
            return
        if chosen is None:
            self.keep(replace(receipt, why_open=WhyOpen.PART_OF_PAYMENT))
            return
        self.pay(payment, [parts[place] for place in chosen])
        for place, part in enumerate(parts):
            if place not in chosen:
                self.keep(replace(part, why_open=WhyOpen.ALREADY_PAID, candidates=()))

    def _parts_of(self, payment: Payment) -> list[Receipt]:
        """In the order of their ids, so that a replay finds the same."""
        return sorted(
            (
                one
                for one in (self._loaded | self._receipts).values()
                if one.why_open in (WhyOpen.PART_OF_PAYMENT, WhyOpen.AMBIGUOUS)
                and one.named == (payment.id,)
                and one.amount < payment.amount
            ),
            key=lambda one: one.id.int,
        )

    def _send_back_what_is_named(self, receipt: Receipt, payments: Sequence[Payment], reason: str) -> None:
        """One or several under way whose amounts it has, and only when that is sure."""
        awaited = [payment for payment in payments if payment.is_awaited and payment.ordered_on <= receipt.paid_on]
        why = WhyOpen.RETURN_UNMATCHED
        try:
            chosen = choose([payment.amount for payment in awaited], receipt.amount) if awaited else None
        except Ambiguous:
            chosen, why = None, WhyOpen.AMBIGUOUS
            receipt = replace(receipt, candidates=tuple(payment.reference for payment in awaited))
        for place in chosen or ():
            self.send_back(awaited[place], receipt, reason)
        if chosen is not None:
            return
        paid = [payment for payment in payments if payment.is_paid and payment.amount == receipt.amount]
        if len(paid) == 1 and not why_not(self._world, self._telling_of(paid[0]).money, paid[0], receipt):
            self.take_back(paid[0], receipt, reason)
        else:
            self.keep(replace(receipt, why_open=WhyOpen.RETURNED_AFTER_PAID if paid else why))

    def _tell(self, payment: Payment, fact: Fact, state: TransferState, what: str, day: date) -> None:
        """Told, and the pending transfer that bears the payment's id resolved: once, the database sees to it."""
        telling = self._telling_of(payment)
        books = self._world.find(Books, payment.funder_id) or Books(id=payment.funder_id)
        transfer = move(
            self._context,
            id=self._context.new_id(f"{what}/{payment.id}"),
            funder_id=payment.funder_id,
            debit_id=payment.project_id,
            credit_id=payment.payee.id,
            amount=payment.amount,
            state=state,
            lots=all_lots(payment.shares),
            reason=f"tranche {payment.number} {what}",
            pending_id=payment.id,
            effective=day,
            booked=books.booked_on(day),
        )
        telling.tell(fact, [transfer])

    def _new(self, line: ReceiptLine, named: Sequence[Payment], where: InFile | None) -> Receipt:
        return Receipt(
            id=receipt_of(line),
            funder_id=self._context.by.party_id,
            line_reference=line.line_reference,
            payment_reference=line.payment_reference,
            amount=line.amount,
            paid_on=line.paid_on,
            text=line.text,
            returned=line.returned,
            digest=line.digest,
            imported_at=self._context.at,
            imported_by=self._context.by.person_id,
            statement_id=where.statement_id if where else None,
            statement_digest=where.digest if where else None,
            row=where.row if where else None,
            day_checked=True,
            named=tuple(payment.id for payment in named),
            why_open=None,
        )
