"""Whether a party may act: verified by another person than who entered it, suspended, verified again."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, World, new_id
from schemas.fact import Command, Fact, Note
from schemas.ids import PartyId
from schemas.party import PartyKind, PartySuspended, PartyVerified
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Certainty, Source
from schemas.standing import Party
from services.registry.rules import record
from services.registry.rules.record import Dossier, Entered, Record, RecordEntered, StandingRecord, dossier_of
from services.registry.rules.registration import RULEBOOK, Registration

SEPARATION = Source("行政事业单位内部控制规范(试行)(财会〔2012〕21号)不相容岗位相互分离", Certainty.COMMON)


class VerifyParty(Command):
    """Another registrar checked the papers; lifts a suspension too."""

    party_id: PartyId


class SuspendParty(Command):
    party_id: PartyId
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    """public"""


def party_refs(command: VerifyParty | SuspendParty, cause: UUID) -> tuple[Ref, ...]:
    standing = (Record, new_id(cause, f"standing/{command.party_id}"))
    return ((Registration, command.party_id), (Dossier, command.party_id), standing, (Party, command.party_id))


def verify_party(world: World, command: VerifyParty, context: Context) -> list[Fact | Note]:
    """Who entered a party does not verify it: the decider is another person than the drafter."""
    party, registration = world.get(Party, command.party_id), world.get(Registration, command.party_id)
    if party.verified and not party.suspended:
        raise Refused("already_verified", party=str(party.id))
    if registration.registered_by == context.by.person_id:
        raise Refused("own_registration", SEPARATION, status=403, party=str(party.id))
    if party.certificate is not None and party.certificate.registered_until < context.today:
        source = context.rulebooks.named(RULEBOOK).source("party.certificate_registration_years")
        raise Refused("certificate_lapsed", source, until=party.certificate.registered_until)
    kept = _kept(world, party, record.Standing.VERIFIED, "核验", context)
    return [PartyVerified(party_id=command.party_id), *kept]


def suspend_party(world: World, command: SuspendParty, context: Context) -> list[Fact | Note]:
    party = world.get(Party, command.party_id)
    if party.suspended:
        raise Refused("already_suspended", party=str(party.id))
    if party.id == context.by.party_id:
        raise Refused("own_party", SEPARATION, status=403)
    must_be_public(command.reason, "reason")
    kept = _kept(world, party, record.Standing.SUSPENDED, command.reason, context)
    return [PartySuspended(party_id=command.party_id, reason=command.reason), *kept]


def _kept(world: World, party: Party, standing: record.Standing, ground: str, context: Context) -> list[RecordEntered]:
    """Of an organization, so that it can be asked how it stood on a day."""
    if party.kind is not PartyKind.ORGANIZATION:
        return []
    note = RecordEntered(
        record_id=context.new_id(f"standing/{party.id}"),
        party_id=PartyId(party.id),
        number=dossier_of(world, party.id).records + 1,
        content=StandingRecord(standing=standing),
        valid_from=context.today,
        valid_until=None,
        ground=ground,
        document=None,
        removable_from=None,
        entered=Entered(by=context.by.person_id, at=context.at, recorded_on=context.today),
    )
    return [note]
