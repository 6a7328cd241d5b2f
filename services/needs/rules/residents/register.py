"""The register of residents: one row for each person, entered at the counter, corrected, left, erased.

Everything that tells who it is reaches a decision as ciphertext under a key of the person's own. The same person is
not entered twice: a keyed digest of document and number, different in every community, finds the earlier row.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command, Note
from schemas.ids import PartyId
from schemas.model import Model
from schemas.refused import Refused
from services.needs.rules.residents.person import ResidentDraft

MOST_RESIDENTS = 5000
"""entered at once"""
MOST_HELD = 200
"""tokens of one person that are remembered: the last ones"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """That a token was issued to the person; which one only the sealed key of its purpose tells."""

    purpose_id: UUID
    """of a ballot its id; see `token.rating_purpose`"""
    number: int = 1
    """2 and more: that many before were lost"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident(State):
    """Known by a random number. Once erased, nothing is left but that there was somebody."""

    community_id: PartyId
    key: str
    """the person's own, wrapped by the vault"""
    sealed: str
    """`ResidentDraft`"""
    identity: UUID | None
    """keyed digest of document and number"""
    entered_by: UUID | None
    confirmed_by: UUID | None = None
    left_on: date | None = None
    erased_on: date | None = None
    held: tuple[Held, ...] = ()

    def number_of(self, purpose_id: UUID) -> int:
        """Of the token held for this purpose; 0 if there is none."""
        return next((held.number for held in self.held if held.purpose_id == purpose_id), 0)

    def holding(self, purpose_id: UUID, number: int) -> "Resident":
        others = tuple(held for held in self.held if held.purpose_id != purpose_id)
        return replace(self, held=(*others, Held(purpose_id=purpose_id, number=number))[-MOST_HELD:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Register(State):
    """Of one community, by its id. Whoever enters somebody locks it, so that nobody is entered twice."""

    residents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Known(State):
    """Whose keyed digest it is: no row of its own, loaded from the residents once the register is locked."""

    resident_id: UUID


class SealedResident(Model):
    id: UUID
    key: str
    sealed: str
    identity: UUID
    since: date


class RegisterResidents(Command):
    """What a clerk saw at the counter, one person or many: all of them or none."""

    community_id: PartyId
    residents: Annotated[tuple[ResidentDraft, ...], Field(min_length=1, max_length=MOST_RESIDENTS)]


class RegisterSealed(Command):
    """`RegisterResidents` as it reaches the transaction."""

    community_id: PartyId
    residents: tuple[SealedResident, ...]


class CorrectResident(ResidentDraft, Command):
    """The whole entry anew, for a mistake or for somebody who came back; a second person confirms it again."""

    community_id: PartyId
    resident_id: UUID


class CorrectSealed(Command):
    community_id: PartyId
    resident_id: UUID
    key: str
    """the key it is sealed under; empty when there is nobody to seal for"""
    sealed: str
    identity: UUID
    since: date


class ConfirmResident(Command):
    """By another person than who entered it, who saw the document as well."""

    community_id: PartyId
    resident_id: UUID


class ResidentLeaves(Command):
    """No token is issued for a day on or after it; what is held already stays valid."""

    community_id: PartyId
    resident_id: UUID
    on: date


class ResidentsKept(Note):
    """Rows of needs, never a fact: an event of each entry would tell who moved when."""

    residents: tuple[Resident, ...]
    entered_in: Register | None = None


def place(resident_id: UUID) -> bytes:
    """The place the envelope belongs to."""
    return b"resident\0" + resident_id.bytes


def register_refs(command: RegisterSealed, cause: UUID) -> tuple[Ref, ...]:
    return ((Register, command.community_id), *((Known, one.identity) for one in command.residents))


def register(world: World, command: RegisterSealed, context: Context) -> list[Note]:
    context.by.must_be(command.community_id)
    seen: set[UUID] = set()
    for index, one in enumerate(command.residents):
        field = f"residents.{index}."
        must_be_past(one.since, context, f"{field}since")
        if one.identity in seen:
            raise Refused("resident_twice", status=422, field=f"{field}number")
        seen.add(one.identity)
        must_be_new(world, one.identity, None, f"{field}number")
    return [kept(world, command.community_id, command.residents, context)]


def kept(world: World, community_id: PartyId, residents: Iterable[SealedResident], context: Context) -> ResidentsKept:
    """Their rows, and how many the register holds with them."""
    entered = tuple(
        Resident(
            id=one.id,
            community_id=community_id,
            key=one.key,
            sealed=one.sealed,
            identity=one.identity,
            entered_by=context.by.person_id,
        )
        for one in residents
    )
    before = world.find(Register, community_id)
    count = len(entered) + (0 if before is None else before.residents)
    return ResidentsKept(residents=entered, entered_in=Register(id=community_id, residents=count))


def must_be_past(day: date, context: Context, field: str) -> None:
    if day > context.today:
        raise Refused("resident_day", status=422, field=field)


def must_be_new(world: World, identity: UUID, id: UUID | None, field: str) -> None:
    known = world.find(Known, identity)
    if known is not None and known.resident_id != id:
        raise Refused("resident_known", field=field, resident=str(known.resident_id))


def own(world: World, community_id: PartyId, id: UUID, field: str | None = None) -> Resident:
    """Another community's is unknown here: who lives elsewhere is nobody's business."""
    resident = world.find(Resident, id)
    if resident is None or resident.community_id != community_id:
        raise Refused("resident_unknown", status=404, field=field, resident=str(id))
    if resident.erased_on is not None:
        raise Refused("resident_erased", field=field, resident=str(id), on=str(resident.erased_on))
    return resident


def correct_refs(command: CorrectSealed, cause: UUID) -> tuple[Ref, ...]:
    mine = ((Register, command.community_id), (Resident, command.resident_id))
    return (*mine, (Known, command.identity))


def correct(world: World, command: CorrectSealed, context: Context) -> list[Note]:
    context.by.must_be(command.community_id)
    resident = own(world, command.community_id, command.resident_id)
    must_be_past(command.since, context, "since")
    must_be_new(world, command.identity, resident.id, "number")
    anew = replace(
        resident,
        sealed=command.sealed,
        identity=command.identity,
        entered_by=context.by.person_id,
        confirmed_by=None,
        left_on=None,
    )
    return [ResidentsKept(residents=(anew,))]


def one_ref(command: ConfirmResident | ResidentLeaves, cause: UUID) -> tuple[Ref, ...]:
    return ((Resident, command.resident_id),)


def confirm(world: World, command: ConfirmResident, context: Context) -> list[Note]:
    context.by.must_be(command.community_id)
    resident = own(world, command.community_id, command.resident_id)
    if resident.entered_by == context.by.person_id:
        raise Refused("resident_own_entry", status=403, resident=str(resident.id))
    if resident.confirmed_by is not None:
        return []
    return [ResidentsKept(residents=(replace(resident, confirmed_by=context.by.person_id),))]


def leave(world: World, command: ResidentLeaves, context: Context) -> list[Note]:
    context.by.must_be(command.community_id)
    resident = own(world, command.community_id, command.resident_id)
    must_be_past(command.on, context, "on")
    return [ResidentsKept(residents=(replace(resident, left_on=command.on),))]


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case ResidentsKept(entered_in=None):
            return fact.residents
        case ResidentsKept():
            assert fact.entered_in is not None
            return (fact.entered_in, *fact.residents)
        case _:
            return ()
