"""What met a need without money: volunteers by number, and what resident units share."""

from schemas.fact import Fact
from schemas.responsibility import ResidentUnitRated, UnitRater, UnitRatingClosed, UnitRatingPublished, UnitReplied
from schemas.sharing import (
    BookingCancelled,
    ResidentUnitEnded,
    ResidentUnitRegistered,
    ResourceBooked,
    ResourceEnded,
    ResourceKind,
    ResourceShared,
)
from schemas.volunteering import (
    CertificateIssued,
    Means,
    NeedMet,
    ServiceCorrected,
    ServiceRecorded,
    TaskOffered,
    TaskWithdrawn,
    VolunteerAccepted,
    VolunteerAssigned,
    VolunteerOffered,
    VolunteerRegistered,
    VolunteerReleased,
    VolunteerWithdrawn,
)
from services.audit.rules.told import Names, Stage, Told

_KINDS = {ResourceKind.FACILITY: ("设施", "the facility"), ResourceKind.ACTIVITY: ("活动", "the activity")}


_RATERS = {
    UnitRater.COMMUNITY: ("社区", "The community"),
    UnitRater.RESIDENTS: ("居民会议", "The residents' assembly"),
    UnitRater.STREET: ("街道", "The street"),
}


def _points(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"


def tell_volunteering(fact: Fact, names: Names) -> Told | None:
    said = _shared(fact, names) or _volunteer(fact, names) or _on_a_task(fact) or _done(fact)
    return None if said is None else Told(Stage.NEED, *said)


def _shared(fact: Fact, names: Names) -> tuple[str, str] | None:
    match fact:
        case ResidentUnitRegistered():
            return (
                f"{fact.on} {names.zh(fact.community_id)}登记驻区单位“{fact.name}”",
                f"{names.en(fact.community_id)} registered the resident unit “{fact.name}” on {fact.on}",
            )
        case ResidentUnitEnded():
            return f"{fact.on} 驻区单位退出:{fact.reason}", f"A resident unit left on {fact.on}: {fact.reason}"
        case ResourceShared():
            zh, en = _KINDS[fact.kind]
            return (
                f"{fact.on} 驻区单位免费开放{zh}“{fact.title}”,容纳 {fact.places} 人",
                f"A resident unit shares {en} “{fact.title}” free of charge from {fact.on}, {fact.places} places",
            )
        case ResourceEnded():
            return f"{fact.on} 共享结束:{fact.reason}", f"It was shared until {fact.on}: {fact.reason}"
        case ResourceBooked():
            return (
                f"{fact.on} 预约“{fact.title}”{fact.day} {fact.opens}-{fact.closes},{fact.places} 人",
                f"“{fact.title}” was booked for {fact.day} {fact.opens}-{fact.closes}, {fact.places} places",
            )
        case ResidentUnitRated():
            return (
                f"{fact.on} {_RATERS[fact.rater][0]}对驻区单位 {fact.year} 年履行责任打分 {_points(fact.score)}",
                f"{_RATERS[fact.rater][1]} gave a resident unit {_points(fact.score)} points for {fact.year}",
            )
        case UnitRatingClosed():
            return (
                f"{fact.on} 驻区单位 {fact.year} 年责任评价:{_points(fact.score)} 分,{fact.grade};"
                f"可在 {fact.reply_until} 前答复",
                f"A resident unit's part in {fact.year}: {_points(fact.score)} points, {fact.grade}; "
                f"it may reply until {fact.reply_until}",
            )
        case UnitReplied():
            return f"{fact.on} 驻区单位答复:{fact.text}", f"The resident unit replied on {fact.on}: {fact.text}"
        case UnitRatingPublished():
            return (
                f"{fact.on} 公布驻区单位 {fact.year} 年责任评价",
                f"The rating of a resident unit for {fact.year} was published on {fact.on}",
            )
        case BookingCancelled():
            return f"{fact.on} 取消预约:{fact.reason}", f"The booking was cancelled on {fact.on}: {fact.reason}"
        case _:
            return None


def _volunteer(fact: Fact, names: Names) -> tuple[str, str] | None:
    match fact:
        case VolunteerRegistered():
            return (
                f"{fact.on} {names.zh(fact.community_id)}登记志愿者 {fact.volunteer_id}",
                f"{names.en(fact.community_id)} registered volunteer {fact.volunteer_id} on {fact.on}",
            )
        case VolunteerOffered():
            skills = "、".join((*fact.skills, *fact.other))
            return (
                f"{fact.on} 志愿者每周提供 {fact.minutes_a_week} 分钟,技能:{skills}",
                f"A volunteer offers {fact.minutes_a_week} minutes a week from {fact.on}: {skills}",
            )
        case VolunteerWithdrawn():
            return f"{fact.on} 志愿者退出", f"A volunteer left on {fact.on}"
        case CertificateIssued():
            return (
                f"{fact.on} 出具志愿服务记录证明 {fact.number}:{fact.services} 次,{fact.minutes} 分钟",
                f"Certificate {fact.number} was issued on {fact.on}: {fact.services} services, {fact.minutes} minutes",
            )
        case _:
            return None


def _on_a_task(fact: Fact) -> tuple[str, str] | None:
    match fact:
        case TaskOffered():
            return (
                f"{fact.on} 发布志愿任务:{fact.day},需要 {fact.wanted} 人,每人约 {fact.minutes} 分钟",
                f"Offered to volunteers on {fact.on}: {fact.wanted} for {fact.minutes} minutes each on {fact.day}",
            )
        case TaskWithdrawn():
            return f"{fact.on} 撤回志愿任务:{fact.reason}", f"The task was taken back on {fact.on}: {fact.reason}"
        case VolunteerAssigned():
            skill = ("技能相符", "with the skill") if fact.skilled else ("未登记该技能", "without naming the skill")
            return (
                f"{fact.on} 指派志愿者:{skill[0]},当周余 {fact.minutes_left} 分钟",
                f"A volunteer was assigned on {fact.on}, {skill[1]}, {fact.minutes_left} minutes left that week",
            )
        case VolunteerAccepted():
            return f"{fact.on} 志愿者同意承担", f"The volunteer accepted on {fact.on}"
        case VolunteerReleased():
            return f"{fact.on} 志愿者退出任务:{fact.reason}", f"A volunteer left the task on {fact.on}: {fact.reason}"
        case _:
            return None


def _done(fact: Fact) -> tuple[str, str] | None:
    match fact:
        case ServiceRecorded():
            by = ("工作人员", "staff") if fact.beneficiary_id is None else ("服务对象", "the one who was served")
            return (
                f"{fact.on} 记录志愿服务 {fact.minutes} 分钟,由{by[0]}确认",
                f"{fact.minutes} minutes of volunteering were recorded on {fact.on}, confirmed by {by[1]}",
            )
        case ServiceCorrected():
            return (
                f"{fact.on} 志愿服务时长由 {fact.before} 分钟更正为 {fact.minutes} 分钟:{fact.reason}",
                f"{fact.before} minutes were corrected to {fact.minutes} on {fact.on}: {fact.reason}",
            )
        case NeedMet(means=Means.VOLUNTEERS):
            return (
                f"{fact.on} 由 {fact.volunteers} 名志愿者以 {fact.minutes} 分钟满足并办结:{fact.text}",
                f"Met on {fact.on} by {fact.volunteers} volunteers in {fact.minutes} minutes: {fact.text}",
            )
        case NeedMet():
            return (
                f"{fact.on} 由驻区单位共享的资源满足并办结:{fact.text}",
                f"Met on {fact.on} by what a resident unit shares: {fact.text}",
            )
        case _:
            return None
