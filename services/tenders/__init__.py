"""A project from proposal to award: terms, sealed bids, opening, qualification, scores, the buyer's choice.

Owns: projects until the award, direct arrangements, tenders' sealing keys (wrapped), bids (ciphertext until opening),
charity-venture rounds with their applications (`sanshe.rounds`, keyed by the round).
Hears: need.chosen (proposes), budget.reserved (arranges)/refused, bids.ranked (advice), ranking.refused and
reservation.released (void), contract.retracted, contract.endorsed (a winner that signed is not late) and
contract.signed (no award is set aside after it, unless a complaint's decision cancels the agreement:
contract.cancelled/stands).
Says: commission.requested/accepted/declined/withdrawn, project.proposed/declined/approved,
tender.opened/closed/voided/amended/narrowed (who alone may bid), delivery.disclosed (who delivers what was awarded),
question.asked (never by whom)/answered, bid.sealed/withdrawn, bids.opened/qualified, scores.entered, scoring.closed,
award.confirmed, award.arranged (directly), award.announced/set_aside/passed_on, winner.defaulted, objection.* and
complaint.* (never by whom), signing.suspended/resumed, purchase.suspended/resumed, evaluation.reopened,
tender.cancelled/rerun. Its timers close a tender and a round at their deadlines, and end the suspension of a purchase.
Of a round: called, applied to, checked, preferred, scored, publicised, confirmed; matching pairs and solves. Of
project.graded it keeps what bars or prefers in later rounds.
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
    places=store.PLACES,
)
