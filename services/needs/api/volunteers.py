"""Doors of volunteers. Names go in and come out only at the community's counter and on the certificate."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from events.database import Connection
from schemas.canonical import canonical
from schemas.deciding import World
from schemas.ids import NeedId, PartyId
from schemas.refused import Refused
from schemas.role import Role
from services.kit.asked import Answer, Asked, File
from services.kit.service import Get, Post
from services.kit.vault import Vault
from services.needs.rules.volunteers import certificate, volunteer
from services.needs.rules.volunteers.certificate import VolunteerCertificate, certificate_paper
from services.needs.rules.volunteers.volunteer import Volunteer
from services.needs.rules.window import Person, person_place
from services.needs.store import volunteers as store
from services.needs.store import window as applicants

COMMUNITY = frozenset({Role.COMMUNITY})
PUBLIC: frozenset[Role] = frozenset()
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAGES = {
    "cursor": "上一页的 `next` · the `next` of the page before",
    "limit": "1 至 200,默认 50 · 1 to 200, 50 unless said otherwise",
}


class VolunteerAnswer(Answer):
    """By number. The name: `/v1/communities/{community_id}/applicants/{id}`, as of everybody at the window."""

    id: UUID
    community_id: PartyId
    division: str
    skills: tuple[str, ...]
    other: tuple[str, ...]
    minutes_a_week: int
    registered_on: date
    withdrawn_on: date | None
    erased_on: date | None
    services: int
    minutes: int


class VolunteersPage(Answer):
    """`people`, `services` and `minutes` are of the whole community; those of erased volunteers count on."""

    volunteers: tuple[VolunteerAnswer, ...]
    people: int
    services: int
    minutes: int
    next: UUID | None


class ServiceAnswer(Answer):
    need_id: NeedId
    tracking_number: str
    day: date
    minutes: int
    by_beneficiary: bool
    """confirmed by who asked for it; else by staff"""


class RecordAnswer(Answer):
    """The record of one number, without a name. Whoever was given the number can read it."""

    version: int
    id: UUID
    services: tuple[ServiceAnswer, ...]
    minutes: int
    """their sum"""


class CertificateAnswer(Answer):
    """What anybody may verify: no name, no volunteer."""

    number: str
    community_id: PartyId
    services: int
    minutes: int
    until: date
    digest: str
    """SHA-256 of the paper"""
    issued_on: date


class IssuedAnswer(CertificateAnswer):
    id: UUID
    volunteer_id: UUID


async def _seal(connection: Connection, command: volunteer.RegisterVolunteer, vault: Vault) -> Any:
    """Before the transaction begins the name is ciphertext, and the volunteer has a random number."""
    id, key = uuid4(), vault.new_key()
    sealed = vault.seal(key, canonical(command.person), person_place(id))
    rest = {name: getattr(command, name) for name in type(command).model_fields if name != "person"}
    return volunteer.SealedVolunteer(**rest, volunteer_id=id, key=key.hex(), sealed=sealed.hex())


async def _prepare(connection: Connection, command: certificate.IssueCertificate, vault: Vault) -> Any:
    id = uuid4()
    return certificate.PreparedCertificate(volunteer_id=command.volunteer_id, certificate_id=id, code=_code(vault, id))


def _code(vault: Vault, certificate_id: UUID) -> str:
    return vault.digest(b"volunteer certificate\0" + certificate_id.bytes).hex()[:32]


def _answer(one: Volunteer) -> VolunteerAnswer:
    return VolunteerAnswer(
        id=one.id,
        community_id=one.community_id,
        division=one.division,
        skills=one.skills,
        other=one.other,
        minutes_a_week=one.minutes_a_week,
        registered_on=one.registered_on,
        withdrawn_on=one.withdrawn_on,
        erased_on=one.erased_on,
        services=len(one.done),
        minutes=one.minutes,
    )


def _registered(world: World, command: volunteer.SealedVolunteer, cause: UUID) -> VolunteerAnswer:
    return _answer(world.get(Volunteer, command.volunteer_id))


def _changed(
    world: World, command: volunteer.ChangeOffer | volunteer.WithdrawVolunteer, cause: UUID
) -> VolunteerAnswer:
    return _answer(world.get(Volunteer, command.volunteer_id))


def _issued(world: World, command: certificate.PreparedCertificate, cause: UUID) -> IssuedAnswer:
    told = world.get(VolunteerCertificate, command.certificate_id).told
    return IssuedAnswer(id=told.certificate_id, volunteer_id=told.volunteer_id, **_verified(told))


def _verified(told: Any) -> dict[str, Any]:
    return {
        "number": told.number,
        "community_id": told.community_id,
        "services": told.services,
        "minutes": told.minutes,
        "until": told.until,
        "digest": told.digest,
        "issued_on": told.on,
    }


async def _volunteers(connection: Connection, asked: Asked) -> VolunteersPage:
    community_id = PartyId(asked.id("community_id"))
    people, services, minutes = await store.totals_of(connection, community_id)
    if people == 0:
        return VolunteersPage(volunteers=(), people=0, services=0, minutes=0, next=None)
    asked.actor.must_be(community_id)
    found = await store.volunteers_of(connection, community_id, asked.cursor, asked.limit)
    return VolunteersPage(
        volunteers=tuple(map(_answer, found)),
        people=people,
        services=services,
        minutes=minutes,
        next=found[-1].id if len(found) == asked.limit else None,
    )


async def _record(connection: Connection, asked: Asked) -> RecordAnswer:
    one, version = await _known(connection, asked.id("volunteer_id"))
    done = sorted(one.done, key=lambda each: (each.day, each.tracking_number))
    return RecordAnswer(
        version=version,
        id=one.id,
        services=tuple(
            ServiceAnswer(
                need_id=each.need_id,
                tracking_number=each.tracking_number,
                day=each.day,
                minutes=each.minutes or 0,
                by_beneficiary=each.beneficiary_id is not None,
            )
            for each in done
        ),
        minutes=one.minutes,
    )


async def _known(connection: Connection, id: UUID) -> tuple[Volunteer, int]:
    found = await store.volunteer(connection, id)
    if found is None:
        raise Refused("not_found", status=404, what="Volunteer", id=str(id))
    return found


async def _verify(connection: Connection, asked: Asked) -> CertificateAnswer:
    number = asked.path["number"].upper()
    found = await store.certificate_numbered(connection, number)
    if found is None:
        raise Refused("certificate_unknown", status=404)
    return CertificateAnswer(**_verified(found.told))


async def _paper(connection: Connection, asked: Asked) -> File:
    """Made again, with the name as it is kept: the same bytes."""
    id = asked.id("certificate_id")
    found = await store.certificate(connection, id)
    if found is None or found.told.volunteer_id != asked.id("volunteer_id"):
        raise Refused("not_found", status=404, what="VolunteerCertificate", id=str(id))
    told = found.told
    asked.actor.must_be(told.community_id)
    kept = await applicants.applicant(connection, told.community_id, told.volunteer_id)
    if kept is None or kept[0].erased_on is not None:
        on = "" if kept is None else str(kept[0].erased_on)
        raise Refused("applicant_erased", applicant=str(told.volunteer_id), on=on)
    key, sealed = bytes.fromhex(kept[0].key), bytes.fromhex(kept[0].sealed)
    person = Person.model_validate_json(asked.vault.open(key, sealed, person_place(told.volunteer_id)))
    body = certificate_paper(told, found.lines, person.name, _code(asked.vault, id))
    return File(body=body, name=f"{told.number}.docx")


_ONE = "/v1/volunteers/{volunteer_id}"
ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/communities/{community_id}/volunteers",
        command=volunteer.RegisterVolunteer,
        roles=COMMUNITY,
        prepare=_seal,
        refs=volunteer.register_refs,
        decide=volunteer.register,
        subject=lambda command, cause: (Volunteer, command.volunteer_id),
        answer=_registered,
        summary="登记志愿者(实名信息单独加密保存) · Register a volunteer; the real name is kept apart, sealed",
    ),
    Post(
        path=f"{_ONE}/offers",
        command=volunteer.ChangeOffer,
        roles=COMMUNITY,
        refs=volunteer.change_refs,
        decide=volunteer.change,
        subject=lambda command, cause: (Volunteer, command.volunteer_id),
        answer=_changed,
        summary="变更志愿者的技能和每周时间 · Change a volunteer's skills and weekly time",
    ),
    Post(
        path=f"{_ONE}/withdrawal",
        command=volunteer.WithdrawVolunteer,
        roles=COMMUNITY,
        refs=volunteer.change_refs,
        decide=volunteer.withdraw,
        subject=lambda command, cause: (Volunteer, command.volunteer_id),
        answer=_changed,
        summary="志愿者退出(随时可以,记录保留) · A volunteer leaves, at will; the record stays",
    ),
    Post(
        path=f"{_ONE}/certificates",
        command=certificate.IssueCertificate,
        roles=COMMUNITY,
        prepare=_prepare,
        refs=certificate.issue_refs,
        decide=certificate.issue,
        subject=lambda command, cause: (VolunteerCertificate, command.certificate_id),
        answer=_issued,
        summary="出具志愿服务记录证明(免费) · Issue a certificate of the record, free of charge",
    ),
    Get(
        path="/v1/communities/{community_id}/volunteers",
        roles=COMMUNITY,
        handler=_volunteers,
        answer=VolunteersPage,
        summary="本社区的志愿者和服务时长合计 · The community's volunteers, and their time in all",
        query=PAGES,
    ),
    Get(
        path=f"{_ONE}/record",
        roles=PUBLIC,
        handler=_record,
        answer=RecordAnswer,
        summary="凭志愿者编号查服务记录(无姓名) · The record of a volunteer's number, without a name",
    ),
    Get(
        path=f"{_ONE}/certificates/{{certificate_id}}/document",
        roles=COMMUNITY,
        handler=_paper,
        answer=DOCX,
        summary="志愿服务记录证明(docx) · The certificate as a document",
    ),
    Get(
        path="/v1/volunteer-certificates/{number}",
        roles=PUBLIC,
        handler=_verify,
        answer=CertificateAnswer,
        summary="凭编号核验证明:摘要和时长,无姓名 · Verify a certificate by its number: digest and time, no name",
    ),
)
