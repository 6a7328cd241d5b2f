"""备案: a community organization without legal personality is entered under its hub, which bids and signs for it."""

from typing import Annotated
from uuid import UUID, uuid5

from pydantic import Field

from schemas import division
from schemas.deciding import Context, Ref, World
from schemas.eligible import bidder_kind
from schemas.fact import Command, Fact, Note
from schemas.ids import PartyId
from schemas.narrowing import BidderKind
from schemas.organization import GroupRegistered
from schemas.party import PartyKind
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Certainty, Source
from schemas.standing import Party
from services.registry.rules.divisions import must_be_of_area
from services.registry.rules.registration import Name, Registration, RegistrationEntered

ON_RECORD = Source("社区社会组织备案管理(豫民文〔2021〕235号):备案的社区社会组织不具有法人资格", Certainty.PUBLISHED)

_BY_FILING = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000010")


class RegisterGroup(Command):
    """A registrar enters a group on record; another verifies it like any party."""

    name: Name
    division: Annotated[str, Field(max_length=20)]
    hub_id: PartyId
    """枢纽型社会组织: a registered social organization"""
    filed_with: Name
    """备案机关: county, street or community"""
    filing_number: Name


def group_of(filed_with: str, filing_number: str) -> PartyId:
    """One filing is one group: a second registration meets the first."""
    return PartyId(uuid5(_BY_FILING, f"{filed_with}/{filing_number}"))


def group_id(command: RegisterGroup) -> PartyId:
    return group_of(command.filed_with, command.filing_number)


def group_refs(command: RegisterGroup, cause: UUID) -> tuple[Ref, ...]:
    id = group_id(command)
    return ((Registration, id), (Party, id), (Party, command.hub_id))


def register_group(world: World, command: RegisterGroup, context: Context) -> list[Fact | Note]:
    id = group_id(command)
    if fault := division.check(command.division):
        raise fault.refused("division_wrong", "division")
    must_be_of_area(command.division, context)
    if world.find(Registration, id) is not None:
        raise Refused("group_registered", field="filing_number", number=command.filing_number, party=str(id))
    hub = world.get(Party, command.hub_id)
    if bidder_kind(hub) is not BidderKind.SOCIAL_ORGANIZATION:
        raise Refused("not_a_hub", ON_RECORD, status=422, field="hub_id", party=str(hub.id))
    hub.must_stand()
    for field in ("name", "filed_with", "filing_number"):
        must_be_public(getattr(command, field), field)
    entered = RegistrationEntered(
        party_id=id,
        kind=PartyKind.ORGANIZATION,
        uscc=None,
        division=command.division,
        real_name=None,
        registered_by=context.by.person_id,
        registrar_id=context.by.party_id,
    )
    registered = GroupRegistered(
        party_id=id,
        name=command.name,
        division=command.division,
        hub_id=command.hub_id,
        filed_with=command.filed_with,
        filing_number=command.filing_number,
    )
    return [entered, registered]
