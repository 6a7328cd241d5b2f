"""An accepted mid-term that the funder does not judge in time counts as passed (视为通过): no money waits for silence.

The days bind where the agreement printed them and a tranche waits for the judgement. Who was told to rectify, and then
mended it and was accepted, waits for a judgement anew; what failed passes by a judgement only.
"""

from datetime import datetime

from schemas.contract import Milestone
from schemas.days import end_of
from schemas.deciding import Context
from schemas.judging import MidTermAwaited, MidTermDeemedPassed, MidTermResult
from schemas.model import Model
from schemas.tranche import Gate
from schemas.workdays import UnknownYear, after_weekdays, after_workdays
from services.contracts.rules.annex import JUDGE_DAYS
from services.contracts.rules.contract import Contract, Dated
from services.contracts.rules.step import Stage


def judgement_awaited(contract: Contract, context: Context) -> list[MidTermAwaited]:
    """From the acceptance on, which `contract` already has."""
    rule = contract.rule(JUDGE_DAYS)
    accepted = contract.deliveries[Milestone.MID_TERM].stage is Stage.ACCEPTED
    waits = any(Gate.MID_TERM_PASSED in tranche.gates for tranche in contract.agreement.tranches)
    if rule is None or not accepted or not waits or contract.mid_term not in (None, MidTermResult.RECTIFY):
        return []
    days = int(rule.value)
    try:
        due, known = end_of(after_workdays(context.today, days)), True
    except UnknownYear:
        due, known = end_of(after_weekdays(context.today, days)), False
    awaited = MidTermAwaited(
        project_id=contract.project_id,
        contract_id=contract.agreement.contract_id,
        judgement_due=due,
        days=days,
        holidays_known=known,
        source=rule.source.text,
        rulebook=contract.agreement.rulebook,
    )
    return [awaited]


def awaited_since_change(contract: Contract, context: Context) -> list[MidTermAwaited]:
    """A tranche waits for the judgement only since the agreement was changed: the days run from then on."""
    if contract.judgement is not None or contract.awaited is not None:
        return []
    return judgement_awaited(contract, context)


def judged_too_late(contract: Contract, at: datetime) -> bool:
    """The days are over, whether the timer has rung or not."""
    return contract.awaited is not None and at >= contract.awaited.judgement_due


def deem_passed(contract: Contract, context: Context) -> list[Model]:
    """Nothing, if somebody judged meanwhile, or there is nothing left to pay."""
    awaited = contract.awaited
    if awaited is None or contract.published or not judged_too_late(contract, context.at):
        return []
    deemed = MidTermDeemedPassed(
        project_id=contract.project_id,
        contract_id=contract.agreement.contract_id,
        funder_id=contract.funder_id,
        judgement_due=awaited.judgement_due,
        days=awaited.days,
        source=awaited.source,
        rulebook=awaited.rulebook,
    )
    return [deemed, Dated(project_id=contract.project_id, step="mid_term.deemed_passed", at=context.at)]
