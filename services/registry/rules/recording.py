"""Entering what is on record of an organization: by one registrar, and where it harms or helps confirmed by another."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.community import CommunityRecord, CommunityRecorded, FiguresRecord
from schemas.days import last_day
from schemas.deciding import Context, Ref, World, new_id
from schemas.fact import Command, Fact, Note
from schemas.ids import PartyId
from schemas.organization import (
    CapabilityRecord,
    Content,
    Digest,
    DocumentRecord,
    DocumentType,
    GradeRecord,
    Listing,
    ListRecord,
    OrganizationRecorded,
    PartyListed,
)
from schemas.party import Certificate, PartyKind
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Certainty, Source
from schemas.standing import Party
from schemas.worker import CertificateRenewed, RenewalRecord
from services.registry.rules.record import (
    MOST_SUBJECTS,
    Dossier,
    Entered,
    Record,
    RecordConfirmed,
    RecordEntered,
    RecordRejected,
    dossier_of,
)
from services.registry.rules.registration import RULEBOOK
from services.registry.rules.standing import SEPARATION

GRADE_YEARS = "party.grade_years"
LISTING_MONTHS = "party.listing_months"
CATEGORIES = "need.categories"
GRADED = ("51", "52", "53")
EVALUATED = Source("社会组织评估管理办法:评估对象为依法登记的社会团体、基金会、社会服务机构", Certainty.COMMON)
REPORTS = frozenset({DocumentType.ANNUAL_REPORT, DocumentType.AUDIT_REPORT})


class EnterRecord(Command):
    """What holds from a day on, with its ground and the digest of the document it stands in."""

    party_id: PartyId
    content: Content
    valid_from: date
    valid_until: date | None = None
    """inclusive. Of a grade none means the rulebook's years; an entry on a credit list has no end of its own."""
    ground: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
    """public: the decision or paper it stands in, with its number"""
    document: Digest | None = None
    """needed of a grade, a credit list and a document"""


class ConfirmRecord(Command):
    """Another person compared the papers: the entry, or its ending, is recorded."""

    party_id: PartyId
    record_id: UUID


class RejectRecord(Command):
    """Another person does not agree with what waits; it is kept, and never was on record."""

    party_id: PartyId
    record_id: UUID
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]


def record_id(cause: UUID) -> UUID:
    return new_id(cause, "record")


def enter_refs(command: EnterRecord, cause: UUID) -> tuple[Ref, ...]:
    return ((Dossier, command.party_id), (Record, record_id(cause)), (Party, command.party_id))


def settle_refs(command: ConfirmRecord | RejectRecord, cause: UUID) -> tuple[Ref, ...]:
    return ((Dossier, command.party_id), (Record, command.record_id), (Party, command.party_id))


def needs_another(content: object) -> bool:
    """What helps or harms its bids, or says how many staff it is due, is looked at by two people."""
    return isinstance(content, GradeRecord | ListRecord | FiguresRecord | RenewalRecord)


def enter_record(world: World, command: EnterRecord, context: Context) -> list[Fact | Note]:
    party, dossier = world.get(Party, command.party_id), dossier_of(world, command.party_id)
    must_be_public(command.ground, "ground")
    must_be_public(command.content, "content")
    _must_fit(party, command, context)
    _must_be_free(party, dossier, command)
    alone = not needs_another(command.content)
    entered = Entered(by=context.by.person_id, at=context.at, recorded_on=context.today if alone else None)
    note = RecordEntered(
        record_id=record_id(context.cause),
        party_id=command.party_id,
        number=dossier.records + 1,
        content=command.content,
        valid_from=command.valid_from,
        valid_until=_valid_until(command, context),
        ground=command.ground.strip(),
        document=command.document,
        removable_from=_removable_from(command, context),
        entered=entered,
    )
    return [note, _recorded(note, None)] if alone else [note]


def _recorded(entered: RecordEntered, confirmed_by: UUID | None) -> OrganizationRecorded:
    assert not isinstance(entered.content, ListRecord)
    return OrganizationRecorded.model_validate(
        {
            "party_id": entered.party_id,
            "record_id": entered.record_id,
            "content": entered.content,
            "valid_from": entered.valid_from,
            "valid_until": entered.valid_until,
            "ground": entered.ground,
            "document": entered.document,
            "entered_by": entered.entered.by,
            "confirmed_by": confirmed_by,
        }
    )


def community_recorded(entered: RecordEntered | Record, by: PartyId, confirmed_by: PartyId | None) -> CommunityRecorded:
    assert isinstance(entered.content, CommunityRecord), f"{entered.content.kind} is nothing of a community"
    return CommunityRecorded(
        party_id=PartyId(entered.party_id),
        record_id=entered.record_id if isinstance(entered, RecordEntered) else entered.id,
        content=entered.content,
        valid_from=entered.valid_from,
        valid_until=entered.valid_until,
        ground=entered.ground,
        document=entered.document,
        entered_by=by,
        confirmed_by=confirmed_by,
    )


def _must_fit(party: Party, command: EnterRecord, context: Context) -> None:
    """The record is one that such an organization can have, and says what it must."""
    if party.kind is not PartyKind.ORGANIZATION:
        raise Refused("no_organization", status=422, field="party_id", party=str(party.id), kind=party.kind)
    content, code = command.content, party.uscc or ""
    if isinstance(content, GradeRecord) and not code.startswith(GRADED):
        raise Refused("not_evaluated", EVALUATED, status=422, field="party_id", party=str(party.id))
    if isinstance(content, ListRecord) and party.hub_id is not None:
        raise Refused("group_not_listed", status=422, field="party_id", party=str(party.id), hub=str(party.hub_id))
    if isinstance(content, CapabilityRecord):
        rulebook = context.rulebooks.named(RULEBOOK)
        if content.category not in rulebook.value(CATEGORIES):
            source, among = rulebook.source(CATEGORIES), tuple(rulebook.value(CATEGORIES))
            raise Refused("no_such_category", source, status=422, field="content.category", among=among)
    if isinstance(content, DocumentRecord) and (content.type in REPORTS) != (content.year is not None):
        raise Refused("report_year", status=422, field="content.year", type=content.type)
    if command.document is None and (needs_another(content) or isinstance(content, DocumentRecord)):
        raise Refused("document_missing", status=422, field="document")
    if command.valid_from > context.today:
        raise Refused("recorded_ahead", status=422, field="valid_from", day=command.valid_from, today=context.today)


def _must_be_free(party: Party, dossier: Dossier, command: EnterRecord) -> None:
    content = command.content
    if content.subject in dossier.waiting:
        raise Refused("record_waits", party=str(party.id))
    if isinstance(content, ListRecord) and any(one.list is content.list for one in party.listings):
        raise Refused("already_listed", party=str(party.id), list=content.list)
    if content.subject not in dossier.subjects and len(dossier.subjects) >= MOST_SUBJECTS:
        raise Refused("too_many_records", party=str(party.id), most=MOST_SUBJECTS)


def _valid_until(command: EnterRecord, context: Context) -> date | None:
    until = command.valid_until
    if isinstance(command.content, ListRecord) and until is not None:
        raise Refused("list_has_no_end", status=422, field="valid_until")
    if until is not None and until < command.valid_from:
        raise Refused("ends_before_it_begins", status=422, field="valid_until", day=until, first=command.valid_from)
    if isinstance(command.content, GradeRecord):
        rulebook = context.rulebooks.named(RULEBOOK)
        years = rulebook.integer(GRADE_YEARS)
        most = last_day(command.valid_from, 12 * years)
        if until is not None and until > most:
            source = rulebook.source(GRADE_YEARS)
            raise Refused("grade_too_long", source, status=422, field="valid_until", years=years, most=most)
        return until or most
    return until


def _removable_from(command: EnterRecord, context: Context) -> date | None:
    """The day after the last of the rulebook's months."""
    if not isinstance(command.content, ListRecord):
        return None
    months = context.rulebooks.named(RULEBOOK).value(LISTING_MONTHS)[command.content.list]
    return last_day(command.valid_from, int(months)) + timedelta(days=1)


def waiting(world: World, command: ConfirmRecord | RejectRecord, context: Context) -> Record:
    """What waits, for a person who did not enter it."""
    record = record_in(world, command.record_id, command.party_id)
    if not record.waits:
        raise Refused("nothing_waits", record=str(record.id))
    entered = record.entered if record.ending is None else record.ending.entered
    if entered.by == context.by.person_id:
        raise Refused("own_record", SEPARATION, status=403, record=str(record.id))
    return record


def record_in(world: World, id: UUID, party_id: UUID) -> Record:
    record = world.get(Record, id)
    if record.party_id != party_id:
        raise Refused("not_found", status=404, what="Record", id=str(id))
    return record


def confirmed_entry(record: Record, context: Context) -> list[Fact | Note]:
    by = PartyId(context.by.person_id)
    note = RecordConfirmed(record_id=record.id, by=by, on=context.today)
    content = record.content
    if isinstance(content, ListRecord):
        assert record.document is not None
        assert record.removable_from is not None
        told = PartyListed(
            party_id=record.party_id,
            listing=Listing(record_id=record.id, list=content.list, since=record.valid_from),
            ground=record.ground,
            document=record.document,
            removable_from=record.removable_from,
            entered_by=PartyId(record.entered.by),
            confirmed_by=by,
        )
        return [note, told]
    if isinstance(content, RenewalRecord):
        return [note, _renewed(record, content, by)]
    if isinstance(content, FiguresRecord):
        return [note, community_recorded(record, PartyId(record.entered.by), by)]
    assert isinstance(content, GradeRecord), f"record {record.id} of kind {content.kind} needs nobody else"
    graded = OrganizationRecorded(
        party_id=record.party_id,
        record_id=record.id,
        content=content,
        valid_from=record.valid_from,
        valid_until=record.valid_until,
        ground=record.ground,
        document=record.document,
        entered_by=PartyId(record.entered.by),
        confirmed_by=by,
    )
    return [note, graded]


def _renewed(record: Record, content: RenewalRecord, by: PartyId) -> CertificateRenewed:
    assert record.document is not None
    assert record.valid_until is not None
    return CertificateRenewed(
        party_id=record.party_id,
        record_id=record.id,
        certificate=Certificate(level=content.level, registered_until=record.valid_until),
        valid_from=record.valid_from,
        ground=record.ground,
        document=record.document,
        entered_by=PartyId(record.entered.by),
        confirmed_by=by,
    )


def reject_record(world: World, command: RejectRecord, context: Context) -> list[Note]:
    record = waiting(world, command, context)
    must_be_public(command.reason, "reason")
    said = {"record_id": record.id, "reason": command.reason.strip(), "by": context.by.person_id, "at": context.at}
    return [RecordRejected.model_validate(said)]
