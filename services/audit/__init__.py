"""The archive of everything that was said: every project's story, and the way of every fen, told from it.

Owns: one row per event of every stream, append-only; which story tells of which of the ledger's transfers. Decides
nothing and says nothing.
Hears: every fact of the catalogue. A projection: it can be built again from the log at any time.
"""

from pathlib import Path

from services.audit import api, consumer, store
from services.kit.service import Service

SERVICE = Service(
    name="audit",
    folder=Path(__file__).parent,
    evolve=consumer.evolve,
    load=store.load,
    save=store.save,
    hears=consumer.HEARS,
    routes=api.ROUTES,
    places=store.PLACES,
    archive=store.archive,
    verify=store.verify,
)
