"""Confirming all that a file entered, by the rule of the one that is confirmed alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command, Note
from schemas.ids import PartyId
from schemas.model import Model
from schemas.refused import Refused
from services.needs.rules.residents.importing import ResidentImport, ResidentsImported
from services.needs.rules.residents.register import Resident, ResidentsKept


class ConfirmImport(Command):
    """By another person than who sent the file, who saw the documents as well."""

    community_id: PartyId
    import_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportToConfirm:
    """`ConfirmImport` as it reaches the transaction."""

    community_id: PartyId
    import_id: UUID
    residents: tuple[UUID, ...]
    """that the import entered: what it entered never changes"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedNow(State):
    """How many, for the answer; bears the id of its command. Never saved."""

    confirmed: int
    left_alone: int


class ImportConfirmed(Note):
    count: ConfirmedNow


def confirm_refs(command: ImportToConfirm, cause: UUID) -> tuple[Ref, ...]:
    return ((ResidentImport, command.import_id), *((Resident, id) for id in command.residents))


def confirm_import(world: World, command: ImportToConfirm, context: Context) -> Sequence[Model]:
    """All that wait as the file's sender left them: who was confirmed alone, erased, or corrected by somebody else
    since, is left as it is."""
    context.by.must_be(command.community_id)
    taken = world.find(ResidentImport, command.import_id)
    if taken is None or taken.community_id != command.community_id:
        raise Refused("not_found", status=404, what="ResidentImport", id=str(command.import_id))
    if taken.imported_by == context.by.person_id:
        raise Refused("own_resident_import", status=403)
    each = (world.get(Resident, id) for id in taken.residents)
    waiting = [one for one in each if _waits(one, taken)]
    if not waiting:
        raise Refused("resident_import_confirmed", number=len(taken.residents))
    confirmed = tuple(replace(one, confirmed_by=context.by.person_id) for one in waiting)
    count = ConfirmedNow(id=context.cause, confirmed=len(waiting), left_alone=len(taken.residents) - len(waiting))
    return [
        ResidentsKept(residents=confirmed),
        ResidentsImported(taken=replace(taken, confirmed_by=context.by.person_id)),
        ImportConfirmed(count=count),
    ]


def _waits(one: Resident, taken: ResidentImport) -> bool:
    return one.erased_on is None and one.confirmed_by is None and one.entered_by == taken.imported_by


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    return (fact.count,) if isinstance(fact, ImportConfirmed) else ()
