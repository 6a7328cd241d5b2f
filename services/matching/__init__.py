"""Advice, in a consumer of its own: who may bid and what is missing, how bids rank, which providers and projects suit,
what a venture round had best choose.

Owns: rankings as they were advised; what advice needs of open tenders and of what providers have in hand; rounds as
they were solved, with why not the others. Hears: scoring.closed (ranks), tender.opened/narrowed/amended/closed/voided,
award.arranged, contract.drafted/signed/terminated/lapsed/retracted, visits.recorded/voided, project.graded/published,
rounds and applications. Each touches its own rows and no others: what is asked is worked out when it is asked.
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
    places=store.PLACES,
)
