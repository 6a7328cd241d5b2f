"""Which class a public institution (事业单位) is of: its code does not tell, and the first class may not provide."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas import uscc
from schemas.deciding import Context, Ref, World
from schemas.eligible import PUBLIC_INSTITUTION
from schemas.fact import Command, Fact, Note
from schemas.ids import PartyId
from schemas.party import InstitutionClass, InstitutionClassified, PartyKind
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.standing import Party
from services.registry.rules.registration import Registration
from services.registry.rules.standing import SEPARATION


class ClassifyInstitution(Command):
    """A registrar records the class of a public institution that was entered as an organization."""

    party_id: PartyId
    institution: InstitutionClass
    basis: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
    """the paper it stands in, as 机构编制部门的批复 with its number; public"""


def classify_refs(command: ClassifyInstitution, cause: UUID) -> tuple[Ref, ...]:
    return ((Registration, command.party_id), (Party, command.party_id))


def classify_institution(world: World, command: ClassifyInstitution, context: Context) -> list[Fact | Note]:
    """By another registrar than who entered it. Of another class later, it replaces the earlier one."""
    party, registration = world.get(Party, command.party_id), world.get(Registration, command.party_id)
    if party.kind is not PartyKind.ORGANIZATION or not (party.uscc or "").startswith(PUBLIC_INSTITUTION):
        raise Refused("no_public_institution", uscc.ADMITTED, status=422, field="party_id", party=str(party.id))
    if registration.registered_by == context.by.person_id:
        raise Refused("own_registration", SEPARATION, status=403, party=str(party.id))
    if party.institution is command.institution:
        raise Refused("already_classified", party=str(party.id), institution=command.institution)
    must_be_public(command.basis, "basis")
    return [
        InstitutionClassified(party_id=command.party_id, institution=command.institution, basis=command.basis.strip())
    ]
