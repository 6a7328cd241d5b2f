"""Keys: with which somebody acts for a party in a role.

The caller makes the key, at least 32 random bytes, and sends its SHA-256 only. So the secret is never in this
program at rest: in no table (an answer is kept for repeated requests), no fact, no log, no backup.
"""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import AwareDatetime, Field

from schemas.deciding import Context, Ref, World, new_id
from schemas.fact import Command, Fact, Note
from schemas.ids import KeyId, PartyId
from schemas.party import NATURAL_PERSONS, ROLES, KeyIssued, KeyRevoked
from schemas.refused import Refused
from schemas.role import Role
from schemas.standing import Key, Party
from services.registry.rules.registration import Name, Person, PersonNamed, Registration

LONGEST_KEY_DAYS = 400
"""A yearly renewal with a month of slack; a platform limit, no law."""

_BY_DIGEST = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000003")

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of the key's text as it will stand behind `Bearer`, lower-case hex."""


class IssueKey(Command):
    """Somebody may act for a party in a role: a person already known, or a new one by name.

    Neither is given for a natural person's own party: the person is the party.
    """

    party_id: PartyId
    role: Role
    digest: Digest
    expires_at: AwareDatetime
    person_id: PartyId | None = None
    person_name: Name | None = None
    """stays in registry"""


class RevokeKey(Command):
    key_id: KeyId


def key_of(digest: str) -> KeyId:
    """One digest is one key: the same key cannot be issued twice."""
    return KeyId(uuid5(_BY_DIGEST, digest))


def _person_of(command: IssueKey, cause: UUID) -> PartyId:
    if command.person_name is not None:
        return PartyId(new_id(cause, "person"))
    return command.person_id or command.party_id


def issue_refs(command: IssueKey, cause: UUID) -> tuple[Ref, ...]:
    person = _person_of(command, cause)
    return ((Person, person), (Registration, person), (Party, command.party_id), (Key, key_of(command.digest)))


def issue_key(world: World, command: IssueKey, context: Context) -> list[Fact | Note]:
    party = world.get(Party, command.party_id)
    if party.hub_id is not None:
        raise Refused("group_has_no_keys", status=422, field="party_id", party=str(party.id), hub=str(party.hub_id))
    if command.role not in ROLES[party.kind]:
        roles = tuple(sorted(ROLES[party.kind]))
        raise Refused("role_of_another_kind", status=422, field="role", kind=party.kind, roles=roles)
    _check_expiry(command.expires_at, context.at)
    if world.find(Key, key_of(command.digest)) is not None:
        raise Refused("key_known", field="digest")
    if command.person_id is not None and command.person_name is not None:
        raise Refused("person_twice", status=422, field="person_id")
    person = _person_of(command, context.cause)
    issued = key_issued(command.party_id, person, command.role, command.digest, command.expires_at)
    if command.person_name is not None:
        return [PersonNamed(person_id=person, name=command.person_name), issued]
    registration = world.find(Registration, person)
    natural = registration is not None and registration.kind in NATURAL_PERSONS
    if not natural and world.find(Person, person) is None:
        raise Refused("person_unknown", status=422, field="person_id", person=str(person))
    return [issued]


def _check_expiry(expires_at: datetime, at: datetime) -> None:
    if not at < expires_at <= at + timedelta(days=LONGEST_KEY_DAYS):
        raise Refused("key_expiry", status=422, field="expires_at", days=LONGEST_KEY_DAYS)


def key_issued(party: PartyId, person: PartyId, role: Role, digest: str, expires_at: datetime) -> KeyIssued:
    return KeyIssued(
        party_id=party,
        key_id=key_of(digest),
        person_id=person,
        role=role,
        digest=digest,
        expires_at=expires_at,
    )


def revoke_refs(command: RevokeKey, cause: UUID) -> tuple[Ref, ...]:
    return ((Key, command.key_id),)


def revoke_key(world: World, command: RevokeKey, context: Context) -> list[Fact | Note]:
    key = world.get(Key, command.key_id)
    if key.revoked:
        raise Refused("key_revoked", key=str(key.id))
    return [KeyRevoked(party_id=key.party_id, key_id=command.key_id)]
