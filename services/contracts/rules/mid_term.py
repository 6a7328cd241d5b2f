"""The funder judges the mid-term (中期评估): passed, to be rectified, or failed, with a score and its reasons.

What a failed one does stands in the rulebook: it stops the money until a later judgement passes, or ends the agreement.
An edition that says nothing of it leaves a failed mid-term without consequence: its gate stays closed.
"""

from typing import Annotated

from pydantic import StringConstraints

from schemas.contract import Milestone
from schemas.deciding import Context, World
from schemas.evaluation import Score
from schemas.fact import Command
from schemas.ids import ProjectId
from schemas.judging import Consequence, MidTermAwaited, MidTermGraded, MidTermResult
from schemas.model import Model
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from services.contracts.rules.acceptance_report import ACCEPTANCE
from services.contracts.rules.annex import JUDGE_DAYS
from services.contracts.rules.annex import MID_TERM_FAILED as FAILED
from services.contracts.rules.annex import MID_TERM_PASS_FROM as PASS_FROM
from services.contracts.rules.contract import Contract, Dated, separate
from services.contracts.rules.step import Stage
from services.contracts.rules.unjudged import judged_too_late


class JudgeMidTerm(Command):
    project_id: ProjectId
    result: MidTermResult
    score: Score
    reasons: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
    """published with the result"""


def judge(world: World, command: JudgeMidTerm, context: Context) -> list[Model]:
    """It passes once it was accepted; it may fail without, as when nothing that could be accepted was delivered."""
    contract = world.get(Contract, command.project_id)
    context.by.must_be(contract.funder_id)
    contract.must_be_under_way()
    if contract.mid_term is MidTermResult.PASSED:
        raise Refused("mid_term_passed_already", project=str(contract.id))
    delivery = contract.deliveries[Milestone.MID_TERM]
    if command.result is MidTermResult.PASSED and delivery.stage is not Stage.ACCEPTED:
        raise Refused("mid_term_passes_when_accepted", ACCEPTANCE, field="result", stage=delivery.stage)
    if command.result is MidTermResult.FAILED and contract.deliveries[Milestone.FINAL].stage is Stage.ACCEPTED:
        raise Refused("final_accepted_already", ACCEPTANCE, field="result")
    rulebook = context.rulebooks.by_hash(contract.agreement.rulebook)
    if contract.awaited is not None and command.result is not MidTermResult.PASSED:
        _in_time(contract, contract.awaited, context)
    _score_fits(command, rulebook)
    must_be_public(command.reasons, "reasons")
    has_consequence = command.result is MidTermResult.FAILED and FAILED in rulebook.rules
    graded = MidTermGraded(
        project_id=contract.project_id,
        contract_id=contract.agreement.contract_id,
        result=command.result,
        score=command.score,
        reasons=command.reasons,
        consequence=Consequence(rulebook.value(FAILED)) if has_consequence else None,
        source=rulebook.source(FAILED).text if has_consequence else "",
        graded_by=separate(context.by, delivery.submitted_by, delivery.confirmed_by),
        rulebook=rulebook.hash,
    )
    return [graded, Dated(project_id=contract.project_id, step="mid_term.graded", at=context.at)]


def _in_time(contract: Contract, awaited: MidTermAwaited, context: Context) -> None:
    """After the days to judge it counts as passed, whether the timer has rung or not; who judges it so late may pass
    it."""
    if judged_too_late(contract, context.at):
        source = context.rulebooks.by_hash(awaited.rulebook).source(JUDGE_DAYS)
        raise Refused("judgement_overdue", source, field="result", due=awaited.judgement_due)


def _score_fits(command: JudgeMidTerm, rulebook: Rulebook) -> None:
    """What passes reaches the line, what fails does not; what is to be rectified may stand on either side."""
    if PASS_FROM not in rulebook.rules or command.result is MidTermResult.RECTIFY:
        return
    line = rulebook.integer(PASS_FROM)
    if (command.score >= line) is not (command.result is MidTermResult.PASSED):
        source = rulebook.source(PASS_FROM)
        raise Refused(
            "score_against_result",
            source,
            status=422,
            field="score",
            score=command.score,
            result=command.result,
            line=line,
        )
