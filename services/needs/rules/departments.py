"""The authority matrix (权责清单): which department of a street does what, in how many working days, and who it is.

The matrix is a rulebook's; that a party is such a department in one division, the registrar of the area says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import Field

from schemas import division
from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command, Fact
from schemas.handling import STREET, DepartmentAssigned
from schemas.ids import PartyId
from schemas.model import Model
from schemas.party import PartyKind
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from schemas.standing import Party, party
from services.needs.rules.gate.lists import lists_of

MATRIX = "window.matrix"
CHASE = "window.chase_days"
_OFFICES = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000011")
_OVERSEERS = frozenset({PartyKind.FUNDER, PartyKind.REGISTRAR})
_DEPARTMENTS = frozenset({PartyKind.FUNDER})

Kind = Annotated[str, Field(min_length=1, max_length=50, pattern=r"^\S+$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offices(State):
    """The departments of one division, by entry of the matrix."""

    division: str
    registrar_id: PartyId
    """who assigned the last of them"""
    parties: Mapping[str, PartyId]
    on: date


class AssignDepartment(Command):
    registrar_id: PartyId
    division: Annotated[str, Field(max_length=20)]
    """of a street or county, in the registrar's own"""
    kind: Kind
    """an entry of the area's matrix; `street`: whom overdue needs go up to"""
    department_id: PartyId


class Department(Model):
    """An entry of the matrix, and who it is."""

    kind: str
    name: str
    days: int
    words: tuple[str, ...]
    department_id: PartyId | None


def offices_id(place: str) -> UUID:
    return uuid5(_OFFICES, place)


def offices_over(place: str) -> tuple[UUID, ...]:
    """Of the street it lies in, and of the county."""
    return tuple(offices_id(code) for code in dict.fromkeys((place[:9], place[:6])))


def assign_refs(command: AssignDepartment, cause: UUID) -> tuple[Ref, ...]:
    parties = ((Party, command.registrar_id), (Party, command.department_id))
    return (*parties, (Offices, offices_id(command.division)))


def assign(world: World, command: AssignDepartment, context: Context) -> list[Fact]:
    context.by.must_be(command.registrar_id)
    if fault := division.check(command.division):
        raise fault.refused("division_wrong", "division")
    gate, department = party(world, command.registrar_id), party(world, command.department_id)
    place = command.division
    if division.level(place) not in (division.Level.STREET, division.Level.COUNTY) or not division.covers(
        gate.division, place
    ):
        raise Refused("offices_elsewhere", status=422, field="division", division=place, registrar=gate.division)
    book = lists_of(place, context)
    if command.kind != STREET and command.kind not in matrix_of(book):
        raise Refused("no_such_entry", book.source(MATRIX), status=422, field="kind", known=_known(book))
    seated = department.division in (place, *division.above(place)) or division.covers(place, department.division)
    kinds = _OVERSEERS if command.kind == STREET else _DEPARTMENTS
    if department.kind not in kinds or not seated:
        raise Refused(
            "no_department_of_it", status=422, field="department_id", party=str(department.id), division=place
        )
    assigned = DepartmentAssigned(
        registrar_id=command.registrar_id,
        division=place,
        kind=command.kind,
        department_id=command.department_id,
        on=context.today,
        assigned_by=PartyId(context.by.person_id),
    )
    return [assigned]


def matrix_of(book: Rulebook) -> Mapping[str, Mapping[str, object]]:
    """A document of the area that has none, or does not say what follows when it is late, hands nothing over."""
    if not {MATRIX, CHASE} <= book.rules.keys():
        raise Refused("no_matrix", rulebook=book.name)
    return dict(book.value(MATRIX))


def _known(book: Rulebook) -> str:
    return ", ".join(f"{kind} {entry['name']}" for kind, entry in matrix_of(book).items())


def entry_for(book: Rulebook, text: str) -> tuple[str, tuple[str, ...]]:
    """Whose words stand in the text most often, and which; of several the first of the matrix."""
    found = {kind: tuple(word for word in _words(entry) if word in text) for kind, entry in matrix_of(book).items()}
    kind = max(found, key=lambda one: len(found[one]))
    if not found[kind]:
        raise Refused("matrix_silent", book.source(MATRIX), status=422, field="lead", known=_known(book))
    return kind, found[kind]


def must_be_entry(book: Rulebook, kind: str, field: str) -> None:
    if kind not in matrix_of(book):
        raise Refused("no_such_entry", book.source(MATRIX), status=422, field=field, known=_known(book))


def days_of(book: Rulebook, kind: str) -> int:
    days = matrix_of(book)[kind]["days"]
    assert isinstance(days, int)
    return days


def name_of(book: Rulebook, kind: str) -> str:
    return str(matrix_of(book)[kind]["name"])


def _words(entry: Mapping[str, object]) -> tuple[str, ...]:
    words = entry.get("words", ())
    assert isinstance(words, list | tuple)
    return tuple(map(str, words))


def departments(book: Rulebook, offices: list[Offices]) -> tuple[Department, ...]:
    """The matrix with its parties: those of the street before those of the county."""
    return tuple(
        Department(
            kind=kind,
            name=name_of(book, kind),
            days=days_of(book, kind),
            words=_words(entry),
            department_id=party_for(offices, kind),
        )
        for kind, entry in matrix_of(book).items()
    )


def party_for(offices: list[Offices], kind: str) -> PartyId | None:
    return next((one.parties[kind] for one in offices if kind in one.parties), None)


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    if not isinstance(fact, DepartmentAssigned):
        return ()
    id = offices_id(fact.division)
    known = world.find(Offices, id) or Offices(
        id=id, division=fact.division, registrar_id=fact.registrar_id, parties={}, on=fact.on
    )
    parties = {**known.parties, fact.kind: fact.department_id}
    return (replace(known, registrar_id=fact.registrar_id, parties=parties, on=fact.on),)
