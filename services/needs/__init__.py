"""Needs: what residents lack, where it goes, and what they choose when money is to be spent.

Owns needs, ballots and votes; votes are rows of its own and never facts. Who may vote is the community's to check:
it hands out tokens, and needs counts each token's last vote once.
Hears parties only. Says need posted, routed, chosen; ballot opened, closed (`sanshe.needs`).
"""

from pathlib import Path

from services.kit.service import Service
from services.needs import api, consumer, rules, store

SERVICE = Service(
    name="needs",
    folder=Path(__file__).parent,
    evolve=rules.evolve,
    load=store.load,
    save=store.save,
    hears=consumer.HEARS,
    timers=consumer.TIMERS,
    slow=frozenset(consumer.TIMERS),
    routes=api.ROUTES,
)
