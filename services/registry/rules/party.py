"""Entering, verifying and suspending parties, and declaring ties."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field

from schemas import division, uscc
from schemas.deciding import Context, Ref, World, new_id
from schemas.fact import Command, Fact, Note
from schemas.fault import Fault
from schemas.ids import PartyId
from schemas.party import (
    NATURAL_PERSONS,
    Certificate,
    PartyKind,
    PartyRegistered,
    PartySuspended,
    PartyVerified,
    TieDeclared,
    TieKind,
)
from schemas.personal import personal_data
from schemas.refused import Refused
from schemas.role import Role
from schemas.rulebook import Certainty, Source
from schemas.standing import Party
from services.registry.rules.registration import RULEBOOK, Name, Registration, RegistrationEntered, party_of

SEPARATION = Source("三社联动权责分工:决策、执行、监督由不同的人承担 (吉林省民政厅 2016 提案答复)", Certainty.FOUNDING)
RECUSAL = Source("政府采购法实施条例 第九条", Certainty.LAW)
NO_PUBLICATION = Source("个人信息保护法 第二十五条", Certainty.LAW)

CAPACITY = {
    PartyKind.COMMUNITY: uscc.Capacity.COMMUNITY,
    PartyKind.FUNDER: uscc.Capacity.FUNDER,
    PartyKind.ORGANIZATION: uscc.Capacity.PROVIDER,
}
CHINA = ZoneInfo("Asia/Shanghai")


class RegisterParty(Command):
    """A registrar enters a party. Registrar, auditor and operator are made once, with the installation."""

    kind: Literal[
        PartyKind.COMMUNITY,
        PartyKind.FUNDER,
        PartyKind.ORGANIZATION,
        PartyKind.SOCIAL_WORKER,
        PartyKind.EVALUATOR,
    ]
    name: Name
    """the public name; of a social worker or evaluator the real name, which only registrars see"""
    uscc: Annotated[str, Field(max_length=40)] | None = None
    """统一社会信用代码, GB 32100-2015: for communities, funders and organizations"""
    division: Annotated[str, Field(max_length=20)]
    """区划代码: 6 digits county or above, 9 street, 12 community"""
    certificate: Certificate | None = None
    """社会工作者职业资格: for social workers"""


class VerifyParty(Command):
    """Another registrar checked the papers; lifts a suspension too."""

    party_id: PartyId


class SuspendParty(Command):
    party_id: PartyId
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    """public"""


class DeclareTie(Command):
    """A natural person recuses from judging another party."""

    party_id: PartyId
    tied_to: PartyId
    kind: TieKind


def id_of(command: RegisterParty, cause: UUID) -> PartyId:
    return PartyId(new_id(cause, "party")) if command.uscc is None else party_of(command.uscc)


def register_refs(command: RegisterParty, cause: UUID) -> tuple[Ref, ...]:
    id = id_of(command, cause)
    return ((Registration, id), (Party, id))


def register_party(world: World, command: RegisterParty, context: Context) -> list[Fact | Note]:
    natural = command.kind in NATURAL_PERSONS
    if natural != (command.uscc is None):
        code = "uscc_of_a_natural_person" if natural else "uscc_missing"
        raise Refused(code, uscc.PARTS, status=422, field="uscc", kind=command.kind)
    _must_be_right("division", division.check(command.division))
    if command.kind is PartyKind.COMMUNITY and division.level(command.division) is not division.Level.COMMUNITY:
        raise Refused(
            "division_of_a_community", division.COMMUNITIES, status=422, field="division", division=command.division
        )
    if command.uscc is not None:
        _check_uscc(command.uscc, command.kind)
    _check_certificate(command, context)
    id = id_of(command, context.cause)
    if world.find(Registration, id) is not None:
        raise Refused("uscc_registered", uscc.STRUCTURE, field="uscc", uscc=command.uscc, party=str(id))
    entered = RegistrationEntered(
        party_id=id,
        kind=command.kind,
        uscc=command.uscc,
        division=command.division,
        real_name=command.name if natural else None,
        registered_by=context.by.person_id,
    )
    registered = PartyRegistered(
        party_id=id,
        kind=command.kind,
        name=None if natural else command.name,
        uscc=command.uscc,
        division=command.division,
        certificate=command.certificate,
    )
    return [entered, registered]


def _must_be_right(field: str, fault: Fault | None) -> None:
    if fault is not None:
        raise Refused(
            f"{field}_wrong", fault.source, status=422, field=field, part=fault.part, zh=fault.zh, en=fault.en
        )


def _check_uscc(code: str, kind: PartyKind) -> None:
    _must_be_right("uscc", uscc.check(code))
    category = uscc.CATEGORIES[code[:2]]
    if CAPACITY[kind] not in category.capacities:
        raise Refused(
            "uscc_of_another_kind",
            uscc.ADMITTED,
            status=422,
            field="uscc",
            kind=kind,
            category=code[:2],
            zh=category.zh,
            en=category.en,
        )


def _check_certificate(command: RegisterParty, context: Context) -> None:
    """A social worker's registration (登记) runs now, and for no longer than one registration lasts."""
    certified = command.kind is PartyKind.SOCIAL_WORKER
    rulebook = context.rulebooks.named(RULEBOOK)
    source = rulebook.source("party.certificate_registration_years")
    if certified != (command.certificate is not None):
        code = "certificate_missing" if certified else "certificate_of_another_kind"
        raise Refused(code, source, status=422, field="certificate", kind=command.kind)
    if command.certificate is None:
        return
    until = command.certificate.registered_until
    years = rulebook.integer("party.certificate_registration_years")
    today = local_date(context.at)
    if not today <= until <= _years_later(today, years):
        code = "certificate_lapsed" if until < today else "certificate_too_long"
        raise Refused(code, source, status=422, field="certificate.registered_until", until=until, years=years)


def local_date(at: datetime) -> date:
    """The day it is in China."""
    return at.astimezone(CHINA).date()


def _years_later(day: date, years: int) -> date:
    """29 February has its day on 1 March in other years."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def party_refs(command: VerifyParty | SuspendParty, cause: UUID) -> tuple[Ref, ...]:
    return ((Registration, command.party_id), (Party, command.party_id))


def verify_party(world: World, command: VerifyParty, context: Context) -> list[Fact | Note]:
    """Who entered a party does not verify it: the decider is another person than the drafter."""
    party, registration = world.get(Party, command.party_id), world.get(Registration, command.party_id)
    if party.verified and not party.suspended:
        raise Refused("already_verified", party=str(party.id))
    if registration.registered_by == context.by.person_id:
        raise Refused("own_registration", SEPARATION, status=403, party=str(party.id))
    if party.certificate is not None and party.certificate.registered_until < local_date(context.at):
        source = context.rulebooks.named(RULEBOOK).source("party.certificate_registration_years")
        raise Refused("certificate_lapsed", source, until=party.certificate.registered_until)
    return [PartyVerified(party_id=command.party_id)]


def suspend_party(world: World, command: SuspendParty, context: Context) -> list[Fact | Note]:
    party = world.get(Party, command.party_id)
    if party.suspended:
        raise Refused("already_suspended", party=str(party.id))
    if party.id == context.by.party_id:
        raise Refused("own_party", SEPARATION, status=403)
    if personal_data(command.reason) is not None:
        raise Refused("personal_data", NO_PUBLICATION, status=422, field="reason")
    return [PartySuspended(party_id=command.party_id, reason=command.reason)]


def tie_refs(command: DeclareTie, cause: UUID) -> tuple[Ref, ...]:
    return ((Party, command.party_id), (Party, command.tied_to))


def declare_tie(world: World, command: DeclareTie, context: Context) -> list[Fact | Note]:
    """The person concerned declares, or a registrar who learned of it. A tie is never taken back."""
    if context.by.role is not Role.REGISTRAR:
        context.by.must_be(command.party_id)
    party = world.get(Party, command.party_id)
    if party.kind not in NATURAL_PERSONS:
        raise Refused("tie_of_an_institution", RECUSAL, status=422, field="party_id", party=str(party.id))
    tied_to = world.get(Party, command.tied_to)
    if tied_to.id == party.id:
        raise Refused("tie_to_oneself", RECUSAL, status=422, field="tied_to")
    if tied_to.id in party.ties:
        raise Refused("tie_declared", party=str(party.id), tied_to=str(tied_to.id))
    return [TieDeclared(party_id=command.party_id, tied_to=command.tied_to, kind=command.kind)]
