"""The first parties of an empty installation: who registers, who runs, who audits, with their first keys."""

from typing import Annotated, Self
from uuid import UUID, uuid5

from pydantic import AwareDatetime, Field, model_validator

from schemas import division
from schemas.deciding import Context, Ref, World
from schemas.fact import Command, Fact, Note
from schemas.ids import PartyId
from schemas.model import Model
from schemas.party import DivisionCode, PartyKind, PartyRegistered, PartyVerified
from schemas.role import Role
from schemas.standing import Key, Party
from services.registry.rules.key import Digest, key_issued, key_of
from services.registry.rules.registration import Name, PersonNamed, Registration, RegistrationEntered

_FIRST = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000004")


class FirstKey(Model):
    """The SHA-256 of a key and who will hold it."""

    holder: Name
    digest: Digest


class Institution(Model):
    """One of the first parties and the people who act for it."""

    name: Name
    keys: Annotated[tuple[FirstKey, ...], Field(min_length=1, max_length=10)]


class Bootstrap(Command):
    """Registrar, operator and auditor of an empty installation. Given once by whoever deploys; no door leads here.

    Two registrars at least: whoever enters a party does not verify it. The three parties start verified, because
    nobody stands yet who could do it: the deployer vouches for them.
    """

    division: DivisionCode
    registrar: Institution
    operator: Institution
    auditor: Institution
    expires_at: AwareDatetime

    @model_validator(mode="after")
    def _two_registrars_and_no_key_twice(self) -> Self:
        if len(self.registrar.keys) < 2:
            raise ValueError("an installation needs two registrars")
        digests = [key.digest for institution, _ in self.institutions() for key in institution.keys]
        if len(set(digests)) != len(digests):
            raise ValueError("a key belongs to one person")
        if division.check(self.division) is not None:
            raise ValueError("there is no such division")
        return self

    def institutions(self) -> tuple[tuple[Institution, PartyKind], ...]:
        return (
            (self.registrar, PartyKind.REGISTRAR),
            (self.operator, PartyKind.OPERATOR),
            (self.auditor, PartyKind.AUDITOR),
        )


def first_party(kind: PartyKind) -> PartyId:
    """The same in every installation, so that a second bootstrap meets the first."""
    return PartyId(uuid5(_FIRST, kind))


def bootstrap_refs(command: Bootstrap, cause: UUID) -> tuple[Ref, ...]:
    refs: list[Ref] = []
    for institution, kind in command.institutions():
        refs += [(Registration, first_party(kind)), (Party, first_party(kind))]
        refs += [(Key, key_of(key.digest)) for key in institution.keys]
    return tuple(refs)


def bootstrap(world: World, command: Bootstrap, context: Context) -> list[Fact | Note]:
    """Nothing at all when the installation has its registrar already."""
    if world.find(Registration, first_party(PartyKind.REGISTRAR)) is not None:
        return []
    said: list[Fact | Note] = []
    for institution, kind in command.institutions():
        said += _institution(institution, kind, command, context)
    return said


def _institution(institution: Institution, kind: PartyKind, command: Bootstrap, context: Context) -> list[Fact | Note]:
    id = first_party(kind)
    said: list[Fact | Note] = [
        RegistrationEntered(
            party_id=id,
            kind=kind,
            uscc=None,
            division=command.division,
            real_name=None,
            registered_by=context.by.person_id,
        ),
        PartyRegistered(
            party_id=id, kind=kind, name=institution.name, uscc=None, division=command.division, certificate=None
        ),
        PartyVerified(party_id=id),
    ]
    for key in institution.keys:
        person = PartyId(context.new_id(f"person/{key.digest}"))
        said.append(PersonNamed(person_id=person, name=key.holder))
        said.append(key_issued(id, person, Role(kind), key.digest, command.expires_at))
    return said
