"""Entering many residents from a file: each by the rule of the one that is entered alone, all of them or none.

What arrives is sealed already. Of the file itself nothing is kept but a keyed digest, by which it is known again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from schemas.deciding import Context, Ref, State, World
from schemas.fact import Note
from schemas.ids import PartyId
from schemas.importing import ImportedFile, LineProblem, lines_refused
from schemas.model import Model
from schemas.refused import Refused
from schemas.sheet import Encoding
from services.needs.rules.residents.register import (
    Known,
    Register,
    SealedResident,
    kept,
    must_be_new,
    must_be_past,
)


class ImportResidents(ImportedFile):
    """Many residents in one file, xlsx or CSV, with the columns of the template."""

    community_id: PartyId


class PreviewResidents(ImportResidents):
    """The same, to be looked at: nothing is entered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentLine:
    row: int
    """of the file, counted from 1"""
    resident: SealedResident | None
    """none where a cell cannot be read"""
    problems: tuple[LineProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentFile:
    """`ImportResidents` as it reaches the transaction: read and sealed, or the reason why it cannot be."""

    community_id: PartyId
    import_id: UUID
    """keyed digest of community and content"""
    columns: tuple[tuple[str, str], ...] = ()
    """field → what the file calls it"""
    encoding: Encoding | None = None
    lines: tuple[ResidentLine, ...] = ()
    problem: Refused | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentImport(State):
    """A file that was taken in."""

    community_id: PartyId
    imported_by: UUID
    """the person who may not confirm it"""
    imported_at: datetime
    residents: tuple[UUID, ...]
    """that it entered, in its order"""
    confirmed_by: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentReading(State):
    """What came of a file, for the answer; bears the id of its command. Never saved."""

    import_id: UUID
    known: bool
    """the same file was taken in before"""
    encoding: Encoding | None
    new: int
    wrong: tuple[ResidentLine, ...]


class ResidentFileRead(Note):
    reading: ResidentReading


class ResidentsImported(Note):
    taken: ResidentImport


def import_refs(file: ResidentFile, cause: UUID) -> Iterator[Ref]:
    yield from ((Register, file.community_id), (ResidentImport, file.import_id))
    yield from ((Known, line.resident.identity) for line in file.lines if line.resident is not None)


def import_residents(world: World, file: ResidentFile, context: Context) -> Sequence[Model]:
    """All lines of the file, or none. The same file again changes nothing."""
    reading = _read(world, file, context)
    if reading.known:
        return [ResidentFileRead(reading=reading)]
    if reading.wrong:
        raise lines_refused([(line.row, line.problems) for line in reading.wrong])
    entered = [line.resident for line in file.lines if line.resident is not None]
    taken = ResidentImport(
        id=file.import_id,
        community_id=file.community_id,
        imported_by=context.by.person_id,
        imported_at=context.at,
        residents=tuple(one.id for one in entered),
    )
    rows = kept(world, file.community_id, entered, context)
    return [rows, ResidentsImported(taken=taken), ResidentFileRead(reading=reading)]


def preview_residents(world: World, file: ResidentFile, context: Context) -> Sequence[Model]:
    """What `import_residents` would do, decided by the same rules, and not done."""
    return [ResidentFileRead(reading=_read(world, file, context))]


def _read(world: World, file: ResidentFile, context: Context) -> ResidentReading:
    context.by.must_be(file.community_id)
    if file.problem is not None:
        raise file.problem
    known = world.find(ResidentImport, file.import_id) is not None
    wrong = () if known else tuple(_wrong(world, file, context))
    return ResidentReading(
        id=context.cause,
        import_id=file.import_id,
        known=known,
        encoding=file.encoding,
        new=0 if known else len(file.lines) - len(wrong),
        wrong=wrong,
    )


def _wrong(world: World, file: ResidentFile, context: Context) -> Iterator[ResidentLine]:
    """Each with every fault that it has."""
    columns, rows = dict(file.columns), dict[UUID, int]()
    for line in file.lines:
        found = [
            LineProblem(column=columns.get(no.field or ""), refusal=no) for no in _faults(world, line, rows, context)
        ]
        if problems := (*line.problems, *found):
            yield ResidentLine(row=line.row, resident=line.resident, problems=problems)


def _faults(world: World, line: ResidentLine, rows: dict[UUID, int], context: Context) -> Iterator[Refused]:
    """`rows`: in which row each person stood first."""
    if line.resident is None:
        return
    one = line.resident
    try:
        must_be_past(one.since, context, "since")
    except Refused as no:
        yield no
    try:
        if first := rows.get(one.identity):
            raise Refused("resident_twice_in_file", status=422, field="number", row=first)
        rows[one.identity] = line.row
        must_be_new(world, one.identity, None, "number")
    except Refused as no:
        yield no


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case ResidentFileRead():
            return (fact.reading,)
        case ResidentsImported():
            return (fact.taken,)
        case _:
            return ()
