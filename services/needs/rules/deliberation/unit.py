"""Units below a community (院落、楼宇、门栋、业主组织), which deliberate by themselves."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import Field

from schemas import division
from schemas.deciding import Context, Ref, State, World
from schemas.deliberation import UnitId, UnitKind, UnitRegistered
from schemas.fact import Command, Fact
from schemas.ids import PartyId
from schemas.model import Model
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.standing import Party

Number = Annotated[str, Field(pattern=r"^[0-9A-Za-z一-鿿-]{1,20}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit(State):
    told: UnitRegistered


class RegisterUnit(Command):
    community_id: PartyId
    kind: UnitKind
    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
    division: Annotated[str, Field(max_length=20)]
    """the community's own code, or one below it"""
    number: Number
    """of this kind, once: 3, 3-2, 甲"""


def unit_id(command: RegisterUnit) -> UnitId:
    """By what it is, so that it is registered once."""
    return UnitId(uuid5(command.community_id, f"unit/{command.kind}/{command.division}/{command.number}"))


def unit_refs(command: RegisterUnit, cause: UUID) -> tuple[Ref, ...]:
    return ((Party, command.community_id), (Unit, unit_id(command)))


def register_unit(world: World, command: RegisterUnit, context: Context) -> list[Fact]:
    context.by.must_be(command.community_id)
    community = world.get(Party, command.community_id)
    if not division.within(command.division, community.division):
        code = command.division
        raise Refused("division_elsewhere", status=422, field="division", division=code, community=community.division)
    must_be_public(command.name, "name")
    id = unit_id(command)
    if world.find(Unit, id) is not None:
        raise Refused("unit_known", field="number", unit=str(id))
    return [
        UnitRegistered(
            community_id=command.community_id,
            unit_id=id,
            kind=command.kind,
            name=command.name,
            division=command.division,
            number=command.number,
            registered_by=PartyId(context.by.person_id),
        )
    ]


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    return (Unit(id=fact.unit_id, told=fact),) if isinstance(fact, UnitRegistered) else ()
