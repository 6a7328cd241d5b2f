"""Splitting (化整为零): one item and one budget line, bought in pieces that each stay below the limit.

政府采购法实施条例 第二十八条: several purchases of the same item under the same budget line within one fiscal year,
other than by open bidding and together above the limit, are splitting, unless the budget was adjusted or they were
approved. An item here is a category of need, a budget line a fund account; the fiscal year is the calendar year.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from schemas.clauses import Instrument
from schemas.deciding import Context, State, World
from schemas.ids import FundAccountId, ProjectId
from schemas.money import Money, sum_of
from schemas.project import FundShare
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from services.tenders.rules.arrangement import Arrangement
from services.tenders.rules.project import Draft, Phase, Project

SPLITTING = "tender.splitting"
LIMIT = "tender.below_fen"
OPEN_BIDDING = "open_bidding"
PROCURED = (Instrument.PURCHASE, Instrument.COMMISSION)
NOT_BOUGHT = (Phase.PROPOSED, Phase.DRAFTED, Phase.DECLINED, Phase.VOIDED, Phase.WITHDRAWN)
Approval = Annotated[str, Field(min_length=2, max_length=200)]
"""which document adjusted the budget or approved the purchase"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """What another project of the same funder and category takes from one account; approved, and not void."""

    project_id: ProjectId
    account_id: FundAccountId
    amount: Money
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike(State):
    """The funder's other purchases of a project's category; `id` is the project's."""

    purchases: tuple[Purchase, ...]


def is_purchase(project: Project) -> bool:
    return project.arrangement is None or project.arrangement.instrument in PROCURED


def purchases_of(project: Project) -> tuple[Purchase, ...]:
    """By account. A draft from before they were counted has no year, and belongs to none; a grant is no purchase."""
    draft = project.drafted
    if draft.drafted_on is None or not is_purchase(project) or _openly(draft):
        return ()
    return tuple(
        Purchase(
            project_id=project.project_id,
            account_id=share.account_id,
            amount=share.amount,
            year=draft.drafted_on.year,
        )
        for share in draft.shares
    )


def _openly(draft: Draft | Arrangement) -> bool:
    """多次采购 by open bidding are no splitting."""
    return isinstance(draft, Draft) and draft.method == OPEN_BIDDING


def must_not_split(
    world: World,
    project: Project,
    shares: tuple[FundShare, ...],
    approval: str | None,
    rulebook: Rulebook,
    context: Context,
) -> None:
    """Looked at when it is drafted, and again, with the last word, when it is approved."""
    if not {SPLITTING, LIMIT} <= rulebook.rules.keys() or approval is not None:
        return
    limit = Money(rulebook.integer(LIMIT))
    year = context.today.year
    for share in shares:
        others = [
            other
            for other in world.get(Alike, project.id).purchases
            if (other.account_id, other.year) == (share.account_id, year)
        ]
        total = sum_of(other.amount for other in others) + share.amount
        if others and not total < limit:
            raise Refused(
                "purchase_split",
                rulebook.source(SPLITTING),
                status=422,
                field="shares",
                account=str(share.account_id),
                purchases=len(others) + 1,
                total=total,
                limit=limit,
                others="、".join(str(other.project_id) for other in others),
            )
