"""What the digest of a receipt stands for: the payment it shows paid, and the lines of statements that say so."""

from datetime import datetime

from events.database import Connection
from schemas.finding import Finding
from schemas.fund import TranchePaid
from schemas.ids import EventId, PaymentId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.receipt import MatchedLine
from schemas.refused import Refused
from schemas.role import Role
from services.audit import store
from services.audit.rules import BEFORE_LINES, Project, lines_of, unlike_lines
from services.kit.asked import Answer, Asked
from services.kit.service import Get


class PaidBy(Model):
    """One payment, and the lines it was booked by."""

    project_id: ProjectId
    payment_id: PaymentId
    number: int
    """the tranche"""
    amount: Money
    receipt_digest: str
    event_id: EventId
    """of its `tranche.paid`"""
    at: datetime
    lines: tuple[MatchedLine, ...]
    lines_missing: Finding | None
    """why there are none"""


class ReceiptAnswer(Answer):
    digest: str
    complete: bool
    findings: tuple[Finding, ...]
    payments: tuple[PaidBy, ...]
    """several where one line paid several; a page in the order of their projects"""
    next: ProjectId | None


async def receipt(connection: Connection, asked: Asked) -> ReceiptAnswer:
    digest = asked.digest_in_path("digest")
    keys = await store.paid_by(connection, asked.prefix, digest, asked.cursor, asked.limit)
    stories = await store.money_stories(connection, keys)
    projects = [Project(id=ProjectId(key), entries=tuple(entries)) for key, entries in stories.items()]
    payments = tuple(paid for project in projects for paid in _payments(project, digest))
    if not payments:
        raise Refused("not_found", status=404, what="Receipt", id=digest)
    found = [
        *(finding for project in projects for finding in unlike_lines(entry.fact for entry in project.entries)),
        *await store.holes(connection, stories.keys()),
    ]
    more = ProjectId(keys[-1]) if len(keys) == asked.limit else None
    return ReceiptAnswer(digest=digest, complete=not found, findings=tuple(found), payments=payments, next=more)


def _payments(project: Project, digest: str) -> list[PaidBy]:
    lines = lines_of(project)
    return [
        PaidBy(
            project_id=project.id,
            payment_id=entry.fact.payment_id,
            number=entry.fact.number,
            amount=entry.fact.amount,
            receipt_digest=entry.fact.receipt_digest,
            event_id=entry.event_id,
            at=entry.at,
            lines=(own := lines.get(entry.fact.payment_id, ())),
            lines_missing=None if own else BEFORE_LINES,
        )
        for entry in project.entries
        if isinstance(entry.fact, TranchePaid)
        and digest in (entry.fact.receipt_digest, *(line.digest for line in lines.get(entry.fact.payment_id, ())))
    ]


RECEIPTS = Get(
    path="/v1/audit/receipts/{digest}",
    roles=frozenset({Role.AUDITOR}),
    handler=receipt,
    answer=ReceiptAnswer,
    summary="回单摘要所指的对账单各行 · The statement lines that the digest of a receipt, or of one line, stands for",
)
