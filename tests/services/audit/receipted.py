"""What funds tells of the statement lines that a told story's first payment was booked by."""

from datetime import date
from uuid import UUID

from schemas.fact import Fact
from schemas.fund import TranchePaid
from schemas.ids import PaymentId
from schemas.money import Money
from schemas.receipt import MatchedLine, ReceiptsMatched, digest_over
from tests.services.audit.stories import Told


def a_line(name: str, fen: int, row: int, digest: str) -> MatchedLine:
    return MatchedLine(
        receipt_id=UUID(int=row),
        line_reference=name,
        paid_on=date(2026, 3, 5),
        amount=Money(fen),
        digest=digest * 64,
        statement_digest="f" * 64,
        row=row,
    )


def shown_by(told: Told, *lines: MatchedLine) -> ReceiptsMatched:
    return ReceiptsMatched(
        project_id=told.project,
        payment_id=first_paid(told).payment_id,
        number=1,
        receipt_digest=digest_over(line.digest for line in lines),
        lines=lines,
    )


def first_paid(told: Told) -> TranchePaid:
    return next(fact for fact in told.facts if isinstance(fact, TranchePaid))


def receipted(told: Told, *lines: MatchedLine) -> list[tuple[str, Fact]]:
    """The story in which these lines paid the first tranche, by who says what."""
    matched, payment = shown_by(told, *lines), PaymentId(first_paid(told).payment_id)
    told_by: list[tuple[str, Fact]] = []
    for service, fact in told.by:
        if isinstance(fact, TranchePaid) and fact.payment_id == payment:
            paid = fact.model_copy(update={"receipt_digest": matched.receipt_digest})
            told_by += [(service, paid), ("funds", matched)]
        else:
            told_by.append((service, fact))
    return told_by
