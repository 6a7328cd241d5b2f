"""Files by which a foundation pays: made of what was ordered, and fetched as pain.001 or CSV."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from events.database import Connection
from schemas.bank import mask
from schemas.deciding import World
from schemas.ids import PartyId, PaymentId
from schemas.model import Model
from schemas.money import Money
from schemas.refused import Refused
from schemas.role import Role
from schemas.standing import Party
from services.funds.api.reading import must_see
from services.funds.rules.bank_accounts import BankAccounts
from services.funds.rules.bank_csv import CsvEncoding, csv_of
from services.funds.rules.bank_files import BankFile, Credit, MakeBankFile, file_of, is_foundation, refs, why_not
from services.funds.rules.instructing import digests, make
from services.funds.rules.pain import pain_of
from services.funds.rules.payment import Payment
from services.funds.store import bank
from services.kit import reasons, standing
from services.kit.asked import Answer, Asked, File
from services.kit.service import Get, Post

_FINANCE = frozenset({Role.FINANCE})
_READERS = _FINANCE | {Role.FUNDER, Role.AUDITOR}


class CreditShown(Model):
    payment_id: PaymentId
    reference: str
    payee_id: PartyId
    paid_to: str
    """the end of the number"""
    amount: Money


class BankFileShown(Model):
    file_id: UUID
    message_id: str
    made_at: datetime
    made_by: UUID
    """the person, by id"""
    paid_from: str
    """the end of the number"""
    payments: int
    total: Money
    """with the count, the control totals the bank must find"""
    pain_001: str
    """where it can be fetched as ISO 20022 pain.001.001.09"""
    csv: str


class BankFileAnswer(Answer):
    funder_id: PartyId
    file: BankFileShown
    credits: tuple[CreditShown, ...]
    pain_digest: str
    """SHA-256 of the bytes as pain.001"""
    csv_digest: str
    """SHA-256 of the bytes as CSV in UTF-8"""


class KeptOut(Model):
    """Why a payment can come into no file yet."""

    code: str
    zh: str
    en: str


class WaitingPayment(Model):
    payment_id: PaymentId
    reference: str
    payee_id: PartyId
    amount: Money
    kept_out: KeptOut | None


class BankFilesAnswer(Answer):
    funder_id: PartyId
    waiting: tuple[WaitingPayment, ...]
    """ordered and in no file, at most 500; only foundations have files for a bank"""
    files: tuple[BankFileShown, ...]
    next: UUID | None


def _made(world: World, command: MakeBankFile, cause: UUID) -> BankFileAnswer:
    file = world.get(BankFile, file_of(command))
    pain, csv = digests(file)
    return BankFileAnswer(
        funder_id=file.funder_id,
        file=_shown(file),
        credits=tuple(map(_credit, file.credits)),
        pain_digest=pain,
        csv_digest=csv,
    )


async def get_bank_files(tx: Connection, asked: Asked) -> BankFilesAnswer:
    funder_id = PartyId(asked.id("funder_id"))
    must_see(asked.actor, funder_id)
    payer = (await standing.read(tx, [(Party, funder_id)])).get(Party, funder_id)
    waiting = await bank.waiting(tx, funder_id) if is_foundation(payer) else ()
    accounts = await bank.accounts_of(tx, {payment.payee.id for payment in waiting})
    files = await bank.files_of(tx, funder_id, asked.cursor, asked.limit)
    return BankFilesAnswer(
        funder_id=funder_id,
        waiting=tuple(_waiting(payment, accounts) for payment in waiting),
        files=tuple(map(_shown, files)),
        next=files[-1].id if len(files) == asked.limit else None,
    )


async def get_pain(tx: Connection, asked: Asked) -> File:
    """The same bytes whenever it is asked for; whole numbers, for finance of the foundation only."""
    file = await _found(tx, asked)
    return File(body=pain_of(file), name=f"{file.message_id}.xml")


async def get_csv(tx: Connection, asked: Asked) -> File:
    file = await _found(tx, asked)
    text = asked.query.get("encoding", CsvEncoding.UTF_8)
    if text not in list(CsvEncoding):
        raise Refused("no_such_encoding", status=422, field="encoding", known=", ".join(CsvEncoding))
    return File(body=csv_of(file, CsvEncoding(text)), name=f"{file.message_id}.csv")


async def _found(tx: Connection, asked: Asked) -> BankFile:
    file_id = asked.id("file_id")
    file = await bank.file(tx, file_id)
    if file is None:
        raise Refused("not_found", status=404, what="BankFile", id=str(file_id))
    asked.actor.must_be(file.funder_id)
    return file


def _waiting(payment: Payment, accounts: Mapping[UUID, tuple[BankAccounts, int]]) -> WaitingPayment:
    found = accounts.get(payment.payee.id)
    no = why_not(payment, None if found is None else found[0])
    why = None
    if no is not None:
        why = KeptOut(code=no.code, zh=reasons.explain(no, "zh"), en=reasons.explain(no, "en"))
    return WaitingPayment(
        payment_id=PaymentId(payment.id),
        reference=payment.reference,
        payee_id=payment.payee.id,
        amount=payment.amount,
        kept_out=why,
    )


def _shown(file: BankFile) -> BankFileShown:
    return BankFileShown(
        file_id=file.id,
        message_id=file.message_id,
        made_at=file.made_at,
        made_by=file.made_by,
        paid_from=mask(file.ending),
        payments=len(file.credits),
        total=file.total,
        pain_001=f"/v1/bank-files/{file.id}/pain.001",
        csv=f"/v1/bank-files/{file.id}/csv",
    )


def _credit(credit: Credit) -> CreditShown:
    return CreditShown(
        payment_id=credit.payment_id,
        reference=credit.reference,
        payee_id=credit.payee_id,
        paid_to=mask(credit.ending),
        amount=credit.amount,
    )


BANK_FILES = (
    Post(
        path="/v1/funders/{funder_id}/bank-files",
        command=MakeBankFile,
        roles=_FINANCE,
        refs=refs,
        decide=make,
        subject=lambda command, cause: (BankFile, file_of(command)),
        answer=_made,
        summary="生成银行付款文件 · Put ordered payments of a foundation into a file for its bank",
    ),
    Get(
        path="/v1/funders/{funder_id}/bank-files",
        roles=_READERS,
        handler=get_bank_files,
        answer=BankFilesAnswer,
        summary="银行付款文件及待付款项 · Files for the bank, and which payments wait for one and what they lack",
    ),
    Get(
        path="/v1/bank-files/{file_id}/pain.001",
        roles=_FINANCE,
        handler=get_pain,
        answer="application/xml",
        summary="银行付款文件(ISO 20022) · The file as pain.001.001.09",
    ),
    Get(
        path="/v1/bank-files/{file_id}/csv",
        roles=_FINANCE,
        handler=get_csv,
        answer="text/csv",
        summary="银行付款文件(CSV) · The file as CSV for batch payments",
        query={"encoding": "编码:utf-8(默认)或 gb18030 · utf-8 unless gb18030 is asked for"},
    ),
)
