"""职业津贴: what certified social workers who work in an area are due for a month by the rulebook. No payment."""

from datetime import date, timedelta
from fractions import Fraction

from schemas.ids import PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.party import Certificate, CertificateLevel
from schemas.rulebook import Rulebook
from services.registry.rules.employment import Job
from services.registry.rules.grid_allowance import Month

AMOUNTS, EMPLOYMENTS, PART_MONTH = "worker.allowance", "worker.allowance_employments", "worker.allowance_part_month"
ALLOWANCE = (AMOUNTS, EMPLOYMENTS, PART_MONTH)


class WorkerAllowance(Model):
    """`amount` = `a_month`, and where the rule goes by days × `days` / `of_days`, rounded half up to the fen.

    A day counts on which the worker was employed in the area and its registration ran; level and registration are
    those known on the last day counted. Two employers on one day make one day.
    """

    worker_id: PartyId
    level: CertificateLevel
    registered_until: date
    employers: tuple[PartyId, ...]
    """in the area, with a day in the month"""
    a_month: Money
    days: int
    of_days: int
    amount: Money


def allowance(
    worker_id: PartyId, jobs: tuple[Job, ...], certificate: Certificate, month: Month, book: Rulebook
) -> WorkerAllowance | None:
    """`jobs`: with employers in the area. None where no day counts."""
    ways = set(book.value(EMPLOYMENTS))
    counted = [one for one in jobs if one.counts and ("full_time" if one.full_time else "part_time") in ways]
    span = [month.first + timedelta(days=day) for day in range((month.until - month.first).days + 1)]
    days = [day for day in span if day <= certificate.registered_until]
    worked = [day for day in days if any(_on(one, day) for one in counted)]
    if not worked:
        return None
    a_month = Money(book.value(AMOUNTS)[certificate.level])
    share = Fraction(len(worked), month.last.day) if book.value(PART_MONTH) == "by_days" else Fraction(1)
    return WorkerAllowance(
        worker_id=worker_id,
        level=certificate.level,
        registered_until=certificate.registered_until,
        employers=tuple(dict.fromkeys(one.employer_id for one in counted if any(_on(one, day) for day in worked))),
        a_month=a_month,
        days=len(worked),
        of_days=month.last.day,
        amount=a_month.portion(share),
    )


def _on(job: Job, day: date) -> bool:
    return job.first <= day and (job.last is None or day <= job.last)
