"""Who is calling: an API key whose SHA-256 this service has heard of (DESIGN section 8)."""

import hashlib
from collections.abc import Collection
from datetime import datetime

from events.database import Connection
from schemas.deciding import SYSTEM
from schemas.refused import Refused
from schemas.role import Actor, Role
from services.kit import standing
from services.kit.areas import Caller

LONGEST_KEY = 200

RESIDENT = Actor(person_id=SYSTEM, party_id=SYSTEM, role=Role.RESIDENT)
"""Anyone at a public door: a resident shows a token in the body, not an identity."""


def digest(secret: str) -> str:
    """Keys have 256 random bits, so a plain SHA-256 cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def bearer(header: str | None) -> str | None:
    if header is None:
        return None
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip() or len(secret) > LONGEST_KEY:
        raise Refused("unauthenticated", status=401)
    return secret.strip()


async def caller(
    connection: Connection, secret: str | None, roles: Collection[Role], now: datetime, *, must_stand: bool
) -> Caller:
    """Who calls and from where, or 401 without a living key, 403 in the wrong role or when the party may not act.

    Keys end by wall time even where business time is virtual: they protect the machine, not the story.
    """
    if not roles and secret is None:
        return Caller(actor=RESIDENT, division=None)
    found = await standing.key_by_digest(connection, digest(secret)) if secret is not None else None
    if found is None:
        raise Refused("unauthenticated", status=401)
    key, party = found
    if key.revoked or key.expires_at <= now:
        raise Refused("unauthenticated", status=401)
    if roles and key.role not in roles:
        raise Refused("wrong_role", status=403, needed=tuple(sorted(roles)), role=key.role)
    if must_stand:
        if party is None:
            raise Refused("not_here_yet", status=409)
        party.must_stand()
    return Caller(actor=key.actor(), division=None if party is None else party.division)
