"""Idle balances (结余): what lay unspent on a day, lot by lot, how long, and what that makes of it."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from uuid import UUID

import asyncpg

from events.database import Connection
from schemas.days import day_of
from schemas.fund import SourceType
from schemas.ids import FundAccountId, LotId, PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money, sum_of
from schemas.refused import Refused
from schemas.role import Role
from schemas.rulebook import Certainty, Rulebook
from services.funds.api.reading import must_see
from services.funds.rules.appropriate import RULEBOOK
from services.funds.rules.idle import Standing, rule_for, standing
from services.funds.rules.project import RESERVATION_DAYS
from services.funds.store import questions
from services.funds.store.idle import lapses_until, lots_on
from services.kit.asked import MOST_PER_PAGE, Answer, Asked
from services.kit.rulebooks import shipped
from services.kit.service import Get

_WORDS = {
    Standing.USED_UP: ("已用完", "used up"),
    Standing.CURRENT: ("当年资金", "of the current budget year"),
    Standing.CARRIED_OVER: ("结转", "carried over"),
    Standing.SURPLUS: ("结余", "surplus"),
    Standing.KEPT: ("留存", "kept for its purpose"),
}


class RuleAnswer(Model):
    path: str
    """in the rulebook"""
    value: str
    source: str
    certainty: Certainty
    """only L is law"""


class IdleLot(Model):
    lot_id: LotId
    source_type: SourceType
    budget_line: str
    restricted_to: str | None
    arrived_on: date
    budget_year: int
    age_days: int
    appropriated: Money
    """what had arrived, less what was corrected"""
    spent: Money
    """released to projects, less what came back"""
    reserved: Money
    """set aside for projects and not released"""
    balance: Money
    """appropriated less spent; what is reserved is still in it"""
    standing: Standing
    standing_zh: str
    standing_en: str
    rule: RuleAnswer


class IdleAccount(Model):
    account_id: FundAccountId
    appropriated: Money
    spent: Money
    reserved: Money
    balance: Money
    lots: tuple[IdleLot, ...]


class LapsedLot(Model):
    """Reserved for a project that no agreement followed in time; the money has been free since."""

    project_id: ProjectId
    title: str
    account_id: FundAccountId
    lot_id: LotId
    amount: Money
    last_day: date
    """on which it was reserved"""
    rule: RuleAnswer
    """by the edition the project began under"""


class IdleAnswer(Answer):
    """By the days on which transfers count, as the books know them now: what is booked late changes the past too."""

    funder_id: PartyId
    on: date
    rulebook: str
    """its hash"""
    accounts: tuple[IdleAccount, ...]
    lapsed: tuple[LapsedLot, ...]
    """of these accounts, the latest first, at most 200"""
    next: UUID | None


@cache
def _rulebook() -> Rulebook:
    return shipped().named(RULEBOOK)


async def get_idle(tx: Connection, asked: Asked) -> IdleAnswer:
    funder_id = PartyId(asked.id("funder_id"))
    must_see(asked.actor, funder_id)
    on = _day(asked)
    limit = asked.limit
    rows = await questions.fund_accounts(tx, questions.Whose(funder_id=funder_id), asked.cursor, limit)
    if not rows and not await questions.is_known(tx, funder_id):
        raise Refused("not_found", status=404, what="Party", id=str(funder_id))
    accounts = [row["id"] for row in rows]
    lots = await lots_on(tx, accounts, on)
    lapsed = await lapses_until(tx, funder_id, accounts, on, MOST_PER_PAGE)
    return IdleAnswer(
        funder_id=funder_id,
        on=on,
        rulebook=_rulebook().hash,
        accounts=tuple(_account(id, [lot for lot in lots if lot["account_id"] == id], on) for id in accounts),
        lapsed=tuple(_lapsed(row) for row in lapsed),
        next=accounts[-1] if len(accounts) == limit else None,
    )


def _day(asked: Asked) -> date:
    """Today, unless another day is asked for; written as 2026-01-01."""
    today = day_of(asked.at)
    text = asked.query.get("on", today.isoformat())
    try:
        on = date.fromisoformat(text)
    except ValueError:
        on = None
    if on is None or on.isoformat() != text:
        raise Refused("invalid_field", status=422, field="on", problem="date_parsing")
    if on > today:
        raise Refused("idle_day_ahead", status=422, field="on", today=today)
    return on


def _account(account_id: UUID, rows: Sequence[asyncpg.Record], on: date) -> IdleAccount:
    lots = tuple(_lot(row, on) for row in rows)
    return IdleAccount(
        account_id=FundAccountId(account_id),
        appropriated=sum_of(lot.appropriated for lot in lots),
        spent=sum_of(lot.spent for lot in lots),
        reserved=sum_of(lot.reserved for lot in lots),
        balance=sum_of(lot.balance for lot in lots),
        lots=lots,
    )


def _lot(row: asyncpg.Record, on: date) -> IdleLot:
    source_type, balance = SourceType(row["source_type"]), Money(row["appropriated"] - row["spent"])
    found = standing(source_type, row["arrived_on"], balance, on, _rulebook())
    zh, en = _WORDS[found]
    return IdleLot(
        lot_id=LotId(row["id"]),
        source_type=source_type,
        budget_line=row["budget_line"],
        restricted_to=row["restricted_to"],
        arrived_on=row["arrived_on"],
        budget_year=row["arrived_on"].year,
        age_days=(on - row["arrived_on"]).days,
        appropriated=Money(row["appropriated"]),
        spent=Money(row["spent"]),
        reserved=Money(row["reserved"]),
        balance=balance,
        standing=found,
        standing_zh=zh,
        standing_en=en,
        rule=_rule(_rulebook(), rule_for(source_type)),
    )


def _lapsed(row: asyncpg.Record) -> LapsedLot:
    return LapsedLot(
        project_id=ProjectId(row["project_id"]),
        title=row["title"],
        account_id=FundAccountId(row["account_id"]),
        lot_id=LotId(row["lot_id"]),
        amount=Money(row["fen"]),
        last_day=row["last_day"],
        rule=_rule(shipped().by_hash(row["rulebook"]), RESERVATION_DAYS),
    )


def _rule(book: Rulebook, path: str) -> RuleAnswer:
    rule = book.rules[path]
    return RuleAnswer(path=path, value=str(rule.value), source=rule.source.text, certainty=rule.source.certainty)


IDLE = Get(
    path="/v1/funders/{funder_id}/idle",
    roles=frozenset({Role.FUNDER, Role.FINANCE, Role.AUDITOR}),
    handler=get_idle,
    answer=IdleAnswer,
    summary="结转结余 · Idle balances by account and lot: how much, how old, and by which rule",
    query={"on": "哪一天,如 2026-01-01;默认今天 · on which day, such as 2026-01-01; today unless said"},
)
