"""Advice, in a consumer of its own: how bids rank, which providers are near, what a venture round had best choose.

Owns: rankings as they were advised; what a recommendation needs of open tenders; rounds as they were solved, with why
not the others. Hears: scoring.closed (ranks), tender.opened/closed/voided, award.arranged, rounds and applications.
Says: bids.ranked and award.proposed, or ranking.refused; pairs.found, alternatives.weighed, round.solved. Its timer
compares a closed round and solves a scored one, beside the event loop. People decide.
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
    timers=consumer.TIMERS,
    slow=frozenset(consumer.TIMERS),
    routes=api.ROUTES,
)
