"""How residents talked it over, step by step; and units below a community."""

from schemas.deliberation import (
    DeliberationFinished,
    DeliberationProposed,
    DeliberationStopped,
    MeetingNoticed,
    PublicationEnded,
    Shortfall,
    StepHeld,
    StepPublished,
    SupervisionAnswered,
    SupervisionOpined,
    UnitKind,
    UnitRegistered,
)
from schemas.fact import Fact
from services.audit.rules.told import Names, Stage, Told

_UNITS = {
    UnitKind.COURTYARD: "院落",
    UnitKind.BUILDING: "楼宇",
    UnitKind.STAIRWELL: "门栋",
    UnitKind.OWNERS: "业主组织",
}
_SHORT = {
    Shortfall.QUORUM: ("实到人数不足", "too few were present"),
    Shortfall.MAJORITY: ("赞成人数不足", "too few were in favour"),
}


def tell_deliberation(fact: Fact, names: Names) -> Told | None:
    told = _walked(fact, names)
    return told if told is not None else _around(fact, names)


def _walked(fact: Fact, names: Names) -> Told | None:
    match fact:
        case DeliberationProposed():
            zh = f"{names.zh(fact.community_id)}按“{fact.name}”提出议题《{fact.title}》(依据:{fact.source})"
            en = f"{names.en(fact.community_id)} proposed “{fact.title}” by the procedure {fact.procedure}"
            return Told(Stage.NEED, zh, en)
        case MeetingNoticed():
            zh = f"通知步骤 {fact.step} 于 {fact.meets_on} 开会"
            return Told(Stage.NEED, zh, f"Step {fact.step} was noticed for {fact.meets_on}")
        case StepHeld():
            zh = (
                f"{fact.held_on} 步骤 {fact.step}:应到 {fact.due} 人,实到 {fact.present} 人,"
                f"赞成 {fact.in_favour},反对 {fact.against}"
            )
            en = (
                f"Step {fact.step} on {fact.held_on}: {fact.present} of {fact.due} present, "
                f"{fact.in_favour} in favour, {fact.against} against"
            )
            return Told(Stage.NEED, zh, en)
        case StepPublished():
            zh = f"步骤 {fact.step} 自 {fact.on} 公示至 {fact.until}"
            return Told(Stage.NEED, zh, f"Step {fact.step} is on notice from {fact.on} to {fact.until}")
        case PublicationEnded():
            return Told(Stage.NEED, f"步骤 {fact.step} 公示期满", f"The notice of step {fact.step} ended")
        case DeliberationStopped():
            zh, en = _SHORT[fact.shortfall]
            return Told(
                Stage.NEED,
                f"步骤 {fact.step} 未通过而停止:{zh},须 {fact.needed} 人,实为 {fact.had} 人({fact.source})",
                f"Stopped at step {fact.step}: {en}, {fact.had} where {fact.needed} were needed ({fact.source})",
            )
        case DeliberationFinished():
            return Told(Stage.NEED, f"议事于 {fact.on} 完成", f"The deliberation was finished on {fact.on}")
        case _:
            return None


def _around(fact: Fact, names: Names) -> Told | None:
    match fact:
        case SupervisionOpined():
            zh = f"监督委员会对步骤 {fact.step} 的意见:{fact.text}"
            return Told(Stage.NEED, zh, f"The supervision committee on step {fact.step}: {fact.text}")
        case SupervisionAnswered():
            return Told(Stage.NEED, f"答复监督意见:{fact.text}", f"The opinion was answered: {fact.text}")
        case UnitRegistered():
            zh = f"{names.zh(fact.community_id)}登记{_UNITS[fact.kind]}“{fact.name}”({fact.division} {fact.number})"
            en = f"{names.en(fact.community_id)} registered the {fact.kind} “{fact.name}”"
            return Told(Stage.NEED, zh, en)
        case _:
            return None
