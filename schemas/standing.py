"""What every service remembers of the parties: their standing, and the keys their people act with.

Kept by kit in each service from `sanshe.parties`, so that nobody calls back to registry.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from schemas.adoption import RulebookAdopted, adopted
from schemas.deciding import State, World
from schemas.ids import PartyId
from schemas.model import Model
from schemas.organization import GroupRegistered, Listing, PartyDelisted, PartyListed
from schemas.party import (
    Certificate,
    InstitutionClass,
    InstitutionClassified,
    KeyIssued,
    KeyRevoked,
    PartyKind,
    PartyRegistered,
    PartySuspended,
    PartyVerified,
    TieDeclared,
    TieKind,
)
from schemas.refused import NotHereYet, Refused
from schemas.role import Actor, Role
from schemas.worker import CertificateRenewalEnded, CertificateRenewed, EmploymentConfirmed, EmploymentEnded


@dataclass(frozen=True, slots=True, kw_only=True)
class Party(State):
    kind: PartyKind
    name: str | None
    uscc: str | None
    division: str
    certificate: Certificate | None
    verified: bool
    suspended: bool
    ties: frozenset[UUID]
    """parties this natural person recuses from"""
    employers: frozenset[UUID] = frozenset()
    """those that employ the person, by a tie that was declared or an employment that was confirmed"""
    institution: InstitutionClass | None = None
    """of a public institution, once it is recorded"""
    hub_id: PartyId | None = None
    """of a group on record (备案): the organization it acts through"""
    listings: tuple[Listing, ...] = ()
    """the credit lists it stands on"""

    def must_stand(self) -> None:
        """Unverified and suspended parties cannot act."""
        if self.suspended:
            raise Refused("party_suspended", status=403, party=str(self.id))
        if not self.verified:
            raise Refused("party_not_verified", status=403, party=str(self.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Key(State):
    party_id: PartyId
    person_id: PartyId
    role: Role
    digest: str
    expires_at: datetime
    revoked: bool

    def actor(self) -> Actor:
        return Actor(person_id=self.person_id, party_id=self.party_id, role=self.role)


def evolve_standing(world: World, fact: Model) -> tuple[State, ...]:
    """Parties and keys after a fact of `sanshe.parties`, rulebooks after one of `sanshe.rulebooks`; nothing else."""
    match fact:
        case PartyRegistered():
            return (
                Party(
                    id=fact.party_id,
                    kind=fact.kind,
                    name=fact.name,
                    uscc=fact.uscc,
                    division=fact.division,
                    certificate=fact.certificate,
                    verified=False,
                    suspended=False,
                    ties=frozenset(),
                ),
            )
        case PartyVerified():
            party = world.find(Party, fact.party_id)
            return () if party is None else (replace(party, verified=True, suspended=False),)
        case PartySuspended():
            party = world.find(Party, fact.party_id)
            return () if party is None else (replace(party, suspended=True),)
        case TieDeclared():
            party = world.find(Party, fact.party_id)
            return () if party is None else (_tied(party, fact),)
        case InstitutionClassified():
            party = world.find(Party, fact.party_id)
            return () if party is None else (replace(party, institution=fact.institution),)
        case GroupRegistered():
            return (_group(fact),)
        case PartyListed():
            party = world.find(Party, fact.party_id)
            return () if party is None else (replace(party, listings=(*party.listings, fact.listing)),)
        case PartyDelisted():
            party = world.find(Party, fact.party_id)
            return () if party is None else (_delisted(party, fact),)
        case CertificateRenewed() | CertificateRenewalEnded():
            party = world.find(Party, fact.party_id)
            return () if party is None else (replace(party, certificate=fact.certificate),)
        case EmploymentConfirmed():
            party = world.find(Party, fact.party_id)
            return () if party is None else (replace(party, employers=party.employers | {fact.employer_id}),)
        case EmploymentEnded():
            party = world.find(Party, fact.party_id)
            return () if party is None else (_left(party, fact),)
        case KeyIssued():
            return (
                Key(
                    id=fact.key_id,
                    party_id=fact.party_id,
                    person_id=fact.person_id,
                    role=fact.role,
                    digest=fact.digest,
                    expires_at=fact.expires_at,
                    revoked=False,
                ),
            )
        case KeyRevoked():
            key = world.find(Key, fact.key_id)
            return () if key is None else (replace(key, revoked=True),)
        case RulebookAdopted():
            return (adopted(fact),)
        case _:
            return ()


def _tied(party: Party, fact: TieDeclared) -> Party:
    employer = {fact.tied_to} if fact.kind is TieKind.EMPLOYMENT else set()
    return replace(party, ties=party.ties | {fact.tied_to}, employers=party.employers | employer)


def _left(party: Party, fact: EmploymentEnded) -> Party:
    """Who declared a tie to the employer besides goes on recusing."""
    return party if fact.employer_id in party.ties else replace(party, employers=party.employers - {fact.employer_id})


def _group(fact: GroupRegistered) -> Party:
    return Party(
        id=fact.party_id,
        kind=PartyKind.ORGANIZATION,
        name=fact.name,
        uscc=None,
        division=fact.division,
        certificate=None,
        verified=False,
        suspended=False,
        ties=frozenset(),
        hub_id=fact.hub_id,
    )


def _delisted(party: Party, fact: PartyDelisted) -> Party:
    return replace(party, listings=tuple(one for one in party.listings if one.record_id != fact.record_id))


def party(world: World, id: UUID) -> Party:
    """The party, for a person's command: 404 when nobody knows it."""
    return world.get(Party, id)


def known_party(world: World, id: UUID) -> Party:
    """The party, for a reaction: if its facts are still on the way, the key waits for them."""
    found = world.find(Party, id)
    if found is None:
        raise NotHereYet("sanshe.parties", str(id))
    return found
