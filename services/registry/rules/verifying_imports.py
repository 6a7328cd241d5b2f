"""Verifying all that a file entered, by the rule of the one that is verified alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command, Note
from schemas.ids import PartyId
from schemas.model import Model
from schemas.refused import Refused
from schemas.standing import Party
from services.registry.rules.importing import PartyImport
from services.registry.rules.standing import SEPARATION, VerifyParty, party_refs, verify_party


class VerifyImport(Command):
    """Another registrar checked the papers of all that the file entered."""

    import_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportToVerify:
    """`VerifyImport` as it reaches the transaction."""

    import_id: UUID
    parties: tuple[PartyId, ...]
    """that the import entered: what it entered never changes"""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedNow(State):
    """How many, for the answer; bears the id of its command. Never saved."""

    verified: int
    left_alone: int


class ImportVerified(Note):
    import_id: UUID
    count: VerifiedNow


def verify_refs(command: ImportToVerify, cause: UUID) -> list[Ref]:
    refs: list[Ref] = [(PartyImport, command.import_id)]
    for id in command.parties:
        refs += party_refs(VerifyParty(party_id=id), cause)
    return refs


def verify_import(world: World, command: ImportToVerify, context: Context) -> Sequence[Model]:
    """All that wait for it, or none; what was verified alone, or suspended since, is left as it is."""
    taken = world.get(PartyImport, command.import_id)
    if taken.imported_by == context.by.person_id:
        raise Refused("own_import", SEPARATION, status=403)
    waiting = [id for id in taken.parties if not (party := world.get(Party, id)).verified and not party.suspended]
    if taken.verified or not waiting:
        raise Refused("import_verified", number=len(taken.parties))
    said: list[Model] = []
    for id in waiting:
        said += verify_party(world, VerifyParty(party_id=id), context)
    count = VerifiedNow(id=context.cause, verified=len(waiting), left_alone=len(taken.parties) - len(waiting))
    return [*said, ImportVerified(import_id=taken.id, count=count)]
