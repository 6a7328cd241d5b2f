"""`GET /v1/me/due`: what the caller's party has to do by when, under which rule, over all services of this program."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from events.database import Connection
from schemas.days import day_of
from schemas.deciding import Rulebooks
from schemas.ids import ProjectId
from schemas.obligation import Duty, Obligation
from schemas.role import Actor, Role
from schemas.rulebook import Certainty, Source
from services.kit import adopted, obligations, reasons
from services.kit.asked import MOST_PER_PAGE, Answer, Asked
from services.kit.desk import Desk
from services.kit.service import Get

INSTANT = timedelta(microseconds=1)
PATH = "/v1/me/due"
SUMMARY = "我的待办期限 / What I have to do by when, the soonest first, and under which rule"


class DueItem(Answer):
    """`on` is the last day in China on which it is in time; `days_left` is negative once it is late.

    `certainty` L: the source may be quoted as law; anything else is local practice or an example.
    """

    duty: Duty
    zh: str
    en: str
    project_id: ProjectId | None
    subject: str | None
    """what it is about where that is no project, such as a need's tracking number"""
    path: str | None
    """where that is read"""
    on: date
    until: datetime
    days_left: int
    overdue: bool
    source: str | None
    certainty: Certainty | None


class DueList(Answer):
    """`more`: there is more than what is shown."""

    due: tuple[DueItem, ...]
    more: bool


def door(desks: Sequence[Desk]) -> Get:
    """One door over all services at work in this program."""

    async def handler(connection: Connection, asked: Asked) -> DueList:
        return await due_list(desks, connection, asked.actor, asked.at)

    return Get(path=PATH, roles=frozenset(Role) - {Role.RESIDENT}, handler=handler, answer=DueList, summary=SUMMARY)


async def due_list(desks: Sequence[Desk], first: Connection, actor: Actor, at: datetime) -> DueList:
    """Each service is asked by itself; their answers may be a moment apart. `first`: to the first desk's tables."""
    found = await asyncio.gather(_of(desks[0], first, actor, at), *(_at(desk, actor, at) for desk in desks[1:]))
    items = sorted((item for each in found for item in each), key=_place)
    return DueList(due=tuple(items[:MOST_PER_PAGE]), more=len(items) > MOST_PER_PAGE)


def _place(item: DueItem) -> tuple[datetime, str, str]:
    return item.until, str(item.project_id or item.subject), item.duty


async def _at(desk: Desk, actor: Actor, at: datetime) -> list[DueItem]:
    async with desk.database.connection() as connection:
        return await _of(desk, connection, actor, at)


async def _of(desk: Desk, connection: Connection, actor: Actor, at: datetime) -> list[DueItem]:
    owed = await obligations.of(connection, actor, MOST_PER_PAGE + 1)
    rulebooks = await adopted.shelf(connection, desk.shell.rulebooks)
    return [_shown(each, rulebooks, at) for each in owed]


def _shown(owed: Obligation, rulebooks: Rulebooks, at: datetime) -> DueItem:
    last = day_of(owed.until - INSTANT)
    source = source_of(owed, rulebooks)
    return DueItem(
        duty=owed.duty,
        zh=reasons.said(owed.duty, "zh"),
        en=reasons.said(owed.duty, "en"),
        project_id=owed.project_id,
        subject=owed.subject,
        path=owed.path,
        on=last,
        until=owed.until,
        days_left=(last - day_of(at)).days,
        overdue=at >= owed.until,
        source=None if source is None else source.text,
        certainty=None if source is None else source.certainty,
    )


def source_of(owed: Obligation, rulebooks: Rulebooks) -> Source | None:
    if owed.source is not None or owed.rulebook is None or owed.rule is None:
        return owed.source
    return rulebooks.by_hash(owed.rulebook).source(owed.rule)
