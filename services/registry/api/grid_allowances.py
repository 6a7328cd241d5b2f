"""What a community's grid workers are due for a month: reckoned from their posts, and no payment."""

from datetime import date

from events.database import Connection
from schemas.days import day_of
from schemas.ids import PartyId
from schemas.money import Money
from schemas.role import Role
from services.kit.adopted import shelf
from services.kit.asked import Answer, Asked
from services.kit.service import Get
from services.registry.api.communities import WORKERS_SHOWN_TO, community_asked
from services.registry.rules import grid_allowance, staffing
from services.registry.store import records as stored


class GridAllowancesPage(Answer):
    month: str
    until: date
    """the last day counted: the month's last, or today"""
    rule: staffing.RuleAnswer
    amounts: grid_allowance.Amounts
    total: Money
    allowances: tuple[grid_allowance.Allowance, ...]
    next: None = None
    """never: a community's grid workers are one page"""


async def _allowances(connection: Connection, asked: Asked) -> GridAllowancesPage:
    party = await community_asked(connection, asked.id("community_id"))
    if asked.actor.role is Role.COMMUNITY:
        asked.actor.must_be(PartyId(party.id))
    today = day_of(asked.at)
    month = grid_allowance.month_of(asked.query.get("month", today.isoformat()[:7]), today)
    book = staffing.book_of(party.division, grid_allowance.ALLOWANCE, await shelf(connection), month.until)
    posts = await stored.posts_until(connection, party.id, month.until)
    lines = grid_allowance.allowances(posts, month, book)
    return GridAllowancesPage(
        month=month.first.isoformat()[:7],
        until=month.until,
        rule=staffing.shown(book, grid_allowance.ALLOWANCE),
        amounts=grid_allowance.amounts(book),
        total=Money(sum(line.amount.fen for line in lines)),
        allowances=tuple(lines),
    )


ROUTES = (
    Get(
        path="/v1/communities/{community_id}/grid-allowances",
        roles=WORKERS_SHOWN_TO,
        handler=_allowances,
        answer=GridAllowancesPage,
        summary="试算一个社区网格员某月的补贴(不付款) · What grid workers are due for a month; nothing is paid",
        query={"month": "月份(2026-05),默认本月 · the month, this one unless said otherwise"},
    ),
)
