"""Advice, in a consumer of its own: how bids rank, and which providers are near an open tender.

Owns: rankings as they were advised; what a recommendation needs of open tenders.
Hears: scoring.closed (ranks), tender.opened/closed/voided.
Says: bids.ranked and award.proposed, or ranking.refused. People decide.
"""

from pathlib import Path

from services.kit.service import Service
from services.matching import api, consumer, store
from services.matching.rules.evolve import evolve

SERVICE = Service(
    name="matching",
    folder=Path(__file__).parent,
    evolve=evolve,
    load=store.load,
    save=store.save,
    hears=consumer.HEARS,
    routes=api.ROUTES,
)
