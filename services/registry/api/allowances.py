"""Social workers' allowance (职业津贴) of an area for a month: reckoned from careers and certificates, no payment."""

from datetime import date
from uuid import UUID

from events.database import Connection
from schemas import division
from schemas.days import day_of
from schemas.ids import PartyId
from schemas.money import Money
from schemas.party import Certificate
from schemas.refused import Refused
from schemas.role import Role
from schemas.worker import RenewalRecord
from services.kit.adopted import shelf
from services.kit.asked import Answer, Asked
from services.kit.service import Get
from services.registry.rules import grid_allowance, staffing, worker_allowance
from services.registry.rules.worker_allowance import ALLOWANCE, AMOUNTS, WorkerAllowance
from services.registry.store import records as stored
from services.registry.store import workers

MOST_WORKERS = 5000
"""with an employment in the area; a county has hundreds"""


class WorkerAllowances(Answer):
    """By worker id, all of the area: `total` is the sum of the lines."""

    division: str
    month: str
    until: date
    """the last day counted: the month's last, or today"""
    rule: staffing.RuleAnswer
    a_month: dict[str, Money]
    """by level"""
    total: Money
    allowances: tuple[WorkerAllowance, ...]
    next: None = None
    """never: an area is one page"""


async def _allowances(connection: Connection, asked: Asked) -> WorkerAllowances:
    code, today = asked.path["division"], day_of(asked.at)
    if division.check(code) is not None:
        raise Refused("not_found", status=404, what="Division", id=code[:40])
    if asked.area is not None and not division.covers(asked.area, code):
        raise Refused("outside_your_area", status=403, field="division", division=code, own=asked.area)
    month = grid_allowance.month_of(asked.query.get("month", today.isoformat()[:7]), today)
    book = staffing.book_of(code, ALLOWANCE, await shelf(connection), month.until)
    careers = await workers.careers_in(connection, division.prefix(code), MOST_WORKERS + 1)
    if len(careers) > MOST_WORKERS:
        raise Refused("area_too_large", status=422, field="division", division=code, most=MOST_WORKERS)
    held = await _held(connection, [one.worker_id for one in careers], month.until)
    reckoned = (
        worker_allowance.allowance(
            PartyId(one.worker_id), one.jobs, held.get(one.worker_id, one.certificate), month, book
        )
        for one in careers
    )
    lines = [line for line in reckoned if line is not None]
    return WorkerAllowances(
        division=code,
        month=month.first.isoformat()[:7],
        until=month.until,
        rule=staffing.shown(book, ALLOWANCE),
        a_month={level: Money(fen) for level, fen in book.value(AMOUNTS).items()},
        total=Money(sum(line.amount.fen for line in lines)),
        allowances=tuple(lines),
    )


async def _held(connection: Connection, workers: list[UUID], day: date) -> dict[UUID, Certificate]:
    """Certificates on the day by their renewals; of a worker renewed later for the first time, as before that."""
    first = await stored.first_renewals(connection, workers)
    found: dict[UUID, Certificate] = {}
    for one in first:
        if isinstance(one.content, RenewalRecord):
            found[one.party_id] = one.content.before
    for one in await stored.all_as_of(connection, workers, day):
        if isinstance(one.content, RenewalRecord) and one.valid_until is not None:
            found[one.party_id] = Certificate(level=one.content.level, registered_until=one.valid_until)
    return found


ROUTES = (
    Get(
        path="/v1/allowances/{division}",
        roles=frozenset({Role.REGISTRAR, Role.AUDITOR}),
        handler=_allowances,
        answer=WorkerAllowances,
        summary="试算一个辖区社会工作者某月的职业津贴(不付款) · Social workers' allowance for a month; nothing is paid",
        query={"month": "月份(2026-05),默认本月 · the month, this one unless said otherwise"},
    ),
)
