"""志愿服务记录证明: a volunteer's record on paper, with the real name; verified by number without it.

The paper is not stored: the same record, name and code give the same bytes, as long as the name is kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from schemas.deciding import Context, Ref, State, World
from schemas.docx import Part, Table, Text, written
from schemas.fact import Command, Note
from schemas.ids import PartyId
from schemas.model import Model
from schemas.paper import ITEMS_HEAD, quoted
from schemas.refused import Refused
from schemas.volunteering import CertificateIssued
from services.needs.rules.need import tracking_number
from services.needs.rules.volunteers.serving import WITHOUT_PAY
from services.needs.rules.volunteers.volunteer import Volunteer, own_volunteer
from services.needs.rules.window import Applicant, Person, person_place


class ServiceLine(Model):
    """One service, as it stood when the certificate was issued."""

    tracking_number: str
    day: date
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VolunteerCertificate(State):
    told: CertificateIssued
    lines: tuple[ServiceLine, ...]


class IssueCertificate(Command):
    """On request, free of charge, as often as it is asked for."""

    volunteer_id: UUID


class PreparedCertificate(IssueCertificate):
    certificate_id: UUID
    code: str
    """printed on the paper and stored nowhere; see `CertificateIssued.digest`"""


class LinesKept(Note):
    certificate_id: UUID
    told: CertificateIssued
    lines: tuple[ServiceLine, ...]


def issue_refs(command: PreparedCertificate, cause: UUID) -> tuple[Ref, ...]:
    id = command.volunteer_id
    return ((Volunteer, id), (Applicant, id), (VolunteerCertificate, command.certificate_id))


def issue(world: World, command: PreparedCertificate, context: Context) -> list[Model]:
    volunteer = own_volunteer(world, command.volunteer_id, context)
    if volunteer.erased_on is not None:
        raise Refused("applicant_erased", applicant=str(volunteer.id), on=str(volunteer.erased_on))
    done = sorted(volunteer.done, key=lambda one: (one.day, one.tracking_number))
    if not done:
        raise Refused("nothing_to_certify", volunteer=str(volunteer.id))
    lines = tuple(
        ServiceLine(tracking_number=one.tracking_number, day=one.day, minutes=one.minutes or 0) for one in done
    )
    told = CertificateIssued(
        community_id=volunteer.community_id,
        certificate_id=command.certificate_id,
        volunteer_id=volunteer.id,
        number=f"V{tracking_number(volunteer.division, command.certificate_id)}",
        services=len(lines),
        minutes=sum(one.minutes for one in lines),
        until=context.today,
        digest="",
        on=context.today,
        issued_by=PartyId(context.by.person_id),
    )
    applicant = world.get(Applicant, command.volunteer_id)
    sealed, key = bytes.fromhex(applicant.sealed), bytes.fromhex(applicant.key)
    name = Person.model_validate_json(context.vault.open(key, sealed, person_place(applicant.id))).name
    digest = sha256(certificate_paper(told, lines, name, command.code)).hexdigest()
    issued = told.model_copy(update={"digest": digest})
    return [issued, LinesKept(certificate_id=command.certificate_id, told=issued, lines=lines)]


def certificate_paper(told: CertificateIssued, lines: tuple[ServiceLine, ...], name: str, code: str) -> bytes:
    """A docx; of what was told everything but the digest."""
    title = "志愿服务记录证明 · Certificate of volunteer service"
    return written(f"志愿服务记录证明 {told.number}", tuple(_parts(title, told, lines, name, code)), told.number)


def _parts(title: str, told: CertificateIssued, lines: tuple[ServiceLine, ...], name: str, code: str) -> Iterator[Part]:
    yield Text(title, "Title")
    rows = (
        ("证明编号 · Number", told.number),
        ("志愿者姓名 · Name", name),
        ("志愿者编号 · Volunteer", str(told.volunteer_id)),
        ("服务次数 · Services", str(told.services)),
        ("服务时长 · Time in all", _hours(told.minutes)),
        ("统计截止 · Counted until", str(told.until)),
        ("出具日期 · Issued on", str(told.on)),
        ("防伪码 · Code", code),
    )
    yield Table("certificate", ITEMS_HEAD, rows)
    yield Text("服务记录 · Services", "Heading1")
    yield Table(
        "services",
        ("需求编号 · Need", "服务日期 · Day", "时长 · Time"),
        tuple((one.tracking_number, str(one.day), _hours(one.minutes)) for one in lines),
    )
    yield Text("志愿服务无偿提供,本证明免费出具。")
    yield Text("Volunteers serve without pay, and this certificate costs nothing.", "English")
    yield quoted(WITHOUT_PAY)


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} 小时 {rest} 分 · {hours} h {rest} min"


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    if not isinstance(fact, LinesKept):
        return ()
    return (VolunteerCertificate(id=fact.certificate_id, told=fact.told, lines=fact.lines),)
