"""Entering many parties from a file: each by the rule of the one that is entered alone, all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import Field

from schemas.deciding import Context, Ref, State, World, new_id
from schemas.fact import Note
from schemas.ids import PartyId
from schemas.importing import ImportedFile, LineOutcome, LineProblem, lines_refused
from schemas.model import Model
from schemas.party import PartyKind
from schemas.refused import Refused
from schemas.sheet import Encoding
from schemas.standing import Party
from services.registry.rules.party import RegisterParty, party_id, register_party, register_refs
from services.registry.rules.registration import Registration

_BY_CONTENT = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000021")

FileName = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$")]


class ImportParties(ImportedFile):
    """Many parties in one file, xlsx or CSV, with the columns of the template."""

    file_name: FileName


class PreviewImport(ImportParties):
    """The same, to be looked at: nothing is entered and nothing is remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyLine:
    row: int
    """of the file, counted from 1"""
    command: RegisterParty | None
    """none where a cell is wrong"""
    problems: tuple[LineProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyFile:
    """`ImportParties` as it reaches the transaction: read, or the reason why it cannot be."""

    digest: str
    file_name: str
    columns: tuple[tuple[str, str], ...] = ()
    """field → what the file calls it"""
    encoding: Encoding | None = None
    lines: tuple[PartyLine, ...] = ()
    problem: Refused | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyImport(State):
    """A file that was taken in."""

    digest: str
    file_name: str
    imported_by: UUID
    """the person who may not verify it"""
    imported_at: datetime
    parties: tuple[PartyId, ...]
    """that it entered, in its order"""
    already: int
    """that were entered before"""
    registrar_id: PartyId | None = None
    """for whom; none for what was taken in before that was told"""
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyLineRead:
    row: int
    outcome: LineOutcome
    party_id: PartyId | None
    problems: tuple[LineProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyReading(State):
    """What came of a file, for the answer; bears the id of its command. Never saved."""

    import_id: UUID
    known: bool
    """the same file was taken in before"""
    encoding: Encoding | None
    lines: tuple[PartyLineRead, ...]


class PartyFileRead(Note):
    reading: PartyReading


class PartiesImported(Note):
    taken: PartyImport


def import_of(digest: str) -> UUID:
    """One content is one import, whatever the file is called."""
    return uuid5(_BY_CONTENT, digest)


def _cause(file: PartyFile, line: PartyLine) -> UUID:
    """Of a line's own ids: the same content again would enter the same persons."""
    return new_id(import_of(file.digest), f"row {line.row}")


def import_refs(file: PartyFile, cause: UUID) -> list[Ref]:
    refs: list[Ref] = [(PartyImport, import_of(file.digest))]
    for line in file.lines:
        if line.command is not None:
            refs += register_refs(line.command, _cause(file, line))
    return refs


def import_parties(world: World, file: PartyFile, context: Context) -> Sequence[Model]:
    """All lines of the file, or none. The same file again changes nothing, and neither does a party that is there."""
    taking = _Taking(world, file, context)
    if taking.known:
        return [PartyFileRead(reading=taking.reading())]
    if wrong := [line for line in taking.lines if line.problems]:
        raise lines_refused([(line.row, line.problems) for line in wrong])
    taken = PartyImport(
        id=import_of(file.digest),
        digest=file.digest,
        file_name=file.file_name,
        imported_by=context.by.person_id,
        registrar_id=context.by.party_id,
        imported_at=context.at,
        parties=tuple(line.party_id for line in taking.lines if line.outcome is LineOutcome.NEW and line.party_id),
        already=sum(line.outcome is LineOutcome.ALREADY for line in taking.lines),
    )
    return [*taking.said, PartiesImported(taken=taken), PartyFileRead(reading=taking.reading())]


def preview_import(world: World, file: PartyFile, context: Context) -> Sequence[Model]:
    """What `import_parties` would do, line by line, decided by the same rules, and not done."""
    return [PartyFileRead(reading=_Taking(world, file, context).reading())]


class _Taking:
    """Each line decided by the rule of `POST /v1/parties`."""

    def __init__(self, world: World, file: PartyFile, context: Context) -> None:
        if file.problem is not None:
            raise file.problem
        self._world, self._file, self._context = world, file, context
        self._columns = dict(file.columns)
        self._rows: dict[PartyId, int] = {}
        self.said: list[Model] = []
        self.known = world.find(PartyImport, import_of(file.digest)) is not None
        self.lines = () if self.known else tuple(self._taken(line) for line in file.lines)

    def reading(self) -> PartyReading:
        return PartyReading(
            id=self._context.cause,
            import_id=import_of(self._file.digest),
            known=self.known,
            encoding=self._file.encoding,
            lines=self.lines,
        )

    def _taken(self, line: PartyLine) -> PartyLineRead:
        if line.command is None:
            return PartyLineRead(row=line.row, outcome=LineOutcome.WRONG, party_id=None, problems=line.problems)
        cause = _cause(self._file, line)
        id = party_id(line.command, cause)
        try:
            if first := self._rows.get(id):
                of_the_code = "uscc" if line.command.uscc is not None else "division"
                raise Refused("party_twice_in_file", status=422, field=of_the_code, row=first)
            self._rows[id] = line.row
            if _is_entered(self._world, id, line.command):
                return PartyLineRead(row=line.row, outcome=LineOutcome.ALREADY, party_id=id)
            self.said += register_party(self._world, line.command, replace(self._context, cause=cause))
        except Refused as no:
            problem = LineProblem(column=self._columns.get(no.field or ""), refusal=no)
            return PartyLineRead(row=line.row, outcome=LineOutcome.WRONG, party_id=None, problems=(problem,))
        return PartyLineRead(row=line.row, outcome=LineOutcome.NEW, party_id=id)


def _is_entered(world: World, id: PartyId, command: RegisterParty) -> bool:
    """The very same party; under its code with another name or place it is not, and the rule of one refuses it."""
    registration, party = world.find(Registration, id), world.find(Party, id)
    if registration is None or party is None:
        return False
    name = party.name if party.name is not None else registration.real_name
    there: tuple[PartyKind, str, str | None] = (registration.kind, registration.division, name)
    return there == (command.kind, command.division, command.name)
