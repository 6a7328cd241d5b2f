"""The lines of statements that a payment was shown paid by, as funds told of them."""

from collections.abc import Iterable, Iterator

from schemas.fact import Fact
from schemas.finding import Finding
from schemas.fund import TranchePaid
from schemas.ids import PaymentId
from schemas.receipt import MatchedLine, ReceiptsMatched, digest_over
from services.audit.rules.standing import Project

BEFORE_LINES = Finding(
    zh="这笔支付入账时尚未记录对账单各行,只有回单摘要",
    en="paid before the lines of statements were told: only the digest of its receipt is known",
)


def lines_of(project: Project) -> dict[PaymentId, tuple[MatchedLine, ...]]:
    return {fact.payment_id: fact.lines for fact in project.all(ReceiptsMatched)}


def unlike_lines(facts: Iterable[Fact]) -> Iterator[Finding]:
    """Lines that are not those a payment was booked by: their digest is not the one it names."""
    paid: dict[PaymentId, str] = {}
    for fact in facts:
        if isinstance(fact, TranchePaid):
            paid[fact.payment_id] = fact.receipt_digest
        if not isinstance(fact, ReceiptsMatched):
            continue
        told = {fact.receipt_digest, digest_over(line.digest for line in fact.lines)}
        if told != {paid.get(fact.payment_id, fact.receipt_digest)}:
            yield Finding(
                zh=f"第 {fact.number} 期:receipts.matched 的各行与 tranche.paid 的回单摘要不符",
                en=f"tranche {fact.number}: the lines of receipts.matched are not those whose digest "
                "tranche.paid names",
            )
