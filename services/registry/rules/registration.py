"""What registry alone remembers: who entered a party, and the names that no fact carries."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import Field

from schemas.deciding import State, World
from schemas.fact import Note
from schemas.ids import PartyId
from schemas.model import Model
from schemas.party import DivisionCode, PartyKind

Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^\S(.*\S)?$")]
"""A name as it stands in the papers, without blanks around it."""

_BY_USCC = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000002")

RULEBOOK = "example/below-limit"
"""The rulebook whose `party.…` section registry reads."""


def party_of(uscc: str) -> PartyId:
    """One credit code is one party: a second registration meets the first."""
    return PartyId(uuid5(_BY_USCC, uscc))


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration(State):
    """The entry of one party. What others may know of it stands in `schemas.standing.Party`."""

    kind: PartyKind
    uscc: str | None
    division: str
    real_name: str | None
    """of a natural person; kept here and nowhere else (个人信息保护法 第二十五条)"""
    registered_by: UUID
    """the person who may not verify it"""
    registrar_id: PartyId | None = None
    """for whom it was entered; none for what was entered before that was told"""
    newer_reason: str | None = None
    """how the registrar knows of a community that the edition of the list has not"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(State):
    """Somebody who acts for a party without being one: staff. Appears elsewhere by id only."""

    name: str


class RegistrationEntered(Note):
    party_id: PartyId
    kind: PartyKind
    uscc: str | None
    division: DivisionCode
    real_name: str | None
    registered_by: UUID
    registrar_id: PartyId | None = None
    newer_reason: str | None = None


class PersonNamed(Note):
    person_id: PartyId
    name: str


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    """Registrations and persons; the shell keeps parties and keys here as in every service."""
    match fact:
        case RegistrationEntered():
            registration = Registration(
                id=fact.party_id,
                kind=fact.kind,
                uscc=fact.uscc,
                division=fact.division,
                real_name=fact.real_name,
                registered_by=fact.registered_by,
                registrar_id=fact.registrar_id,
                newer_reason=fact.newer_reason,
            )
            return (registration,)
        case PersonNamed():
            return (Person(id=fact.person_id, name=fact.name),)
        case _:
            return ()
