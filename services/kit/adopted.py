"""The shelf as it stands in a service's own schema: what is shipped, and what officers adopted and it has heard of."""

from pydantic import TypeAdapter

from events.database import Connection
from schemas.adoption import AdoptedRulebook
from services.kit.rulebooks import Shelf, shipped

_state: TypeAdapter[AdoptedRulebook] = TypeAdapter(AdoptedRulebook)
MOST_KEPT = 50
"""shelves remembered; each is for the same content wherever it lies, so that none grows old"""


async def shelf(connection: Connection, base: Shelf | None = None) -> Shelf:
    """One small question when nothing is new: a document never changes, so a shelf is known by its hashes.

    `base`: what lies there without any adoption; what is shipped unless said otherwise.
    """
    base = base or shipped()
    hashes = frozenset(row["hash"] for row in await connection.fetch("SELECT hash FROM rulebooks"))
    if not hashes:
        return base
    if hashes not in base.grown:
        rows = await connection.fetch("SELECT state FROM rulebooks WHERE hash = ANY($1)", list(hashes))
        while len(base.grown) >= MOST_KEPT:
            base.grown.pop(next(iter(base.grown)))
        base.grown[hashes] = Shelf([_state.validate_json(row["state"]).layers for row in rows], base)
    return base.grown[hashes]
