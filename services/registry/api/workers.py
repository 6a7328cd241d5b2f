"""Social workers: level and validity for everybody; renewals for itself, its employer and registrars."""

from datetime import date
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.days import day_of
from schemas.deciding import Ref, World
from schemas.ids import PartyId
from schemas.party import Certificate, CertificateLevel, PartyKind
from schemas.refused import Refused
from schemas.role import Actor, Role
from schemas.standing import Party
from schemas.worker import RenewalRecord
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.registry import store
from services.registry.api.employments import EmploymentAnswer, shown_to
from services.registry.api.organizations import (
    PAGES,
    RecordAnswer,
    RecordsPage,
    day_asked,
    known_answer,
    record_answer,
)
from services.registry.api.parties import PUBLIC, REGISTRAR
from services.registry.rules import ending, recording, worker
from services.registry.rules.employment import Career
from services.registry.rules.record import Record
from services.registry.store import records as stored
from services.registry.store import workers


class WorkerFile(Answer):
    """For the worker itself, an organization that employs it, and registrars."""

    renewal: RecordAnswer | None
    """that held on the day; none: as the certificate was entered with the party"""
    education_hours: int | None
    """in the period before that renewal"""
    employments: tuple[EmploymentAnswer, ...]
    """to an employer its own and those that overlap with it"""


class SocialWorkerAnswer(Answer):
    """By id, never by name. `days_left`: after `as_of`, until the registration ends; negative once it has."""

    id: PartyId
    as_of: date
    level: CertificateLevel
    registered_until: date
    valid: bool
    """the registration ran on the day"""
    days_left: int
    file: WorkerFile | None
    """none for everybody else"""


async def worker_asked(connection: Connection, id: UUID) -> Party:
    entry = await store.entry(connection, id)
    if entry is None or entry.party.kind is not PartyKind.SOCIAL_WORKER:
        raise Refused("not_found", status=404, what="Party", id=str(id))
    return entry.party


async def _one(connection: Connection, asked: Asked) -> SocialWorkerAnswer:
    party, today = await worker_asked(connection, asked.id("worker_id")), day_of(asked.at)
    day = day_asked(asked.query.get("as_of"), today)
    held = next((one for one in await stored.as_of(connection, party.id, day) if _renews(one)), None)
    certificate = await _certificate(connection, party, held)
    career = await workers.career(connection, party.id)
    return SocialWorkerAnswer(
        id=PartyId(party.id),
        as_of=day,
        level=certificate.level,
        registered_until=certificate.registered_until,
        valid=certificate.registered_until >= day,
        days_left=(certificate.registered_until - day).days,
        file=_file(career, held, day, asked.by) if _may_read(asked.by, career) else None,
    )


def _renews(one: Record) -> bool:
    return isinstance(one.content, RenewalRecord)


async def _certificate(connection: Connection, party: Party, held: Record | None) -> Certificate:
    """By the renewal that held on the day; before the first, as it was entered with the party."""
    if held is not None and isinstance(held.content, RenewalRecord) and held.valid_until is not None:
        return Certificate(level=held.content.level, registered_until=held.valid_until)
    first = await stored.first_renewal(connection, party.id)
    if first is not None and isinstance(first.content, RenewalRecord):
        return first.content.before
    assert party.certificate is not None, f"social worker {party.id} has no certificate"
    return party.certificate


def _may_read(by: Actor | None, career: Career) -> bool:
    if by is None:
        return False
    if by.role is Role.REGISTRAR or by.party_id == career.id:
        return True
    return any(one.open and one.counts and one.employer_id == by.party_id for one in career.jobs)


def _file(career: Career, held: Record | None, day: date, by: Actor | None) -> WorkerFile:
    assert by is not None
    content = None if held is None else held.content
    return WorkerFile(
        renewal=None if held is None else known_answer(held, day),
        education_hours=content.education_hours if isinstance(content, RenewalRecord) else None,
        employments=shown_to(career, by),
    )


async def _renewals(connection: Connection, asked: Asked) -> RecordsPage:
    party = await worker_asked(connection, asked.id("worker_id"))
    registrar = asked.actor.role is Role.REGISTRAR
    if not registrar:
        asked.actor.must_be(PartyId(party.id))
    found = await stored.history(connection, party.id, registrar, asked.cursor, asked.limit)
    today = day_of(asked.at)
    return RecordsPage(
        records=tuple(record_answer(one) if registrar else known_answer(one, today) for one in found),
        next=found[-1].id if len(found) == asked.limit else None,
    )


def _entered(world: World, command: worker.RenewCertificate, cause: UUID) -> RecordAnswer:
    return record_answer(world.get(Record, recording.record_id(cause)))


def _changed(world: World, command: Any, cause: UUID) -> RecordAnswer:
    return record_answer(world.get(Record, command.record_id))


def _subject(command: Any, cause: UUID) -> Ref:
    return (Record, command.record_id)


def _on_renewal(noun: str, command: Any, refs: Any, decide: Any, summary: str) -> Post:
    return Post(
        path="/v1/parties/{party_id}/certificate-renewals/{record_id}/" + noun,
        command=command,
        roles=REGISTRAR,
        refs=refs,
        decide=decide,
        subject=_subject,
        answer=_changed,
        summary=summary,
    )


ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/parties/{party_id}/certificate-renewals",
        command=worker.RenewCertificate,
        roles=REGISTRAR,
        refs=worker.renew_refs,
        decide=worker.renew_certificate,
        subject=lambda command, cause: (Record, recording.record_id(cause)),
        answer=_entered,
        summary="录入社会工作者证书再登记(由另一登记员确认) · Enter a renewed registration of a certificate",
    ),
    _on_renewal(
        "confirmations",
        recording.ConfirmRecord,
        recording.settle_refs,
        ending.confirm_record,
        "确认他人录入的再登记或其更正 · Confirm a renewal, or its correction, that another person entered",
    ),
    _on_renewal(
        "rejections",
        recording.RejectRecord,
        recording.settle_refs,
        recording.reject_record,
        "不同意待确认的再登记或其更正 · Turn down a renewal that waits to be confirmed",
    ),
    _on_renewal(
        "endings",
        ending.EndRecord,
        ending.end_refs,
        ending.end_record,
        "更正误录的再登记 · Take back a renewal that was a mistake",
    ),
    Get(
        path="/v1/social-workers/{worker_id}",
        roles=PUBLIC,
        handler=_one,
        answer=SocialWorkerAnswer,
        summary="一名社会工作者的等级与登记有效期(以编号) · A social worker's level and validity, by id",
        query={"as_of": "日期,默认今天 · a day, today unless said otherwise"},
    ),
    Get(
        path="/v1/social-workers/{worker_id}/renewals",
        roles=REGISTRAR | {Role.PROVIDER},
        handler=_renewals,
        answer=RecordsPage,
        summary="一名社会工作者的再登记,后录入的在前 · A social worker's renewals, latest first",
        query=PAGES,
    ),
)
