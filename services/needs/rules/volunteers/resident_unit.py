"""Resident units (驻区单位): registered and ended by the community."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import Field

from schemas import division
from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command, Fact
from schemas.ids import PartyId
from schemas.model import Model
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.sharing import (
    ResidentUnitEnded,
    ResidentUnitId,
    ResidentUnitKind,
    ResidentUnitRegistered,
    ResourceEnded,
    ResourceId,
    ResourceShared,
)
from schemas.standing import Party

Text = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentUnit(State):
    told: ResidentUnitRegistered
    shares: tuple[ResourceId, ...] = ()
    """what is not ended"""
    ended_on: date | None = None


class RegisterResidentUnit(Command):
    community_id: PartyId
    kind: ResidentUnitKind
    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
    division: Annotated[str, Field(max_length=20)]
    """the community's own code, or one below it"""


class EndResidentUnit(Command):
    unit_id: ResidentUnitId
    reason: Text
    """public"""


def resident_unit_id(command: RegisterResidentUnit) -> ResidentUnitId:
    """By its name, so that it is registered once."""
    return ResidentUnitId(uuid5(command.community_id, f"resident-unit/{command.name.strip()}"))


def register_refs(command: RegisterResidentUnit, cause: UUID) -> tuple[Ref, ...]:
    return ((Party, command.community_id), (ResidentUnit, resident_unit_id(command)))


def register(world: World, command: RegisterResidentUnit, context: Context) -> list[Fact]:
    """Again, after it was ended: it takes part once more."""
    context.by.must_be(command.community_id)
    community = world.get(Party, command.community_id)
    if fault := division.check(command.division):
        raise fault.refused("division_wrong", "division")
    if not division.within(command.division, community.division):
        code = command.division
        raise Refused("division_elsewhere", status=422, field="division", division=code, community=community.division)
    must_be_public(command.name, "name")
    id = resident_unit_id(command)
    known = world.find(ResidentUnit, id)
    if known is not None and known.ended_on is None:
        raise Refused("resident_unit_known", field="name", unit=str(id))
    return [
        ResidentUnitRegistered(
            community_id=command.community_id,
            unit_id=id,
            kind=command.kind,
            name=command.name.strip(),
            division=command.division,
            on=context.today,
            registered_by=PartyId(context.by.person_id),
        )
    ]


def end_refs(command: EndResidentUnit, cause: UUID) -> tuple[Ref, ...]:
    return ((ResidentUnit, command.unit_id),)


def end(world: World, command: EndResidentUnit, context: Context) -> list[Fact]:
    unit = own_unit(world, command.unit_id, context)
    if unit.shares:
        raise Refused("still_shares", count=len(unit.shares))
    must_be_public(command.reason, "reason")
    return [
        ResidentUnitEnded(
            community_id=unit.told.community_id,
            unit_id=command.unit_id,
            reason=command.reason,
            on=context.today,
            ended_by=PartyId(context.by.person_id),
        )
    ]


def own_unit(world: World, id: ResidentUnitId, context: Context) -> ResidentUnit:
    unit = world.get(ResidentUnit, id)
    context.by.must_be(unit.told.community_id)
    if unit.ended_on is not None:
        raise Refused("resident_unit_ended", unit=unit.told.name, on=unit.ended_on)
    return unit


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case ResidentUnitRegistered():
            return (ResidentUnit(id=fact.unit_id, told=fact),)
        case ResidentUnitEnded():
            return (replace(world.get(ResidentUnit, fact.unit_id), ended_on=fact.on),)
        case ResourceShared():
            unit = world.get(ResidentUnit, fact.unit_id)
            return (replace(unit, shares=(*unit.shares, fact.resource_id)),)
        case ResourceEnded():
            unit = world.get(ResidentUnit, fact.unit_id)
            return (replace(unit, shares=tuple(id for id in unit.shares if id != fact.resource_id)),)
        case _:
            return ()
