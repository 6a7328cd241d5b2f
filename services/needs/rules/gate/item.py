"""An item at the gate: its state, and what each fact makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from schemas.days import end_of
from schemas.deciding import Ref, State, World
from schemas.gate import (
    Check,
    FollowUp,
    GateFact,
    ItemAdmitted,
    ItemApplied,
    ItemAssessed,
    ItemConverted,
    ItemFollowedUp,
    ItemHandedOver,
    ItemId,
    ItemRefused,
    ItemReturned,
    Outcome,
    Performer,
    Principle,
)
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.refused import Refused
from schemas.standing import Party

ENDS = "ends"


class ItemPhase(StrEnum):
    APPLIED = "applied"
    ASSESSED = "assessed"
    ADMITTED = "admitted"
    REFUSED = "refused"
    CONVERTED = "converted"
    EXITED = "exited"


class Assessment(Model):
    principles: Mapping[Principle, Check]
    outcome: Outcome
    reason: str
    performer: Performer | None
    communities: tuple[PartyId, ...]
    assessed_by: PartyId


class Followed(Model):
    kind: FollowUp
    on: date
    note: str
    by: PartyId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(State):
    told: ItemApplied
    """the application, word for word"""
    phase: ItemPhase = ItemPhase.APPLIED
    assessment: Assessment | None = None
    decided_on: date | None = None
    """in China: the day it was admitted, refused or converted"""
    exited_on: date | None = None
    decision: str = ""
    source: str = ""
    followed: tuple[Followed, ...] = ()
    projects: tuple[ProjectId, ...] = ()
    """what it was handed over as"""

    def must_be_in(self, *phases: ItemPhase) -> None:
        if self.phase not in phases:
            raise Refused("item_elsewhere", item=str(self.id), phase=self.phase)

    def due(self) -> Mapping[str, datetime]:
        return {ENDS: end_of(self.told.ends_on)} if self.phase is ItemPhase.ADMITTED else {}


def refs_of(command: Model, cause: UUID) -> tuple[Ref, ...]:
    """The item a command names, and its gate."""
    item_id: UUID = command.__dict__["item_id"]
    registrar_id: UUID = command.__dict__["registrar_id"]
    return ((Party, registrar_id), (Item, item_id))


def item_at(world: World, registrar_id: PartyId, item_id: ItemId) -> Item:
    """Of this gate: nobody finds out by trying which items stand at another."""
    found = world.find(Item, item_id)
    if found is None or found.told.registrar_id != registrar_id:
        raise Refused("not_found", status=404, what="Item", id=str(item_id))
    return found


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    if isinstance(fact, ItemApplied):
        return (Item(id=fact.item_id, told=fact),)
    if not isinstance(fact, GateFact) or "item_id" not in type(fact).model_fields:
        return ()
    item = world.find(Item, fact.__dict__["item_id"])
    return () if item is None else (_after(item, fact),)


def _after(item: Item, fact: GateFact) -> Item:
    match fact:
        case ItemAssessed():
            seen = fact.model_dump(exclude={"registrar_id", "item_id"})
            return replace(item, phase=ItemPhase.ASSESSED, assessment=Assessment.model_validate(seen))
        case ItemReturned():
            return replace(item, phase=ItemPhase.APPLIED, assessment=None, decision=fact.reason)
        case ItemAdmitted():
            reason = item.assessment.reason if item.assessment else ""
            return replace(item, phase=ItemPhase.ADMITTED, decision=reason, decided_on=fact.on)
        case ItemRefused():
            item = replace(item, decision=fact.matter, source=fact.source, decided_on=fact.on)
            return replace(item, phase=ItemPhase.REFUSED)
        case ItemConverted():
            return replace(item, phase=ItemPhase.CONVERTED, decision=fact.reason, decided_on=fact.on)
        case ItemHandedOver():
            return replace(item, projects=(*item.projects, fact.project_id))
        case ItemFollowedUp():
            said = Followed(kind=fact.kind, on=fact.on, note=fact.note, by=fact.by)
            after = replace(item, followed=(*item.followed, said))
            if fact.kind is FollowUp.EXIT:
                return replace(after, phase=ItemPhase.EXITED, exited_on=fact.on)
            return after
        case _:
            return item
