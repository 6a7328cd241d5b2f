"""The payment clock: until when released money is to be paid, and what it costs to be late.

The days and the rate are the agreement's, or else the rulebook's, taken down when the tranche is released, so that a
later edition of the rulebook changes nobody's date.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from schemas.clauses import PaymentTerm
from schemas.deciding import Context
from schemas.fact import Note
from schemas.ids import ProjectId
from schemas.money import Money
from schemas.rulebook import Rulebook

DAYS = "funds.payment_days"
LATE = "funds.late_interest_permyriad"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentClock:
    """Runs from the day the gate opened; calendar days, the first one excluded."""

    since: date
    due_on: date
    """the last day on which payment is in time"""
    late_permyriad: int
    """of the amount, for each day after `due_on`"""
    source: str

    def days_late(self, on: date) -> int:
        return max(0, (on - self.due_on).days)

    def interest(self, amount: Money, on: date) -> Money:
        """Simple interest for the days late, rounded half up to the fen. Shown, never booked by itself."""
        return amount.portion(Fraction(self.late_permyriad * self.days_late(on), 10_000))


class PaymentClockSet(Note):
    project_id: ProjectId
    number: int
    """the tranche"""
    clock: PaymentClock


def clock_from(day: date, rulebook: Rulebook, term: PaymentTerm | None = None) -> PaymentClock | None:
    """By the term of the agreement where it has one; without it none under an edition that sets no term."""
    if term is not None:
        return PaymentClock(
            since=day,
            due_on=day + timedelta(days=term.days),
            late_permyriad=term.late_permyriad,
            source=f"协议约定:付款期限 {term.days} 日,逾期利息每日万分之 {term.late_permyriad} · by the agreement",
        )
    if DAYS not in rulebook.rules:
        return None
    return PaymentClock(
        since=day,
        due_on=day + timedelta(days=rulebook.integer(DAYS)),
        late_permyriad=rulebook.integer(LATE),
        source=rulebook.source(DAYS).text,
    )


def clock_set(
    project_id: ProjectId, rulebook: str, number: int, context: Context, term: PaymentTerm | None
) -> list[Note]:
    """From the day on which the fact was said that opened the last gate, however late it is heard."""
    clock = clock_from(context.day_said, context.rulebooks.by_hash(rulebook), term)
    return [] if clock is None else [PaymentClockSet(project_id=project_id, number=number, clock=clock)]
