"""Needs at departments, needs that are one, and what patrols found."""

from schemas.fact import Fact
from schemas.handling import (
    Closing,
    DepartmentAssigned,
    HandoverAccepted,
    HandoverReturned,
    NeedAnswered,
    NeedAssisted,
    NeedClosed,
    NeedEscalated,
    NeedHandedOver,
    NeedReopened,
)
from schemas.merging import GridReported, NeedMerged, NeedSeparated
from services.audit.rules.told import Names, Stage, Told

_CLOSINGS = {
    Closing.SOLVED: ("已解决", "solved"),
    Closing.EXPLAINED: ("已解释", "explained"),
    Closing.NOT_SOLVED: ("未解决", "not solved"),
}


def tell_handling(fact: Fact, names: Names) -> Told | None:
    said = _at_a_department(fact, names) or _answered(fact, names) or _one(fact)
    return None if said is None else Told(Stage.NEED, *said)


def _at_a_department(fact: Fact, names: Names) -> tuple[str, str] | None:
    match fact:
        case DepartmentAssigned():
            zh = f"{fact.on} 登记{names.zh(fact.department_id)}为 {fact.division} 权责清单中的 {fact.kind}"
            return zh, f"{names.en(fact.department_id)} was assigned as {fact.kind} of {fact.division} on {fact.on}"
        case NeedHandedOver():
            zh = (
                f"{fact.on} 交办{names.zh(fact.lead_id)}主办,{len(fact.assisting)} 个部门会办,"
                f"{fact.workdays} 个工作日内答复。{fact.reason}"
            )
            en = f"Handed over to {names.en(fact.lead_id)} on {fact.on}, to be answered in {fact.workdays} working days"
            return zh, en
        case HandoverAccepted():
            return (
                f"{fact.on} {names.zh(fact.department_id)}接办",
                f"{names.en(fact.department_id)} accepted it on {fact.on}",
            )
        case HandoverReturned():
            zh = f"{fact.on} {names.zh(fact.department_id)}退回:{fact.reason}"
            return zh, f"{names.en(fact.department_id)} gave it back on {fact.on}: {fact.reason}"
        case NeedEscalated():
            zh = f"{fact.on} {names.zh(fact.lead_id)}逾期未答复,报{names.zh(fact.overseer_id)}督办"
            en = f"{names.en(fact.lead_id)} was overdue on {fact.on}; it went up to {names.en(fact.overseer_id)}"
            return zh, en
        case _:
            return None


def _answered(fact: Fact, names: Names) -> tuple[str, str] | None:
    match fact:
        case NeedAssisted():
            zh = f"{fact.on} 会办部门{names.zh(fact.department_id)}提出意见:{fact.text}"
            return zh, f"The assisting {names.en(fact.department_id)} said on {fact.on}: {fact.text}"
        case NeedAnswered():
            zh = f"{fact.on} {names.zh(fact.department_id)}答复{'(逾期)' if fact.late else ''}:{fact.text}"
            late = ", late" if fact.late else ""
            return zh, f"{names.en(fact.department_id)} answered on {fact.on}{late}: {fact.text}"
        case NeedClosed():
            zh, en = _CLOSINGS[fact.outcome]
            return f"{fact.on} 征求居民意见后办结({zh}):{fact.text}", f"Closed on {fact.on}, {en}: {fact.text}"
        case NeedReopened():
            return f"{fact.on} 重新办理:{fact.reason}", f"Opened again on {fact.on}: {fact.reason}"
        case _:
            return None


def _one(fact: Fact) -> tuple[str, str] | None:
    match fact:
        case NeedMerged():
            zh = f"{fact.on} 并入相同的需求,编号继续有效:{fact.reason}"
            return zh, f"Merged on {fact.on} into a need that is the same; its number stays alive: {fact.reason}"
        case NeedSeparated():
            return f"{fact.on} 撤销合并:{fact.reason}", f"Parted again on {fact.on}: {fact.reason}"
        case GridReported():
            zh = "并入已有需求" if fact.joined else "成为需求"
            en = "it joined a need" if fact.joined else "it became a need"
            photos = len(fact.photos)
            return (
                f"{fact.patrolled_on} 网格 {fact.grid} 巡查发现“{fact.finding}”,照片 {photos} 张,{zh}",
                f"Grid {fact.grid} found “{fact.finding}” on {fact.patrolled_on}, {photos} photos; {en}",
            )
        case _:
            return None
