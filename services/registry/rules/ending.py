"""A record ends: it is withdrawn, remedied, over, or was a mistake. Who stands on a list comes off by its rule."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.community import CommunityRecord, CommunityRecordEnded
from schemas.deciding import Context, Ref, World
from schemas.fact import Command, Fact, Note
from schemas.ids import PartyId
from schemas.organization import Digest, EndCause, ListRecord, OrganizationRecordEnded, PartyDelisted
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.standing import Party
from schemas.worker import CertificateRenewalEnded, RenewalRecord
from services.registry.rules.record import (
    MOST_ENDINGS,
    Dossier,
    Ending,
    EndingConfirmed,
    EndingEntered,
    Entered,
    Record,
)
from services.registry.rules.recording import (
    LISTING_MONTHS,
    ConfirmRecord,
    confirmed_entry,
    needs_another,
    record_in,
    waiting,
)
from services.registry.rules.registration import RULEBOOK
from services.registry.rules.worker import must_be_last

WHEN_REMEDIED = "party.removed_when_remedied"


class EndRecord(Command):
    """A record holds no longer from a day on. Nothing is deleted."""

    party_id: PartyId
    record_id: UUID
    on: date
    cause: EndCause
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
    """public: the decision or paper, with its number"""
    document: Digest | None = None
    """needed where the record needed one"""


def end_refs(command: EndRecord, cause: UUID) -> tuple[Ref, ...]:
    return ((Dossier, command.party_id), (Record, command.record_id), (Party, command.party_id))


def end_record(world: World, command: EndRecord, context: Context) -> list[Fact | Note]:
    """Recorded at once, or when another person confirms it: the same records as at their beginning."""
    record = record_in(world, command.record_id, command.party_id)
    if record.waits:
        raise Refused("record_waits", party=str(record.party_id))
    if record.recorded_on is None or record.ended or record.content.kind == "standing":
        raise Refused("record_is_over", record=str(record.id))
    if not record.valid_from <= command.on <= context.today:
        first, today = record.valid_from, context.today
        raise Refused("ends_on_another_day", status=422, field="on", day=command.on, first=first, today=today)
    if len(record.rejections) >= MOST_ENDINGS:
        raise Refused("too_many_endings", record=str(record.id), most=MOST_ENDINGS)
    if needs_another(record.content) and command.document is None:
        raise Refused("document_missing", status=422, field="document")
    must_be_public(command.reason, "reason")
    if isinstance(record.content, ListRecord):
        _must_be_removable(record, record.content, command, context)
    if isinstance(record.content, RenewalRecord):
        if command.cause is not EndCause.MISTAKEN:
            raise Refused("renewal_only_mistaken", status=422, field="cause")
        must_be_last(world, record, record.content)
    alone = not needs_another(record.content)
    ending = Ending(
        on=command.on,
        cause=command.cause,
        reason=command.reason.strip(),
        document=command.document,
        entered=Entered(by=context.by.person_id, at=context.at, recorded_on=context.today if alone else None),
    )
    note = EndingEntered(record_id=record.id, ending=ending)
    return [note, _told(record, ending, None)] if alone else [note]


def _must_be_removable(record: Record, content: ListRecord, command: EndRecord, context: Context) -> None:
    """By its time, or earlier where the rulebook lets what was remedied come off; a mistake comes off at any time."""
    rulebook, field = context.rulebooks.named(RULEBOOK), "cause"
    match command.cause:
        case EndCause.MISTAKEN:
            return
        case EndCause.WITHDRAWN:
            source = rulebook.source(LISTING_MONTHS)
            raise Refused("list_is_not_withdrawn", source, status=422, field=field, list=content.list)
        case EndCause.REMEDIED if content.list in rulebook.value(WHEN_REMEDIED):
            return
    path = WHEN_REMEDIED if command.cause is EndCause.REMEDIED else LISTING_MONTHS
    if record.removable_from is not None and command.on < record.removable_from:
        source, earliest = rulebook.source(path), record.removable_from
        raise Refused("removed_too_early", source, field="on", list=content.list, since=record.valid_from, day=earliest)


def confirm_record(world: World, command: ConfirmRecord, context: Context) -> list[Fact | Note]:
    """The entry that waits, or the ending."""
    record = waiting(world, command, context)
    if isinstance(record.content, RenewalRecord):
        must_be_last(world, record, record.content)
    if record.ending is None:
        return confirmed_entry(record, context)
    by = context.by.person_id
    note = EndingConfirmed(record_id=record.id, by=by, on=context.today)
    return [note, _told(record, record.ending, PartyId(by))]


def _told(record: Record, ending: Ending, confirmed_by: PartyId | None) -> Fact:
    if isinstance(record.content, ListRecord):
        assert confirmed_by is not None, f"nobody comes off a list by one person: record {record.id}"
        return PartyDelisted(
            party_id=record.party_id,
            record_id=record.id,
            list=record.content.list,
            on=ending.on,
            cause=ending.cause,
            reason=ending.reason,
            entered_by=PartyId(ending.entered.by),
            confirmed_by=confirmed_by,
        )
    if isinstance(record.content, RenewalRecord):
        assert confirmed_by is not None, f"no renewal ends by one person: record {record.id}"
        return CertificateRenewalEnded(
            party_id=record.party_id,
            record_id=record.id,
            certificate=record.content.before,
            on=ending.on,
            cause=ending.cause,
            reason=ending.reason,
            entered_by=PartyId(ending.entered.by),
            confirmed_by=confirmed_by,
        )
    told = CommunityRecordEnded if isinstance(record.content, CommunityRecord) else OrganizationRecordEnded
    return told(
        party_id=record.party_id,
        record_id=record.id,
        on=ending.on,
        cause=ending.cause,
        reason=ending.reason,
        entered_by=PartyId(ending.entered.by),
        confirmed_by=confirmed_by,
    )
