"""What is told of the delivery beside its milestones: visits, opinions of the committee, the people served."""

from schemas.days import minute_of
from schemas.delivery import (
    OpinionAnswered,
    OpinionFiled,
    OpinionKind,
    OpinionOverdue,
    OpinionSigned,
    UsersConsulted,
    VisitsRecorded,
    VisitsVoided,
    VoidReason,
)
from schemas.fact import Fact
from schemas.role import Role
from services.audit.rules.sentences.contract import MILESTONES
from services.audit.rules.told import Names, Stage, Told

REASONS = {
    VoidReason.MISTAKEN: ("录入有误", "entered wrongly"),
    VoidReason.DUPLICATE: ("重复录入", "entered twice"),
    VoidReason.NOT_DELIVERED: ("服务没有发生", "the service did not happen"),
}
KINDS = {
    OpinionKind.PRAISE: ("肯定", "praise"),
    OpinionKind.CONCERN: ("关注", "a concern"),
    OpinionKind.OBJECTION: ("反对", "an objection"),
}
ADDRESSEES = {
    Role.PROVIDER: ("承接方", "provider"),
    Role.COMMUNITY: ("社区", "community"),
    Role.FUNDER: ("购买方", "funder"),
}


def tell_delivery(fact: Fact, names: Names) -> Told | None:
    match fact:
        case VisitsRecorded() | VisitsVoided():
            return _tell_visits(fact)
        case OpinionFiled() | OpinionAnswered() | OpinionOverdue():
            return _tell_opinion(fact, names)
        case OpinionSigned():
            return Told(
                Stage.DELIVERY,
                f"监督委员会名册 {fact.listed} 名成员中 {fact.signed} 名签署该意见",
                f"{fact.signed} of the {fact.listed} members on the committee's roll signed the opinion",
            )
        case UsersConsulted():
            zh, en = MILESTONES[fact.milestone]
            return Told(
                Stage.DELIVERY,
                f"社区邀请服务对象参与{zh}验收:邀请 {fact.invited} 人,{fact.commented} 人发表意见",
                f"The community invited {fact.invited} people served to the {en} acceptance; "
                f"{fact.commented} said something",
            )
        case _:
            return None


def _tell_visits(fact: VisitsRecorded | VisitsVoided) -> Told:
    zh, en = MILESTONES[fact.milestone]
    hours = f"{fact.minutes // 60}:{fact.minutes % 60:02}"
    if isinstance(fact, VisitsVoided):
        why_zh, why_en = REASONS[fact.reason]
        return Told(
            Stage.DELIVERY,
            f"作废{zh}走访一批:{fact.visits} 次,{hours}(时:分),原因:{why_zh}",
            f"A batch of {fact.visits} visits towards the {en}, {hours} hours, was voided: {why_en}",
        )
    return Told(
        Stage.DELIVERY,
        f"录入{zh}走访 {fact.visits} 次,{hours}(时:分),服务对象 {fact.tokens} 个凭证",
        f"{fact.visits} visits towards the {en} were recorded, {hours} hours, {fact.tokens} people served (by token)",
    )


def _tell_opinion(fact: OpinionFiled | OpinionAnswered | OpinionOverdue, names: Names) -> Told:
    short = str(fact.opinion_id)[:8]
    if isinstance(fact, OpinionAnswered):
        return Told(
            Stage.DELIVERY,
            f"监督意见 {short} 已答复(摘要 {fact.text_digest[:12]}…)",
            f"Opinion {short} was answered (digest {fact.text_digest[:12]}…)",
        )
    to_zh, to_en = ADDRESSEES[fact.addressed_to]
    if isinstance(fact, OpinionOverdue):
        return Told(
            Stage.DELIVERY,
            f"监督意见 {short} 逾期:{to_zh}在 {minute_of(fact.answer_due)} 前未答复",
            f"Opinion {short} is overdue: the {to_en} had not answered until {minute_of(fact.answer_due)}",
        )
    zh, en = ("资金使用", "use of the money") if fact.milestone is None else MILESTONES[fact.milestone]
    kind_zh, kind_en = KINDS[fact.kind]
    return Told(
        Stage.DELIVERY,
        f"{names.zh(fact.committee_id)}就{zh}向{to_zh}提出意见 {short}({kind_zh},摘要 {fact.text_digest[:12]}…)",
        f"{names.en(fact.committee_id)} gave opinion {short} on the {en} to the {to_en}: {kind_en}, "
        f"digest {fact.text_digest[:12]}…",
    )
