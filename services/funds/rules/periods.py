"""The books of a funder are closed period by period: open, frozen and looked at, closed.

What is booked later, although it counts for a closed day, goes to the first day that is open and keeps its effective
date. That nothing gets into a frozen period holds in the database too, whoever writes (`0003_periods.sql`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command
from schemas.ids import PartyId
from schemas.model import Model
from schemas.period import PeriodClosed, PeriodFact, PeriodFrozen, PeriodReopened
from schemas.personal import must_be_public
from schemas.refused import Refused
from services.funds.rules.holds import Words

DAY = timedelta(days=1)
MOST_PERIODS = 600
"""closed ones of one funder: fifty years of months"""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    through: date
    frozen_by: PartyId


class ClosedPeriod(Model):
    after: date | None
    """the last day of the period before; null for the first"""
    through: date
    transfers: int
    digest: str
    closed_on: date
    frozen_by: PartyId
    closed_by: PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Books(State):
    """How far a funder's books are closed; bears the funder's id."""

    frozen: Frozen | None = None
    closed: tuple[ClosedPeriod, ...] = ()

    @property
    def closed_through(self) -> date | None:
        return self.closed[-1].through if self.closed else None

    @property
    def open_from(self) -> date | None:
        """The first day that can be booked into; None: any."""
        last = self.frozen.through if self.frozen is not None else self.closed_through
        return None if last is None else last + DAY

    def booked_on(self, effective: date) -> date:
        """The day itself when it is open, else the first day that is."""
        return effective if self.open_from is None else max(effective, self.open_from)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodSum(State):
    """What the books say of the frozen period of the funder whose id it bears. Read, never saved."""

    transfers: int
    digest: str


class FreezePeriod(Command):
    funder_id: PartyId
    through: date


class ReopenPeriod(Command):
    funder_id: PartyId
    through: date
    reason: Words


class ClosePeriod(Command):
    funder_id: PartyId
    through: date
    digest: Digest
    """of what the closer looked at"""


def refs(command: FreezePeriod | ReopenPeriod, cause: UUID) -> list[Ref]:
    return [(Books, command.funder_id)]


def refs_of_closing(command: ClosePeriod, cause: UUID) -> list[Ref]:
    return [(Books, command.funder_id), (PeriodSum, command.funder_id)]


def freeze(world: World, command: FreezePeriod, context: Context) -> Sequence[Model]:
    context.by.must_be(command.funder_id)
    books = world.find(Books, command.funder_id) or Books(id=command.funder_id)
    if command.through >= context.today:
        raise Refused("period_not_over", status=422, field="through", through=command.through, today=context.today)
    if (command.through + DAY).day != 1:
        raise Refused("not_a_months_end", status=422, field="through", through=command.through)
    if books.closed_through is not None and command.through <= books.closed_through:
        raise Refused("period_closed_already", through=books.closed_through)
    if books.frozen is not None:
        raise Refused("period_frozen_already", through=books.frozen.through)
    if len(books.closed) >= MOST_PERIODS:
        raise Refused("too_many_periods", most=MOST_PERIODS)
    return [PeriodFrozen(funder_id=command.funder_id, through=command.through, frozen_by=PartyId(context.by.person_id))]


def reopen(world: World, command: ReopenPeriod, context: Context) -> Sequence[Model]:
    context.by.must_be(command.funder_id)
    _frozen(world, command)
    must_be_public(command.reason, "reason")
    return [
        PeriodReopened(
            funder_id=command.funder_id,
            through=command.through,
            reopened_by=PartyId(context.by.person_id),
            reason=command.reason,
        )
    ]


def close(world: World, command: ClosePeriod, context: Context) -> Sequence[Model]:
    """By another person than froze it, who names the digest of what it looked at."""
    context.by.must_be(command.funder_id)
    frozen = _frozen(world, command)
    if context.by.person_id == frozen.frozen_by:
        raise Refused("who_froze_does_not_close", status=403, person=context.by.person_id)
    found = world.get(PeriodSum, command.funder_id)
    if command.digest != found.digest:
        raise Refused("another_digest", field="digest", through=command.through, digest=found.digest)
    return [
        PeriodClosed(
            funder_id=command.funder_id,
            through=command.through,
            transfers=found.transfers,
            digest=found.digest,
            closed_on=context.today,
            frozen_by=frozen.frozen_by,
            closed_by=PartyId(context.by.person_id),
        )
    ]


def _frozen(world: World, command: ReopenPeriod | ClosePeriod) -> Frozen:
    books = world.find(Books, command.funder_id)
    if books is None or books.frozen is None or books.frozen.through != command.through:
        raise Refused("period_not_frozen", through=command.through)
    return books.frozen


def books_after(world: World, fact: PeriodFact) -> Iterable[State]:
    books = world.find(Books, fact.funder_id) or Books(id=fact.funder_id)
    match fact:
        case PeriodFrozen():
            frozen = Frozen(through=fact.through, frozen_by=fact.frozen_by)
            return (replace(books, frozen=frozen),)
        case PeriodClosed():
            closed = ClosedPeriod(
                after=books.closed_through,
                through=fact.through,
                transfers=fact.transfers,
                digest=fact.digest,
                closed_on=fact.closed_on,
                frozen_by=fact.frozen_by,
                closed_by=fact.closed_by,
            )
            return (replace(books, frozen=None, closed=(*books.closed, closed)),)
        case _:
            return (replace(books, frozen=None),)
