"""Payments of a foundation leave in a file for its bank: made once, from confirmed accounts, and the same ever after.

What is public budget money leaves by the application to the treasury as before. A payment is in one file at most; the
same payments again are the same file under the same message id, which the bank takes only once. A payment that was
sent back is ordered again under another number, so that it comes into another file.
"""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import Field

from schemas.bank import PaymentInstructed
from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command, Note
from schemas.fund import SourceType
from schemas.ids import PartyId, PaymentId, ProjectId
from schemas.model import Model
from schemas.money import MOST_FEN, Money, sum_of
from schemas.party import PartyKind
from schemas.refused import Refused
from schemas.standing import Party, party
from services.funds.rules.bank_accounts import AccountDetails, BankAccount, BankAccounts
from services.funds.rules.payment import Instructed, Payment

_FILES = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000013")
MOST_PAYMENTS = 500
FOUNDATION = "53"
"""基金会 in a unified social credit code (GB 32100-2015): registered by civil affairs, category 3"""


class MakeBankFile(Command):
    funder_id: PartyId
    payments: Annotated[tuple[PaymentId, ...], Field(min_length=1, max_length=MOST_PAYMENTS)]
    """ordered and not in a file yet; their order does not matter"""


class Credit(Model):
    """One payment as the file tells it: with everything the bank needs, as it was when the file was made."""

    payment_id: PaymentId
    project_id: ProjectId
    payee_id: PartyId
    number: int
    """the tranche"""
    reference: str
    title: str
    amount: Money
    account_id: UUID
    account_digest: str
    ending: str
    account: AccountDetails


@dataclass(frozen=True, slots=True, kw_only=True)
class BankFile(State):
    funder_id: PartyId
    message_id: str
    made_at: datetime
    made_by: UUID
    payer: str
    """the foundation's name"""
    payer_code: str
    """统一社会信用代码"""
    account: AccountDetails
    """it is paid from"""
    ending: str
    credits: tuple[Credit, ...]
    """in the order of their references"""

    @property
    def total(self) -> Money:
        return sum_of(credit.amount for credit in self.credits)


class BankFileMade(Note):
    file: BankFile
    payments: tuple[Payment, ...]


def message_of(payments: Iterable[UUID]) -> str:
    """What the file with just these payments is called: `YH` and 80 bits (ISO 20022 Max35Text)."""
    named = "\n".join(sorted({str(payment) for payment in payments}))
    return f"YH{base64.b32encode(hashlib.sha256(named.encode()).digest()[:10]).decode()}"


def file_of(command: MakeBankFile) -> UUID:
    return uuid5(_FILES, f"{command.funder_id}/{message_of(command.payments)}")


def refs(command: MakeBankFile, cause: UUID) -> list[Ref]:
    """The store adds the bank accounts of those who are paid."""
    payments: list[Ref] = [(Payment, id) for id in dict.fromkeys(command.payments)]
    own: list[Ref] = [(Party, command.funder_id), (BankAccounts, command.funder_id), (BankFile, file_of(command))]
    return [*payments, *own]


def draw_up(world: World, command: MakeBankFile, context: Context) -> BankFile | None:
    """All of the payments, or none; None when there is the file already.

    Accounts are taken as they are confirmed now, and stay in the file so.
    """
    context.by.must_be(command.funder_id)
    payer = party(world, command.funder_id)
    if not is_foundation(payer):
        raise Refused("not_a_foundation")
    if world.find(BankFile, file_of(command)) is not None:
        return None
    payments = [world.get(Payment, id) for id in dict.fromkeys(command.payments)]
    for payment in payments:
        context.by.must_be(payment.funder_id)
    if sum(payment.amount.fen for payment in payments) > MOST_FEN:
        raise Refused("bank_file_too_large", status=422, field="payments", most=Money(MOST_FEN))
    own = world.find(BankAccounts, command.funder_id)
    if own is None or own.in_force is None:
        raise Refused("no_account_to_pay_from")
    return BankFile(
        id=file_of(command),
        funder_id=command.funder_id,
        message_id=message_of(command.payments),
        made_at=context.at,
        made_by=context.by.person_id,
        payer=payer.name or "",
        payer_code=payer.uscc or "",
        account=_details(own.in_force),
        ending=own.in_force.ending,
        credits=tuple(sorted((_credit(world, payment) for payment in payments), key=attrgetter("reference"))),
    )


def filed(world: World, file: BankFile) -> BankFileMade:
    """Kept, and each of its payments knows that it is in it."""
    return BankFileMade(file=file, payments=tuple(_instructed(world, file, credit) for credit in file.credits))


def is_foundation(payer: Party) -> bool:
    return payer.kind is PartyKind.FUNDER and payer.uscc is not None and payer.uscc.startswith(FOUNDATION)


def why_not(payment: Payment, accounts: BankAccounts | None) -> Refused | None:
    """What keeps a payment out of a file, and by what words; who can mend it stands in them."""
    if not payment.has_left:
        return Refused("payment_has_not_left", reference=payment.reference)
    if payment.instructed is not None:
        return Refused("payment_in_a_file", reference=payment.reference, file=payment.instructed.message_id)
    if not payment.is_awaited:
        return Refused("payment_not_awaited", reference=payment.reference)
    if any(line.source_type is SourceType.BUDGET for line in payment.lines):
        return Refused("budget_money_by_treasury", reference=payment.reference)
    if accounts is None or accounts.in_force is None:
        who = payment.payee.name or str(payment.payee.id)
        if accounts is None or accounts.stated is None:
            return Refused("payee_account_not_stated", reference=payment.reference, payee=who)
        return Refused(
            "payee_account_not_confirmed", reference=payment.reference, payee=who, ending=accounts.stated.ending
        )
    return None


def told_of(file: BankFile, pain_digest: str, csv_digest: str) -> list[PaymentInstructed]:
    """One fact for the story of each payment's project."""
    return [
        PaymentInstructed(
            project_id=credit.project_id,
            payment_id=credit.payment_id,
            number=credit.number,
            payee_id=credit.payee_id,
            message_id=file.message_id,
            account_id=credit.account_id,
            account_digest=credit.account_digest,
            account_ending=credit.ending,
            pain_digest=pain_digest,
            csv_digest=csv_digest,
        )
        for credit in file.credits
    ]


def made(world: World, note: BankFileMade) -> Iterable[State]:
    return (note.file, *note.payments)


def _credit(world: World, payment: Payment) -> Credit:
    accounts = world.find(BankAccounts, payment.payee.id)
    if (no := why_not(payment, accounts)) is not None:
        raise no
    assert accounts is not None  # or it would be kept out
    assert accounts.in_force is not None
    account = accounts.in_force
    return Credit(
        payment_id=PaymentId(payment.id),
        project_id=payment.project_id,
        payee_id=payment.payee.id,
        number=payment.number,
        reference=payment.reference,
        title=payment.title,
        amount=payment.amount,
        account_id=account.id,
        account_digest=account.digest,
        ending=account.ending,
        account=_details(account),
    )


def _instructed(world: World, file: BankFile, credit: Credit) -> Payment:
    told = Instructed(file_id=file.id, message_id=file.message_id, ending=credit.ending)
    return replace(world.get(Payment, credit.payment_id), instructed=told)


def _details(account: BankAccount) -> AccountDetails:
    assert account.details is not None  # only accounts that count no more are forgotten
    return account.details
