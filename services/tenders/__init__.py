"""A project from proposal to award: terms, sealed bids, opening, qualification, scores, the buyer's choice.

Owns: projects until the award, direct arrangements, tenders' sealing keys (wrapped), bids (ciphertext until opening).
Hears: need.chosen (proposes), budget.reserved (arranges)/refused, bids.ranked (advice), ranking.refused and
reservation.released (void).
Says: commission.requested/accepted/declined, project.proposed/declined/approved, tender.opened/closed/voided,
question.asked (never by whom)/answered, tender.amended,
bid.sealed/withdrawn, bids.opened/qualified, scores.entered, scoring.closed, award.confirmed, award.arranged (directly).
Its one timer closes a tender at its deadline.
"""

from pathlib import Path

from services.kit.service import Service
from services.tenders import api, consumer, store
from services.tenders.rules.evolve import evolve

SERVICE = Service(
    name="tenders",
    folder=Path(__file__).parent,
    evolve=evolve,
    load=store.load,
    save=store.save,
    hears=consumer.HEARS,
    timers=consumer.TIMERS,
    routes=api.ROUTES,
)
