"""What residents and parties say about the work, and the grade that comes of it. Own consumer, own process.

Owns: rating tokens (digests only), lots, single ratings (rows, never facts), follow-ups, two-way scores, the grade.
Hears: contract.signed (who is who), milestone.submitted (ratable), milestone.accepted (final: window opens).
Says: sample.drawn, party.rated, followup.*; when the window's timer rings, milestone.rated and ratings.assessed per
rated milestone, and project.graded.
"""

from pathlib import Path

from services.evaluation import api, consumer, rules, store
from services.kit.service import Service

SERVICE = Service(
    name="evaluation",
    folder=Path(__file__).parent,
    evolve=rules.evolve,
    load=store.load,
    save=store.save,
    hears=consumer.HEARS,
    timers=consumer.TIMERS,
    routes=api.ROUTES,
)
