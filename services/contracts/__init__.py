"""The agreement (项目协议书) of a project and its delivery: drafting, signing, milestones, acceptance (验收).

Owns: the agreement's terms and digest, who signed it, its paper, each milestone's stage, visits, the supervision
committee's opinions and roll, what the people served said at the acceptance, changes, suspension, termination, the
published result.
Hears: award.confirmed and award.arranged (drafts), project.graded and project.settled (publishes once both are known),
award.set_aside (withdraws), complaint.decided (cancels what nothing was performed of; commitment.cancelled/stands
answers), award.announced (days to sign), signing.suspended/resumed (holds up), tranche.released,
commitment.changed and change.refused (of a change), reservation.released and tender.voided (end an
agreement).
Says: contract.drafted/endorsed/signed/paper_made, milestone.submitted/returned/confirmed/accepted,
milestone.deemed_accepted (the buyer's time ran out), milestone.report_made, visits.recorded/voided,
opinion.filed/signed/answered/overdue, users.consulted, work.reported/accepted, midterm.graded, midterm.awaited (until a
day), midterm.deemed_passed (nobody judged it by then), audit.reported, change.*, termination.*,
contract.changed/suspended/resumed/terminated/lapsed/withdrawn/retracted/overdue, contract.cancellation_asked and then
contract.cancelled/stands (a complaint was decided after signing), project.published.
"""

from pathlib import Path

from services.contracts import api, consumer, rules, store
from services.kit.service import Service

SERVICE = Service(
    name="contracts",
    folder=Path(__file__).parent,
    evolve=rules.evolve,
    load=store.load,
    save=store.save,
    hears=consumer.HEARS,
    timers=consumer.TIMERS,
    routes=api.ROUTES,
    places=store.PLACES,
)
