"""Adopting a rulebook: one officer of a jurisdiction hands it in, another one adopts it, and then it is in force."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas import division
from schemas.adoption import AdoptedRulebook, RulebookAdopted, RulebookHash, rulebook_id
from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command, Fact, Note
from schemas.ids import PartyId
from schemas.layering import Document
from schemas.model import Model
from schemas.refused import Refused
from schemas.rulebook import edition, jurisdiction_of
from schemas.standing import Party, party
from services.registry.rules.standing import SEPARATION

EDITIONS = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000007")
"""the one row of its kind"""


class HandInRulebook(Command):
    """An officer hands in a document; nothing is in force by that."""

    registrar_id: PartyId
    """the caller's own: the registrar in whose division it is to apply"""
    document: Annotated[str, Field(min_length=1, max_length=65_536)]
    """its text, in YAML"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRulebook:
    """The same, read and checked against the layers it names."""

    registrar_id: PartyId
    hash: str
    layers: tuple[Document, ...]


class AdoptRulebook(Command):
    """Another officer adopts exactly this document."""

    hash: RulebookHash
    registrar_id: PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedRulebook(State):
    hash: str
    layers: tuple[Document, ...]
    """uppermost first"""
    handed_in_by: UUID


class Edition(Model):
    version: str
    effective_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Editions(State):
    newest: Mapping[str, Edition]
    """by the rulebook's id, of what was adopted"""


class RulebookHandedIn(Note):
    hash: RulebookHash
    layers: tuple[Document, ...]
    handed_in_by: UUID


def hand_in_refs(command: ReadRulebook, cause: UUID) -> tuple[Ref, ...]:
    return ((Party, command.registrar_id), (HandedRulebook, rulebook_id(command.hash)))


def hand_in_rulebook(world: World, command: ReadRulebook, context: Context) -> list[Fact | Note]:
    context.by.must_be(command.registrar_id)
    document = command.layers[-1]
    place = jurisdiction_of(document.id)
    if place is None or division.check(place) is not None or document.parent is None:
        raise Refused("rulebook_without_jurisdiction", status=422, field="document", rulebook=document.id)
    _must_be_of(world, command.registrar_id, place)
    if world.find(HandedRulebook, rulebook_id(command.hash)) is not None:
        raise Refused("rulebook_known", field="document", rulebook=document.name, hash=command.hash)
    return [RulebookHandedIn(hash=command.hash, layers=command.layers, handed_in_by=context.by.person_id)]


def _must_be_of(world: World, registrar: PartyId, place: str) -> None:
    """Officers decide for their own division and those in it."""
    own = party(world, registrar).division
    if not division.covers(own, place):
        raise Refused("rulebook_of_another_jurisdiction", status=403, field="document", place=place, own=own)


def adopt_refs(command: AdoptRulebook, cause: UUID) -> tuple[Ref, ...]:
    id = rulebook_id(command.hash)
    return ((Party, command.registrar_id), (AdoptedRulebook, id), (Editions, EDITIONS), (HandedRulebook, id))


def adopt_rulebook(world: World, command: AdoptRulebook, context: Context) -> list[Fact | Note]:
    """In force from its effective date on, today at the earliest: nothing is decided by rules nobody could know."""
    context.by.must_be(command.registrar_id)
    handed = world.get(HandedRulebook, rulebook_id(command.hash))
    document = handed.layers[-1]
    place = jurisdiction_of(document.id)
    assert place is not None  # else it could not be handed in
    _must_be_of(world, command.registrar_id, place)
    if world.find(AdoptedRulebook, handed.id) is not None:
        raise Refused("rulebook_adopted", rulebook=document.name)
    if handed.handed_in_by == context.by.person_id:
        raise Refused("own_rulebook", SEPARATION, status=403, rulebook=document.name)
    if document.effective_from < context.today:
        raise Refused("rulebook_backdated", rulebook=document.name, since=document.effective_from, today=context.today)
    _must_be_newest(world, document)
    return [
        RulebookAdopted(
            jurisdiction=place,
            rulebook=handed.hash,
            layers=handed.layers,
            handed_in_by=handed.handed_in_by,
            adopted_by=context.by.person_id,
        )
    ]


def _must_be_newest(world: World, document: Document) -> None:
    editions = world.find(Editions, EDITIONS)
    last = editions.newest.get(document.id) if editions else None
    if last is None:
        return
    follows = document.effective_from >= last.effective_from and edition(document.version) > edition(last.version)
    if not follows:
        raise Refused("rulebook_not_newer", rulebook=document.name, last=last.version, since=last.effective_from)


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case RulebookHandedIn():
            id = rulebook_id(fact.hash)
            return (HandedRulebook(id=id, hash=fact.hash, layers=fact.layers, handed_in_by=fact.handed_in_by),)
        case RulebookAdopted():
            document = fact.layers[-1]
            before = world.find(Editions, EDITIONS) or Editions(id=EDITIONS, newest={})
            newest = Edition(version=document.version, effective_from=document.effective_from)
            return (replace(before, newest={**before.newest, document.id: newest}),)
        case _:
            return ()
