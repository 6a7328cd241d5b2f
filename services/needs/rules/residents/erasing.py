"""Erasing a resident: key, ciphertext and keyed digest go, and with the key every way from the person to a token.

Votes, ratings and the figures of every roll stay: they never knew whose they were. A token in the resident's hands
stays valid, and until its purpose is over nobody with the same document is issued a second one.
"""

from dataclasses import replace
from datetime import date
from uuid import UUID

from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command, Note
from schemas.ids import PartyId
from schemas.model import Model
from schemas.refused import Refused
from services.needs.rules.residents.register import Resident, own
from services.needs.rules.residents.token import TokenKey, mark_of


class EraseResident(Command):
    community_id: PartyId
    resident_id: UUID


class EraseSeen(EraseResident):
    held: tuple[UUID, ...]
    """purposes for which the resident was issued a token, as read before"""


class ResidentErased(Note):
    resident_id: UUID
    on: date
    keys: tuple[TokenKey, ...]


def erase_refs(command: EraseSeen, cause: UUID) -> tuple[Ref, ...]:
    return (*((TokenKey, id) for id in command.held), (Resident, command.resident_id))


def erase(world: World, command: EraseSeen, context: Context) -> list[Note]:
    context.by.must_be(command.community_id)
    resident = own(world, command.community_id, command.resident_id)
    if not {held.purpose_id for held in resident.held} <= {*command.held}:
        raise Refused("resident_changed", resident=str(resident.id))
    keys = [world.find(TokenKey, held.purpose_id) for held in resident.held]
    marked = tuple(
        replace(key, erased=(*key.erased, mark_of(context.vault, key, resident)))
        for key in keys
        if key is not None and key.key
    )
    return [ResidentErased(resident_id=resident.id, on=context.today, keys=marked)]


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    if not isinstance(fact, ResidentErased):
        return ()
    resident = world.get(Resident, fact.resident_id)
    bare = replace(resident, key="", sealed="", identity=None, held=(), left_on=None, erased_on=fact.on)
    return (*fact.keys, bare)
