"""The ledger: every fen from its source to the provider, double entry, and whose money it was.

Owns fund accounts, lots, transfers and their allocations; each project's money; payment orders and receipt lines,
with what banks send back (payment.returned); bank accounts of parties, and the files by which foundations pay.
Hears project.approved (reserve), project.declined and tender.voided (give back), contract.signed (commit),
milestone.accepted, midterm.graded/awaited/deemed_passed, audit.reported and project.graded (gates), work.accepted (the
fee), change.agreed (set aside more or less), contract.terminated (pay what is left of the settlement, return the rest),
contract.retracted (give back), contract.cancellation_asked (give back and set aside anew), project.published (sums by
cost head are public).
Says fund.appropriated/corrected, budget.reserved or refused, reservation.released, funds.committed,
tranche.released/refused/paid, payment.drawn_up/approved/declined (above the
limit of one person), payment.ordered/refunded/instructed, hold.placed/lifted, commitment.changed/cancelled/stands,
change.refused,
project.settled, period.frozen/reopened/closed, costs.reported, cost.withdrawn/rejected, refund.corrected,
bank_account.stated/confirmed/withdrawn. Timers end a reservation that no agreement follows, and the wait for gates that
may open after the grade.
"""

from pathlib import Path

from services.funds import api, consumer, rules, store
from services.funds.store.places import PLACES
from services.kit.service import Service

SERVICE = Service(
    name="funds",
    folder=Path(__file__).parent,
    evolve=rules.evolve,
    load=store.load,
    save=store.save,
    hears=consumer.HEARS,
    timers=consumer.TIMERS,
    routes=api.ROUTES,
    places=PLACES,
    verify=store.verify,
)
