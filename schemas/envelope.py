"""The envelope of a bid, and the three shares of a tender's key of which any two make it again.

An envelope is HPKE in base mode (RFC 9180: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM), the encapsulated key
in front of the ciphertext. Its `info` names tender and bidder, so that it opens in no other place.

Two of three: the key is the exclusive or of three random parts, and each share lacks another one of them (Ito, Saito,
Nishizeki 1989, "Secret sharing scheme realizing general access structure"). Two shares have all three parts; one lacks
a part, without which every key is equally likely. No field arithmetic, so nothing to get wrong or to time.
"""

import secrets
from enum import StrEnum
from typing import Annotated

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from pydantic import Field

from schemas.ids import PartyId, ProjectId

KEY_BYTES = 32
OVERHEAD_BYTES = 48
"""the encapsulated key (32) and the tag (16)"""
MOST_SEALED_BYTES = 32 * 1024
"""room for the longest proposal in its longest spelling"""

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)

Key = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""32 bytes in hex: a key of X25519, or a SHA-256. Any 32 random bytes are a private key (RFC 7748)."""


class Envelope(StrEnum):
    """Whose key opens a bid."""

    INSTALLATION = "installation"
    """the installation's, wrapped by its master key: whoever holds data folder and database could open it"""
    ESCROW = "escrow"
    """the tender's, of which nobody has more than a share"""
    OWN = "own"
    """the bidder's, for this one bid"""


class SealingRule(StrEnum):
    """How a tender's bids are sealed; under each of them a bidder may use a key of its own."""

    SERVER = "server"
    ESCROW = "escrow"
    BIDDER_KEY = "bidder_key"


class Holder(StrEnum):
    """Who holds a share of a tender's key; the place tells which part the share lacks."""

    BUYER = "buyer"
    SUPERVISOR = "supervisor"
    RECOVERY = "recovery"
    """wrapped by the installation; its use is told to everybody"""


HOLDERS = tuple(Holder)
SHARES_NEEDED = 2


def new_key() -> bytes:
    """A fresh private key."""
    return secrets.token_bytes(KEY_BYTES)


def public_of(private: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def usable(public: bytes) -> bool:
    """False of a point of low order, to which nothing can be sealed."""
    try:
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        return False
    return True


def bid_place(project_id: ProjectId, bidder_id: PartyId) -> bytes:
    return f"sanshe bid/{project_id}/{bidder_id}".encode()


def keeper_place(project_id: ProjectId, holder: Holder) -> bytes:
    return f"sanshe share/{project_id}/{holder}".encode()


def seal(plain: bytes, public: bytes, place: bytes) -> bytes:
    return _SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(public), info=place)


def unseal(sealed: bytes, private: bytes, place: bytes) -> bytes | None:
    """None when it does not open: another key, another place, or it was altered."""
    try:
        return _SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(private), info=place)
    except (InvalidTag, ValueError):
        return None


def split(secret: bytes, parts: tuple[bytes, bytes]) -> dict[Holder, bytes]:
    """`parts`: two fresh random strings as long as the secret; the third follows from them."""
    three = (*parts, xor(secret, *parts))
    return {holder: three[(i + 1) % 3] + three[(i + 2) % 3] for i, holder in enumerate(HOLDERS)}


def join(one: tuple[Holder, bytes], other: tuple[Holder, bytes]) -> bytes:
    """The secret, of the shares of two different holders."""
    parts: dict[int, bytes] = {}
    for holder, share in (one, other):
        i, half = HOLDERS.index(holder), len(share) // 2
        parts |= {(i + 1) % 3: share[:half], (i + 2) % 3: share[half:]}
    return xor(*parts.values())


def xor(*strings: bytes) -> bytes:
    whole = 0
    for string in strings:
        whole ^= int.from_bytes(string, "big")
    return whole.to_bytes(len(strings[0]), "big")
