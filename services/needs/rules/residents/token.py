"""Tokens of residents for one purpose each: to vote in a ballot, or to rate a project.

A token is an HMAC under a key of the purpose, made at its first issue and forgotten at its end, over an HMAC under the
resident's own key. So tokens of two purposes have nothing in common, issuing again gives the same one, and which token
is whose is written down nowhere: it can be computed only while both keys exist. Each purpose is an epoch of its own.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid5

from schemas.contract import Milestone
from schemas.deciding import Context, Due, State, Vault, World
from schemas.fact import Note
from schemas.ids import PartyId
from schemas.model import Model
from schemas.rating_token import ReissueReason
from services.needs.rules.residents.register import Resident
from services.needs.rules.voter import Voter


@dataclass(frozen=True, slots=True, kw_only=True)
class Reissue:
    """Of a token to rate with, until it is told; whose it is does not stand here."""

    project_id: UUID
    milestone: Milestone | None
    lost: str
    fresh: str
    reason: ReissueReason
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKey(State):
    """Of one purpose, by its id: the ballot's, or `rating_purpose`."""

    community_id: PartyId
    key: str
    """wrapped by the vault; empty once the purpose is over, and then no token can be told apart from another"""
    ends_at: datetime
    erased: tuple[str, ...] = ()
    """persons erased while they held a token, as keyed digests under this key: entered again, they get no second one"""
    untold: tuple[Reissue, ...] = ()
    """emptied as soon as it is told"""
    tell_at: datetime | None = None

    def due(self) -> Mapping[str, datetime]:
        forget = {"forget": self.ends_at} if self.key else {}
        return forget if self.tell_at is None else forget | {"tell": self.tell_at}


class TokensIssued(Note):
    """Rows of needs, never told."""

    key: TokenKey
    residents: tuple[Resident, ...]
    voters: tuple[Voter, ...]


class KeyForgotten(Note):
    purpose_id: UUID


def rating_purpose(community_id: UUID, project_id: UUID, milestone: Milestone | None) -> UUID:
    """To rate one milestone of a project, or every one."""
    return uuid5(community_id, f"ratings/{project_id}/{milestone or 'every'}")


def token_of(vault: Vault, key: TokenKey, resident: Resident, number: int) -> str:
    """What the resident is handed: 43 characters of base64url, no padding."""
    own = vault.derive(bytes.fromhex(resident.key), b"token\0" + key.id.bytes + number.to_bytes(4, "big"))
    return urlsafe_b64encode(vault.derive(bytes.fromhex(key.key), b"token\0" + own)).rstrip(b"=").decode()


def digest_of(token: str) -> str:
    """As it stands on a roll and a vote: SHA-256, lower-case hex."""
    return sha256(token.encode()).hexdigest()


def mark_of(vault: Vault, key: TokenKey, resident: Resident) -> str:
    """Of a person for this purpose, whichever row the person is entered under."""
    assert resident.identity is not None  # asked by the caller
    return vault.derive(bytes.fromhex(key.key), b"person\0" + resident.identity.bytes).hex()


def forget(world: World, due: Due, context: Context) -> list[Note]:
    key = world.find(TokenKey, due.ref[1])
    if key is None or not key.key or context.at < key.ends_at:
        return []
    return [KeyForgotten(purpose_id=key.id)]


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case TokensIssued():
            return (fact.key, *fact.residents, *fact.voters)
        case KeyForgotten():
            return (replace(world.get(TokenKey, fact.purpose_id), key="", erased=()),)
        case _:
            return ()
