"""Statement files in, looked at before they are; and every line that ever came, with what a person said of it."""

import asyncio
from datetime import date, datetime
from uuid import UUID

from events.database import Connection
from schemas.deciding import Ref, World
from schemas.ids import PartyId, PaymentId
from schemas.model import Model
from schemas.money import Money
from schemas.refused import Refused
from schemas.role import Role
from schemas.sheet import Encoding
from services.funds.api.reading import must_see, of_whom
from services.funds.files.reading import read
from services.funds.rules import explaining
from services.funds.rules.columns import Columns
from services.funds.rules.receipts import Explained, Receipt, WhyOpen
from services.funds.rules.statements import (
    ImportStatement,
    LineRead,
    LineResult,
    PreviewStatement,
    Reading,
    Statement,
    StatementFile,
    import_statement,
    preview,
    refs,
    statement_of,
)
from services.funds.rules.uploads import FileFormat
from services.funds.store import questions, statements
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.kit.vault import Vault

_FINANCE = frozenset({Role.FINANCE})
_READERS = _FINANCE | {Role.FUNDER, Role.AUDITOR}
LARGEST = 1536 * 1024
"""a file of 1 MiB in base64, and the fields beside it"""


class ImportedStatementAnswer(Answer):
    """What became of the file, or in a preview would."""

    statement_id: UUID
    known_file: bool
    """it was imported before; nothing happened"""
    encoding: Encoding | None
    total: Money
    pays: int
    sends_back: int
    open: int
    known: int
    lines: tuple[LineRead, ...]


class ImportedFile(Model):
    statement_id: UUID
    file_name: str
    format: FileFormat
    digest: str
    lines: int
    total: Money
    imported_at: datetime
    imported_by: UUID


class StatementsAnswer(Answer):
    funder_id: PartyId
    columns: Columns | None
    """what the next file is read with, when it brings none"""
    statements: tuple[ImportedFile, ...]
    next: UUID | None


class ReceiptAnswer(Answer):
    """A line: what it pays or sends back, why it is open, or how it was explained."""

    receipt_id: UUID
    statement_id: UUID | None
    statement_digest: str | None
    row: int | None
    digest: str
    line_reference: str
    payment_reference: str
    text: str | None
    amount: Money
    paid_on: date
    payment_ids: tuple[PaymentId, ...]
    returns: tuple[PaymentId, ...]
    why_open: WhyOpen | None
    explained: Explained | None
    imported_at: datetime
    imported_by: UUID | None


class ReceiptsOf(Answer):
    receipts: tuple[ReceiptAnswer, ...]
    next: UUID | None


async def _prepare(connection: Connection, command: ImportStatement, vault: Vault) -> StatementFile:
    """Beside the loop: a large workbook takes a second."""
    return await asyncio.to_thread(read, command, await statements.remembered(connection, command.funder_id))


def _subject(file: StatementFile, cause: UUID) -> Ref:
    return Statement, statement_of(file.funder_id, file.digest)


def _answer(world: World, file: StatementFile, cause: UUID) -> ImportedStatementAnswer:
    reading = world.get(Reading, cause)
    results = [line.result for line in reading.lines]
    return ImportedStatementAnswer(
        statement_id=reading.statement_id,
        known_file=reading.known_file,
        encoding=reading.encoding,
        total=reading.total,
        pays=results.count(LineResult.PAYS),
        sends_back=results.count(LineResult.SENDS_BACK),
        open=results.count(LineResult.OPEN),
        known=results.count(LineResult.KNOWN),
        lines=reading.lines,
    )


async def get_statements(tx: Connection, asked: Asked) -> StatementsAnswer:
    funder_id = PartyId(asked.id("funder_id"))
    must_see(asked.actor, funder_id)
    if not await questions.is_known(tx, funder_id):
        raise Refused("not_found", status=404, what="Party", id=str(funder_id))
    found = await statements.statements_of(tx, funder_id, asked.cursor, asked.limit)
    return StatementsAnswer(
        funder_id=funder_id,
        columns=await statements.remembered(tx, funder_id),
        statements=tuple(
            ImportedFile(
                statement_id=one.id,
                file_name=one.file_name,
                format=one.format,
                digest=one.digest,
                lines=one.lines,
                total=one.total,
                imported_at=one.imported_at,
                imported_by=one.imported_by,
            )
            for one in found
        ),
        next=found[-1].id if len(found) == asked.limit else None,
    )


async def get_receipts(tx: Connection, asked: Asked) -> ReceiptsOf:
    found = await statements.receipts(tx, of_whom(asked), asked.digest("digest"), asked.cursor, asked.limit)
    return ReceiptsOf(
        receipts=tuple(receipt_answer(receipt) for receipt in found),
        next=found[-1].id if len(found) == asked.limit else None,
    )


def receipt_answer(receipt: Receipt) -> ReceiptAnswer:
    return ReceiptAnswer(
        receipt_id=receipt.id,
        statement_id=receipt.statement_id,
        statement_digest=receipt.statement_digest,
        row=receipt.row,
        digest=receipt.digest,
        line_reference=receipt.line_reference,
        payment_reference=receipt.payment_reference,
        text=receipt.text,
        amount=receipt.amount,
        paid_on=receipt.paid_on,
        payment_ids=tuple(PaymentId(id) for id in receipt.payment_ids),
        returns=tuple(PaymentId(id) for id in receipt.returns),
        why_open=receipt.why_open,
        explained=receipt.explained,
        imported_at=receipt.imported_at,
        imported_by=receipt.imported_by,
    )


def _explained(world: World, command: explaining.ExplainReceipt, cause: UUID) -> ReceiptAnswer:
    return receipt_answer(world.get(Receipt, command.receipt_id))


STATEMENTS = (
    Post(
        path="/v1/funders/{funder_id}/statements/previews",
        command=PreviewStatement,
        roles=_FINANCE,
        refs=refs,
        decide=preview,
        subject=_subject,
        answer=_answer,
        summary="预览对账单 · What a statement file would do, line by line; nothing is booked",
        prepare=_prepare,
        largest_body=LARGEST,
    ),
    Post(
        path="/v1/funders/{funder_id}/statements",
        command=ImportStatement,
        roles=_FINANCE,
        refs=refs,
        decide=import_statement,
        subject=_subject,
        answer=_answer,
        summary="导入对账单 · Import a statement file, whole or not at all",
        prepare=_prepare,
        largest_body=LARGEST,
    ),
    Post(
        path="/v1/receipts/{receipt_id}/explanations",
        command=explaining.ExplainReceipt,
        roles=_FINANCE | {Role.FUNDER},  # a second person, also where one person is all of finance
        refs=explaining.refs,
        decide=explaining.explain,
        subject=lambda command, cause: (Receipt, command.receipt_id),
        answer=_explained,
        summary="说明未匹配的回单 · Explain an open line, or assign it to a payment",
    ),
    Get(
        path="/v1/funders/{funder_id}/statements",
        roles=_READERS,
        handler=get_statements,
        answer=StatementsAnswer,
        summary="已导入的对账单 · Imported statement files, and the columns the next one is read with",
    ),
    Get(
        path="/v1/receipts",
        roles=_READERS,
        handler=get_receipts,
        answer=ReceiptsOf,
        summary="全部回单 · Every receipt line, with what it paid or how it was explained",
        query={
            "funder_id": "谁的回单(仅审计可指定) · whose lines; for auditors, others see their own",
            "digest": "回单或支付的摘要(SHA-256) · of a line, or of those that a payment's `receipt_digest` is over",
        },
    ),
)
