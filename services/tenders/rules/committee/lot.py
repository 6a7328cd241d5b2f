"""The draw itself: a seed nobody controls alone, and an order of the pool that follows from it.

    commitment = SHA-256("sanshe draw 1\\n<project>\\n<secret>")
    seed       = SHA-256("sanshe draw 1\\n<project>\\n<secret>\\n<digest of a bid>\\n…"), digests sorted
    order      = the pool by SHA-256("<seed>\\n<evaluator>"), all in lower-case hex

The secret was bound before the deadline by its published commitment, and its sealed copy was readable to nobody; each
bidder's sealed content enters by its digest, so neither side could choose the seed without the other.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from uuid import UUID

from schemas.ids import PartyId

PURPOSE = "sanshe draw 1"


def commitment_of(project_id: UUID, secret: str) -> str:
    return _hash(PURPOSE, str(project_id), secret)


def seed_of(project_id: UUID, secret: str, digests: Iterable[str]) -> str:
    return _hash(PURPOSE, str(project_id), secret, *sorted(digests))


def order_of(seed: str, pool: Iterable[PartyId]) -> tuple[PartyId, ...]:
    return tuple(sorted(pool, key=lambda id: _hash(seed, str(id))))


def picked(order: Sequence[PartyId], passed: Iterable[PartyId], seats: int) -> tuple[PartyId, ...]:
    """The first `seats` that were not passed over; fewer when the pool is exhausted."""
    out = set(passed)
    return tuple(id for id in order if id not in out)[:seats]


def _hash(*lines: str) -> str:
    return sha256("\n".join(lines).encode()).hexdigest()
