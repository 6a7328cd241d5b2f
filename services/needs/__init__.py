"""Needs: what residents lack, where it goes, what they choose when money is to be spent; the gate before communities.

Owns needs, deliberations, ballots, rolls and votes (rows of its own and never facts), items at the gate, stamps,
counts of burdens. Who may vote is the community's to check: it registers residents, issues
tokens, and needs counts each token's last vote once. Hears parties, fund accounts, what becomes of chosen needs.
Says need posted, routed, chosen; unit registered; deliberation proposed, and each of its steps; ballot opened, closed;
roll listed; item applied for, assessed, admitted, refused, converted, handed over, followed up; stamp decided; burden
counted, relieved; need taken in, applicant erased; department assigned; need handed over, answered, escalated, closed,
merged, separated; grid reported; resident unit,
resource, booking, volunteer, task, service and certificate, each with its steps; need met; rating tokens reissued
(`sanshe.needs`).
"""

from pathlib import Path

from services.kit.service import Service
from services.needs import api, consumer, rules, store
from services.needs.rules.count import BallotBox
from services.needs.store.places import PLACES

SERVICE = Service(
    name="needs",
    folder=Path(__file__).parent,
    evolve=rules.evolve,
    load=store.load,
    save=store.save,
    hears=consumer.HEARS,
    timers=consumer.TIMERS,
    slow=frozenset({BallotBox}),
    routes=api.ROUTES,
    places=PLACES,
)
