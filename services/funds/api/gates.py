"""The gates of a tranche in words: open since when, or closed and why, who has to act, and until when."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from schemas.days import day_of
from schemas.judging import AuditOpinion, Consequence, MidTermResult
from schemas.role import Role
from schemas.tranche import Gate
from services.funds.api.answers import GateAnswer, Missing
from services.funds.rules.gates import LATE
from services.funds.rules.instalment import Instalment
from services.funds.rules.project import Phase, ProjectMoney

DELIVERY = (Role.PROVIDER, Role.COMMUNITY, Role.FUNDER)
"""submits, confirms, accepts"""
_CLOSED = {
    Gate.SIGNED: Missing(
        code="agreement_not_signed",
        zh="等待双方签署项目协议书。",
        en="Waits for both parties to sign the agreement.",
        who=(Role.FUNDER, Role.PROVIDER),
    ),
    Gate.MID_TERM_ACCEPTED: Missing(
        code="mid_term_not_accepted",
        zh="等待购买主体验收中期成果。",
        en="Waits for the buyer to accept the mid-term milestone.",
        who=DELIVERY,
    ),
    Gate.MID_TERM_PASSED: Missing(
        code="mid_term_not_passed",
        zh="等待中期评估合格。",
        en="Waits for the mid-term to be judged good enough.",
        who=(Role.FUNDER,),
    ),
    Gate.FINAL_ACCEPTED: Missing(
        code="final_not_accepted",
        zh="等待购买主体验收末期成果。",
        en="Waits for the buyer to accept the final milestone.",
        who=DELIVERY,
    ),
    Gate.AUDIT_REPORTED: Missing(
        code="audit_report_missing",
        zh="等待提交独立审计报告。",
        en="Waits for the report of an independent auditor.",
        who=(Role.FUNDER,),
    ),
    Gate.FINAL_GRADED: Missing(
        code="final_not_graded",
        zh="等待末期评估定级。",
        en="Waits for the final grade.",
        who=(Role.RESIDENT, Role.COMMUNITY, Role.FUNDER),
    ),
}
_OPEN: Mapping[Gate, tuple[str, str]] = {
    Gate.SIGNED: ("双方已签署项目协议书。", "Both parties signed the agreement."),
    Gate.MID_TERM_ACCEPTED: ("中期成果已验收。", "The mid-term is accepted."),
    Gate.MID_TERM_PASSED: ("中期评估合格。", "The mid-term passed."),
    Gate.FINAL_ACCEPTED: ("末期成果已验收。", "The final delivery is accepted."),
    Gate.AUDIT_REPORTED: ("独立审计报告已提交。", "The independent auditor's report is there."),
    Gate.FINAL_GRADED: ("末期评估已定级。", "The final grade is there."),
}
_RECTIFY = Missing(
    code="mid_term_to_be_rectified",
    zh="中期评估结论为限期整改;等待整改后再次评估合格。",
    en="The mid-term is to be rectified, and waits to be judged again.",
    who=(Role.PROVIDER, Role.FUNDER),
)
_FAILED = Missing(
    code="mid_term_failed",
    zh="中期评估不合格;再次评估合格之前不予拨付。",
    en="The mid-term failed; nothing is released until a later judgement passes.",
    who=(Role.PROVIDER, Role.FUNDER),
)
_ENDED = Missing(
    code="agreement_ended",
    zh="中期评估不合格,协议终止;未拨付的款项退回资金来源。",
    en="The mid-term failed and the agreement ended; what was not released goes back to its sources.",
)
_OPINIONS = {
    AuditOpinion.ADVERSE: Missing(
        code="audit_opinion_adverse",
        zh="独立审计报告为否定意见,条件未成就;等待重新提交报告。",
        en="The auditor's opinion is adverse and opens nothing; waits for another report.",
        who=(Role.PROVIDER, Role.FUNDER),
    ),
    AuditOpinion.DISCLAIMER: Missing(
        code="audit_opinion_disclaimed",
        zh="独立审计报告无法表示意见,条件未成就;等待重新提交报告。",
        en="The auditor disclaimed an opinion, which opens nothing; waits for another report.",
        who=(Role.PROVIDER, Role.FUNDER),
    ),
}
_OVER = Missing(
    code="project_settled",
    zh="项目已结清,未拨付的款项已退回资金来源。",
    en="The project is settled; what was not released went back to its sources.",
)
_TERMINATED = Missing(
    code="agreement_terminated",
    zh="协议已终止,本期不再拨付;已验收工作应付的款项按结算支付。",
    en="The agreement was terminated: this tranche is paid no more, and what is due for accepted work is settled.",
)
_TOO_LATE = Missing(
    code="gates_closed",
    zh="定级后可补齐付款条件的期限已满;未拨付的款项退回资金来源。",
    en="The days in which a gate could open after the grade are over; what was not released goes back to its sources.",
)


def gate_answers(money: ProjectMoney, instalment: Instalment) -> tuple[GateAnswer, ...]:
    return tuple(_gate(money, instalment, gate) for gate in instalment.gates)


def waits_for(money: ProjectMoney, instalment: Instalment) -> Missing:
    """What comes next for a tranche that is not released: the first closed gate, or what keeps all of them back."""
    if money.consequence is Consequence.ENDS:
        return _ENDED
    if money.phase is Phase.SETTLED:
        return _OVER
    if money.gates_closed:
        return _TOO_LATE
    if money.consequence is Consequence.STOPS:
        return _until(_FAILED, money)
    closed = [gate for gate in instalment.gates if not money.is_open(gate)]
    return _closed(money, closed[0])


def nothing_due(money: ProjectMoney, instalment: Instalment) -> Missing:
    """Why nothing of it is payable."""
    if money.terminated_due is not None:
        return _TERMINATED
    if not instalment.withheld:
        return Missing(
            code="nothing_due", zh="本期金额不足一分,无应付款项。", en="It is less than a fen: nothing is due."
        )
    least = instalment.grade_at_least
    if least is not None and money.factor_percent:
        return Missing(
            code="grade_too_low",
            zh=f"等级为{money.grade},未达到付款要求的{least};本期无应付款项,该款退回资金来源。",
            en=f"The grade {money.grade} is below {least}, which this tranche asks for: nothing of it is due.",
        )
    return Missing(
        code="nothing_due",
        zh=f"按等级{money.grade or ''}的系数,本期无应付款项,该款退回资金来源。",
        en=f"By the factor of the grade {money.grade or ''} nothing of it is due.",
    )


def _gate(money: ProjectMoney, instalment: Instalment, gate: Gate) -> GateAnswer:
    if money.is_open(gate):
        since = money.opened.get(gate)
        if since is None and instalment.clock is not None:
            since = instalment.clock.since  # opened before gates were remembered, and alone
        zh, en = _deemed(money) if gate is Gate.MID_TERM_PASSED and money.deemed_passed else _OPEN[gate]
        return GateAnswer(gate=gate, open=True, since=since, zh=zh, en=en)
    closed = _closed(money, gate)
    return GateAnswer(gate=gate, open=False, since=None, zh=closed.zh, en=closed.en)


def _closed(money: ProjectMoney, gate: Gate) -> Missing:
    said = _CLOSED[gate]
    if gate is Gate.MID_TERM_PASSED and money.mid_term is not None:
        said = _RECTIFY if money.mid_term is MidTermResult.RECTIFY else _FAILED
    if gate is Gate.MID_TERM_PASSED and money.judgement_due is not None:
        return _unjudged(_last_day(money.judgement_due))
    if gate is Gate.AUDIT_REPORTED and money.audit_opinion is not None:
        said = _OPINIONS[money.audit_opinion]
    return _until(said, money) if gate in LATE else said


def _until(said: Missing, money: ProjectMoney) -> Missing:
    """After the grade there is a last day."""
    last: date | None = None
    if money.gates_close_at is not None:
        last = _last_day(money.gates_close_at)
    return said.model_copy(update={"until": last})


def _unjudged(last: date) -> Missing:
    return Missing(
        code="mid_term_not_judged",
        zh=f"等待购买方作出中期评估,最后一日 {last}(协议中止期间顺延);逾期未评的,视为中期评估合格。",
        en=f"Waits for the funder to judge the mid-term, until {last} at the latest (later, if the agreement stood "
        "still); unjudged by then it counts as passed.",
        who=(Role.FUNDER,),
        until=last,
    )


def _deemed(money: ProjectMoney) -> tuple[str, str]:
    assert money.judgement_due is not None  # the fact that deemed it named it
    last = _last_day(money.judgement_due)
    return (
        f"视为中期评估合格:截至 {last},购买方无人作出评估。",
        f"The mid-term is deemed passed: nobody of the funder judged it by {last}.",
    )


def _last_day(end: datetime) -> date:
    """In China, on which something ends; `end` is exclusive."""
    return day_of(end - timedelta(microseconds=1))
