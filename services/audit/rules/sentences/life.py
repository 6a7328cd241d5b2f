"""What happens to an agreement between signing and its end: changes, a standstill, termination."""

from schemas.change import (
    ChangeAgreed,
    ChangeDeclined,
    ChangeProposed,
    ChangeReason,
    ChangeRefused,
    ChangeWithdrawn,
    CommitmentChanged,
    ContractChanged,
)
from schemas.days import minute_of
from schemas.deciding import SYSTEM
from schemas.fact import Fact
from schemas.money import sum_of
from schemas.suspension import ContractResumed, ContractSuspended, SuspensionReason
from schemas.termination import (
    ClosedAs,
    ContractLapsed,
    ContractTerminated,
    TerminationAnswered,
    TerminationClosed,
    TerminationProposed,
    TerminationReason,
)
from services.audit.rules.told import Names, Stage, Told, yuan

CHANGES = {
    ChangeReason.SCOPE: ("服务内容或范围", "scope"),
    ChangeReason.QUANTITY: ("服务数量", "quantity"),
    ChangeReason.SCHEDULE: ("进度或付款安排", "schedule"),
    ChangeReason.PRICE: ("价款", "price"),
    ChangeReason.STAFF: ("人员", "staff"),
    ChangeReason.FORCE_MAJEURE: ("不可抗力", "force majeure"),
    ChangeReason.OTHER: ("其他", "other"),
}
SUSPENSIONS = {
    SuspensionReason.SAFETY: ("服务安全", "safety"),
    SuspensionReason.INVESTIGATION: ("投诉或检查核实", "an investigation"),
    SuspensionReason.FORCE_MAJEURE: ("不可抗力", "force majeure"),
    SuspensionReason.STANDING: ("承接方资格待核实", "the provider's standing"),
    SuspensionReason.OTHER: ("其他", "other"),
}
TERMINATIONS = {
    TerminationReason.MUTUAL_CONSENT: ("双方协商一致", "mutual consent"),
    TerminationReason.BREACH_BY_PROVIDER: ("承接方违约", "breach by the provider"),
    TerminationReason.BREACH_BY_FUNDER: ("购买方违约", "breach by the funder"),
    TerminationReason.FORCE_MAJEURE: ("不可抗力", "force majeure"),
    TerminationReason.MID_TERM_FAILED: ("中期评估不合格", "a failed mid-term"),
    TerminationReason.STANDING_LOST: ("承接方丧失承接资格", "the provider lost its standing"),
}
CLOSED = {
    ClosedAs.DECLINED: ("不同意终止", "did not consent to end the agreement"),
    ClosedAs.WITHDRAWN: ("撤回终止提议", "withdrew the termination"),
    ClosedAs.DISMISSED: ("决定不终止协议", "decided that the agreement goes on"),
}


def tell_life(fact: Fact, names: Names) -> Told | None:
    return _tell_change(fact, names) or _tell_standstill(fact) or _tell_termination(fact, names)


def _tell_change(fact: Fact, names: Names) -> Told | None:
    match fact:
        case ChangeProposed():
            zh, en = CHANGES[fact.reason]
            return Told(
                Stage.CONTRACT,
                f"{names.zh(fact.proposed_by)}提出第 {fact.number} 号协议变更({zh}):{fact.text}",
                f"{names.en(fact.proposed_by)} proposed change {fact.number} of the agreement ({en}): {fact.text}",
                fact.agreement.price,
            )
        case ChangeDeclined():
            return Told(
                Stage.CONTRACT,
                f"{names.zh(fact.declined_by)}不同意第 {fact.number} 号变更:{fact.text}",
                f"{names.en(fact.declined_by)} declined change {fact.number}: {fact.text}",
            )
        case ChangeWithdrawn():
            return Told(
                Stage.CONTRACT,
                f"{names.zh(fact.withdrawn_by)}撤回第 {fact.number} 号变更:{fact.text}",
                f"{names.en(fact.withdrawn_by)} withdrew change {fact.number}: {fact.text}",
            )
        case ChangeAgreed():
            return Told(
                Stage.CONTRACT,
                f"{names.zh(fact.agreed_by)}签署第 {fact.number} 号变更(摘要 {fact.digest[:12]}…)",
                f"{names.en(fact.agreed_by)} signed change {fact.number} (digest {fact.digest[:12]}…)",
                fact.price,
            )
        case CommitmentChanged():
            added, freed = (sum_of(share.amount for share in shares) for shares in (fact.added, fact.freed))
            return Told(
                Stage.MONEY,
                f"第 {fact.number} 号变更的资金已落实:增加 {added},退回 {freed}",
                f"The money fits change {fact.number}: {yuan(added)} added, {yuan(freed)} given back",
                fact.price,
            )
        case ChangeRefused():
            return Told(
                Stage.MONEY,
                f"协议变更的资金不能落实:{fact.reason_zh}",
                f"The change was not funded: {fact.reason_en}",
            )
        case ContractChanged():
            return Told(
                Stage.CONTRACT,
                f"第 {fact.number} 号变更生效:价款由 {fact.price_before} 变为 {fact.price},"
                f"补充协议成文(文件摘要 {fact.paper_digest[:12]}…)",
                f"Change {fact.number} is in force: the price was {yuan(fact.price_before)} and is "
                f"{yuan(fact.price)} (digest of the paper {fact.paper_digest[:12]}…)",
                fact.price,
            )
        case _:
            return None


def _tell_standstill(fact: Fact) -> Told | None:
    match fact:
        case ContractSuspended():
            zh, en = SUSPENSIONS[fact.reason]
            return Told(
                Stage.CONTRACT,
                f"协议中止至 {fact.until}({zh}):{fact.text}",
                f"The agreement stands still until {fact.until} ({en}): {fact.text}",
            )
        case ContractResumed():
            by = ("到期自动恢复", "by itself") if fact.resumed_by == SYSTEM else ("购买方恢复", "by the funder")
            return Told(Stage.CONTRACT, f"协议恢复履行({by[0]})", f"The agreement goes on, {by[1]}")
        case _:
            return None


def _tell_termination(fact: Fact, names: Names) -> Told | None:
    match fact:
        case TerminationProposed():
            zh, en = TERMINATIONS[fact.reason]
            due = sum_of(line.amount for line in fact.lines)
            until = None if fact.answer_due is None else minute_of(fact.answer_due)
            answer_zh = "" if until is None else f",对方可在 {until} 前答复"
            answer_en = "" if until is None else f", to be answered until {until}"
            return Told(
                Stage.CONTRACT,
                f"{names.zh(fact.proposed_by)}提出终止协议({zh}),结算应付共 {due}{answer_zh}:{fact.text}",
                f"{names.en(fact.proposed_by)} means to end the agreement ({en}), {yuan(due)} being due in "
                f"all{answer_en}: {fact.text}",
                due,
            )
        case TerminationAnswered():
            return Told(
                Stage.CONTRACT,
                f"{names.zh(fact.answered_by)}答复终止通知:{fact.text}",
                f"{names.en(fact.answered_by)} answered the notice: {fact.text}",
            )
        case TerminationClosed():
            zh, en = CLOSED[fact.closed_as]
            return Told(
                Stage.CONTRACT,
                f"{names.zh(fact.closed_by)}{zh}:{fact.text}",
                f"{names.en(fact.closed_by)} {en}: {fact.text}",
            )
        case ContractTerminated():
            zh, en = TERMINATIONS[fact.reason]
            how = ("双方同意", "by consent") if fact.by_consent else ("购买方决定", "by decision of the funder")
            return Told(
                Stage.CONTRACT,
                f"协议终止({zh},{how[0]}),结算应付共 {fact.due}:{fact.text}",
                f"The agreement was terminated {how[1]} ({en}), {yuan(fact.due)} being due in all: {fact.text}",
                fact.due,
            )
        case ContractLapsed():
            zh, en = (
                ("已签署的协议", "the signed agreement") if fact.was_signed else ("未签署的协议", "the unsigned one")
            )
            return Told(
                Stage.CONTRACT, f"预留资金已退回,{zh}失效", f"The reserved money went back, and {en} lapsed with it"
            )
        case _:
            return None
