"""Registering a social worker's certificate again (再登记): by one registrar, confirmed by another."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, World
from schemas.fact import Command, Note
from schemas.ids import PartyId
from schemas.organization import Digest
from schemas.party import Certificate, CertificateLevel, PartyKind
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.standing import Party
from schemas.worker import RenewalRecord
from services.registry.rules.party import registration_must_run
from services.registry.rules.record import Dossier, Entered, Record, RecordEntered, dossier_of
from services.registry.rules.recording import record_id
from services.registry.rules.registration import RULEBOOK

EDUCATION_HOURS = "worker.education_hours"
LEVELS = tuple(CertificateLevel)
"""lowest first"""


class RenewCertificate(Command):
    """The certificate is registered again from a day on, at its level or a higher one."""

    party_id: PartyId
    level: CertificateLevel
    registered_until: date
    """inclusive"""
    education_hours: Annotated[int, Field(ge=0, le=10_000)]
    """继续教育 in the period before"""
    valid_from: date
    ground: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
    """public: the paper it stands in, with its number"""
    document: Digest


def renew_refs(command: RenewCertificate, cause: UUID) -> tuple[Ref, ...]:
    return ((Dossier, command.party_id), (Record, record_id(cause)), (Party, command.party_id))


def renew_certificate(world: World, command: RenewCertificate, context: Context) -> list[Note]:
    party, dossier = world.get(Party, command.party_id), dossier_of(world, command.party_id)
    if party.kind is not PartyKind.SOCIAL_WORKER or party.certificate is None:
        raise Refused("no_social_worker", status=422, field="party_id", party=str(party.id), kind=party.kind)
    must_be_public(command.ground, "ground")
    if command.valid_from > context.today:
        day, today = command.valid_from, context.today
        raise Refused("recorded_ahead", status=422, field="valid_from", day=day, today=today)
    _must_renew(party.certificate, command)
    registration_must_run(command.registered_until, command.valid_from, "registered_until", context)
    _must_have_studied(party.certificate.level, command.education_hours, context)
    content = RenewalRecord(
        kind="renewal", level=command.level, education_hours=command.education_hours, before=party.certificate
    )
    if content.subject in dossier.waiting:
        raise Refused("record_waits", party=str(party.id))
    note = RecordEntered(
        record_id=record_id(context.cause),
        party_id=command.party_id,
        number=dossier.records + 1,
        content=content,
        valid_from=command.valid_from,
        valid_until=command.registered_until,
        ground=command.ground.strip(),
        document=command.document,
        removable_from=None,
        entered=Entered(by=context.by.person_id, at=context.at),
    )
    return [note]


def must_be_last(world: World, record: Record, content: RenewalRecord) -> None:
    """The certificate is as it was when the renewal was entered, or, once recorded, as the renewal made it."""
    assert record.valid_until is not None
    renewed = Certificate(level=content.level, registered_until=record.valid_until)
    if world.get(Party, record.party_id).certificate != (content.before if record.recorded_on is None else renewed):
        raise Refused("renewal_not_last", party=str(record.party_id), record=str(record.id))


def _must_renew(now: Certificate, command: RenewCertificate) -> None:
    if LEVELS.index(command.level) < LEVELS.index(now.level):
        raise Refused("level_lower", status=422, field="level", level=command.level, now=now.level)
    risen, until = command.level is not now.level, command.registered_until
    if until < now.registered_until or (until == now.registered_until and not risen):
        raise Refused("nothing_renewed", status=422, field="registered_until", until=until, now=now.registered_until)


def _must_have_studied(level: CertificateLevel, hours: int, context: Context) -> None:
    """As the level held in the period asks; an edition that says nothing of it asks nothing."""
    rulebook = context.rulebooks.named(RULEBOOK)
    if EDUCATION_HOURS not in rulebook.rules:
        return
    least = int(rulebook.value(EDUCATION_HOURS)[level])
    if hours < least:
        source = rulebook.source(EDUCATION_HOURS)
        raise Refused(
            "too_little_education", source, status=422, field="education_hours", level=level, hours=hours, least=least
        )
