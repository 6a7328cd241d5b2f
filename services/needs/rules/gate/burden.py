"""What communities bear (减负): inventories before, what was taken off, and the report counted from decisions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas import division
from schemas.deciding import Context, Ref, State, World, new_id
from schemas.fact import Command, Fact
from schemas.gate import Burden, BurdenInventoried, BurdenRelieved, Dimension, StampDecided
from schemas.ids import PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.standing import Party, party
from services.needs.rules.gate.item import Item, ItemPhase

MONTHS = 12


class RecordInventory(Command):
    """By an officer: what stands on communities today, one number for each of the seven sides that was counted."""

    registrar_id: PartyId
    scope: Annotated[str, Field(max_length=20)]
    as_of: date
    counts: Annotated[tuple[Burden, ...], Field(min_length=1, max_length=7)]
    source: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]
    """who counted, and where it is written"""


class RecordRelief(Command):
    """What was taken off: each record one side, so many, of so many departments."""

    registrar_id: PartyId
    scope: Annotated[str, Field(max_length=20)]
    on: date
    dimension: Dimension
    count: Annotated[int, Field(ge=1, le=1_000_000)]
    departments: Annotated[int, Field(ge=1, le=1000)]
    moved_to: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
    """where it is done now: 街道社区事务受理服务中心, or nowhere"""
    basis: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory(State):
    told: BurdenInventoried


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief(State):
    told: BurdenRelieved


def inventory_refs(command: RecordInventory, cause: UUID) -> tuple[Ref, ...]:
    return ((Party, command.registrar_id), (Inventory, new_id(cause, "inventory")))


def relief_refs(command: RecordRelief, cause: UUID) -> tuple[Ref, ...]:
    return ((Party, command.registrar_id), (Relief, new_id(cause, "relief")))


def record_inventory(world: World, command: RecordInventory, context: Context) -> list[Fact]:
    _check(world, command, command.as_of, context)
    must_be_public(command.source, "source")
    named = [burden.dimension for burden in command.counts]
    if len(set(named)) < len(named):
        raise Refused("dimension_twice", status=422, field="counts")
    return [
        BurdenInventoried(
            registrar_id=command.registrar_id,
            inventory_id=context.new_id("inventory"),
            scope=command.scope,
            as_of=command.as_of,
            counts=command.counts,
            source=command.source,
            recorded_by=PartyId(context.by.person_id),
        )
    ]


def record_relief(world: World, command: RecordRelief, context: Context) -> list[Fact]:
    _check(world, command, command.on, context)
    must_be_public(command.moved_to, "moved_to")
    must_be_public(command.basis, "basis")
    return [
        BurdenRelieved(
            registrar_id=command.registrar_id,
            relief_id=context.new_id("relief"),
            scope=command.scope,
            on=command.on,
            dimension=command.dimension,
            count=command.count,
            departments=command.departments,
            moved_to=command.moved_to,
            basis=command.basis,
            recorded_by=PartyId(context.by.person_id),
        )
    ]


def _check(world: World, command: RecordInventory | RecordRelief, day: date, context: Context) -> None:
    context.by.must_be(command.registrar_id)
    gate = party(world, command.registrar_id)
    if fault := division.check(command.scope):
        raise fault.refused("division_wrong", "scope")
    if not division.covers(gate.division, command.scope):
        raise Refused("scope_elsewhere", status=422, field="scope", division=command.scope, gate=gate.division)
    if day > context.today:
        raise Refused("day_ahead", status=422, field="as_of" if isinstance(command, RecordInventory) else "on")


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case BurdenInventoried():
            return (Inventory(id=fact.inventory_id, told=fact),)
        case BurdenRelieved():
            return (Relief(id=fact.relief_id, told=fact),)
        case _:
            return ()


class Figure(Model):
    """A number, and the decisions it was counted from."""

    count: int
    decisions: tuple[UUID, ...] = ()


class Line(Model):
    """One of the seven sides. after = before − relieved + admitted − exited."""

    dimension: Dimension
    before: Figure | None
    """none where nobody counted"""
    relieved: Figure
    admitted: Figure
    exited: Figure
    refused: Figure
    converted: Figure
    after: int | None
    """none where nobody counted before"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Of one area: everything that touches it, whenever it was."""

    inventories: Sequence[BurdenInventoried]
    reliefs: Sequence[BurdenRelieved]
    items: Sequence[Item]
    stamps: Sequence[StampDecided]


def lines(records: Records, area: str, first: date, last: date) -> tuple[Line, ...]:
    """`first` and `last`: the days of the report, both counted. Before is the day before `first`."""
    counted = counted_before(records.inventories, area, first)
    return tuple(_line(side, counted.get(side), records, first, last) for side in Dimension)


def _line(side: Dimension, before: Figure | None, records: Records, first: date, last: date) -> Line:
    items = [item for item in records.items if item.told.dimension is side]
    decided = [item for item in items if item.decided_on is not None and first <= item.decided_on <= last]
    reliefs = [one for one in records.reliefs if one.dimension is side and first <= one.on <= last]
    relieved = Figure(count=sum(one.count for one in reliefs), decisions=tuple(one.relief_id for one in reliefs))
    admitted = _figure(item for item in decided if item.phase in (ItemPhase.ADMITTED, ItemPhase.EXITED))
    exited = _figure(item for item in items if item.exited_on is not None and first <= item.exited_on <= last)
    after = None if before is None else before.count - relieved.count + admitted.count - exited.count
    return Line(
        dimension=side,
        before=before,
        relieved=relieved,
        admitted=admitted,
        exited=exited,
        refused=_figure(item for item in decided if item.phase is ItemPhase.REFUSED),
        converted=_figure(item for item in decided if item.phase is ItemPhase.CONVERTED),
        after=after,
    )


def _figure(items: Iterable[Item]) -> Figure:
    ids = tuple(item.id for item in items)
    return Figure(count=len(ids), decisions=ids)


def counted_before(inventories: Iterable[BurdenInventoried], area: str, first: date) -> Mapping[Dimension, Figure]:
    """The newest count of the area itself before `first`, side by side; else the sum of the newest of each part.

    Parts that lie in one another are counted once, by the larger.
    """
    old = sorted((one for one in inventories if one.as_of < first), key=lambda one: (one.as_of, one.inventory_id.int))
    newest: dict[tuple[str, Dimension], tuple[int, UUID]] = {}
    for one in old:
        for burden in one.counts:
            newest[one.scope, burden.dimension] = (burden.count, one.inventory_id)
    found = {}
    for side in Dimension:
        scopes = [scope for scope, dimension in newest if dimension is side and division.covers(area, scope)]
        largest = [scope for scope in scopes if not any(_above(other, scope) for other in scopes)]
        if largest:
            parts = [newest[scope, side] for scope in largest]
            found[side] = Figure(count=sum(n for n, _ in parts), decisions=tuple(dict.fromkeys(id for _, id in parts)))
    return found


def _above(other: str, scope: str) -> bool:
    return other != scope and division.covers(other, scope)


def heads(a_year: Money, a_head_and_month: Money) -> Fraction:
    """How many people a yearly sum pays so much a month: 7,393 万元 at 500 元 are 12,321 and two thirds."""
    return Fraction(a_year.fen, a_head_and_month.fen * MONTHS)
