"""Closing a period: two people of one funder, one after the other, over the same digest."""

from datetime import date
from uuid import UUID

from events.database import Connection
from schemas.deciding import Ref, World
from schemas.ids import PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.refused import Refused
from schemas.role import Role
from services.funds.api.reading import must_see
from services.funds.rules import periods
from services.funds.rules.ledger import AccountKind
from services.funds.rules.periods import Books, ClosedPeriod
from services.funds.store import period_sum, questions
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post

_FINANCE = frozenset({Role.FINANCE})
_KEEPERS = _FINANCE | {Role.FUNDER}


class Moved(Model):
    """Posted in the period on all accounts of one kind."""

    kind: AccountKind
    debits: Money
    credits: Money


class FrozenPeriod(Model):
    """To be looked at, then closed with this digest by another person, or reopened."""

    after: date | None
    through: date
    frozen_by: PartyId
    transfers: int
    digest: str
    moved: tuple[Moved, ...]


class PeriodsAnswer(Answer):
    version: int
    funder_id: PartyId
    open_from: date | None
    """the first day that can be booked into; none: any, for no period was closed yet"""
    frozen: FrozenPeriod | None
    closed: tuple[ClosedPeriod, ...]
    """newest first"""


class PeriodAnswer(Answer):
    funder_id: PartyId
    through: date


async def get_periods(tx: Connection, asked: Asked) -> PeriodsAnswer:
    funder_id = PartyId(asked.id("funder_id"))
    must_see(asked.actor, funder_id)
    books, version = await questions.books(tx, funder_id)
    if not version and not await questions.is_known(tx, funder_id):
        raise Refused("not_found", status=404, what="Party", id=str(funder_id))
    return PeriodsAnswer(
        version=version,
        funder_id=funder_id,
        open_from=books.open_from,
        frozen=await _frozen(tx, books),
        closed=books.closed[::-1],
    )


async def _frozen(tx: Connection, books: Books) -> FrozenPeriod | None:
    if books.frozen is None:
        return None
    found = await period_sum(tx, books)
    return FrozenPeriod(
        after=books.closed_through,
        through=books.frozen.through,
        frozen_by=books.frozen.frozen_by,
        transfers=found.transfers,
        digest=found.digest,
        moved=tuple(
            Moved(kind=row["kind"], debits=Money(row["debits"]), credits=Money(row["credits"]))
            for row in await questions.moved_in(tx, books)
        ),
    )


Command = periods.FreezePeriod | periods.ReopenPeriod | periods.ClosePeriod


def _subject(command: Command, cause: UUID) -> Ref:
    return Books, command.funder_id


def _answer(world: World, command: Command, cause: UUID) -> PeriodAnswer:
    return PeriodAnswer(funder_id=command.funder_id, through=command.through)


PERIODS = (
    Get(
        path="/v1/funders/{funder_id}/periods",
        roles=_KEEPERS | {Role.AUDITOR},
        handler=get_periods,
        answer=PeriodsAnswer,
        summary="结账情况 · Closed periods, and what a frozen one adds up to",
    ),
    Post(
        path="/v1/funders/{funder_id}/periods/{through}/freezing",
        command=periods.FreezePeriod,
        roles=_FINANCE,
        refs=periods.refs,
        decide=periods.freeze,
        subject=_subject,
        answer=_answer,
        summary="开始结账 · Freeze a period: nothing is booked into it any more",
    ),
    Post(
        path="/v1/funders/{funder_id}/periods/{through}/reopening",
        command=periods.ReopenPeriod,
        roles=_KEEPERS,
        refs=periods.refs,
        decide=periods.reopen,
        subject=_subject,
        answer=_answer,
        summary="退回结账 · Open a frozen period again, before it is closed",
    ),
    Post(
        path="/v1/funders/{funder_id}/periods/{through}/closing",
        command=periods.ClosePeriod,
        roles=_KEEPERS,
        refs=periods.refs_of_closing,
        decide=periods.close,
        subject=_subject,
        answer=_answer,
        summary="结账 · Close a frozen period for good, by another person over its digest",
    ),
)
