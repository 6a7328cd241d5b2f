"""孵化 of an organization by a hub: taken in, supported, and graduated or gone."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, State, World, new_id
from schemas.eligible import bidder_kind
from schemas.fact import Command, Fact
from schemas.ids import PartyId
from schemas.incubation import (
    IncubationEntered,
    IncubationGraduated,
    IncubationLeft,
    IncubationSupported,
    SupportKind,
)
from schemas.model import Model
from schemas.narrowing import BidderKind
from schemas.organization import Digest
from schemas.party import PartyKind
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.standing import Party
from services.registry.rules.record import Dossier, dossier_of

MOST_SUPPORTS = 500
"""of one incubation; a platform limit, no law"""
Free = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]


class IncubationPhase(StrEnum):
    RUNNING = "running"
    GRADUATED = "graduated"
    LEFT = "left"


class Support(Model):
    on: date
    kind: SupportKind
    hours: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incubation(State):
    hub_id: PartyId
    party_id: PartyId
    """who is incubated"""
    entered_on: date
    planned_until: date
    goal: str
    phase: IncubationPhase = IncubationPhase.RUNNING
    supports: tuple[Support, ...] = ()
    ended_on: date | None = None
    outcome: str | None = None
    document: str | None = None
    became_id: PartyId | None = None

    @property
    def hours(self) -> int:
        return sum(one.hours for one in self.supports)


class EnterIncubation(Command):
    """A hub takes in a group on record, or a young organization."""

    hub_id: PartyId
    """the caller's own party"""
    party_id: PartyId
    entered_on: date
    planned_until: date
    goal: Free


class SupportIncubation(Command):
    party_id: PartyId
    """who is incubated"""
    incubation_id: UUID
    on: date
    kind: SupportKind
    hours: Annotated[int, Field(ge=0, le=24)]
    note: Free


class GraduateIncubation(Command):
    party_id: PartyId
    """who is incubated"""
    incubation_id: UUID
    on: date
    result: Free
    document: Digest | None = None
    became_id: PartyId | None = None
    """as what it was registered then, where that is a party of its own"""


class LeaveIncubation(Command):
    party_id: PartyId
    """who is incubated"""
    incubation_id: UUID
    on: date
    reason: Free


def incubation_id(cause: UUID) -> UUID:
    return new_id(cause, "incubation")


def enter_refs(command: EnterIncubation, cause: UUID) -> tuple[Ref, ...]:
    id = incubation_id(cause)
    return ((Dossier, command.party_id), (Incubation, id), (Party, command.party_id), (Party, command.hub_id))


def enter_incubation(world: World, command: EnterIncubation, context: Context) -> list[Fact]:
    """The hub is the caller; a group on record is taken in by its own hub."""
    context.by.must_be(command.hub_id)
    hub, party = world.get(Party, command.hub_id), world.get(Party, command.party_id)
    if bidder_kind(hub) is not BidderKind.SOCIAL_ORGANIZATION:
        raise Refused("incubates_nobody", status=403, field="hub_id", party=str(hub.id))
    if party.kind is not PartyKind.ORGANIZATION or party.id == hub.id or party.hub_id not in (None, hub.id):
        raise Refused("not_to_be_incubated", status=422, field="party_id", party=str(party.id))
    party.must_stand()
    running = dossier_of(world, party.id).incubation
    if running is not None:
        raise Refused("incubated_already", party=str(party.id), incubation=str(running))
    _must_be_past(command.entered_on, "entered_on", context)
    if command.planned_until <= command.entered_on:
        first, field = command.entered_on, "planned_until"
        raise Refused("ends_before_it_begins", status=422, field=field, day=command.planned_until, first=first)
    must_be_public(command.goal, "goal")
    return [
        IncubationEntered(
            party_id=command.party_id,
            incubation_id=incubation_id(context.cause),
            hub_id=command.hub_id,
            entered_on=command.entered_on,
            planned_until=command.planned_until,
            goal=command.goal,
        )
    ]


Step = SupportIncubation | GraduateIncubation | LeaveIncubation


def running_refs(command: Step, cause: UUID) -> tuple[Ref, ...]:
    became = command.became_id if isinstance(command, GraduateIncubation) else None
    own: tuple[Ref, ...] = ((Dossier, command.party_id), (Incubation, command.incubation_id))
    return own if became is None else (*own, (Party, became))


def support(world: World, command: SupportIncubation, context: Context) -> list[Fact]:
    incubation = _running(world, command, context)
    if len(incubation.supports) >= MOST_SUPPORTS:
        raise Refused("too_many_supports", incubation=str(incubation.id), most=MOST_SUPPORTS)
    must_be_public(command.note, "note")
    return [
        IncubationSupported(
            party_id=incubation.party_id,
            incubation_id=command.incubation_id,
            on=command.on,
            kind=command.kind,
            hours=command.hours,
            note=command.note,
        )
    ]


def graduate(world: World, command: GraduateIncubation, context: Context) -> list[Fact]:
    """Of one that was supported at least once."""
    incubation = _running(world, command, context)
    if not incubation.supports:
        raise Refused("graduated_unsupported", incubation=str(incubation.id))
    if command.became_id is not None:
        became = world.get(Party, command.became_id)
        if became.kind is not PartyKind.ORGANIZATION or became.hub_id is not None or became.id == incubation.hub_id:
            raise Refused("did_not_become", status=422, field="became_id", party=str(became.id))
    must_be_public(command.result, "result")
    return [
        IncubationGraduated(
            party_id=incubation.party_id,
            incubation_id=command.incubation_id,
            on=command.on,
            result=command.result,
            document=command.document,
            became_id=command.became_id,
        )
    ]


def leave(world: World, command: LeaveIncubation, context: Context) -> list[Fact]:
    incubation = _running(world, command, context)
    must_be_public(command.reason, "reason")
    said = {"party_id": incubation.party_id, "incubation_id": command.incubation_id}
    return [IncubationLeft.model_validate(said | {"on": command.on, "reason": command.reason})]


def _running(world: World, command: Step, context: Context) -> Incubation:
    """The caller's own, and a day within it."""
    id, on = command.incubation_id, command.on
    incubation = world.get(Incubation, id)
    if incubation.party_id != command.party_id:
        raise Refused("not_found", status=404, what="Incubation", id=str(id))
    context.by.must_be(incubation.hub_id)
    if incubation.phase is not IncubationPhase.RUNNING:
        raise Refused("incubation_over", incubation=str(id), phase=incubation.phase)
    _must_be_past(on, "on", context)
    if on < incubation.entered_on:
        raise Refused("ends_before_it_begins", status=422, field="on", day=on, first=incubation.entered_on)
    return incubation


def _must_be_past(day: date, field: str, context: Context) -> None:
    if day > context.today:
        raise Refused("recorded_ahead", status=422, field=field, day=day, today=context.today)


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case IncubationEntered():
            dossier = dossier_of(world, fact.party_id)
            entered = Incubation(
                id=fact.incubation_id,
                hub_id=fact.hub_id,
                party_id=fact.party_id,
                entered_on=fact.entered_on,
                planned_until=fact.planned_until,
                goal=fact.goal,
            )
            return (entered, replace(dossier, incubation=fact.incubation_id))
        case IncubationSupported():
            incubation = world.get(Incubation, fact.incubation_id)
            given = Support(on=fact.on, kind=fact.kind, hours=fact.hours, note=fact.note)
            return (replace(incubation, supports=(*incubation.supports, given)),)
        case IncubationGraduated():
            incubation = world.get(Incubation, fact.incubation_id)
            graduated = replace(
                incubation,
                phase=IncubationPhase.GRADUATED,
                ended_on=fact.on,
                outcome=fact.result,
                document=fact.document,
                became_id=fact.became_id,
            )
            return (graduated, *_free(world, incubation))
        case IncubationLeft():
            incubation = world.get(Incubation, fact.incubation_id)
            left = replace(incubation, phase=IncubationPhase.LEFT, ended_on=fact.on, outcome=fact.reason)
            return (left, *_free(world, incubation))
        case _:
            return ()


def _free(world: World, incubation: Incubation) -> tuple[State, ...]:
    """Another incubation may follow."""
    return (replace(dossier_of(world, incubation.party_id), incubation=None),)
