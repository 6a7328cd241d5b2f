"""Entering what is on record of a community: figures, bodies, posts. Kept, confirmed and ended as all records are."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.community import CommunityContent, CommunityPost, PostRecord
from schemas.deciding import Context, Ref, World
from schemas.fact import Command, Fact, Note
from schemas.ids import PartyId
from schemas.organization import Digest
from schemas.party import NATURAL_PERSONS, PartyKind
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.standing import Party
from services.registry.rules.record import MOST_SUBJECTS, Dossier, Entered, Record, RecordEntered, dossier_of
from services.registry.rules.recording import community_recorded, needs_another, record_id
from services.registry.rules.registration import Name, Person, PersonNamed, Registration


class EnterCommunityRecord(Command):
    """What holds of a community from a day on, with its ground and the digest of the document it stands in."""

    party_id: PartyId
    content: CommunityContent
    worker_name: Name | None = None
    """of a post: somebody new, under the id that the content gives; stays in registry"""
    valid_from: date
    valid_until: date | None = None
    """inclusive"""
    ground: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
    """public: the decision or paper it stands in, with its number"""
    document: Digest | None = None
    """needed of figures"""


def enter_refs(command: EnterCommunityRecord, cause: UUID) -> tuple[Ref, ...]:
    refs: tuple[Ref, ...] = (
        (Dossier, command.party_id),
        (Record, record_id(cause)),
        (Party, command.party_id),
    )
    if isinstance(command.content, PostRecord):
        worker = command.content.worker_id
        return (*refs, (Person, worker), (Registration, worker))
    return refs


def enter_community_record(world: World, command: EnterCommunityRecord, context: Context) -> list[Fact | Note]:
    must_be_public(command.ground, "ground")
    must_be_public(command.content, "content")
    dossier = dossier_of(world, command.party_id)
    _must_fit(world.get(Party, command.party_id), command, context)
    _must_be_free(dossier, command)
    alone = not needs_another(command.content)
    note = RecordEntered(
        record_id=record_id(context.cause),
        party_id=command.party_id,
        number=dossier.records + 1,
        content=command.content,
        valid_from=command.valid_from,
        valid_until=command.valid_until,
        ground=command.ground.strip(),
        document=command.document,
        removable_from=None,
        entered=Entered(by=context.by.person_id, at=context.at, recorded_on=context.today if alone else None),
    )
    named = _named(world, command)
    return [*named, note, community_recorded(note, PartyId(note.entered.by), None)] if alone else [*named, note]


def _must_fit(party: Party, command: EnterCommunityRecord, context: Context) -> None:
    first, until = command.valid_from, command.valid_until
    if party.kind is not PartyKind.COMMUNITY:
        raise Refused("no_community", status=422, field="party_id", party=str(party.id), kind=party.kind)
    if isinstance(command.content, PostRecord):
        grids, post = command.content.grids, command.content.post
        if (grids > 0) != (post is CommunityPost.GRID_WORKER):
            raise Refused("grids_of_a_post", status=422, field="content.grids", post=post)
    if command.document is None and needs_another(command.content):
        raise Refused("document_missing", status=422, field="document")
    if first > context.today:
        raise Refused("recorded_ahead", status=422, field="valid_from", day=first, today=context.today)
    if until is not None and until < first:
        raise Refused("ends_before_it_begins", status=422, field="valid_until", day=until, first=first)


def _must_be_free(dossier: Dossier, command: EnterCommunityRecord) -> None:
    subject = command.content.subject
    if subject in dossier.waiting:
        raise Refused("record_waits", party=str(command.party_id))
    if subject not in dossier.subjects and len(dossier.subjects) >= MOST_SUBJECTS:
        raise Refused("too_many_records", party=str(command.party_id), most=MOST_SUBJECTS)


def _named(world: World, command: EnterCommunityRecord) -> list[Note]:
    """A worker is somebody whom registry knows, or is named to it now; the name goes no further."""
    name, content = command.worker_name, command.content
    if not isinstance(content, PostRecord):
        if name is not None:
            raise Refused("name_without_post", status=422, field="worker_name", kind=content.kind)
        return []
    worker, registration = content.worker_id, world.find(Registration, content.worker_id)
    person = world.find(Person, worker)
    if name is not None:
        if person is not None or registration is not None:
            raise Refused("worker_known", status=422, field="worker_name", worker=str(worker))
        return [PersonNamed(person_id=worker, name=name)]
    if person is None and (registration is None or registration.kind not in NATURAL_PERSONS):
        raise Refused("worker_unknown", status=422, field="content.worker_id", worker=str(worker))
    return []
