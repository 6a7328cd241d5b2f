"""What residents and parties say about the work, and the grade that comes of it. Own consumer, own process.

Owns: rating tokens (digests only), lots, single ratings (rows, never facts), follow-ups, two-way scores, the grade;
the fiscal self-evaluation and its table; ratings between street and committee; grades of communities' governance.
Hears: contract.signed (who is who), milestone.submitted (ratable), milestone.accepted (final: window opens),
midterm.graded (what it ends is graded at once), contract.terminated (no grade will come); for the self-evaluation
contract.drafted, tranche.paid, payment.refunded, project.settled; rating_tokens.reissued (lost ones are void).
Says: sample.drawn, party.rated, followup.*; when the window's timer rings, milestone.rated and ratings.assessed per
rated milestone, and grade.announced; what the provider and the funder make of it (grade.replied/accepted,
reevaluation.requested/decided); then project.graded; indicators.planned, indicator.measured, project.self_evaluated,
expert.rated, street_pair.rated; on the parties stream, keyed by the community, community.graded.
"""

from pathlib import Path

from services.evaluation import api, consumer, store
from services.evaluation.rules import remembering
from services.evaluation.store.places import PLACES
from services.kit.service import Service

SERVICE = Service(
    name="evaluation",
    folder=Path(__file__).parent,
    evolve=remembering.evolve,
    load=store.load,
    save=store.save,
    hears=consumer.HEARS,
    timers=consumer.TIMERS,
    routes=api.ROUTES,
    places=PLACES,
)
