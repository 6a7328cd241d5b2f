"""Entering a party: its credit code, its division, its certificate."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from schemas import division, uscc
from schemas.deciding import Context, Ref, World, new_id
from schemas.fact import Command, Fact, Note
from schemas.ids import PartyId
from schemas.party import (
    NATURAL_PERSONS,
    Certificate,
    PartyKind,
    PartyRegistered,
    committee_of,
)
from schemas.refused import Refused
from schemas.standing import Party
from services.registry.rules.bootstrap import first_party
from services.registry.rules.divisions import Words, community_refs, must_be_of_area, must_be_there
from services.registry.rules.registration import RULEBOOK, Name, Registration, RegistrationEntered, party_of

REGISTRATION_YEARS = "party.certificate_registration_years"
CAPACITY = {
    PartyKind.COMMUNITY: uscc.Capacity.COMMUNITY,
    PartyKind.FUNDER: uscc.Capacity.FUNDER,
    PartyKind.ORGANIZATION: uscc.Capacity.PROVIDER,
    PartyKind.PROCUREMENT_SUPERVISOR: uscc.Capacity.PROCUREMENT_SUPERVISOR,
}
"""who has a credit code: no natural person, and no committee"""
AT_HOME_ANYWHERE = frozenset({PartyKind.ORGANIZATION, *NATURAL_PERSONS})
"""who bids or scores where it is not at home: nobody need be of the place to serve it"""
WATCHING = frozenset({PartyKind.REGISTRAR, PartyKind.AUDITOR})
"""whom the first registrar lets in for any division: another county joins the installation by its own registrar"""
OF_A_COMMUNITY = frozenset({PartyKind.COMMUNITY, PartyKind.SUPERVISION_COMMITTEE})


class RegisterParty(Command):
    """A registrar enters a party; offices and communities of its own area only.

    The first registrar and auditor, and the operator, are made once, with the installation.
    """

    kind: Literal[
        PartyKind.COMMUNITY,
        PartyKind.FUNDER,
        PartyKind.ORGANIZATION,
        PartyKind.SOCIAL_WORKER,
        PartyKind.EVALUATOR,
        PartyKind.SUPERVISION_COMMITTEE,
        PartyKind.PROCUREMENT_SUPERVISOR,
        PartyKind.REGISTRAR,
        PartyKind.AUDITOR,
    ]
    name: Name
    """the public name; of a social worker or evaluator the real name, which only registrars see"""
    uscc: Annotated[str, Field(max_length=40)] | None = None
    """统一社会信用代码, GB 32100-2015: for communities, funders, organizations and finance departments"""
    division: Annotated[str, Field(max_length=20)]
    """区划代码: 6 digits county or above, 9 street, 12 community"""
    certificate: Certificate | None = None
    """社会工作者职业资格: for social workers"""
    newer_reason: Words | None = None
    """of a community's code that is newer than the edition of the list: how the registrar knows of it"""


def party_id(command: RegisterParty, cause: UUID) -> PartyId:
    if command.kind is PartyKind.SUPERVISION_COMMITTEE:
        return committee_of(command.division)
    return PartyId(new_id(cause, "party")) if command.uscc is None else party_of(command.uscc)


def register_refs(command: RegisterParty, cause: UUID) -> tuple[Ref, ...]:
    id = party_id(command, cause)
    return ((Registration, id), (Party, id), *community_refs(command.division))


def register_party(world: World, command: RegisterParty, context: Context) -> list[Fact | Note]:
    natural = command.kind in NATURAL_PERSONS
    if (command.kind in CAPACITY) != (command.uscc is not None):
        unasked = "uscc_of_a_natural_person" if natural else "uscc_of_a_committee"
        code = "uscc_missing" if command.kind in CAPACITY else unasked
        raise Refused(code, uscc.PARTS, status=422, field="uscc", kind=command.kind)
    if fault := division.check(command.division):
        raise fault.refused("division_wrong", "division")
    if command.kind in OF_A_COMMUNITY and division.level(command.division) is not division.Level.COMMUNITY:
        raise Refused(
            "division_of_a_community",
            division.COMMUNITIES,
            status=422,
            field="division",
            kind=command.kind,
            division=command.division,
        )
    by_the_first = context.by.party_id == first_party(PartyKind.REGISTRAR) and command.kind in WATCHING
    if command.kind not in AT_HOME_ANYWHERE and not by_the_first:
        must_be_of_area(command.division, context)
    must_be_there(world, command.division, context.today, command.newer_reason)
    if command.uscc is not None:
        _check_uscc(command.uscc, command.kind)
    _check_certificate(command, context)
    id = party_id(command, context.cause)
    if world.find(Registration, id) is not None:
        if command.uscc is None:
            raise Refused("committee_registered", field="division", division=command.division, party=str(id))
        raise Refused("uscc_registered", uscc.STRUCTURE, field="uscc", uscc=command.uscc, party=str(id))
    entered = RegistrationEntered(
        party_id=id,
        kind=command.kind,
        uscc=command.uscc,
        division=command.division,
        real_name=command.name if natural else None,
        registered_by=context.by.person_id,
        registrar_id=context.by.party_id,
        newer_reason=command.newer_reason,
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


def _check_uscc(code: str, kind: PartyKind) -> None:
    if fault := uscc.check(code):
        raise fault.refused("uscc_wrong", "uscc")
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
    source = context.rulebooks.named(RULEBOOK).source(REGISTRATION_YEARS)
    if certified != (command.certificate is not None):
        code = "certificate_missing" if certified else "certificate_of_another_kind"
        raise Refused(code, source, status=422, field="certificate", kind=command.kind)
    if command.certificate is not None:
        until = command.certificate.registered_until
        registration_must_run(until, context.today, "certificate.registered_until", context)


def registration_must_run(until: date, since: date, field: str, context: Context) -> None:
    """A registration (登记) that began on `since` still runs, and for no longer than the rulebook's years."""
    rulebook = context.rulebooks.named(RULEBOOK)
    years = rulebook.integer(REGISTRATION_YEARS)
    if not context.today <= until <= _years_later(since, years):
        code = "certificate_lapsed" if until < context.today else "certificate_too_long"
        raise Refused(code, rulebook.source(REGISTRATION_YEARS), status=422, field=field, until=until, years=years)


def _years_later(day: date, years: int) -> date:
    """29 February has its day on 1 March in other years."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
