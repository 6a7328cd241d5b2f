"""Communities and their codes: in the edition of the list, newer than it, or merged into another."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import Field

from schemas import division, edition
from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command, Note
from schemas.model import Model
from schemas.refused import Refused

_BY_CODE = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000022")

CommunityCode = Annotated[str, Field(min_length=12, max_length=12)]
Words = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^\S(.*\S)?$")]


class RecordSuccession(Command):
    """A registrar records that a community was merged into another (撤并); a later record replaces it."""

    division: CommunityCode
    successor: CommunityCode
    effective_on: date
    """from this day on nobody is registered under the old code"""
    basis: Words
    """the decision, by its number"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession(State):
    division: str
    successor: str
    effective_on: date
    basis: str
    recorded_by: UUID


class SuccessionRecorded(Note):
    succession: Succession


def succession_of(code: str) -> UUID:
    return uuid5(_BY_CODE, code)


def is_community(code: str) -> bool:
    return len(code) == 12


def community_refs(code: str) -> tuple[Ref, ...]:
    return ((Succession, succession_of(code)),) if is_community(code) else ()


def must_be_there(world: World, code: str, today: date, newer: str | None) -> None:
    """`newer`: why a registrar knows better than the edition. Codes of streets and above have no such list."""
    if not is_community(code):
        if newer is not None:
            raise Refused("newer_than_nothing", division.COMMUNITIES, status=422, field="newer_reason")
        return
    gone = world.find(Succession, succession_of(code))
    if gone is not None and gone.effective_on <= today:
        details = {"division": code, "successor": gone.successor, "since": gone.effective_on}
        raise Refused("division_merged", division.COMMUNITIES, status=422, field="division", **details)
    listed = edition.is_listed(code)
    if listed and newer is not None:
        told = {"division": code, "edition": edition.EDITION}
        raise Refused("division_in_edition", edition.LIST, status=422, field="newer_reason", **told)
    if not listed and newer is None:
        raise Refused(
            "division_not_in_edition",
            edition.LIST,
            status=422,
            field="division",
            division=code,
            edition=edition.EDITION,
        )


def must_be_of_area(code: str, context: Context, field: str = "division") -> None:
    """Registrars enter what lies in their own division."""
    if context.area is not None and not division.covers(context.area, code):
        raise Refused("outside_your_area", status=403, field=field, division=code, own=context.area)


def succession_refs(command: RecordSuccession, cause: UUID) -> tuple[Ref, ...]:
    return (*community_refs(command.division), *community_refs(command.successor))


def record_succession(world: World, command: RecordSuccession, context: Context) -> list[Note]:
    for field, code in (("division", command.division), ("successor", command.successor)):
        if fault := division.check(code):
            raise fault.refused("division_wrong", field)
        must_be_of_area(code, context, field)
    if command.division == command.successor:
        raise Refused("succession_of_itself", status=422, field="successor", division=command.division)
    onward = world.find(Succession, succession_of(command.successor))
    if onward is not None:
        raise Refused(
            "successor_merged", status=422, field="successor", division=onward.division, successor=onward.successor
        )
    succession = Succession(
        id=succession_of(command.division),
        division=command.division,
        successor=command.successor,
        effective_on=command.effective_on,
        basis=command.basis,
        recorded_by=context.by.person_id,
    )
    return [SuccessionRecorded(succession=succession)]


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    return (fact.succession,) if isinstance(fact, SuccessionRecorded) else ()
