"""An acceptance window that passes unanswered is acceptance (视为验收), so that no money waits for a silent buyer.

It binds where the agreement printed it: one from before papers were made has no window, nor one under an edition of the
rulebook that sets none.
"""

from datetime import timedelta
from functools import reduce

from schemas.contract import Milestone, MilestoneAccepted, MilestoneDeemedAccepted
from schemas.deciding import SYSTEM, Context, Due, World
from schemas.model import Model
from services.contracts.rules.acceptance_report import reported
from services.contracts.rules.annex import ACCEPTANCE_DAYS
from services.contracts.rules.contract import AcceptanceAwaited, Contract, Dated
from services.contracts.rules.evolving import after
from services.contracts.rules.step import Stage
from services.contracts.rules.units import work_accepted
from services.contracts.rules.unjudged import judgement_awaited


def awaited(contract: Contract, milestone: Milestone, context: Context) -> list[AcceptanceAwaited]:
    """From the community's confirmation on; where it performs itself, from its submission."""
    rule = None if contract.annex is None else contract.annex.acceptance_days
    if rule is None:
        return []
    due = context.at + timedelta(days=int(rule.value))
    return [AcceptanceAwaited(project_id=contract.project_id, milestone=milestone, due=due)]


def deem_accepted(world: World, due: Due, context: Context) -> list[Model]:
    """Says first why it counts as accepted, then that it is; what was answered meanwhile is left alone."""
    contract = world.find(Contract, due.ref[1])
    if contract is None or contract.stands_still:
        return []
    said: list[Model] = []
    for milestone in Milestone:
        if contract.silent(milestone, context.at):
            said += _deemed(contract, milestone, context)
    return said


def _deemed(contract: Contract, milestone: Milestone, context: Context) -> tuple[Model, ...]:
    acceptance_due = contract.window_ends(milestone)
    assert contract.annex is not None  # or there would be no window
    assert acceptance_due is not None  # or it would not be silent
    rule = contract.annex.rules[ACCEPTANCE_DAYS]
    deemed = MilestoneDeemedAccepted(
        project_id=contract.project_id,
        milestone=milestone,
        acceptance_due=acceptance_due,
        days=int(rule.value),
        source=rule.source.text,
        rulebook=contract.agreement.rulebook,
    )
    accepted = MilestoneAccepted(project_id=contract.project_id, milestone=milestone, accepted_by=SYSTEM)
    dated = Dated(project_id=contract.project_id, step=f"{milestone}.{Stage.ACCEPTED}", at=context.at)
    # an opinion may have kept the window open: what counted is what the report says
    window = AcceptanceAwaited(project_id=contract.project_id, milestone=milestone, due=acceptance_due)
    said = (*_work(contract, milestone), deemed, accepted, dated, window)
    contract = reduce(after, said, contract)
    judged = judgement_awaited(contract, context) if milestone is Milestone.MID_TERM else []
    return *said, *judged, *reported(contract, milestone)


def _work(contract: Contract, milestone: Milestone) -> tuple[Model, ...]:
    """Units that the silent buyer did not count are accepted as they were reported."""
    work = contract.agreement.work
    if milestone is not Milestone.FINAL or work is None or contract.work.fee is not None:
        return ()
    return (work_accepted(contract.project_id, contract.agreement, work, contract.work.reported, SYSTEM),)
